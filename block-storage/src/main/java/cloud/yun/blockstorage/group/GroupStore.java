package cloud.yun.blockstorage.group;

import cloud.yun.blockstorage.group.GroupStatus.Event;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of groups.
public final class GroupStore {
    static final String COLUMNS = "id, project_id, user_id, name, description, status, group_type_id,"
            + " availability_zone, group_snapshot_id, source_group_id, created_at";

    private final Tx tx;

    public GroupStore(Tx tx) {
        this.tx = tx;
    }

    Optional<Group> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM volume_group WHERE id = ?", this::group, id);
    }

    Optional<Group> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM volume_group WHERE id = ?"
                        + tx.dialect().forUpdate(),
                this::group,
                id);
    }

    List<Group> list(Select select) {
        return select.list(tx, this::group);
    }

    /// @return project id of every group, for the invariant check
    public List<String> projects() {
        return tx.query("SELECT project_id FROM volume_group", r -> r.string("project_id"));
    }

    /// Whether volumes of that type may be in a group.
    public boolean lists(String volumeTypeId) {
        return tx.exists("SELECT 1 FROM volume_group_type WHERE type_id = ?", volumeTypeId);
    }

    void insert(Group g) {
        tx.update(
                "INSERT INTO volume_group (" + COLUMNS + ") VALUES (" + Tx.marks(11) + ")",
                g.id(),
                g.projectId(),
                g.userId(),
                g.name(),
                g.description(),
                g.status().wire(),
                g.typeId(),
                g.zone(),
                g.snapshotId(),
                g.sourceId(),
                g.createdAt());
        for (var type : g.volumeTypes())
            tx.update("INSERT INTO volume_group_type (group_id, type_id) VALUES (?, ?)", g.id(), type);
    }

    /// Whether a group is being made of the group snapshot.
    boolean madeOf(String groupSnapshotId) {
        return tx.exists(
                "SELECT 1 FROM volume_group WHERE group_snapshot_id = ? AND status = 'creating'", groupSnapshotId);
    }

    void describe(String id, Optional<String> name, Optional<String> description, Instant now) {
        tx.update(
                "UPDATE volume_group SET name = ?, description = ?, updated_at = ? WHERE id = ?",
                name,
                description,
                now,
                id);
    }

    /// The only place where a group's status changes, but for an operator's [#reset].
    ///
    /// @return where it went; empty when the table has no such move
    /// @throws Conflict the group is no longer as it was seen
    Optional<GroupStatus> move(Group seen, Event event, Instant now) {
        var to = GroupStatus.TABLE.next(seen.status(), event);
        if (to.isEmpty()) return to;
        int rows = tx.update(
                "UPDATE volume_group SET status = ?, updated_at = ? WHERE id = ? AND status = ?",
                to.get().wire(),
                now,
                seen.id(),
                seen.status().wire());
        if (rows == 0) throw new Conflict("Group " + seen.id() + " was changed by another request.");
        return to;
    }

    void reset(String id, GroupStatus status, Instant now) {
        tx.update("UPDATE volume_group SET status = ?, updated_at = ? WHERE id = ?", status.wire(), now, id);
    }

    void delete(String id) {
        tx.update("DELETE FROM volume_group WHERE id = ?", id);
    }

    private Group group(Row r) throws SQLException {
        var id = r.string("id");
        var status = r.string("status");
        return new Group(
                id,
                r.string("project_id"),
                r.string("user_id"),
                r.optString("name"),
                r.optString("description"),
                GroupStatus.of(status).orElseThrow(() -> new SQLException("unknown group status " + status)),
                r.string("group_type_id"),
                r.string("availability_zone"),
                r.optString("group_snapshot_id"),
                r.optString("source_group_id"),
                tx.query(
                        "SELECT type_id FROM volume_group_type WHERE group_id = ? ORDER BY type_id",
                        t -> t.string("type_id"),
                        id),
                r.instant("created_at"));
    }
}
