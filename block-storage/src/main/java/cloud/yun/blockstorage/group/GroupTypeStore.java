package cloud.yun.blockstorage.group;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of group types and their specs.
final class GroupTypeStore {
    static final String COLUMNS = "id, name, description, is_public, created_at";

    private final Tx tx;

    GroupTypeStore(Tx tx) {
        this.tx = tx;
    }

    Optional<GroupType> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM group_type WHERE id = ?", this::type, id);
    }

    Optional<GroupType> named(String name) {
        return tx.first("SELECT " + COLUMNS + " FROM group_type WHERE name = ?", this::type, name);
    }

    List<GroupType> list(Select select) {
        return select.list(tx, this::type);
    }

    void insert(GroupType t) {
        tx.update(
                "INSERT INTO group_type (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?)",
                t.id(),
                t.name(),
                t.description(),
                t.isPublic(),
                t.createdAt());
        putSpecs(t.id(), t.specs());
    }

    void update(GroupType t, Instant now) {
        tx.update(
                "UPDATE group_type SET name = ?, description = ?, is_public = ?, updated_at = ? WHERE id = ?",
                t.name(),
                t.description(),
                t.isPublic(),
                now,
                t.id());
    }

    boolean used(String id) {
        return tx.exists("SELECT 1 FROM volume_group WHERE group_type_id = ?", id);
    }

    void delete(String id) {
        tx.update("DELETE FROM group_type WHERE id = ?", id);
    }

    void putSpecs(String id, Map<String, String> specs) {
        specs.forEach((key, value) -> tx.update("""
                INSERT INTO group_type_spec (type_id, key, value) VALUES (?, ?, ?)
                ON CONFLICT (type_id, key) DO UPDATE SET value = excluded.value
                """, id, key, value));
    }

    boolean deleteSpec(String id, String key) {
        return tx.update("DELETE FROM group_type_spec WHERE type_id = ? AND key = ?", id, key) > 0;
    }

    private GroupType type(Row r) throws SQLException {
        var id = r.string("id");
        var specs = new LinkedHashMap<String, String>();
        tx.query(
                "SELECT key, value FROM group_type_spec WHERE type_id = ? ORDER BY key",
                s -> specs.put(s.string("key"), s.string("value")),
                id);
        return new GroupType(
                id, r.string("name"), r.optString("description"), r.bool("is_public"), specs, r.instant("created_at"));
    }
}
