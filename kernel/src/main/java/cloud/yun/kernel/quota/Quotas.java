package cloud.yun.kernel.quota;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.OverQuota;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Limits and use of one service's resources by project.
///
/// Use is a number in a row that changes in the same transaction as the resource itself, so two requests cannot
/// pass a limit together and a crash cannot leave it wrong. Each room's invariant check compares it with the rows
/// it stands for. A limit of -1 is no limit.
public final class Quotas {
    public static final long UNLIMITED = -1;

    /// Makes the service's own error from what did not fit.
    @FunctionalInterface
    public interface Refusal {
        OverQuota of(String resource, long requested, long used, long limit);
    }

    /// The words of the quota itself.
    public static final Refusal STANDARD = (resource, _, used, limit) -> new OverQuota(resource, used, limit);

    private final String service;
    private final Map<String, Long> defaults;

    /// @param service for example `compute`
    /// @param defaults resource name to limit where nobody set another, in the service's order
    public Quotas(String service, Map<String, Long> defaults) {
        this.service = service;
        this.defaults = new LinkedHashMap<>(defaults);
    }

    public Map<String, Long> defaults() {
        return new LinkedHashMap<>(defaults);
    }

    /// Takes `amounts` of the project's quota. What is plainly too much is refused at once; the counters themselves
    /// change at the end of the transaction, where the limit is looked at again.
    ///
    /// @param amounts resource name to how many more; zero and less are not checked against the limit
    /// @throws OverQuota one of them does not fit; nothing was taken once the transaction rolls back
    public void take(Tx tx, String projectId, Map<String, Long> amounts, Refusal refusal) {
        var limits = limits(tx, projectId);
        var usage = usage(tx, projectId);
        var changes = QuotaChanges.of(tx);
        new TreeMap<>(amounts).forEach((resource, amount) -> {
            if (amount == 0) return;
            long limit = amount < 0 ? UNLIMITED : limits.getOrDefault(resource, UNLIMITED);
            long used = usage.getOrDefault(resource, 0L);
            if (limit != UNLIMITED && used + amount > limit) throw refusal.of(resource, amount, used, limit);
            changes.add(new QuotaChanges.Counter(service, projectId, resource), amount, limit, refusal);
        });
    }

    public void take(Tx tx, String projectId, Map<String, Long> amounts) {
        take(tx, projectId, amounts, STANDARD);
    }

    public void give(Tx tx, String projectId, Map<String, Long> amounts) {
        var changes = QuotaChanges.of(tx);
        amounts.forEach((resource, amount) ->
                changes.add(new QuotaChanges.Counter(service, projectId, resource), -amount, UNLIMITED, STANDARD));
    }

    /// @return every resource with the limit in force for the project
    public Map<String, Long> limits(Tx tx, String projectId) {
        var limits = new LinkedHashMap<>(defaults);
        limits.putAll(own(tx, ""));
        limits.putAll(own(tx, projectId));
        return limits;
    }

    private Map<String, Long> own(Tx tx, String projectId) {
        var found = new LinkedHashMap<String, Long>();
        tx.query(
                "SELECT resource, hard_limit FROM quota_limit WHERE service = ? AND project_id = ?",
                r -> found.put(r.string("resource"), r.number("hard_limit")),
                service,
                projectId);
        return found;
    }

    /// @return every resource with what the project uses, this transaction's own changes included
    public Map<String, Long> usage(Tx tx, String projectId) {
        var found = new LinkedHashMap<String, Long>();
        defaults.keySet().forEach(r -> found.put(r, 0L));
        tx.query(
                "SELECT resource, used FROM quota_usage WHERE service = ? AND project_id = ?",
                r -> found.put(r.string("resource"), r.number("used")),
                service,
                projectId);
        QuotaChanges.of(tx).pending(service, projectId).forEach((r, amount) -> found.merge(r, amount, Long::sum));
        return found;
    }

    /// @return what all projects use: project id to resource to number, zeros left out
    public Map<String, Map<String, Long>> allUsage(Tx tx) {
        var found = new TreeMap<String, Map<String, Long>>();
        tx.query(
                "SELECT project_id, resource, used FROM quota_usage WHERE service = ? AND used <> 0",
                r -> found.computeIfAbsent(r.string("project_id"), _ -> new TreeMap<>())
                        .put(r.string("resource"), r.number("used")),
                service);
        return found;
    }

    /// @param projectId empty: the default for every project
    public void setLimit(Tx tx, String projectId, String resource, long limit) {
        tx.update("""
                INSERT INTO quota_limit (service, project_id, resource, hard_limit)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (service, project_id, resource) DO UPDATE SET hard_limit = excluded.hard_limit
                """, service, projectId, resource, limit);
    }

    /// Back to the defaults.
    public void clearLimits(Tx tx, String projectId) {
        tx.update("DELETE FROM quota_limit WHERE service = ? AND project_id = ?", service, projectId);
    }

    /// @return whether somebody set a limit of the project's own
    public Optional<Long> ownLimit(Tx tx, String projectId, String resource) {
        return Optional.ofNullable(own(tx, projectId).get(resource));
    }
}
