package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Writing a backup into a volume that is there. When it fails the volume is `error_restoring`: nobody can say what it
/// holds. The backup is available again either way.
public final class RestoreBackup {
    public record Params(String backupId, String volumeId, String pool, List<Key> chain, String requestId) {}

    private final Flows flows;
    private final BackupNotices notices;
    private final Messages messages;
    private final Clock clock;
    private final Flow<Params> flow;

    public RestoreBackup(Flows flows, Backends backends, BackupNotices notices, Messages messages, Clock clock) {
        this.flows = flows;
        this.notices = notices;
        this.messages = messages;
        this.clock = clock;
        this.flow = Flow.named("backup_restore", Params.class)
                .record(
                        "NotifyBackupActionTask",
                        (tx, p) -> notices.emit(tx, "restore.start", p.backupId()),
                        this::fail)
                .task(
                        "RestoreBackupTask",
                        p -> backends.restoreBackup(p.pool(), p.volumeId(), p.chain(), false),
                        // What was in the volume is lost; it is marked, not mended.
                        (_, _) -> {})
                .finish("RestoreBackupOnFinishTask", this::finish)
                .build();
        flows.register(flow);
    }

    void begin(Tx tx, Caller caller, Backup b, Volume v) {
        var store = new BackupStore(tx);
        store.restoring(b, v.id(), clock.instant());
        new VolumeStore(tx).move(v, VolumeStatus.Event.RESTORE, clock.instant());
        var chain = store.chain(b).stream().map(Backup::key).toList();
        flows.start(
                tx, flow, new Params(b.id(), v.id(), v.host().orElse(""), chain, caller.requestId()), caller, b.id());
    }

    private void fail(Tx tx, Params p, Failure why) {
        var volumes = new VolumeStore(tx);
        volumes.lock(p.volumeId()).ifPresent(v -> volumes.move(v, VolumeStatus.Event.RESTORE_FAILED, clock.instant()));
        var store = new BackupStore(tx);
        store.restored(p.backupId(), p.volumeId(), clock.instant());
        store.find(p.backupId())
                .ifPresent(b -> messages.write(
                        tx,
                        new About(Resource.VOLUME_BACKUP, b.id(), b.projectId(), Optional.of(p.requestId())),
                        Action.BACKUP_RESTORE,
                        Detail.BACKUP_RESTORE_ERROR));
        notices.emit(tx, "restore.error", p.backupId());
    }

    private void finish(Tx tx, Params p) {
        var volumes = new VolumeStore(tx);
        volumes.lock(p.volumeId()).ifPresent(v -> volumes.move(v, VolumeStatus.Event.FREED, clock.instant()));
        var store = new BackupStore(tx);
        store.find(p.backupId()).ifPresent(b -> VolumeMeta.restore(tx, p.volumeId(), b, clock.instant()));
        store.restored(p.backupId(), p.volumeId(), clock.instant());
        notices.emit(tx, "restore.end", p.backupId());
    }
}
