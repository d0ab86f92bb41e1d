package cloud.yun.placement.provider;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// SQL of providers, their traits and their aggregates.
public final class ProviderStore {
    public static final String COLUMNS =
            "p.uuid, p.name, p.generation, p.parent_uuid, p.root_uuid, p.created_at, p.updated_at";

    private final Tx tx;

    public ProviderStore(Tx tx) {
        this.tx = tx;
    }

    public static ResourceProvider provider(Row r) throws SQLException {
        return new ResourceProvider(
                r.string("uuid"),
                r.string("name"),
                r.number("generation"),
                r.optString("parent_uuid"),
                r.string("root_uuid"),
                r.instant("created_at"),
                r.instant("updated_at"));
    }

    public Optional<ResourceProvider> find(String uuid) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM resource_provider p WHERE p.uuid = ?", ProviderStore::provider, uuid);
    }

    /// As [#find], and nobody else changes the provider until this transaction ends.
    public Optional<ResourceProvider> lock(String uuid) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM resource_provider p WHERE p.uuid = ?"
                        + tx.dialect().forUpdate(),
                ProviderStore::provider,
                uuid);
    }

    public List<ResourceProvider> all() {
        return tx.query("SELECT " + COLUMNS + " FROM resource_provider p ORDER BY p.id", ProviderStore::provider);
    }

    public List<ResourceProvider> trees(Collection<String> roots) {
        if (roots.isEmpty()) return List.of();
        return tx.query(
                "SELECT " + COLUMNS + " FROM resource_provider p WHERE p.root_uuid IN (" + Tx.marks(roots.size())
                        + ") ORDER BY p.id",
                ProviderStore::provider,
                roots.toArray());
    }

    public boolean nameTaken(String name, String exceptUuid) {
        return tx.exists("SELECT 1 FROM resource_provider WHERE name = ? AND uuid <> ?", name, exceptUuid);
    }

    public boolean hasChildren(String uuid) {
        return tx.exists("SELECT 1 FROM resource_provider WHERE parent_uuid = ?", uuid);
    }

    /// @return false when another provider has the uuid or the name
    public boolean insert(ResourceProvider p) {
        return tx.update(
                        """
                        INSERT INTO resource_provider (uuid, name, generation, parent_uuid, root_uuid, created_at, updated_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                        p.uuid(),
                        p.name(),
                        p.generation(),
                        p.parentUuid(),
                        p.rootUuid(),
                        p.createdAt(),
                        p.updatedAt())
                == 1;
    }

    public void update(String uuid, String name, Optional<String> parentUuid, Instant now) {
        tx.update(
                "UPDATE resource_provider SET name = ?, parent_uuid = ?, updated_at = ? WHERE uuid = ?",
                name,
                parentUuid,
                now,
                uuid);
    }

    /// Moves the providers `uuids` under another root.
    public void reroot(Collection<String> uuids, String root) {
        for (var uuid : uuids) tx.update("UPDATE resource_provider SET root_uuid = ? WHERE uuid = ?", root, uuid);
    }

    public void delete(String uuid) {
        tx.update("DELETE FROM resource_provider WHERE uuid = ?", uuid);
    }

    /// Counts the generation up, whatever it is, and holds the row until the transaction ends.
    ///
    /// @return false when there is no such provider
    public boolean advance(String uuid, Instant now) {
        return tx.update(
                        "UPDATE resource_provider SET generation = generation + 1, updated_at = ? WHERE uuid = ?",
                        now,
                        uuid)
                == 1;
    }

    /// @return false when the provider is no longer at generation `seen`
    public boolean advance(String uuid, long seen, Instant now) {
        return tx.update("""
                        UPDATE resource_provider
                           SET generation = generation + 1, updated_at = ?
                         WHERE uuid = ? AND generation = ?
                        """, now, uuid, seen) == 1;
    }

    public Set<String> traits(String uuid) {
        return new LinkedHashSet<>(tx.query(
                "SELECT trait FROM provider_trait WHERE provider_uuid = ? ORDER BY trait",
                r -> r.string("trait"),
                uuid));
    }

    public Map<String, Set<String>> traits(Collection<String> uuids) {
        return grouped("trait", "provider_trait", uuids);
    }

    public void setTraits(String uuid, Collection<String> traits) {
        tx.update("DELETE FROM provider_trait WHERE provider_uuid = ?", uuid);
        tx.batch(
                "INSERT INTO provider_trait (provider_uuid, trait) VALUES (?, ?)",
                new TreeSet<>(traits).stream().map(t -> new Object[] {uuid, t}).toList());
    }

    public Set<String> aggregates(String uuid) {
        return new LinkedHashSet<>(tx.query(
                "SELECT aggregate_uuid FROM provider_aggregate WHERE provider_uuid = ? ORDER BY aggregate_uuid",
                r -> r.string("aggregate_uuid"),
                uuid));
    }

    public Map<String, Set<String>> aggregates(Collection<String> uuids) {
        return grouped("aggregate_uuid", "provider_aggregate", uuids);
    }

    public void setAggregates(String uuid, Collection<String> aggregates) {
        tx.update("DELETE FROM provider_aggregate WHERE provider_uuid = ?", uuid);
        tx.batch(
                "INSERT INTO provider_aggregate (provider_uuid, aggregate_uuid) VALUES (?, ?)",
                new TreeSet<>(aggregates)
                        .stream().map(a -> new Object[] {uuid, a}).toList());
    }

    public Map<String, Set<String>> allTraits() {
        return whole("trait", "provider_trait");
    }

    public Map<String, Set<String>> allAggregates() {
        return whole("aggregate_uuid", "provider_aggregate");
    }

    private Map<String, Set<String>> whole(String column, String table) {
        var found = new TreeMap<String, Set<String>>();
        tx.query(
                "SELECT provider_uuid, " + column + " FROM " + table + " ORDER BY provider_uuid, " + column,
                r -> found.computeIfAbsent(r.string("provider_uuid"), _ -> new LinkedHashSet<>())
                        .add(r.string(column)));
        return found;
    }

    private Map<String, Set<String>> grouped(String column, String table, Collection<String> uuids) {
        var found = new TreeMap<String, Set<String>>();
        if (uuids.isEmpty()) return found;
        tx.query(
                "SELECT provider_uuid, " + column + " FROM " + table + " WHERE provider_uuid IN ("
                        + Tx.marks(uuids.size()) + ") ORDER BY provider_uuid, " + column,
                r -> found.computeIfAbsent(r.string("provider_uuid"), _ -> new LinkedHashSet<>())
                        .add(r.string(column)),
                uuids.toArray());
        return found;
    }
}
