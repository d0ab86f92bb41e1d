package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.backup.BackupStatus.Event;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Deleting a backup, which no other one needs. Quota is given back with the row; a repository that fails leaves
/// `error_deleting`.
public final class DeleteBackup {
    public record Params(String backupId, String pool, Key key, String requestId) {}

    private final Flows flows;
    private final VolumeQuota quota;
    private final BackupNotices notices;
    private final Messages messages;
    private final Clock clock;
    private final Flow<Params> flow;

    public DeleteBackup(
            Flows flows, Backends backends, VolumeQuota quota, BackupNotices notices, Messages messages, Clock clock) {
        this.flows = flows;
        this.quota = quota;
        this.notices = notices;
        this.messages = messages;
        this.clock = clock;
        this.flow = Flow.named("backup_delete", Params.class)
                .record("NotifyBackupActionTask", (tx, p) -> notices.emit(tx, "delete.start", p.backupId()), this::fail)
                .task("DeleteBackupTask", p -> backends.deleteBackup(p.pool(), p.key()), (_, _) -> {})
                .finish("DestroyBackupTask", this::destroy)
                .build();
        flows.register(flow);
    }

    /// @param force whatever its status, for an operator
    /// @throws Invalid its status or an incremental backup forbids it, or somebody is at work on it
    void begin(Tx tx, Caller caller, Backup b, boolean force) {
        var store = new BackupStore(tx);
        if (!force && b.status() != BackupStatus.AVAILABLE && b.status() != BackupStatus.ERROR)
            throw new Invalid("Invalid backup: Backup status must be available or error");
        if (!store.parents(List.of(b.id())).isEmpty())
            throw new Invalid("Invalid backup: Incremental backups exist for this backup.");
        if (flows.busy(tx, b.id())) throw new Invalid("Invalid backup: Somebody is at work on it.");
        store.move(b, force ? Event.FORCE_DELETE : Event.DELETE, clock.instant());
        flows.start(tx, flow, new Params(b.id(), b.pool(), b.key(), caller.requestId()), caller, b.id());
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new BackupStore(tx);
        store.lock(p.backupId()).ifPresent(b -> {
            store.move(b, Event.DELETE_FAILED, clock.instant());
            store.failed(b.id(), why.message());
            messages.write(
                    tx,
                    new About(Resource.VOLUME_BACKUP, b.id(), b.projectId(), Optional.of(p.requestId())),
                    Action.BACKUP_DELETE,
                    Detail.BACKUP_DELETE_DRIVER_ERROR);
        });
        notices.emit(tx, "delete.error", p.backupId());
    }

    private void destroy(Tx tx, Params p) {
        notices.emit(tx, "delete.end", p.backupId());
        var store = new BackupStore(tx);
        store.lock(p.backupId()).ifPresent(b -> {
            quota.giveBackup(tx, b.projectId(), b.sizeGib());
            store.delete(b.id());
        });
    }
}
