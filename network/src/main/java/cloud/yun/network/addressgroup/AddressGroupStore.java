package cloud.yun.network.addressgroup;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.Batches;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Standard;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of the tables `address_group` and `address_group_address`.
public final class AddressGroupStore {
    private static final String COLUMNS = "id, project_id, name, " + Standard.COLUMNS;

    private final Tx tx;

    public AddressGroupStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<AddressGroup> find(String id) {
        return whole(tx.query("SELECT " + COLUMNS + " FROM address_group WHERE id = ?", AddressGroupStore::map, id))
                .stream()
                .findFirst();
    }

    /// As [#find], and nobody else changes it before this transaction ends.
    Optional<AddressGroup> lock(String id) {
        return whole(tx.query(
                        "SELECT " + COLUMNS + " FROM address_group WHERE id = ?"
                                + tx.dialect().forUpdate(),
                        AddressGroupStore::map,
                        id))
                .stream()
                .findFirst();
    }

    List<AddressGroup> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "address_group");
        projectId.ifPresent(p -> select.where(
                "project_id = ? OR EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = address_group.id"
                        + " AND b.target_project IN ('*', ?))",
                p,
                p));
        return whole(query.page(tx, select, AddressGroupStore::map));
    }

    private List<AddressGroup> whole(List<AddressGroup> groups) {
        var addresses = addresses(groups.stream().map(AddressGroup::id).toList());
        return groups.stream()
                .map(g -> new AddressGroup(
                        g.id(), g.projectId(), g.name(), addresses.getOrDefault(g.id(), List.of()), g.standard()))
                .toList();
    }

    /// @return prefixes by group, sorted; groups without any are missing
    public Map<String, List<String>> addresses(Collection<String> ids) {
        var found = new HashMap<String, List<String>>();
        for (var part : Batches.of(ids))
            tx.query(
                    "SELECT group_id, address FROM address_group_address WHERE group_id IN (" + Tx.marks(part.size())
                            + ") ORDER BY group_id, address",
                    r -> found.computeIfAbsent(r.string("group_id"), _ -> new ArrayList<>())
                            .add(r.string("address")),
                    part.toArray());
        return found;
    }

    void insert(AddressGroup g) {
        tx.update(
                """
                INSERT INTO address_group (id, project_id, name, description, revision, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                g.id(),
                g.projectId(),
                g.name(),
                g.standard().description(),
                g.standard().revision(),
                g.standard().createdAt(),
                g.standard().updatedAt());
        add(g.id(), g.addresses());
    }

    void update(String id, String name, String description, Instant now) {
        tx.update("""
                UPDATE address_group SET name = ?, description = ?, revision = revision + 1, updated_at = ? WHERE id = ?
                """, name, description, now, id);
    }

    void add(String id, Collection<String> addresses) {
        tx.batch(
                "INSERT INTO address_group_address (group_id, address) VALUES (?, ?)",
                addresses.stream().map(a -> new Object[] {id, a}).toList());
    }

    void remove(String id, Collection<String> addresses) {
        tx.batch(
                "DELETE FROM address_group_address WHERE group_id = ? AND address = ?",
                addresses.stream().map(a -> new Object[] {id, a}).toList());
    }

    void delete(String id) {
        tx.update("DELETE FROM address_group WHERE id = ?", id);
    }

    /// @return whether a rule of a security group names it
    boolean used(String id) {
        return tx.exists("SELECT 1 AS one FROM security_group_rule WHERE remote_address_group_id = ? LIMIT 1", id);
    }

    private static AddressGroup map(Row r) throws SQLException {
        return new AddressGroup(r.string("id"), r.string("project_id"), r.string("name"), List.of(), Standard.of(r));
    }
}
