package cloud.yun.compute.servergroup;

import cloud.yun.compute.servergroup.ServerGroups.ServerGroup;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of server groups and their members.
final class ServerGroupStore {
    private static final String SELECT =
            "SELECT id, project_id, user_id, name, policy, max_server_per_host FROM server_group";

    /// A group and what only its own API shows.
    record Entry(ServerGroup group, String userId, String name) {
        Entry with(List<String> members) {
            return new Entry(
                    new ServerGroup(group.id(), group.projectId(), group.policy(), group.maxServerPerHost(), members),
                    userId,
                    name);
        }
    }

    private final Tx tx;

    ServerGroupStore(Tx tx) {
        this.tx = tx;
    }

    void insert(Entry entry, Instant now) {
        var group = entry.group();
        tx.update(
                """
                INSERT INTO server_group (id, project_id, user_id, name, policy, max_server_per_host, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                group.id(),
                group.projectId(),
                entry.userId(),
                entry.name(),
                group.policy(),
                group.maxServerPerHost(),
                now);
    }

    Optional<Entry> find(String id) {
        return filled(tx.query(SELECT + " WHERE id = ?", ServerGroupStore::map, id)).stream()
                .findFirst();
    }

    /// As [#find], and nobody else adds a member until this transaction ends.
    Optional<Entry> locked(String id) {
        return filled(tx.query(SELECT + " WHERE id = ?" + tx.dialect().forUpdate(), ServerGroupStore::map, id)).stream()
                .findFirst();
    }

    Optional<Entry> ofServer(String serverId) {
        return filled(tx.query(
                        SELECT + " WHERE id = (SELECT group_id FROM server_group_member WHERE server_id = ?)",
                        ServerGroupStore::map,
                        serverId))
                .stream()
                .findFirst();
    }

    Map<String, String> ofServers(Collection<String> serverIds) {
        var found = new HashMap<String, String>();
        if (serverIds.isEmpty()) return found;
        tx.query(
                "SELECT server_id, group_id FROM server_group_member WHERE server_id IN (" + Tx.marks(serverIds.size())
                        + ")",
                r -> {
                    found.put(r.string("server_id"), r.string("group_id"));
                    return true;
                },
                serverIds.toArray());
        return found;
    }

    List<Entry> list(Optional<String> projectId, int limit, int offset) {
        var tail = " ORDER BY number LIMIT " + limit + " OFFSET " + offset;
        return filled(
                projectId.isPresent()
                        ? tx.query(SELECT + " WHERE project_id = ?" + tail, ServerGroupStore::map, projectId.get())
                        : tx.query(SELECT + tail, ServerGroupStore::map));
    }

    private List<Entry> filled(List<Entry> bare) {
        if (bare.isEmpty()) return bare;
        var members = new HashMap<String, List<String>>();
        tx.query(
                "SELECT group_id, server_id FROM server_group_member WHERE group_id IN (" + Tx.marks(bare.size())
                        + ") ORDER BY server_id",
                r -> members.computeIfAbsent(r.string("group_id"), _ -> new ArrayList<>())
                        .add(r.string("server_id")),
                bare.stream().map(e -> e.group().id()).toArray());
        return bare.stream()
                .map(e -> e.with(members.getOrDefault(e.group().id(), List.of())))
                .toList();
    }

    void addMember(String groupId, String serverId) {
        tx.update(
                "INSERT INTO server_group_member (group_id, server_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                groupId,
                serverId);
    }

    void removeMember(String serverId) {
        tx.update("DELETE FROM server_group_member WHERE server_id = ?", serverId);
    }

    void delete(String id) {
        tx.update("DELETE FROM server_group_member WHERE group_id = ?", id);
        tx.update("DELETE FROM server_group WHERE id = ?", id);
    }

    private static Entry map(Row r) throws SQLException {
        return new Entry(
                new ServerGroup(
                        r.string("id"),
                        r.string("project_id"),
                        r.string("policy"),
                        r.optNumber("max_server_per_host").map(Long::intValue),
                        List.of()),
                r.string("user_id"),
                r.string("name"));
    }
}
