package cloud.yun.compute.quota;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.quota.Quotas;
import java.util.Map;

/// The rules of limits, by our own resource names.
public final class QuotaService {
    private final Database db;
    private final Quotas quotas;

    public QuotaService(Database db, Quotas quotas) {
        this.db = db;
        this.quotas = quotas;
    }

    /// @param used what the project has now
    record State(Map<String, Long> limits, Map<String, Long> used) {}

    /// @param projectId empty: what holds for projects without limits of their own
    State of(String projectId) {
        return db.read(tx -> new State(quotas.limits(tx, projectId), quotas.usage(tx, projectId)));
    }

    /// @param force also below what is used
    /// @return the limits then in force
    /// @throws Invalid a limit would be below what is used
    Map<String, Long> set(String projectId, Map<String, Long> wanted, boolean force) {
        return db.transaction(tx -> {
            if (!force) wanted.forEach((name, limit) -> checkNotBelowUse(tx, projectId, name, limit));
            wanted.forEach((name, limit) -> quotas.setLimit(tx, projectId, name, limit));
            return quotas.limits(tx, projectId);
        });
    }

    /// Only a lower limit can pinch: raising one that is already passed must stay possible.
    private void checkNotBelowUse(Tx tx, String projectId, String name, long limit) {
        long used = quotas.usage(tx, projectId).getOrDefault(name, 0L);
        long before = quotas.limits(tx, projectId).getOrDefault(name, Quotas.UNLIMITED);
        boolean lowered =
                limit != Quotas.UNLIMITED && before != limit && (before == Quotas.UNLIMITED || limit < before);
        if (lowered && used > limit)
            throw new Invalid("Quota limit " + limit + " for " + name
                    + " must be greater than or equal to already used and reserved " + used + ".");
    }

    void clear(String projectId) {
        db.write(tx -> quotas.clearLimits(tx, projectId));
    }
}
