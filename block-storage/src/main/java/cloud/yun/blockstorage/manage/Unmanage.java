package cloud.yun.blockstorage.manage;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.Volume;
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

/// Letting go of a volume or snapshot: the back end keeps its data, as `volume-ID` or `snapshot-ID`, and we forget it.
public final class Unmanage {
    /// @param snapshotId empty for a volume
    public record Params(String volumeId, Optional<String> snapshotId, String pool) {
        String reference() {
            return snapshotId.map(s -> "snapshot-" + s).orElse("volume-" + volumeId);
        }
    }

    private final Flows flows;
    private final VolumeQuota quota;
    private final VolumeNotices notices;
    private final Clock clock;
    private final Flow<Params> flow;

    public Unmanage(Flows flows, Backends backends, VolumeQuota quota, VolumeNotices notices, Clock clock) {
        this.flows = flows;
        this.quota = quota;
        this.notices = notices;
        this.clock = clock;
        this.flow = Flow.named("unmanage", Params.class)
                .record("NotifyUnmanageActionTask", this::start, this::fail)
                .task(
                        "UnmanageTask",
                        p -> backends.unmanage(p.pool(), p.volumeId(), p.snapshotId(), p.reference()),
                        (p, _) -> backends.manage(p.pool(), p.volumeId(), p.snapshotId(), p.reference()))
                .finish("UnmanageOnFinishTask", this::finish)
                .build();
        flows.register(flow);
    }

    void begin(Tx tx, Caller caller, Volume v) {
        new VolumeStore(tx).move(v, VolumeStatus.Event.DELETE, clock.instant());
        var params = new Params(v.id(), Optional.empty(), v.host().orElse(""));
        flows.start(tx, flow, params, caller, v.id());
    }

    void begin(Tx tx, Caller caller, Snapshot s, String pool) {
        new SnapshotStore(tx).move(s, SnapshotStatus.Event.DELETE, clock.instant());
        flows.start(tx, flow, new Params(s.volumeId(), Optional.of(s.id()), pool), caller, s.id());
    }

    private void start(Tx tx, Params p) {
        if (p.snapshotId().isEmpty())
            new VolumeStore(tx).find(p.volumeId()).ifPresent(v -> notices.emit(tx, "unmanage.start", v));
    }

    private void fail(Tx tx, Params p, Failure why) {
        if (p.snapshotId().isPresent()) {
            var snapshots = new SnapshotStore(tx);
            snapshots
                    .lock(p.snapshotId().get())
                    .ifPresent(s -> snapshots.move(s, SnapshotStatus.Event.DELETE_FAILED, clock.instant()));
            return;
        }
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            store.move(v, VolumeStatus.Event.DELETE_FAILED, clock.instant());
            notices.emit(tx, "unmanage.error", v, Optional.of(why.message()));
        });
    }

    private void finish(Tx tx, Params p) {
        if (p.snapshotId().isPresent()) {
            var snapshots = new SnapshotStore(tx);
            snapshots.lock(p.snapshotId().get()).ifPresent(s -> {
                quota.giveSnapshot(tx, s.projectId(), s.typeId(), s.sizeGib());
                snapshots.delete(s.id());
            });
            return;
        }
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            if (v.consumesQuota()) quota.giveVolume(tx, v.projectId(), v.typeId(), v.sizeGib());
            store.delete(v.id());
            notices.emit(tx, "unmanage.end", v);
        });
    }
}
