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

/// SQL of group snapshots.
final class GroupSnapshotStore {
    static final String COLUMNS =
            "id, group_id, group_type_id, project_id, user_id, name, description, status, created_at";

    private final Tx tx;

    GroupSnapshotStore(Tx tx) {
        this.tx = tx;
    }

    Optional<GroupSnapshot> find(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM group_snapshot WHERE id = ?", GroupSnapshotStore::groupSnapshot, id);
    }

    Optional<GroupSnapshot> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM group_snapshot WHERE id = ?"
                        + tx.dialect().forUpdate(),
                GroupSnapshotStore::groupSnapshot,
                id);
    }

    List<GroupSnapshot> list(Select select) {
        return select.list(tx, GroupSnapshotStore::groupSnapshot);
    }

    boolean existOfGroup(String groupId) {
        return tx.exists("SELECT 1 FROM group_snapshot WHERE group_id = ?", groupId);
    }

    void insert(GroupSnapshot s) {
        tx.update(
                "INSERT INTO group_snapshot (" + COLUMNS + ") VALUES (" + Tx.marks(9) + ")",
                s.id(),
                s.groupId(),
                s.groupTypeId(),
                s.projectId(),
                s.userId(),
                s.name(),
                s.description(),
                s.status().wire(),
                s.createdAt());
    }

    /// The only place where a group snapshot's status changes, but for an operator's [#reset].
    ///
    /// @return where it went; empty when the table has no such move
    /// @throws Conflict it is no longer as it was seen
    Optional<GroupStatus> move(GroupSnapshot seen, Event event, Instant now) {
        var to = GroupStatus.TABLE.next(seen.status(), event);
        if (to.isEmpty()) return to;
        int rows = tx.update(
                "UPDATE group_snapshot SET status = ?, updated_at = ? WHERE id = ? AND status = ?",
                to.get().wire(),
                now,
                seen.id(),
                seen.status().wire());
        if (rows == 0) throw new Conflict("Group snapshot " + seen.id() + " was changed by another request.");
        return to;
    }

    void reset(String id, GroupStatus status, Instant now) {
        tx.update("UPDATE group_snapshot SET status = ?, updated_at = ? WHERE id = ?", status.wire(), now, id);
    }

    void delete(String id) {
        tx.update("DELETE FROM group_snapshot WHERE id = ?", id);
    }

    private static GroupSnapshot groupSnapshot(Row r) throws SQLException {
        var status = r.string("status");
        return new GroupSnapshot(
                r.string("id"),
                r.string("group_id"),
                r.string("group_type_id"),
                r.string("project_id"),
                r.string("user_id"),
                r.optString("name"),
                r.optString("description"),
                GroupStatus.of(status).orElseThrow(() -> new SQLException("unknown group status " + status)),
                r.instant("created_at"));
    }
}
