package cloud.yun.blockstorage.snapshot;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;

/// Cinder's notifications about snapshots: `snapshot.create.start` and so on.
public final class SnapshotNotices {
    private final Events events;

    public SnapshotNotices(Events events) {
        this.events = events;
    }

    /// Says nothing of a snapshot that is gone.
    void emit(Tx tx, String type, String snapshotId) {
        new SnapshotStore(tx)
                .find(snapshotId)
                .ifPresent(s -> events.emit(
                        tx,
                        "snapshot." + type,
                        s.projectId(),
                        s.id(),
                        "",
                        Json.object()
                                .put("snapshot_id", s.id())
                                .put("volume_id", s.volumeId())
                                .put("tenant_id", s.projectId())
                                .put("user_id", s.userId())
                                .put("display_name", s.name().orElse(null))
                                .put("volume_size", s.sizeGib())
                                .put("status", s.status().wire())
                                .put("created_at", Times.microsWithoutZone(s.createdAt()))));
    }
}
