package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.group.GroupProgress;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.transfer.TransferStore;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Deleting a volume, with its snapshots if that was asked. Quota is given back with the row, not before.
///
/// A back end that fails leaves `error_deleting`; nothing of the volume's row or quota is lost by that.
public final class DeleteVolume {
    private static final String REFUSED =
            " must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be"
                    + " disassociated from snapshots after volume transfer.";

    public record Params(String volumeId, String pool, List<String> snapshotIds) {}

    private final Flows flows;
    private final VolumeQuota quota;
    private final VolumeNotices notices;
    private final Clock clock;
    private final Flow<Params> flow;

    public DeleteVolume(Flows flows, Backends backends, VolumeQuota quota, VolumeNotices notices, Clock clock) {
        this.flows = flows;
        this.quota = quota;
        this.notices = notices;
        this.clock = clock;
        this.flow = Flow.named("volume_delete", Params.class)
                .record("NotifyVolumeActionTask", this::notifyStart, this::fail)
                .task(
                        "DeleteSnapshotsTask",
                        p -> p.snapshotIds().forEach(s -> backends.deleteSnapshot(p.pool(), s, p.volumeId())),
                        (_, _) -> {})
                .task("DeleteVolumeTask", p -> backends.deleteVolume(p.pool(), p.volumeId()), (_, _) -> {})
                .finish("DestroyVolumeTask", this::destroy)
                .build();
        flows.register(flow);
    }

    /// @param force whatever its status, for an operator
    /// @param cascade its snapshots too
    /// @throws Invalid its status, an attachment or a snapshot forbids it
    public void begin(Tx tx, Caller caller, Volume v, boolean force, boolean cascade) {
        if (v.groupId().isPresent()) throw refused(force);
        start(tx, caller, v, force, cascade);
    }

    /// As a member of a group that is being deleted, which goes with its last volume.
    public void beginOfGroup(Tx tx, Caller caller, Volume v) {
        start(tx, caller, v, v.status() == VolumeStatus.ERROR_DELETING, false);
    }

    private void start(Tx tx, Caller caller, Volume v, boolean force, boolean cascade) {
        var store = new VolumeStore(tx);
        if (v.host().isEmpty() && !flows.busy(tx, v.id())) {
            notices.emit(tx, "delete.start", v);
            destroy(tx, new Params(v.id(), "", List.of()));
            return;
        }
        var snapshots = new SnapshotStore(tx).ofVolume(v.id());
        boolean held = !new AttachmentStore(tx).ofVolume(v.id()).isEmpty();
        boolean copied = tx.exists(
                "SELECT 1 FROM volume WHERE source_volume_id = ? AND status IN ('creating', 'downloading')", v.id());
        if (held || copied || (!cascade && !snapshots.isEmpty()) || flows.busy(tx, v.id())) throw refused(force);
        if (store.move(v, force ? Event.FORCE_DELETE : Event.DELETE, clock.instant())
                .isEmpty()) throw refused(force);
        snapshots.forEach(s -> deleteWith(tx, s, force));
        var ids = snapshots.stream().map(Snapshot::id).toList();
        flows.start(tx, flow, new Params(v.id(), v.host().orElse(""), ids), caller, v.id());
    }

    private void deleteWith(Tx tx, Snapshot s, boolean force) {
        var event = force ? SnapshotStatus.Event.FORCE_DELETE : SnapshotStatus.Event.DELETE;
        if (flows.busy(tx, s.id())
                || new SnapshotStore(tx).move(s, event, clock.instant()).isEmpty())
            throw new Invalid("Invalid volume: Failed to update snapshot.");
    }

    private static Invalid refused(boolean force) {
        return new Invalid("Invalid volume: Volume"
                + (force
                        ? ""
                        : " status must be available or error or error_restoring or error_extending or"
                                + " error_managing and")
                + REFUSED);
    }

    private void notifyStart(Tx tx, Params p) {
        new VolumeStore(tx).find(p.volumeId()).ifPresent(v -> notices.emit(tx, "delete.start", v));
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            store.move(v, Event.DELETE_FAILED, clock.instant());
            notices.emit(tx, "delete.error", v, Optional.of(why.message()));
            GroupProgress.volumes(tx, v.groupId(), quota, clock.instant());
        });
        var snapshots = new SnapshotStore(tx);
        for (var id : p.snapshotIds())
            snapshots.lock(id).ifPresent(s -> snapshots.move(s, SnapshotStatus.Event.DELETE_FAILED, clock.instant()));
    }

    private void destroy(Tx tx, Params p) {
        var snapshots = new SnapshotStore(tx);
        for (var id : p.snapshotIds())
            snapshots.lock(id).ifPresent(s -> {
                quota.giveSnapshot(tx, s.projectId(), s.typeId(), s.sizeGib());
                snapshots.delete(id);
            });
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            if (v.consumesQuota()) quota.giveVolume(tx, v.projectId(), v.typeId(), v.sizeGib() + v.pendingGib());
            new TransferStore(tx).forgetVolume(v.id());
            store.delete(v.id());
            notices.emit(tx, "delete.end", v);
            GroupProgress.volumes(tx, v.groupId(), quota, clock.instant());
        });
    }
}
