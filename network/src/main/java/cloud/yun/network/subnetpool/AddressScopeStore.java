package cloud.yun.network.subnetpool;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.ListQuery;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// SQL of the table `address_scope`.
final class AddressScopeStore {
    record AddressScope(String id, String projectId, String name, int version, boolean shared) {}

    private static final String COLUMNS = "id, project_id, name, ip_version, shared";

    private final Tx tx;

    AddressScopeStore(Tx tx) {
        this.tx = tx;
    }

    Optional<AddressScope> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM address_scope WHERE id = ?", AddressScopeStore::map, id);
    }

    List<AddressScope> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "address_scope");
        projectId.ifPresent(p -> select.where(
                "project_id = ? OR shared = 1 OR EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = address_scope.id"
                        + " AND b.target_project IN ('*', ?))",
                p,
                p));
        return query.page(tx, select, AddressScopeStore::map);
    }

    void insert(AddressScope s) {
        tx.update(
                "INSERT INTO address_scope (id, project_id, name, ip_version, shared) VALUES (?, ?, ?, ?, ?)",
                s.id(),
                s.projectId(),
                s.name(),
                s.version(),
                s.shared());
    }

    void update(String id, String name, boolean shared) {
        tx.update("UPDATE address_scope SET name = ?, shared = ? WHERE id = ?", name, shared, id);
    }

    void delete(String id) {
        tx.update("DELETE FROM address_scope WHERE id = ?", id);
    }

    private static AddressScope map(Row r) throws SQLException {
        return new AddressScope(
                r.string("id"), r.string("project_id"), r.string("name"), r.integer("ip_version"), r.bool("shared"));
    }
}
