package cloud.yun.identity.role;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/// SQL of roles and implied roles.
public final class RoleStore {
    private static final String COLUMNS = "id, name, domain_id, description, extra, options";

    private final Tx tx;

    public RoleStore(Tx tx) {
        this.tx = tx;
    }

    private static Role role(Row r) throws SQLException {
        return new Role(
                r.string("id"),
                r.string("name"),
                r.string("domain_id"),
                r.optString("description"),
                Json.storedObject(r.string("extra")),
                Json.storedObject(r.string("options")));
    }

    public Optional<Role> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM identity_role WHERE id = ?", RoleStore::role, id);
    }

    public Optional<Role> byName(String domainId, String name) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM identity_role WHERE domain_id = ? AND name = ?",
                RoleStore::role,
                domainId,
                name);
    }

    public List<Role> list(Filters filters) {
        var columns = Map.of("domain_id", "domain_id", "name", "name");
        return filters.page(tx, filters.apply(Select.of(COLUMNS, "identity_role"), columns))
                .list(tx, RoleStore::role);
    }

    public List<Role> among(Collection<String> ids) {
        return Select.of(COLUMNS, "identity_role").in("id", ids).list(tx, RoleStore::role);
    }

    public void insert(Role role) {
        tx.update(
                "INSERT INTO identity_role (id, name, domain_id, description, extra, options) VALUES (?, ?, ?, ?, ?, ?)",
                role.id(),
                role.name(),
                role.domainId(),
                role.description(),
                role.extra(),
                role.options());
    }

    public void update(Role role) {
        tx.update(
                "UPDATE identity_role SET name = ?, description = ?, extra = ?, options = ? WHERE id = ?",
                role.name(),
                role.description(),
                role.extra(),
                role.options(),
                role.id());
    }

    public void delete(String id) {
        tx.update("DELETE FROM identity_role WHERE id = ?", id);
    }

    public void deleteOfDomain(String domainId) {
        tx.update("DELETE FROM identity_role WHERE domain_id = ?", domainId);
    }

    public boolean implies(String prior, String implied) {
        return tx.exists(
                "SELECT 1 FROM identity_implied_role WHERE prior_role_id = ? AND implied_role_id = ?", prior, implied);
    }

    public void addImplied(String prior, String implied) {
        tx.update(
                "INSERT INTO identity_implied_role (prior_role_id, implied_role_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                prior,
                implied);
    }

    public boolean removeImplied(String prior, String implied) {
        return tx.update(
                        "DELETE FROM identity_implied_role WHERE prior_role_id = ? AND implied_role_id = ?",
                        prior,
                        implied)
                > 0;
    }

    /// @return each prior role's id with the ids that it implies directly
    public Map<String, List<String>> inferences() {
        var all = new LinkedHashMap<String, List<String>>();
        tx.query("""
                        SELECT prior_role_id, implied_role_id
                          FROM identity_implied_role
                         ORDER BY prior_role_id, implied_role_id
                        """, r -> Map.entry(r.string("prior_role_id"), r.string("implied_role_id")))
                .forEach(e ->
                        all.computeIfAbsent(e.getKey(), _ -> new ArrayList<>()).add(e.getValue()));
        return all;
    }

    /// @return the roles themselves and all that they imply, directly or not; the given ones first
    public SequencedSet<String> closure(Collection<String> ids) {
        var rules = inferences();
        var found = new LinkedHashSet<>(ids);
        var open = new ArrayDeque<>(ids);
        while (!open.isEmpty())
            for (var implied : rules.getOrDefault(open.poll(), List.of())) if (found.add(implied)) open.add(implied);
        return found;
    }
}
