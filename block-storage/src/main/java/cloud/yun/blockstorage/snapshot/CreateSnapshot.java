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
import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;

/// Taking a snapshot. When the back end fails it stays in `error`, and counts, until its owner deletes it.
public final class CreateSnapshot {
    public record Params(String snapshotId, String volumeId, String pool, Optional<String> requestId) {}

    private final Flows flows;
    private final VolumeQuota quota;
    private final SnapshotNotices notices;
    private final Messages messages;
    private final Clock clock;
    private final Flow<Params> flow;

    public CreateSnapshot(
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
        this.flow = Flow.named("snapshot_create", Params.class)
                .record(
                        "NotifySnapshotActionTask",
                        (tx, p) -> notices.emit(tx, "create.start", p.snapshotId()),
                        this::fail)
                .task(
                        "CreateSnapshotTask",
                        p -> backends.createSnapshot(p.pool(), p.snapshotId(), p.volumeId()),
                        (p, _) -> backends.deleteSnapshot(p.pool(), p.snapshotId(), p.volumeId()))
                .finish("CreateSnapshotOnFinishTask", this::finish)
                .build();
        flows.register(flow);
    }

    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words
    public void begin(Tx tx, Caller caller, Snapshot snapshot, VolumeType type, String pool) {
        quota.takeSnapshot(tx, snapshot.projectId(), type, snapshot.sizeGib());
        new SnapshotStore(tx).insert(snapshot);
        flows.start(
                tx,
                flow,
                new Params(snapshot.id(), snapshot.volumeId(), pool, Optional.of(caller.requestId())),
                caller,
                snapshot.id());
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new SnapshotStore(tx);
        store.lock(p.snapshotId()).ifPresent(s -> {
            store.move(s, Event.CREATE_FAILED, clock.instant());
            GroupProgress.snapshots(tx, s.groupSnapshotId(), clock.instant());
            messages.write(
                    tx,
                    new About(Resource.VOLUME_SNAPSHOT, s.id(), s.projectId(), p.requestId()),
                    Action.SNAPSHOT_CREATE,
                    Detail.SNAPSHOT_CREATE_ERROR);
        });
        notices.emit(tx, "create.error", p.snapshotId());
    }

    private void finish(Tx tx, Params p) {
        var store = new SnapshotStore(tx);
        store.lock(p.snapshotId()).ifPresent(s -> {
            store.move(s, Event.CREATED, clock.instant());
            store.progress(s.id(), "100%");
            GroupProgress.snapshots(tx, s.groupSnapshotId(), clock.instant());
        });
        notices.emit(tx, "create.end", p.snapshotId());
    }
}
