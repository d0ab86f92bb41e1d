package cloud.yun.kernel.quota;

import cloud.yun.kernel.db.Tx;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// What one transaction takes and gives, of all services. The counters are changed at its end, in the order of their
/// names: every transaction of a project wants the same few rows, and two that took them on their way, one as a server
/// is made and one as it is deleted, would wait for each other.
final class QuotaChanges implements Tx.Ending {
    record Counter(String service, String projectId, String resource) {}

    private record Change(long amount, long limit, Quotas.Refusal refusal) {
        /// The lowest limit that was asked for counts; a limit belongs to what was taken.
        Change and(Change other) {
            boolean mine = other.limit == Quotas.UNLIMITED || (limit != Quotas.UNLIMITED && limit <= other.limit);
            return new Change(amount + other.amount, mine ? limit : other.limit, mine ? refusal : other.refusal);
        }
    }

    private final Map<Counter, Change> changes = new TreeMap<>(Comparator.comparing(Counter::service)
            .thenComparing(Counter::projectId)
            .thenComparing(Counter::resource));

    static QuotaChanges of(Tx tx) {
        return tx.ending(QuotaChanges.class, QuotaChanges::new);
    }

    void add(Counter counter, long amount, long limit, Quotas.Refusal refusal) {
        changes.merge(counter, new Change(amount, limit, refusal), Change::and);
    }

    /// @return resource to what this transaction changes
    Map<String, Long> pending(String service, String projectId) {
        var found = new HashMap<String, Long>();
        changes.forEach((counter, change) -> {
            if (counter.service.equals(service) && counter.projectId.equals(projectId))
                found.put(counter.resource, change.amount);
        });
        return found;
    }

    @Override
    public void run(Tx tx) {
        changes.forEach((counter, change) -> {
            if (change.amount == 0) return;
            long used = count(tx, counter, change.amount);
            if (change.amount > 0 && change.limit != Quotas.UNLIMITED && used > change.limit)
                throw change.refusal.of(counter.resource, change.amount, used - change.amount, change.limit);
        });
    }

    private static long count(Tx tx, Counter counter, long amount) {
        return tx.first("""
                        INSERT INTO quota_usage (service, project_id, resource, used)
                        VALUES (?, ?, ?, ?)
                        ON CONFLICT (service, project_id, resource)
                        DO UPDATE SET used = quota_usage.used + excluded.used
                        RETURNING used AS n
                        """, r -> r.number("n"), counter.service, counter.projectId, counter.resource, amount)
                .orElseThrow();
    }
}
