package cloud.yun.blockstorage.snapshot;

import cloud.yun.blockstorage.snapshot.SnapshotStatus.Event;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of snapshots and their metadata.
public final class SnapshotStore {
    static final String COLUMNS = "id, volume_id, project_id, user_id, name, description, size_gib, status, progress,"
            + " type_id, created_at, updated_at, group_snapshot_id";

    private final Tx tx;

    public SnapshotStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Snapshot> find(String id) {
        return withMetadata(tx.query("SELECT " + COLUMNS + " FROM snapshot WHERE id = ?", SnapshotStore::snapshot, id))
                .stream()
                .findFirst();
    }

    public Optional<Snapshot> lock(String id) {
        return withMetadata(tx.query(
                        "SELECT " + COLUMNS + " FROM snapshot WHERE id = ?"
                                + tx.dialect().forUpdate(),
                        SnapshotStore::snapshot,
                        id))
                .stream()
                .findFirst();
    }

    public List<Snapshot> ofVolume(String volumeId) {
        return withMetadata(tx.query(
                "SELECT " + COLUMNS + " FROM snapshot WHERE volume_id = ? ORDER BY id",
                SnapshotStore::snapshot,
                volumeId));
    }

    public boolean existOfVolume(String volumeId) {
        return tx.exists("SELECT 1 FROM snapshot WHERE volume_id = ?", volumeId);
    }

    public List<Snapshot> all() {
        return withMetadata(tx.query("SELECT " + COLUMNS + " FROM snapshot ORDER BY id", SnapshotStore::snapshot));
    }

    List<Snapshot> list(Select select) {
        return withMetadata(select.list(tx, SnapshotStore::snapshot));
    }

    public void insert(Snapshot s) {
        tx.update(
                "INSERT INTO snapshot (" + COLUMNS + ") VALUES (" + Tx.marks(13) + ")",
                s.id(),
                s.volumeId(),
                s.projectId(),
                s.userId(),
                s.name(),
                s.description(),
                s.sizeGib(),
                s.status().wire(),
                s.progress(),
                s.typeId(),
                s.createdAt(),
                s.updatedAt(),
                s.groupSnapshotId());
        putMetadata(s.id(), s.metadata());
    }

    /// The only place where a snapshot's status changes, but for an operator's [#reset].
    ///
    /// @return where it went; empty when the table has no such move
    /// @throws Conflict the snapshot is no longer as it was seen
    public Optional<SnapshotStatus> move(Snapshot seen, Event event, Instant now) {
        var to = SnapshotStatus.TABLE.next(seen.status(), event);
        if (to.isEmpty()) return to;
        int rows = tx.update(
                "UPDATE snapshot SET status = ?, updated_at = ? WHERE id = ? AND status = ?",
                to.get().wire(),
                now,
                seen.id(),
                seen.status().wire());
        if (rows == 0) throw new Conflict("Snapshot " + seen.id() + " was changed by another request.");
        return to;
    }

    void reset(String id, SnapshotStatus status, Instant now) {
        tx.update("UPDATE snapshot SET status = ?, updated_at = ? WHERE id = ?", status.wire(), now, id);
    }

    public void progress(String id, String progress) {
        tx.update("UPDATE snapshot SET progress = ? WHERE id = ?", progress, id);
    }

    void describe(String id, Optional<String> name, Optional<String> description, Instant now) {
        tx.update(
                "UPDATE snapshot SET name = ?, description = ?, updated_at = ? WHERE id = ?",
                name,
                description,
                now,
                id);
    }

    /// All of a volume's snapshots are another project's from now on.
    public void owner(String volumeId, String projectId, String userId) {
        tx.update("UPDATE snapshot SET project_id = ?, user_id = ? WHERE volume_id = ?", projectId, userId, volumeId);
    }

    public List<Snapshot> ofGroupSnapshot(String groupSnapshotId) {
        return withMetadata(tx.query(
                "SELECT " + COLUMNS + " FROM snapshot WHERE group_snapshot_id = ? ORDER BY id",
                SnapshotStore::snapshot,
                groupSnapshotId));
    }

    public void delete(String id) {
        tx.update("DELETE FROM snapshot WHERE id = ?", id);
    }

    void putMetadata(String id, Map<String, String> metadata) {
        metadata.forEach((key, value) -> tx.update("""
                INSERT INTO snapshot_metadata (snapshot_id, key, value) VALUES (?, ?, ?)
                ON CONFLICT (snapshot_id, key) DO UPDATE SET value = excluded.value
                """, id, key, value));
    }

    void replaceMetadata(String id, Map<String, String> metadata) {
        tx.update("DELETE FROM snapshot_metadata WHERE snapshot_id = ?", id);
        putMetadata(id, metadata);
    }

    boolean deleteMetadata(String id, String key) {
        return tx.update("DELETE FROM snapshot_metadata WHERE snapshot_id = ? AND key = ?", id, key) > 0;
    }

    private List<Snapshot> withMetadata(List<Snapshot> rows) {
        if (rows.isEmpty()) return rows;
        var found = new HashMap<String, Map<String, String>>();
        tx.query(
                "SELECT snapshot_id, key, value FROM snapshot_metadata WHERE snapshot_id IN (" + Tx.marks(rows.size())
                        + ") ORDER BY key",
                r -> found.computeIfAbsent(r.string("snapshot_id"), _ -> new LinkedHashMap<>())
                        .put(r.string("key"), r.string("value")),
                rows.stream().map(Snapshot::id).toArray());
        return rows.stream()
                .map(s -> new Snapshot(
                        s.id(),
                        s.volumeId(),
                        s.projectId(),
                        s.userId(),
                        s.name(),
                        s.description(),
                        s.sizeGib(),
                        s.status(),
                        s.progress(),
                        s.typeId(),
                        found.getOrDefault(s.id(), Map.of()),
                        s.createdAt(),
                        s.updatedAt(),
                        s.groupSnapshotId()))
                .toList();
    }

    private static Snapshot snapshot(Row r) throws SQLException {
        var status = r.string("status");
        return new Snapshot(
                r.string("id"),
                r.string("volume_id"),
                r.string("project_id"),
                r.string("user_id"),
                r.optString("name"),
                r.optString("description"),
                r.integer("size_gib"),
                SnapshotStatus.of(status).orElseThrow(() -> new SQLException("unknown snapshot status " + status)),
                r.string("progress"),
                r.string("type_id"),
                Map.of(),
                r.instant("created_at"),
                r.optInstant("updated_at"),
                r.optString("group_snapshot_id"));
    }
}
