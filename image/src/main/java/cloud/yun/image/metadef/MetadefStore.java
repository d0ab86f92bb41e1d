package cloud.yun.image.metadef;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of metadata definitions.
final class MetadefStore {
    static final String COLUMNS = "n.id, n.namespace, n.display_name, n.description, n.visibility, n.protected,"
            + " n.owner, n.created_at, n.updated_at";
    static final String FROM = "metadef_namespace n";

    private final Tx tx;

    MetadefStore(Tx tx) {
        this.tx = tx;
    }

    static Namespace namespace(Row r) throws SQLException {
        return new Namespace(
                r.string("id"),
                r.string("namespace"),
                r.optString("display_name"),
                r.optString("description"),
                r.string("visibility"),
                r.bool("protected"),
                r.string("owner"),
                r.instant("created_at"),
                r.instant("updated_at"));
    }

    Optional<Namespace> find(String name) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM " + FROM + " WHERE n.namespace = ?", MetadefStore::namespace, name);
    }

    List<Namespace> list(Select select) {
        return select.list(tx, MetadefStore::namespace);
    }

    /// @return false when the name is taken
    boolean insert(Namespace n) {
        return tx.update(
                        """
                        INSERT INTO metadef_namespace (id, namespace, display_name, description, visibility, protected,
                                                       owner, created_at, updated_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                        n.id(),
                        n.name(),
                        n.displayName(),
                        n.description(),
                        n.visibility(),
                        n.protect(),
                        n.owner(),
                        n.createdAt(),
                        n.updatedAt())
                == 1;
    }

    /// @return false when another namespace has the name
    boolean update(Namespace n) {
        if (tx.exists("SELECT 1 FROM metadef_namespace WHERE namespace = ? AND id <> ?", n.name(), n.id()))
            return false;
        tx.update(
                """
                UPDATE metadef_namespace
                   SET namespace = ?, display_name = ?, description = ?, visibility = ?, protected = ?, owner = ?,
                       updated_at = ?
                 WHERE id = ?
                """,
                n.name(),
                n.displayName(),
                n.description(),
                n.visibility(),
                n.protect(),
                n.owner(),
                n.updatedAt(),
                n.id());
        return true;
    }

    void delete(String id) {
        tx.update("DELETE FROM metadef_namespace WHERE id = ?", id);
    }

    private static Item item(Row r) throws SQLException {
        return new Item(
                r.string("namespace_id"),
                ItemKind.valueOf(r.string("kind")),
                r.string("name"),
                Json.storedObject(r.string("body")),
                r.instant("created_at"),
                r.instant("updated_at"));
    }

    Optional<Item> item(String namespaceId, ItemKind kind, String name) {
        return tx.first("""
                SELECT namespace_id, kind, name, body, created_at, updated_at
                  FROM metadef_item
                 WHERE namespace_id = ? AND kind = ? AND name = ?
                """, MetadefStore::item, namespaceId, kind, name);
    }

    /// @return what a namespace holds, in the order in which it came
    List<Item> items(String namespaceId) {
        return tx.query("""
                SELECT namespace_id, kind, name, body, created_at, updated_at
                  FROM metadef_item
                 WHERE namespace_id = ?
                 ORDER BY id
                """, MetadefStore::item, namespaceId);
    }

    /// @return by namespace id
    Map<String, List<Item>> items(Collection<String> namespaceIds, ItemKind kind) {
        var found = new LinkedHashMap<String, List<Item>>();
        if (namespaceIds.isEmpty()) return found;
        var arguments = new java.util.ArrayList<Object>(namespaceIds);
        arguments.add(kind);
        var all = tx.query(
                "SELECT namespace_id, kind, name, body, created_at, updated_at FROM metadef_item WHERE namespace_id IN ("
                        + Tx.marks(namespaceIds.size()) + ") AND kind = ? ORDER BY id",
                MetadefStore::item,
                arguments.toArray());
        for (var item : all)
            found.computeIfAbsent(item.namespaceId(), _ -> new java.util.ArrayList<>())
                    .add(item);
        return found;
    }

    /// @return false when the namespace has one of that kind and name
    boolean insert(Item i) {
        return tx.update("""
                        INSERT INTO metadef_item (namespace_id, kind, name, body, created_at, updated_at)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """, i.namespaceId(), i.kind(), i.name(), i.body(), i.createdAt(), i.updatedAt()) == 1;
    }

    void update(String oldName, Item i) {
        tx.update("""
                UPDATE metadef_item SET name = ?, body = ?, updated_at = ?
                 WHERE namespace_id = ? AND kind = ? AND name = ?
                """, i.name(), i.body(), i.updatedAt(), i.namespaceId(), i.kind(), oldName);
    }

    boolean delete(String namespaceId, ItemKind kind, String name) {
        return tx.update(
                        "DELETE FROM metadef_item WHERE namespace_id = ? AND kind = ? AND name = ?",
                        namespaceId,
                        kind,
                        name)
                == 1;
    }

    void deleteAll(String namespaceId, ItemKind kind) {
        tx.update("DELETE FROM metadef_item WHERE namespace_id = ? AND kind = ?", namespaceId, kind);
    }

    /// Succeeds when the type is known already.
    void addResourceType(String name, Instant now) {
        tx.update(
                "INSERT INTO metadef_resource_type (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", name, now);
    }

    /// @return name to when it became known
    Map<String, Instant> resourceTypes() {
        var found = new LinkedHashMap<String, Instant>();
        tx.query(
                "SELECT name, created_at FROM metadef_resource_type ORDER BY created_at, name",
                r -> found.put(r.string("name"), r.instant("created_at")) == null);
        return found;
    }
}
