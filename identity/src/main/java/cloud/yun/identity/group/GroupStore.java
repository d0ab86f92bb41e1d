package cloud.yun.identity.group;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of groups and their members.
public final class GroupStore {
    private static final String COLUMNS = "id, domain_id, name, description, extra";

    private final Tx tx;

    public GroupStore(Tx tx) {
        this.tx = tx;
    }

    private static Group group(Row r) throws SQLException {
        return new Group(
                r.string("id"),
                r.string("domain_id"),
                r.string("name"),
                r.string("description"),
                Json.storedObject(r.string("extra")));
    }

    public Optional<Group> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM identity_group WHERE id = ?", GroupStore::group, id);
    }

    public Optional<Group> byName(String domainId, String name) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM identity_group WHERE domain_id = ? AND name = ?",
                GroupStore::group,
                domainId,
                name);
    }

    List<Group> list(Filters filters) {
        var columns = Map.of("domain_id", "domain_id", "name", "name");
        return filters.page(tx, filters.apply(Select.of(COLUMNS, "identity_group"), columns))
                .list(tx, GroupStore::group);
    }

    public List<Group> ofUser(String userId) {
        return tx.query("""
                SELECT g.id AS id, g.domain_id AS domain_id, g.name AS name, g.description AS description,
                       g.extra AS extra
                  FROM identity_group g
                  JOIN identity_group_member m ON m.group_id = g.id
                 WHERE m.user_id = ?
                 ORDER BY g.id
                """, GroupStore::group, userId);
    }

    public List<String> idsOfDomain(String domainId) {
        return tx.query("SELECT id FROM identity_group WHERE domain_id = ?", r -> r.string("id"), domainId);
    }

    public List<String> members(String groupId) {
        return tx.query(
                "SELECT user_id FROM identity_group_member WHERE group_id = ? ORDER BY user_id",
                r -> r.string("user_id"),
                groupId);
    }

    /// @return whether a user is in any group
    public boolean hasMember(String userId) {
        return tx.exists("SELECT 1 FROM identity_group_member WHERE user_id = ?", userId);
    }

    public void insert(Group group) {
        tx.update(
                "INSERT INTO identity_group (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?)",
                group.id(),
                group.domainId(),
                group.name(),
                group.description(),
                group.extra());
    }

    public void update(Group group) {
        tx.update(
                "UPDATE identity_group SET name = ?, description = ?, extra = ? WHERE id = ?",
                group.name(),
                group.description(),
                group.extra(),
                group.id());
    }

    public void delete(String id) {
        tx.update("DELETE FROM identity_group WHERE id = ?", id);
    }

    public void addMember(String groupId, String userId) {
        tx.update(
                "INSERT INTO identity_group_member (group_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                groupId,
                userId);
    }

    boolean isMember(String groupId, String userId) {
        return tx.exists("SELECT 1 FROM identity_group_member WHERE group_id = ? AND user_id = ?", groupId, userId);
    }

    public boolean removeMember(String groupId, String userId) {
        return tx.update("DELETE FROM identity_group_member WHERE group_id = ? AND user_id = ?", groupId, userId) > 0;
    }
}
