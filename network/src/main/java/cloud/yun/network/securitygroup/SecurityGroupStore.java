package cloud.yun.network.securitygroup;

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

/// SQL of the tables `security_group`, `security_group_rule` and `port_security_group`.
final class SecurityGroupStore {
    private static final String COLUMNS = "id, project_id, name, stateful, standard, " + Standard.COLUMNS;
    private static final String RULE_COLUMNS = """
            id, project_id, group_id, direction, ethertype, protocol, port_min, port_max, remote_ip_prefix,
            remote_group_id, remote_address_group_id, description, revision, created_at, updated_at""";
    private static final String VISIBLE =
            " OR EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = %s AND b.target_project IN ('*', ?))";

    private final Tx tx;

    SecurityGroupStore(Tx tx) {
        this.tx = tx;
    }

    Optional<SecurityGroup> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM security_group WHERE id = ?", SecurityGroupStore::map, id);
    }

    Optional<String> standardId(String projectId) {
        return tx.first(
                "SELECT id FROM security_group WHERE project_id = ? AND standard = 1", r -> r.string("id"), projectId);
    }

    List<SecurityGroup> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "security_group");
        projectId.ifPresent(p -> select.where("project_id = ?" + VISIBLE.formatted("security_group.id"), p, p));
        return query.page(tx, select, SecurityGroupStore::map);
    }

    /// @return those of `names` (ids or names) that the project may use, as id by name and id by id
    Map<String, List<String>> named(String projectId, Collection<String> names) {
        var found = new HashMap<String, List<String>>();
        if (names.isEmpty()) return found;
        var arguments = new ArrayList<Object>();
        arguments.add(projectId);
        arguments.add(projectId);
        arguments.addAll(names);
        arguments.addAll(names);
        tx.query(
                "SELECT id, name FROM security_group WHERE (project_id = ?" + VISIBLE.formatted("security_group.id")
                        + ") AND (id IN (" + Tx.marks(names.size()) + ") OR name IN (" + Tx.marks(names.size()) + "))",
                r -> {
                    found.computeIfAbsent(r.string("id"), _ -> new ArrayList<>())
                            .add(r.string("id"));
                    return found.computeIfAbsent(r.string("name"), _ -> new ArrayList<>())
                            .add(r.string("id"));
                },
                arguments.toArray());
        return found;
    }

    /// @return false when the project has a default group already
    boolean insert(SecurityGroup g) {
        return tx.update(
                        """
                        INSERT INTO security_group (id, project_id, name, description, stateful, standard, revision,
                            created_at, updated_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                        g.id(),
                        g.projectId(),
                        g.name(),
                        g.standard().description(),
                        g.stateful(),
                        g.isDefault(),
                        g.standard().revision(),
                        g.standard().createdAt(),
                        g.standard().updatedAt())
                == 1;
    }

    void update(String id, String name, String description, boolean stateful, Instant now) {
        tx.update("""
                UPDATE security_group
                   SET name = ?, description = ?, stateful = ?, revision = revision + 1, updated_at = ?
                 WHERE id = ?
                """, name, description, stateful, now, id);
    }

    void delete(String id) {
        tx.update("DELETE FROM security_group WHERE id = ?", id);
    }

    /// @return names by id
    Map<String, String> names(Collection<String> ids) {
        var found = new HashMap<String, String>();
        for (var part : Batches.of(ids))
            tx.query(
                    "SELECT id, name FROM security_group WHERE id IN (" + Tx.marks(part.size()) + ")",
                    r -> found.put(r.string("id"), r.string("name")),
                    part.toArray());
        return found;
    }

    /// @return how many rules of other groups name it, by the projects whose rules they are
    Map<String, Long> named(String id) {
        var found = new HashMap<String, Long>();
        tx.query(
                "SELECT project_id, COUNT(*) AS n FROM security_group_rule WHERE remote_group_id = ? AND group_id <> ?"
                        + " GROUP BY project_id",
                r -> found.put(r.string("project_id"), r.number("n")),
                id,
                id);
        return found;
    }

    long rules(String id) {
        return tx.number("SELECT COUNT(*) AS n FROM security_group_rule WHERE group_id = ?", id);
    }

    boolean shared(String id, String projectId) {
        return tx.exists(
                "SELECT 1 AS one FROM network_rbac WHERE object_id = ? AND target_project IN ('*', ?) LIMIT 1",
                id,
                projectId);
    }

    /// Sets the groups of a port.
    void assign(String portId, Collection<String> before, Collection<String> after) {
        if (!before.isEmpty()) tx.update("DELETE FROM port_security_group WHERE port_id = ?", portId);
        var rows = new ArrayList<Object[]>();
        for (var group : after) rows.add(new Object[] {portId, group});
        tx.batch("INSERT INTO port_security_group (port_id, group_id) VALUES (?, ?)", rows);
    }

    boolean used(String id) {
        return tx.exists("SELECT 1 AS one FROM port_security_group WHERE group_id = ? LIMIT 1", id);
    }

    void insert(Rule r) {
        tx.update(
                """
                INSERT INTO security_group_rule (id, project_id, group_id, direction, ethertype, protocol, port_min,
                    port_max, remote_ip_prefix, remote_group_id, remote_address_group_id, description, revision, created_at,
                    updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                r.id(),
                r.projectId(),
                r.groupId(),
                r.direction(),
                r.etherType(),
                r.protocol(),
                r.portMin(),
                r.portMax(),
                r.remotePrefix(),
                r.remoteGroupId(),
                r.remoteAddressGroupId(),
                r.description(),
                r.revision(),
                r.createdAt(),
                r.updatedAt());
    }

    Optional<Rule> rule(String id) {
        return tx.first(
                "SELECT " + RULE_COLUMNS + " FROM security_group_rule WHERE id = ?", SecurityGroupStore::mapRule, id);
    }

    void deleteRule(String id) {
        tx.update("DELETE FROM security_group_rule WHERE id = ?", id);
    }

    List<Rule> rules(ListQuery query, Optional<String> projectId) {
        var select = Select.of(RULE_COLUMNS, "security_group_rule");
        projectId.ifPresent(p -> select.where(
                "project_id = ? OR EXISTS (SELECT 1 FROM security_group g WHERE g.id = security_group_rule.group_id"
                        + " AND g.project_id = ?)",
                p,
                p));
        return query.page(tx, select, SecurityGroupStore::mapRule);
    }

    Map<String, List<Rule>> rulesOf(Collection<String> groupIds) {
        var found = new HashMap<String, List<Rule>>();
        for (var part : Batches.of(groupIds))
            tx.query(
                    "SELECT " + RULE_COLUMNS + " FROM security_group_rule WHERE group_id IN (" + Tx.marks(part.size())
                            + ") ORDER BY id",
                    r -> found.computeIfAbsent(r.string("group_id"), _ -> new ArrayList<>())
                            .add(mapRule(r)),
                    part.toArray());
        return found;
    }

    private static SecurityGroup map(Row r) throws SQLException {
        return new SecurityGroup(
                r.string("id"),
                r.string("project_id"),
                r.string("name"),
                r.bool("stateful"),
                r.bool("standard"),
                Standard.of(r));
    }

    private static Rule mapRule(Row r) throws SQLException {
        return new Rule(
                r.string("id"),
                r.string("project_id"),
                r.string("group_id"),
                r.string("direction"),
                r.string("ethertype"),
                r.optString("protocol"),
                r.optNumber("port_min").map(Long::intValue),
                r.optNumber("port_max").map(Long::intValue),
                r.optString("remote_ip_prefix"),
                r.optString("remote_group_id"),
                r.optString("remote_address_group_id"),
                r.optString("description"),
                r.number("revision"),
                r.instant("created_at"),
                r.instant("updated_at"));
    }
}
