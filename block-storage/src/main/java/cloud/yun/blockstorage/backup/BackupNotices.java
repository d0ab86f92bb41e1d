package cloud.yun.blockstorage.backup;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;

/// Cinder's notifications about backups: `backup.create.start` and so on.
public final class BackupNotices {
    private final Events events;

    public BackupNotices(Events events) {
        this.events = events;
    }

    /// Says nothing of a backup that is gone.
    void emit(Tx tx, String type, String backupId) {
        new BackupStore(tx)
                .find(backupId)
                .ifPresent(b -> events.emit(
                        tx,
                        "backup." + type,
                        b.projectId(),
                        b.id(),
                        "",
                        Json.object()
                                .put("backup_id", b.id())
                                .put("tenant_id", b.projectId())
                                .put("user_id", b.userId())
                                .put("availability_zone", b.zone())
                                .put("host", b.pool())
                                .put("display_name", b.name().orElse(null))
                                .put("created_at", Times.microsWithoutZone(b.createdAt()))
                                .put("status", b.status().wire())
                                .put("volume_id", b.volumeId())
                                .put("size", b.sizeGib())
                                .put("container", b.key().container())
                                .put("parent_id", b.parentId().orElse(null))
                                .put("object_count", b.objectCount())
                                .put("fail_reason", b.failReason().orElse(null))));
    }
}
