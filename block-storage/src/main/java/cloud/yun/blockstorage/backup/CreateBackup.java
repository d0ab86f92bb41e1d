package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.agent.Command.BackupVolume;
import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.backup.BackupStatus.Event;
import cloud.yun.blockstorage.driver.BackupRepository.Header;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;

/// Making a backup. Of a volume in use it takes a snapshot first, so that all of it is of one moment, and forgets
/// that afterwards.
///
/// One that fails stays in `error`, with no object in the repository, and counts until its owner deletes it; the
/// volume or snapshot is as before.
public final class CreateBackup {
    /// @param snapshotId of the snapshot that is backed up; empty for the volume itself
    /// @param inUse whether a server has the volume
    public record Params(
            String backupId,
            String volumeId,
            String pool,
            Optional<String> snapshotId,
            boolean inUse,
            Key key,
            Header header,
            String requestId) {}

    private final Flows flows;
    private final VolumeQuota quota;
    private final BackupNotices notices;
    private final Messages messages;
    private final Clock clock;
    private final Flow<Params> flow;

    public CreateBackup(
            Database db,
            Flows flows,
            Backends backends,
            VolumeQuota quota,
            BackupNotices notices,
            Messages messages,
            Clock clock) {
        this.flows = flows;
        this.quota = quota;
        this.notices = notices;
        this.messages = messages;
        this.clock = clock;
        this.flow = Flow.named("backup_create", Params.class)
                .record("NotifyBackupActionTask", (tx, p) -> notices.emit(tx, "create.start", p.backupId()), this::fail)
                .task(
                        "CreateTempSnapshotTask",
                        p -> {
                            if (p.inUse()) backends.createSnapshot(p.pool(), p.backupId(), p.volumeId());
                        },
                        (p, _) -> {
                            if (p.inUse()) backends.deleteSnapshot(p.pool(), p.backupId(), p.volumeId());
                        })
                .task(
                        "CreateBackupTask",
                        p -> {
                            var from = p.inUse() ? Optional.of(p.backupId()) : p.snapshotId();
                            var count = backends.backupVolume(
                                    p.pool(), new BackupVolume(p.volumeId(), from, p.key(), p.header()));
                            db.write(tx -> new BackupStore(tx).written(p.backupId(), count));
                        },
                        (p, _) -> backends.deleteBackup(p.pool(), p.key()))
                .finish("CreateBackupOnFinishTask", this::finish)
                .forward("DeleteTempSnapshotTask", p -> {
                    if (p.inUse()) backends.deleteSnapshot(p.pool(), p.backupId(), p.volumeId());
                })
                .build();
        flows.register(flow);
    }

    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words
    void begin(Tx tx, Caller caller, Backup b, Params params) {
        quota.takeBackup(tx, b.projectId(), b.sizeGib());
        new BackupStore(tx).insert(b);
        flows.start(tx, flow, params, caller, b.id());
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new BackupStore(tx);
        store.lock(p.backupId()).ifPresent(b -> {
            store.move(b, Event.CREATE_FAILED, clock.instant());
            store.failed(b.id(), why.message());
            messages.write(
                    tx,
                    new About(Resource.VOLUME_BACKUP, b.id(), b.projectId(), Optional.of(p.requestId())),
                    Action.BACKUP_CREATE,
                    Detail.BACKUP_CREATE_DRIVER_ERROR);
        });
        free(tx, p);
        notices.emit(tx, "create.error", p.backupId());
    }

    private void finish(Tx tx, Params p) {
        var store = new BackupStore(tx);
        store.lock(p.backupId()).ifPresent(b -> store.move(b, Event.CREATED, clock.instant()));
        free(tx, p);
        notices.emit(tx, "create.end", p.backupId());
    }

    private void free(Tx tx, Params p) {
        if (p.snapshotId().isPresent()) {
            var snapshots = new SnapshotStore(tx);
            snapshots
                    .lock(p.snapshotId().get())
                    .ifPresent(s -> snapshots.move(s, SnapshotStatus.Event.FREED, clock.instant()));
            return;
        }
        var volumes = new VolumeStore(tx);
        volumes.lock(p.volumeId())
                .filter(v -> v.status() == VolumeStatus.BACKING_UP)
                .ifPresent(v -> volumes.move(
                        v,
                        new AttachmentStore(tx).ofVolume(v.id()).isEmpty()
                                ? VolumeStatus.Event.FREED
                                : VolumeStatus.Event.USED,
                        clock.instant()));
    }
}
