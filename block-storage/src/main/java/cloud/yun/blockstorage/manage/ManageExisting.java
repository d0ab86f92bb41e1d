package cloud.yun.blockstorage.manage;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.VolumeNotices;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;

/// Taking over what a back end holds under a name of its own: a volume, or a snapshot of a volume of ours. When the
/// back
/// end fails it keeps that name, and the row is left in `error_managing` or `error` for its owner to delete.
public final class ManageExisting {
    /// @param snapshotId empty for a volume
    public record Params(String volumeId, Optional<String> snapshotId, String pool, String reference) {}

    private final Flows flows;
    private final VolumeNotices notices;
    private final Clock clock;
    private final Flow<Params> flow;

    public ManageExisting(Flows flows, Backends backends, VolumeNotices notices, Clock clock) {
        this.flows = flows;
        this.notices = notices;
        this.clock = clock;
        this.flow = Flow.named("manage_existing", Params.class)
                .record("NotifyManageActionTask", this::start, this::fail)
                .task(
                        "ManageExistingTask",
                        p -> backends.manage(p.pool(), p.volumeId(), p.snapshotId(), p.reference()),
                        (p, _) -> backends.unmanage(p.pool(), p.volumeId(), p.snapshotId(), p.reference()))
                .finish("ManageOnFinishTask", this::finish)
                .build();
        flows.register(flow);
    }

    void begin(Tx tx, Caller caller, Params params) {
        flows.start(tx, flow, params, caller, params.snapshotId().orElse(params.volumeId()));
    }

    private void start(Tx tx, Params p) {
        if (p.snapshotId().isEmpty())
            new VolumeStore(tx).find(p.volumeId()).ifPresent(v -> notices.emit(tx, "manage_existing.start", v));
    }

    private void fail(Tx tx, Params p, Failure why) {
        if (p.snapshotId().isPresent()) {
            moveSnapshot(tx, p.snapshotId().get(), SnapshotStatus.Event.CREATE_FAILED);
            return;
        }
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            store.move(v, VolumeStatus.Event.MANAGE_FAILED, clock.instant());
            notices.emit(tx, "manage_existing.error", v, Optional.of(why.message()));
        });
    }

    private void finish(Tx tx, Params p) {
        if (p.snapshotId().isPresent()) {
            moveSnapshot(tx, p.snapshotId().get(), SnapshotStatus.Event.CREATED);
            new SnapshotStore(tx).progress(p.snapshotId().get(), "100%");
            return;
        }
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            store.move(v, VolumeStatus.Event.MANAGED, clock.instant());
            store.launched(v.id(), clock.instant());
            notices.emit(tx, "manage_existing.end", v);
        });
    }

    private void moveSnapshot(Tx tx, String id, SnapshotStatus.Event event) {
        var store = new SnapshotStore(tx);
        store.lock(id).ifPresent(s -> store.move(s, event, clock.instant()));
    }
}
