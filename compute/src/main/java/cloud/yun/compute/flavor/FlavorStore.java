package cloud.yun.compute.flavor;

import cloud.yun.compute.flavor.Flavors.Flavor;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// SQL of flavors, their extra specs and who may use the private ones.
final class FlavorStore {
    private static final String COLUMNS = "number, flavorid, name, description, memory_mb, vcpus, root_gb,"
            + " ephemeral_gb, swap, rxtx_factor, is_public, disabled";

    /// The API's sort keys and what they stand for. None of them is NULL.
    static final Map<String, String> SORT_KEYS = sortKeys();

    /// A flavor and what only its own API shows.
    ///
    /// @param number the row's own number, which some messages name
    record Entry(Flavor flavor, long number, double rxtxFactor) {
        String id() {
            return flavor.id();
        }
    }

    /// @param key one of [#SORT_KEYS]
    record Order(String key, boolean ascending) {}

    private final Tx tx;

    FlavorStore(Tx tx) {
        this.tx = tx;
    }

    private static Map<String, String> sortKeys() {
        var keys = new LinkedHashMap<String, String>();
        for (var name : List.of("created_at", "description", "disabled", "ephemeral_gb", "flavorid", "id")) {
            keys.put(
                    name,
                    switch (name) {
                        case "description" -> "COALESCE(description, '')";
                        case "id" -> "number";
                        default -> name;
                    });
        }
        for (var name : List.of("is_public", "memory_mb", "name", "root_gb", "rxtx_factor", "swap"))
            keys.put(name, name);
        keys.put("updated_at", "COALESCE(updated_at, 0)");
        keys.put("vcpu_weight", "number");
        keys.put("vcpus", "vcpus");
        return keys;
    }

    /// @return false when the id or the name is taken
    boolean insert(Flavor flavor, double rxtxFactor, Instant now) {
        return tx.update(
                        """
                        INSERT INTO flavor (flavorid, name, description, memory_mb, vcpus, root_gb, ephemeral_gb, swap,
                                            rxtx_factor, is_public, disabled, created_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                        flavor.id(),
                        flavor.name(),
                        flavor.description(),
                        flavor.ramMib(),
                        flavor.vcpus(),
                        flavor.diskGib(),
                        flavor.ephemeralGib(),
                        flavor.swapMib(),
                        Double.toString(rxtxFactor),
                        flavor.isPublic(),
                        flavor.disabled(),
                        now)
                == 1;
    }

    boolean any() {
        return tx.exists("SELECT 1 FROM flavor LIMIT 1");
    }

    boolean idTaken(String id) {
        return tx.exists("SELECT 1 FROM flavor WHERE flavorid = ?", id);
    }

    void describe(String id, Optional<String> description, Instant now) {
        tx.update("UPDATE flavor SET description = ?, updated_at = ? WHERE flavorid = ?", description, now, id);
    }

    boolean delete(String id) {
        tx.update("DELETE FROM flavor_extra_spec WHERE flavorid = ?", id);
        tx.update("DELETE FROM flavor_project WHERE flavorid = ?", id);
        return tx.update("DELETE FROM flavor WHERE flavorid = ?", id) == 1;
    }

    Optional<Entry> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM flavor WHERE flavorid = ?", FlavorStore::map, id)
                .map(f -> with(f, specs(List.of(f)).getOrDefault(id, Map.of())));
    }

    /// @param isPublic empty: both kinds
    /// @param projectId whose private flavors are shown beside the public ones
    record Filter(
            Optional<Boolean> isPublic,
            Optional<String> projectId,
            boolean enabledOnly,
            Optional<String> name,
            Optional<Integer> minRam,
            Optional<Integer> minDisk) {}

    /// @return empty when the marker names no flavor
    Optional<List<Entry>> list(Filter filter, List<Order> orders, Optional<String> marker, int limit) {
        var keys = new ArrayList<Sort>();
        for (var order : orders) keys.add(new Sort(SORT_KEYS.getOrDefault(order.key(), "flavorid"), order.ascending()));
        if (keys.isEmpty()) keys.add(Sort.asc("flavorid"));
        keys.add(Sort.asc("number"));
        var select = Select.of(COLUMNS, "flavor").order(keys).limit(limit).where("name = ?", filter.name());
        if (filter.isPublic().isPresent()) {
            boolean wanted = filter.isPublic().get();
            if (wanted && filter.projectId().isPresent())
                select.where(
                        "is_public = 1 OR EXISTS (SELECT 1 FROM flavor_project p WHERE p.flavorid = flavor.flavorid"
                                + " AND p.project_id = ?)",
                        filter.projectId().get());
            else select.where("is_public = ?", wanted);
        }
        if (filter.enabledOnly()) select.where("disabled = 0");
        select.where("memory_mb >= ?", filter.minRam());
        select.where("root_gb >= ?", filter.minDisk());
        if (marker.isPresent() && select.after(tx, "flavorid", marker.get()).isEmpty()) return Optional.empty();
        var found = select.list(tx, FlavorStore::map);
        var specs = specs(found);
        return Optional.of(found.stream()
                .map(f -> with(f, specs.getOrDefault(f.id(), Map.of())))
                .toList());
    }

    private Map<String, Map<String, String>> specs(List<Entry> flavors) {
        var found = new LinkedHashMap<String, Map<String, String>>();
        if (flavors.isEmpty()) return found;
        tx.query(
                "SELECT flavorid, name, value FROM flavor_extra_spec WHERE flavorid IN (" + Tx.marks(flavors.size())
                        + ")",
                r -> found.computeIfAbsent(r.string("flavorid"), _ -> new TreeMap<>())
                        .put(r.string("name"), r.string("value")),
                flavors.stream().map(Entry::id).toArray());
        return found;
    }

    void setSpecs(String id, Map<String, String> specs) {
        specs.forEach((name, value) -> tx.update("""
                INSERT INTO flavor_extra_spec (flavorid, name, value) VALUES (?, ?, ?)
                ON CONFLICT (flavorid, name) DO UPDATE SET value = excluded.value
                """, id, name, value));
    }

    boolean deleteSpec(String id, String name) {
        return tx.update("DELETE FROM flavor_extra_spec WHERE flavorid = ? AND name = ?", id, name) == 1;
    }

    List<String> projects(String id) {
        return tx.query(
                "SELECT project_id FROM flavor_project WHERE flavorid = ? ORDER BY project_id",
                r -> r.string("project_id"),
                id);
    }

    boolean hasAccess(String id, String projectId) {
        return tx.exists("SELECT 1 FROM flavor_project WHERE flavorid = ? AND project_id = ?", id, projectId);
    }

    /// @return false when it already had access
    boolean addProject(String id, String projectId) {
        return tx.update(
                        "INSERT INTO flavor_project (flavorid, project_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        id,
                        projectId)
                == 1;
    }

    boolean removeProject(String id, String projectId) {
        return tx.update("DELETE FROM flavor_project WHERE flavorid = ? AND project_id = ?", id, projectId) == 1;
    }

    private static Entry with(Entry entry, Map<String, String> specs) {
        var f = entry.flavor();
        return new Entry(
                new Flavor(
                        f.id(),
                        f.name(),
                        f.vcpus(),
                        f.ramMib(),
                        f.diskGib(),
                        f.ephemeralGib(),
                        f.swapMib(),
                        f.disabled(),
                        f.isPublic(),
                        f.description(),
                        specs),
                entry.number(),
                entry.rxtxFactor());
    }

    private static Entry map(Row r) throws SQLException {
        return new Entry(
                new Flavor(
                        r.string("flavorid"),
                        r.string("name"),
                        r.integer("vcpus"),
                        r.integer("memory_mb"),
                        r.integer("root_gb"),
                        r.integer("ephemeral_gb"),
                        r.integer("swap"),
                        r.bool("disabled"),
                        r.bool("is_public"),
                        r.optString("description"),
                        Map.of()),
                r.number("number"),
                Double.parseDouble(r.string("rxtx_factor")));
    }
}
