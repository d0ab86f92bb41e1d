package cloud.yun.network.rbac;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.ListQuery;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// SQL of the table `network_rbac`.
final class RbacStore {
    private static final String COLUMNS = "id, project_id, object_type, object_id, action, target_project";

    private final Tx tx;

    RbacStore(Tx tx) {
        this.tx = tx;
    }

    Optional<Grant> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM network_rbac WHERE id = ?", RbacStore::map, id);
    }

    List<Grant> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "network_rbac");
        projectId.ifPresent(p -> select.where("project_id = ?", p));
        return query.page(tx, select, RbacStore::map);
    }

    /// @return false when the same grant was there already
    boolean insert(Grant g) {
        return tx.update("""
                        INSERT INTO network_rbac (id, project_id, object_type, object_id, action, target_project)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT (object_id, action, target_project) DO NOTHING
                        """, g.id(), g.projectId(), g.type(), g.objectId(), g.action(), g.target()) == 1;
    }

    /// @return whether another grant says the same with this target
    boolean doubled(Grant g, String target) {
        return tx.exists(
                "SELECT 1 AS one FROM network_rbac WHERE object_id = ? AND action = ? AND target_project = ? AND id <> ?",
                g.objectId(),
                g.action(),
                target,
                g.id());
    }

    void target(String id, String target) {
        tx.update("UPDATE network_rbac SET target_project = ? WHERE id = ?", target, id);
    }

    void delete(String id) {
        tx.update("DELETE FROM network_rbac WHERE id = ?", id);
    }

    boolean granted(String objectId, String action) {
        return tx.exists(
                "SELECT 1 AS one FROM network_rbac WHERE object_id = ? AND action = ? LIMIT 1", objectId, action);
    }

    /// @return whether the project, or everybody, has the grant
    boolean granted(String objectId, String action, String projectId) {
        return tx.exists(
                "SELECT 1 AS one FROM network_rbac WHERE object_id = ? AND action = ? AND target_project IN ('*', ?)"
                        + " LIMIT 1",
                objectId,
                action,
                projectId);
    }

    private static String table(String type) {
        return switch (type) {
            case "network" -> "network";
            case "security_group" -> "security_group";
            case "subnetpool" -> "subnet_pool";
            case "address_scope" -> "address_scope";
            case "address_group" -> "address_group";
            default -> throw new IllegalArgumentException("no object type " + type);
        };
    }

    /// @return the project whose object it is
    Optional<String> owner(String type, String objectId) {
        var table = table(type);
        return tx.first("SELECT project_id FROM " + table + " WHERE id = ?", r -> r.string("project_id"), objectId);
    }

    /// @return whether somebody's rows would not be allowed without the grant
    boolean needed(Grant g) {
        if (g.action().equals(Grants.EXTERNAL))
            return tx.exists("SELECT 1 AS one FROM router WHERE gateway_network_id = ?", g.objectId());
        if (g.type().equals("network"))
            return tx.exists(
                    "SELECT 1 AS one FROM port p JOIN network n ON n.id = p.network_id WHERE p.network_id = ?"
                            + " AND p.device_owner NOT LIKE 'network:%' AND p.project_id <> n.project_id"
                            + " AND (? = '*' OR p.project_id = ?)",
                    g.objectId(), g.target(), g.target());
        if (g.type().equals("subnetpool"))
            return tx.exists(
                    "SELECT 1 AS one FROM subnet s JOIN subnet_pool p ON p.id = s.subnetpool_id WHERE p.id = ?"
                            + " AND p.shared = 0 AND s.project_id <> p.project_id AND (? = '*' OR s.project_id = ?)",
                    g.objectId(),
                    g.target(),
                    g.target());
        if (g.type().equals("address_scope"))
            return tx.exists(
                    "SELECT 1 AS one FROM subnet_pool p JOIN address_scope a ON a.id = p.address_scope_id"
                            + " WHERE a.id = ? AND a.shared = 0 AND p.project_id <> a.project_id"
                            + " AND (? = '*' OR p.project_id = ?)",
                    g.objectId(),
                    g.target(),
                    g.target());
        if (g.type().equals("address_group"))
            return tx.exists(
                    "SELECT 1 AS one FROM security_group_rule r JOIN address_group a ON a.id = r.remote_address_group_id"
                            + " WHERE a.id = ? AND r.project_id <> a.project_id AND (? = '*' OR r.project_id = ?)",
                    g.objectId(),
                    g.target(),
                    g.target());
        return tx.exists(
                "SELECT 1 AS one FROM port_security_group g JOIN port p ON p.id = g.port_id"
                        + " JOIN security_group s ON s.id = g.group_id"
                        + " WHERE g.group_id = ? AND p.project_id <> s.project_id",
                g.objectId());
    }

    /// Deletes what was granted on an object.
    ///
    /// @param action empty: any
    /// @param target empty: to anybody
    /// @return the projects whose grants they were
    List<String> revoke(String objectId, String action, String target) {
        var condition = " WHERE object_id = ? AND (? = '' OR action = ?) AND (? = '' OR target_project = ?)";
        Object[] arguments = {objectId, action, action, target, target};
        var owners =
                tx.query("SELECT project_id FROM network_rbac" + condition, r -> r.string("project_id"), arguments);
        tx.update("DELETE FROM network_rbac" + condition, arguments);
        return owners;
    }

    private static Grant map(Row r) throws SQLException {
        return new Grant(
                r.string("id"),
                r.string("project_id"),
                r.string("object_type"),
                r.string("object_id"),
                r.string("action"),
                r.string("target_project"));
    }
}
