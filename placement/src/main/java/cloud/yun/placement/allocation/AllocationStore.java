package cloud.yun.placement.allocation;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// SQL of consumers and allocations.
public final class AllocationStore {
    private final Tx tx;

    public AllocationStore(Tx tx) {
        this.tx = tx;
    }

    private static Consumer consumer(Row r) throws SQLException {
        return new Consumer(
                r.string("uuid"),
                r.string("project_id"),
                r.string("user_id"),
                r.number("generation"),
                r.optString("consumer_type"));
    }

    public Optional<Consumer> consumer(String uuid) {
        return tx.first(
                "SELECT uuid, project_id, user_id, generation, consumer_type FROM consumer WHERE uuid = ?",
                AllocationStore::consumer,
                uuid);
    }

    public Optional<Consumer> lockConsumer(String uuid) {
        return tx.first(
                "SELECT uuid, project_id, user_id, generation, consumer_type FROM consumer WHERE uuid = ?"
                        + tx.dialect().forUpdate(),
                AllocationStore::consumer,
                uuid);
    }

    /// @return false when somebody else made the consumer first
    public boolean insert(Consumer c, Instant now) {
        return tx.update("""
                        INSERT INTO consumer (uuid, project_id, user_id, generation, consumer_type, created_at, updated_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """, c.uuid(), c.projectId(), c.userId(), c.generation(), c.type(), now, now) == 1;
    }

    public void update(Consumer c, Instant now) {
        tx.update("""
                UPDATE consumer
                   SET project_id = ?, user_id = ?, generation = ?, consumer_type = ?, updated_at = ?
                 WHERE uuid = ?
                """, c.projectId(), c.userId(), c.generation(), c.type(), now, c.uuid());
    }

    public void deleteConsumer(String uuid) {
        tx.update("DELETE FROM consumer WHERE uuid = ?", uuid);
    }

    /// @return provider to resource class to amount
    public Map<String, Map<String, Long>> of(String consumerUuid) {
        var found = new TreeMap<String, Map<String, Long>>();
        tx.query(
                """
                SELECT a.provider_uuid, a.resource_class, a.used
                  FROM allocation a JOIN inventory i
                    ON i.provider_uuid = a.provider_uuid AND i.resource_class = a.resource_class
                 WHERE a.consumer_uuid = ?
                 ORDER BY a.provider_uuid, i.id
                """,
                r -> found.computeIfAbsent(r.string("provider_uuid"), _ -> new LinkedHashMap<>())
                        .put(r.string("resource_class"), r.number("used")),
                consumerUuid);
        return found;
    }

    public void clear(String consumerUuid) {
        tx.update("DELETE FROM allocation WHERE consumer_uuid = ?", consumerUuid);
    }

    public void insert(String consumerUuid, Map<String, Map<String, Long>> byProvider) {
        var rows = new ArrayList<Object[]>();
        byProvider.forEach((provider, resources) ->
                resources.forEach((name, amount) -> rows.add(new Object[] {consumerUuid, provider, name, amount})));
        tx.batch(
                "INSERT INTO allocation (consumer_uuid, provider_uuid, resource_class, used) VALUES (?, ?, ?, ?)",
                rows);
    }

    public boolean onProvider(String providerUuid) {
        return tx.exists("SELECT 1 FROM allocation WHERE provider_uuid = ? LIMIT 1", providerUuid);
    }

    /// One consumer's share of a provider.
    public record Share(Consumer consumer, Map<String, Long> resources) {}

    public List<Share> shares(String providerUuid) {
        var found = new LinkedHashMap<String, Share>();
        tx.query(
                """
                SELECT c.uuid, c.project_id, c.user_id, c.generation, c.consumer_type, a.resource_class, a.used
                  FROM allocation a
                  JOIN consumer c ON c.uuid = a.consumer_uuid
                  JOIN inventory i ON i.provider_uuid = a.provider_uuid AND i.resource_class = a.resource_class
                 WHERE a.provider_uuid = ?
                 ORDER BY c.created_at, c.uuid, i.id
                """,
                r -> {
                    var consumer = consumer(r);
                    return found.computeIfAbsent(consumer.uuid(), _ -> new Share(consumer, new LinkedHashMap<>()))
                            .resources()
                            .put(r.string("resource_class"), r.number("used"));
                },
                providerUuid);
        return List.copyOf(found.values());
    }

    /// @param consumerType `unknown` counts the consumers without a type
    public record Use(Optional<String> consumerType, String resourceClass, long used) {}

    public List<Use> usage(String projectId, Optional<String> userId) {
        return tx.query(
                """
                SELECT c.consumer_type, a.resource_class, SUM(a.used) AS n
                  FROM consumer c JOIN allocation a ON a.consumer_uuid = c.uuid
                 WHERE c.project_id = ? AND (? = '' OR c.user_id = ?)
                 GROUP BY c.consumer_type, a.resource_class
                 ORDER BY c.consumer_type, a.resource_class
                """,
                r -> new Use(r.optString("consumer_type"), r.string("resource_class"), r.number("n")),
                projectId,
                userId.orElse(""),
                userId.orElse(""));
    }

    /// @return consumer type to how many consumers of it have allocations
    public Map<Optional<String>, Long> consumerCounts(String projectId, Optional<String> userId) {
        var found = new LinkedHashMap<Optional<String>, Long>();
        tx.query(
                """
                SELECT c.consumer_type, COUNT(*) AS n
                  FROM consumer c
                 WHERE c.project_id = ? AND (? = '' OR c.user_id = ?)
                 GROUP BY c.consumer_type
                """,
                r -> found.put(r.optString("consumer_type"), r.number("n")),
                projectId,
                userId.orElse(""),
                userId.orElse(""));
        return found;
    }

    /// @return inventories whose `used` is not the sum of their allocations, one sentence each
    public List<String> drift() {
        return tx.query(
                """
                SELECT i.provider_uuid, i.resource_class, i.used, COALESCE(SUM(a.used), 0) AS n
                  FROM inventory i LEFT JOIN allocation a
                    ON a.provider_uuid = i.provider_uuid AND a.resource_class = i.resource_class
                 GROUP BY i.provider_uuid, i.resource_class, i.used
                HAVING i.used <> COALESCE(SUM(a.used), 0)
                """,
                r -> "resource provider " + r.string("provider_uuid") + ": " + r.string("resource_class") + " used is "
                        + r.number("used") + ", its allocations are " + r.number("n"));
    }

    public List<String> consumersWithoutAllocations() {
        return tx.query("""
                SELECT c.uuid FROM consumer c
                 WHERE NOT EXISTS (SELECT 1 FROM allocation a WHERE a.consumer_uuid = c.uuid)
                """, r -> "consumer " + r.string("uuid") + " has no allocations");
    }
}
