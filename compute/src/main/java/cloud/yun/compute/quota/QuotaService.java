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

    /// Of a user in a project: the user's own limits, else the project's.
    State of(String projectId, String userId) {
        return db.read(tx -> new State(limits(tx, projectId, userId), UserQuotas.used(tx, projectId, userId)));
    }

    private Map<String, Long> limits(Tx tx, String projectId, String userId) {
        var limits = quotas.limits(tx, projectId);
        limits.putAll(UserQuotas.own(tx, quotas, projectId, userId));
        return limits;
    }

    /// @throws Invalid a limit would be above the project's, or below what the user has
    Map<String, Long> set(String projectId, String userId, Map<String, Long> wanted, boolean force) {
        return db.transaction(tx -> {
            var project = quotas.limits(tx, projectId);
            var used = UserQuotas.used(tx, projectId, userId);
            wanted.forEach((name, limit) -> {
                long most = project.getOrDefault(name, Quotas.UNLIMITED);
                if (most != Quotas.UNLIMITED && (limit == Quotas.UNLIMITED || limit > most))
                    throw new Invalid(
                            "Quota limit " + limit + " for " + name + " must be less than or equal to " + most + ".");
                long has = used.getOrDefault(name, 0L);
                if (!force && limit != Quotas.UNLIMITED && has > limit)
                    throw new Invalid("Quota limit " + limit + " for " + name
                            + " must be greater than or equal to already used and reserved " + has + ".");
                quotas.setLimit(tx, UserQuotas.key(projectId, userId), name, limit);
            });
            return limits(tx, projectId, userId);
        });
    }

    /// Back to the project's.
    void clear(String projectId, String userId) {
        clear(UserQuotas.key(projectId, userId));
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
