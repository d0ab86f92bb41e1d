package cloud.yun.compute.service;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// SQL of aggregates, their hosts and their metadata.
final class AggregateStore {
    static final String ZONE = "availability_zone";

    record Aggregate(
            long number,
            String id,
            String name,
            List<String> hosts,
            Map<String, String> metadata,
            Instant createdAt,
            Optional<Instant> updatedAt) {
        Optional<String> zone() {
            return Optional.ofNullable(metadata.get(ZONE));
        }
    }

    private final Tx tx;

    AggregateStore(Tx tx) {
        this.tx = tx;
    }

    /// @return empty when the name is taken
    Optional<Long> insert(String id, String name, Instant now) {
        return tx.first("""
                INSERT INTO aggregate (id, name, created_at) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING
                RETURNING number AS n
                """, r -> r.number("n"), id, name, now);
    }

    List<Aggregate> all() {
        return filled(tx.query(
                "SELECT number, id, name, created_at, updated_at FROM aggregate ORDER BY number", AggregateStore::map));
    }

    Optional<Aggregate> find(long number) {
        return filled(tx.query(
                        "SELECT number, id, name, created_at, updated_at FROM aggregate WHERE number = ?",
                        AggregateStore::map,
                        number))
                .stream()
                .findFirst();
    }

    private List<Aggregate> filled(List<Aggregate> bare) {
        if (bare.isEmpty()) return bare;
        var hosts = new TreeMap<Long, List<String>>();
        tx.query(
                "SELECT aggregate, host FROM aggregate_host ORDER BY host",
                r -> hosts.computeIfAbsent(r.number("aggregate"), _ -> new ArrayList<>())
                        .add(r.string("host")));
        var metadata = new TreeMap<Long, Map<String, String>>();
        tx.query("SELECT aggregate, name, value FROM aggregate_metadata", r -> {
            metadata.computeIfAbsent(r.number("aggregate"), _ -> new TreeMap<>())
                    .put(r.string("name"), r.string("value"));
            return true;
        });
        return bare.stream()
                .map(a -> new Aggregate(
                        a.number(),
                        a.id(),
                        a.name(),
                        hosts.getOrDefault(a.number(), List.of()),
                        metadata.getOrDefault(a.number(), Map.of()),
                        a.createdAt(),
                        a.updatedAt()))
                .toList();
    }

    boolean nameTaken(String name, long exceptNumber) {
        return tx.exists("SELECT 1 FROM aggregate WHERE name = ? AND number <> ?", name, exceptNumber);
    }

    void rename(long number, String name) {
        tx.update("UPDATE aggregate SET name = ? WHERE number = ?", name, number);
    }

    void touch(long number, Instant now) {
        tx.update("UPDATE aggregate SET updated_at = ? WHERE number = ?", now, number);
    }

    void setMetadata(long number, String name, Optional<String> value) {
        if (value.isEmpty()) tx.update("DELETE FROM aggregate_metadata WHERE aggregate = ? AND name = ?", number, name);
        else tx.update("""
                    INSERT INTO aggregate_metadata (aggregate, name, value) VALUES (?, ?, ?)
                    ON CONFLICT (aggregate, name) DO UPDATE SET value = excluded.value
                    """, number, name, value.get());
    }

    /// @return false when it was there
    boolean addHost(long number, String host) {
        return tx.update(
                        "INSERT INTO aggregate_host (aggregate, host) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        number,
                        host)
                == 1;
    }

    boolean removeHost(long number, String host) {
        return tx.update("DELETE FROM aggregate_host WHERE aggregate = ? AND host = ?", number, host) == 1;
    }

    void removeHostEverywhere(String host) {
        tx.update("DELETE FROM aggregate_host WHERE host = ?", host);
    }

    void delete(long number) {
        tx.update("DELETE FROM aggregate_metadata WHERE aggregate = ?", number);
        tx.update("DELETE FROM aggregate WHERE number = ?", number);
    }

    private static Aggregate map(Row r) throws SQLException {
        return new Aggregate(
                r.number("number"),
                r.string("id"),
                r.string("name"),
                List.of(),
                Map.of(),
                r.instant("created_at"),
                r.optInstant("updated_at"));
    }
}
