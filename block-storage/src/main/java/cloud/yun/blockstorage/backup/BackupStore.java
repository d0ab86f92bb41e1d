package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.backup.BackupStatus.Event;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// SQL of backups and their metadata.
public final class BackupStore {
    static final String COLUMNS = "id, project_id, user_id, volume_id, snapshot_id, parent_id, name, description,"
            + " size_gib, status, fail_reason, pool, availability_zone, container, prefix, object_count, volume_meta,"
            + " restore_volume_id, data_timestamp, created_at, updated_at";

    private final Tx tx;

    public BackupStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Backup> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM backup WHERE id = ?", this::backup, id);
    }

    public Optional<Backup> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM backup WHERE id = ?" + tx.dialect().forUpdate(), this::backup, id);
    }

    public List<Backup> all() {
        return tx.query("SELECT " + COLUMNS + " FROM backup ORDER BY id", this::backup);
    }

    List<Backup> list(Select select) {
        return select.list(tx, this::backup);
    }

    List<Backup> ofVolume(String volumeId, String projectId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM backup WHERE volume_id = ? AND project_id = ? ORDER BY data_timestamp",
                this::backup,
                volumeId,
                projectId);
    }

    /// @return the full backup first, this one last
    public List<Backup> chain(Backup last) {
        var chain = new ArrayList<Backup>();
        for (var at = Optional.of(last);
                at.isPresent();
                at = at.get().parentId().flatMap(this::find)) chain.addFirst(at.get());
        return chain;
    }

    /// @return those of `ids` that others need
    Set<String> parents(List<String> ids) {
        if (ids.isEmpty()) return Set.of();
        return new HashSet<>(tx.query(
                "SELECT DISTINCT parent_id FROM backup WHERE parent_id IN (" + Tx.marks(ids.size()) + ")",
                r -> r.string("parent_id"),
                ids.toArray()));
    }

    void insert(Backup b) {
        tx.update(
                "INSERT INTO backup (" + COLUMNS + ") VALUES (" + Tx.marks(21) + ")",
                b.id(),
                b.projectId(),
                b.userId(),
                b.volumeId(),
                b.snapshotId(),
                b.parentId(),
                b.name(),
                b.description(),
                b.sizeGib(),
                b.status().wire(),
                b.failReason(),
                b.pool(),
                b.zone(),
                b.key().container(),
                b.key().prefix(),
                b.objectCount(),
                b.volumeMeta(),
                b.restoreVolumeId(),
                b.dataTimestamp(),
                b.createdAt(),
                b.updatedAt());
        putMetadata(b.id(), b.metadata());
    }

    /// The only place where a backup's status changes, but for an operator's [#reset].
    ///
    /// @return where it went; empty when the table has no such move
    /// @throws Conflict the backup is no longer as it was seen
    public Optional<BackupStatus> move(Backup seen, Event event, Instant now) {
        var to = BackupStatus.TABLE.next(seen.status(), event);
        if (to.isEmpty()) return to;
        int rows = tx.update(
                "UPDATE backup SET status = ?, updated_at = ? WHERE id = ? AND status = ?",
                to.get().wire(),
                now,
                seen.id(),
                seen.status().wire());
        if (rows == 0) throw new Conflict("Backup " + seen.id() + " was changed by another request.");
        return to;
    }

    /// A restore began; the backup stays until [#restored].
    void restoring(Backup seen, String volumeId, Instant now) {
        move(seen, Event.RESTORE, now);
        tx.update("UPDATE backup SET restore_volume_id = ? WHERE id = ?", volumeId, seen.id());
    }

    /// A restore into that volume ended. Does nothing when it is another volume's turn.
    public void restored(String id, String volumeId, Instant now) {
        lock(id).filter(b -> b.restoreVolumeId().equals(Optional.of(volumeId)))
                .ifPresent(b -> move(b, Event.RESTORED, now));
    }

    void reset(String id, BackupStatus status, Instant now) {
        tx.update("UPDATE backup SET status = ?, updated_at = ? WHERE id = ?", status.wire(), now, id);
    }

    void written(String id, int objectCount) {
        tx.update("UPDATE backup SET object_count = ? WHERE id = ?", objectCount, id);
    }

    void volumeMeta(String id, Optional<String> meta) {
        tx.update("UPDATE backup SET volume_meta = ? WHERE id = ?", meta, id);
    }

    void failed(String id, String why) {
        tx.update("UPDATE backup SET fail_reason = ? WHERE id = ?", why, id);
    }

    void describe(String id, Optional<String> name, Optional<String> description, Instant now) {
        tx.update(
                "UPDATE backup SET name = ?, description = ?, updated_at = ? WHERE id = ?", name, description, now, id);
    }

    void replaceMetadata(String id, Map<String, String> metadata) {
        tx.update("DELETE FROM backup_metadata WHERE backup_id = ?", id);
        putMetadata(id, metadata);
    }

    private void putMetadata(String id, Map<String, String> metadata) {
        metadata.forEach((key, value) ->
                tx.update("INSERT INTO backup_metadata (backup_id, key, value) VALUES (?, ?, ?)", id, key, value));
    }

    void delete(String id) {
        tx.update("DELETE FROM backup WHERE id = ?", id);
    }

    private Backup backup(Row r) throws SQLException {
        var id = r.string("id");
        var metadata = new LinkedHashMap<String, String>();
        tx.query(
                "SELECT key, value FROM backup_metadata WHERE backup_id = ? ORDER BY key",
                m -> metadata.put(m.string("key"), m.string("value")),
                id);
        var status = r.string("status");
        return new Backup(
                id,
                r.string("project_id"),
                r.string("user_id"),
                r.string("volume_id"),
                r.optString("snapshot_id"),
                r.optString("parent_id"),
                r.optString("name"),
                r.optString("description"),
                r.integer("size_gib"),
                BackupStatus.of(status).orElseThrow(() -> new SQLException("unknown backup status " + status)),
                r.optString("fail_reason"),
                r.string("pool"),
                r.string("availability_zone"),
                new Key(r.string("container"), r.string("prefix")),
                r.integer("object_count"),
                r.optString("volume_meta"),
                r.optString("restore_volume_id"),
                r.instant("data_timestamp"),
                r.instant("created_at"),
                r.optInstant("updated_at"),
                metadata);
    }
}
