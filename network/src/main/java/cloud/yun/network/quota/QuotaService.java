package cloud.yun.network.quota;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.network.api.Common;
import java.util.LinkedHashMap;
import java.util.Map;

/// Limits and use of projects.
public final class QuotaService {
    private final Common common;

    public QuotaService(Common common) {
        this.common = common;
    }

    Map<String, Long> defaults() {
        return common.quotas().defaults();
    }

    Map<String, Long> limits(String projectId) {
        return common.db().read(tx -> common.quotas().limits(tx, projectId));
    }

    Map<String, Long> usage(String projectId) {
        return common.db().read(tx -> common.quotas().usage(tx, projectId));
    }

    /// Projects with limits of their own.
    Map<String, Map<String, Long>> own() {
        return common.db().read(tx -> {
            var found = new LinkedHashMap<String, Map<String, Long>>();
            for (var project : new QuotaStore(tx).projects())
                found.put(project, common.quotas().limits(tx, project));
            return found;
        });
    }

    /// @param checked whether a limit below what is in use is refused
    /// @return the limits in force afterwards
    Map<String, Long> set(String projectId, Map<String, Long> limits, boolean checked) {
        return common.db().transaction(tx -> {
            if (checked) fits(tx, projectId, limits);
            limits.forEach((resource, limit) -> common.quotas().setLimit(tx, projectId, resource, limit));
            return common.quotas().limits(tx, projectId);
        });
    }

    private void fits(Tx tx, String id, Map<String, Long> limits) {
        var used = common.quotas().usage(tx, id);
        limits.forEach((resource, limit) -> {
            if (limit >= 0 && used.getOrDefault(resource, 0L) > limit)
                throw new Invalid(
                        "Quota limit " + limit + " for " + resource + " is below what is in use: " + used.get(resource)
                                + ".",
                        "InvalidQuotaValue");
        });
    }

    void reset(String projectId) {
        common.db().write(tx -> common.quotas().clearLimits(tx, projectId));
    }
}
