package cloud.yun.blockstorage.type;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of volume types.
public final class TypeStore {
    private static final String COLUMNS =
            "SELECT id, name, description, is_public, qos_id, created_at, updated_at FROM volume_type";

    private final Tx tx;

    public TypeStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<VolumeType> find(String id) {
        return tx.first(COLUMNS + " WHERE id = ?", r -> type(r, specs(id)), id);
    }

    public Optional<VolumeType> named(String name) {
        return tx.first(COLUMNS + " WHERE name = ?", r -> r.string("id"), name).flatMap(this::find);
    }

    /// Oldest first.
    public List<VolumeType> all() {
        var specs = new HashMap<String, Map<String, String>>();
        tx.query(
                "SELECT type_id, key, value FROM volume_type_extra_spec ORDER BY key",
                r -> specs.computeIfAbsent(r.string("type_id"), _ -> new LinkedHashMap<>())
                        .put(r.string("key"), r.string("value")));
        return tx.query(
                COLUMNS + " ORDER BY created_at, id", r -> type(r, specs.getOrDefault(r.string("id"), Map.of())));
    }

    void insert(VolumeType type) {
        tx.update(
                "INSERT INTO volume_type (id, name, description, is_public, created_at, updated_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                type.id(),
                type.name(),
                type.description(),
                type.isPublic(),
                type.createdAt(),
                type.updatedAt());
        type.extraSpecs().forEach((k, v) -> putSpec(type.id(), k, v));
    }

    void update(VolumeType type, Instant now) {
        tx.update(
                "UPDATE volume_type SET name = ?, description = ?, is_public = ?, updated_at = ? WHERE id = ?",
                type.name(),
                type.description(),
                type.isPublic(),
                now,
                type.id());
    }

    void delete(String id) {
        tx.update("DELETE FROM volume_type WHERE id = ?", id);
    }

    void putSpec(String id, String key, String value) {
        tx.update("""
                INSERT INTO volume_type_extra_spec (type_id, key, value) VALUES (?, ?, ?)
                ON CONFLICT (type_id, key) DO UPDATE SET value = excluded.value
                """, id, key, value);
    }

    boolean deleteSpec(String id, String key) {
        return tx.update("DELETE FROM volume_type_extra_spec WHERE type_id = ? AND key = ?", id, key) > 0;
    }

    boolean hasAccess(String id, String projectId) {
        return tx.exists("SELECT 1 FROM volume_type_access WHERE type_id = ? AND project_id = ?", id, projectId);
    }

    List<String> access(String id) {
        return tx.query(
                "SELECT project_id FROM volume_type_access WHERE type_id = ? ORDER BY project_id",
                r -> r.string("project_id"),
                id);
    }

    void grant(String id, String projectId) {
        tx.update("INSERT INTO volume_type_access (type_id, project_id) VALUES (?, ?)", id, projectId);
    }

    boolean revoke(String id, String projectId) {
        return tx.update("DELETE FROM volume_type_access WHERE type_id = ? AND project_id = ?", id, projectId) > 0;
    }

    /// @return project id to type id
    Map<String, String> projectDefaults() {
        var found = new LinkedHashMap<String, String>();
        tx.query(
                "SELECT project_id, type_id FROM default_volume_type ORDER BY project_id",
                r -> found.put(r.string("project_id"), r.string("type_id")));
        return found;
    }

    Optional<String> projectDefault(String projectId) {
        return tx.first(
                "SELECT type_id FROM default_volume_type WHERE project_id = ?", r -> r.string("type_id"), projectId);
    }

    void setProjectDefault(String projectId, String typeId) {
        tx.update("""
                INSERT INTO default_volume_type (project_id, type_id) VALUES (?, ?)
                ON CONFLICT (project_id) DO UPDATE SET type_id = excluded.type_id
                """, projectId, typeId);
    }

    void unsetProjectDefault(String projectId) {
        tx.update("DELETE FROM default_volume_type WHERE project_id = ?", projectId);
    }

    boolean anyProjectDefault(String typeId) {
        return tx.exists("SELECT 1 FROM default_volume_type WHERE type_id = ?", typeId);
    }

    private Map<String, String> specs(String id) {
        var found = new LinkedHashMap<String, String>();
        tx.query(
                "SELECT key, value FROM volume_type_extra_spec WHERE type_id = ? ORDER BY key",
                r -> found.put(r.string("key"), r.string("value")),
                id);
        return found;
    }

    private static VolumeType type(Row r, Map<String, String> specs) throws SQLException {
        return new VolumeType(
                r.string("id"),
                r.string("name"),
                r.optString("description"),
                r.bool("is_public"),
                specs,
                r.optString("qos_id"),
                r.instant("created_at"),
                r.instant("updated_at"));
    }
}
