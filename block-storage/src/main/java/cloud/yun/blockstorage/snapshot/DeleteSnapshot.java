package cloud.yun.blockstorage.snapshot;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.group.GroupProgress;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.SnapshotStatus.Event;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;

/// Deleting a snapshot. Quota is given back with the row; a back end that fails leaves `error_deleting`.
public final class DeleteSnapshot {
    public record Params(String snapshotId, String volumeId, String pool, Optional<String> requestId) {}

    private final Flows flows;
    private final VolumeQuota quota;
    private final SnapshotNotices notices;
    private final Messages messages;
    private final Clock clock;
    private final Flow<Params> flow;

    public DeleteSnapshot(
            Flows flows,
            Backends backends,
            VolumeQuota quota,
            SnapshotNotices notices,
            Messages messages,
            Clock clock) {
        this.flows = flows;
        this.quota = quota;
        this.notices = notices;
        this.messages = messages;
        this.clock = clock;
        this.flow = Flow.named("snapshot_delete", Params.class)
                .record(
                        "NotifySnapshotActionTask",
                        (tx, p) -> notices.emit(tx, "delete.start", p.snapshotId()),
                        this::fail)
                .task(
                        "DeleteSnapshotTask",
                        p -> backends.deleteSnapshot(p.pool(), p.snapshotId(), p.volumeId()),
                        (_, _) -> {})
                .finish("DestroySnapshotTask", this::destroy)
                .build();
        flows.register(flow);
    }

    /// @param force whatever its status, for an operator
    /// @throws Invalid its status forbids it, or a volume is being made of it
    void begin(Tx tx, Caller caller, Snapshot s, String pool, boolean force) {
        if (s.groupSnapshotId().isPresent()) throw refused(force);
        start(tx, caller, s, pool, force);
    }

    /// As a part of a group snapshot that is being deleted, which goes with its last one.
    public void beginOfGroup(Tx tx, Caller caller, Snapshot s, String pool) {
        start(tx, caller, s, pool, s.status() == SnapshotStatus.ERROR_DELETING);
    }

    private static Invalid refused(boolean force) {
        return new Invalid("Invalid snapshot: Snapshot " + (force ? "" : "status must be available or error and ")
                + "must not be part of a group.");
    }

    private void start(Tx tx, Caller caller, Snapshot s, String pool, boolean force) {
        boolean copied = tx.exists(
                "SELECT 1 FROM volume WHERE snapshot_id = ? AND status IN ('creating', 'downloading')", s.id());
        var event = force ? Event.FORCE_DELETE : Event.DELETE;
        if (copied
                || flows.busy(tx, s.id())
                || new SnapshotStore(tx).move(s, event, clock.instant()).isEmpty()) throw refused(force);
        flows.start(tx, flow, new Params(s.id(), s.volumeId(), pool, Optional.of(caller.requestId())), caller, s.id());
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new SnapshotStore(tx);
        store.lock(p.snapshotId()).ifPresent(s -> {
            store.move(s, Event.DELETE_FAILED, clock.instant());
            GroupProgress.snapshots(tx, s.groupSnapshotId(), clock.instant());
            messages.write(
                    tx,
                    new About(Resource.VOLUME_SNAPSHOT, s.id(), s.projectId(), p.requestId()),
                    Action.SNAPSHOT_DELETE,
                    Detail.SNAPSHOT_DELETE_ERROR);
        });
        notices.emit(tx, "delete.error", p.snapshotId());
    }

    private void destroy(Tx tx, Params p) {
        notices.emit(tx, "delete.end", p.snapshotId());
        var store = new SnapshotStore(tx);
        store.lock(p.snapshotId()).ifPresent(s -> {
            quota.giveSnapshot(tx, s.projectId(), s.typeId(), s.sizeGib());
            store.delete(s.id());
            GroupProgress.snapshots(tx, s.groupSnapshotId(), clock.instant());
        });
    }
}
