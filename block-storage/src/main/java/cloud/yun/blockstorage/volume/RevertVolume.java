package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;

/// Making a volume what its latest snapshot holds. When the back end fails the volume is in `error`; the snapshot is
/// available either way.
public final class RevertVolume {
    public record Params(String volumeId, String pool, String snapshotId) {}

    private final Flows flows;
    private final VolumeNotices notices;
    private final Clock clock;
    private final Flow<Params> flow;

    public RevertVolume(Flows flows, Backends backends, VolumeNotices notices, Clock clock) {
        this.flows = flows;
        this.notices = notices;
        this.clock = clock;
        this.flow = Flow.named("volume_revert", Params.class)
                .record("NotifyVolumeActionTask", (tx, p) -> emit(tx, "revert.start", p, Optional.empty()), this::fail)
                .task(
                        "RevertToSnapshotTask",
                        p -> backends.revertToSnapshot(p.pool(), p.volumeId(), p.snapshotId()),
                        // What the volume held is lost; it is marked, not mended.
                        (_, _) -> {})
                .finish("RevertOnFinishTask", (tx, p) -> {
                    end(tx, p, Event.FREED);
                    emit(tx, "revert.end", p, Optional.empty());
                })
                .build();
        flows.register(flow);
    }

    void begin(Tx tx, Caller caller, Volume v, Snapshot s) {
        new VolumeStore(tx).move(v, Event.REVERT, clock.instant());
        new SnapshotStore(tx).move(s, SnapshotStatus.Event.REVERT, clock.instant());
        flows.start(tx, flow, new Params(v.id(), v.host().orElse(""), s.id()), caller, v.id());
    }

    private void fail(Tx tx, Params p, Failure why) {
        end(tx, p, Event.REVERT_FAILED);
        emit(tx, "revert.error", p, Optional.of(why.message()));
    }

    private void end(Tx tx, Params p, Event event) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> store.move(v, event, clock.instant()));
        var snapshots = new SnapshotStore(tx);
        snapshots.lock(p.snapshotId()).ifPresent(s -> snapshots.move(s, SnapshotStatus.Event.FREED, clock.instant()));
    }

    private void emit(Tx tx, String type, Params p, Optional<String> error) {
        new VolumeStore(tx).find(p.volumeId()).ifPresent(v -> notices.emit(tx, type, v, error));
    }
}
