package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.scheduler.FilterScheduler;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/// Giving a volume another type. Where its pool cannot do what the new type asks for, and the caller allows it, the
/// volume goes to another one: it is copied there under the same id, and then removed here.
///
/// One that fails is as before, in its old pool and of its old type.
public final class RetypeVolume {
    /// @param target the pool that it will be in; empty when none will do
    /// @param refusal why none will do, for the operator
    public record Params(
            String volumeId,
            String pool,
            Optional<String> target,
            String refusal,
            int sizeGib,
            String typeId,
            boolean multiattach,
            boolean inUse) {
        boolean moves() {
            return target.filter(t -> !t.equals(pool)).isPresent();
        }
    }

    private final Flows flows;
    private final FilterScheduler scheduler;
    private final VolumeQuota quota;
    private final VolumeNotices notices;
    private final Clock clock;
    private final Flow<Params> flow;

    public RetypeVolume(
            Flows flows,
            FilterScheduler scheduler,
            Backends backends,
            VolumeQuota quota,
            VolumeNotices notices,
            Clock clock) {
        this.flows = flows;
        this.scheduler = scheduler;
        this.quota = quota;
        this.notices = notices;
        this.clock = clock;
        this.flow = Flow.named("volume_retype", Params.class)
                .record("ScheduleRetypeTask", this::start, this::fail)
                .task(
                        "CreateVolumeOnTargetTask",
                        p -> {
                            if (p.moves())
                                backends.createVolume(p.target().orElseThrow(), p.volumeId(), p.sizeGib(), Source.RAW);
                        },
                        (p, _) -> {
                            if (p.moves()) backends.deleteVolume(p.target().orElseThrow(), p.volumeId());
                        })
                .task(
                        "CopyVolumeDataTask",
                        p -> {
                            if (p.moves()) backends.copyVolume(p.target().orElseThrow(), p.volumeId(), p.pool());
                        },
                        // What was copied goes with the volume that was made for it.
                        (_, _) -> {})
                .finish("RetypeOnFinishTask", this::finish)
                .forward("DeleteVolumeFromSourceTask", p -> {
                    if (p.moves()) backends.deleteVolume(p.pool(), p.volumeId());
                })
                .build();
        flows.register(flow);
    }

    /// @param onDemand whether it may go to another pool
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words
    void begin(Tx tx, Caller caller, Volume v, VolumeType type, boolean onDemand) {
        var pool = v.host().orElse("");
        var here = scheduler.decide(tx, request(v, type, 0, Optional.of(pool), Set.of()));
        boolean used = v.status() == VolumeStatus.IN_USE;
        boolean bound = used || !new SnapshotStore(tx).ofVolume(v.id()).isEmpty();
        var target = here.pool();
        var refusal = here.reasons();
        if (target.isEmpty() && onDemand && !bound) {
            var there = scheduler.decide(tx, request(v, type, v.sizeGib(), Optional.empty(), Set.of(pool)));
            target = there.pool();
            refusal = there.reasons();
        } else if (target.isEmpty() && onDemand) {
            refusal = used ? "a volume in use does not move" : "Volume must not have snapshots.";
        }
        quota.takeOfType(tx, v.projectId(), type, v.sizeGib());
        var store = new VolumeStore(tx);
        store.pendingType(v.id(), Optional.of(type.id()));
        store.move(v, Event.RETYPE, clock.instant());
        flows.start(
                tx,
                flow,
                new Params(v.id(), pool, target, refusal, v.sizeGib(), type.id(), type.multiattach(), used),
                caller,
                v.id());
    }

    private static FilterScheduler.Request request(
            Volume v, VolumeType type, int sizeGib, Optional<String> pool, Set<String> excluded) {
        return new FilterScheduler.Request(v.id(), sizeGib, v.zone(), type.extraSpecs(), pool, excluded);
    }

    private void start(Tx tx, Params p) {
        if (p.target().isEmpty())
            throw new Unavailable("No valid backend was found. No weighed backends available", p.refusal(), null);
        var store = new VolumeStore(tx);
        if (p.moves()) store.migrating(p.volumeId(), Optional.of("migrating"));
        store.find(p.volumeId()).ifPresent(v -> notices.emit(tx, "retype.start", v));
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            if (v.pendingTypeId().isPresent())
                quota.giveOfType(tx, v.projectId(), v.pendingTypeId().get(), v.sizeGib());
            store.pendingType(v.id(), Optional.empty());
            if (p.moves()) store.migrating(v.id(), Optional.of("error"));
            settle(tx, v);
            notices.emit(tx, "retype.error", v, Optional.of(why.message()));
        });
    }

    private void finish(Tx tx, Params p) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            quota.giveOfType(tx, v.projectId(), v.typeId(), v.sizeGib());
            store.pendingType(v.id(), Optional.empty());
            store.type(v.id(), p.typeId(), p.multiattach());
            if (p.moves()) {
                store.place(v.id(), p.target(), clock.instant());
                store.migrating(v.id(), Optional.of("success"));
            }
            settle(tx, v);
            notices.emit(tx, "retype.end", v);
        });
    }

    private void settle(Tx tx, Volume v) {
        boolean used = !new AttachmentStore(tx).ofVolume(v.id()).isEmpty();
        new VolumeStore(tx).move(v, used ? Event.USED : Event.FREED, clock.instant());
    }
}
