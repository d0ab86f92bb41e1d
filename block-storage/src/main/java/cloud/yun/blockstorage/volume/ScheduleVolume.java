package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.backup.BackupStore;
import cloud.yun.blockstorage.group.GroupProgress;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.scheduler.FilterScheduler;
import cloud.yun.blockstorage.scheduler.FilterScheduler.Decision;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Choosing a pool for a new volume: Cinder's flow `volume_create_scheduler`. Without a pool the volume ends in
/// `error`, and the flow's record tells why each pool would not do.
///
/// What follows is [BuildVolume]; when that fails it comes back here for another pool.
public final class ScheduleVolume {
    /// @param requestId of the request that asked for the volume
    /// @param attempt 1 for the first pool
    /// @param failed pools that already failed
    public record Params(
            String volumeId,
            Source source,
            Optional<String> pool,
            Map<String, String> imageMetadata,
            int attempt,
            List<String> failed,
            Optional<String> requestId) {
        static Params first(
                String volumeId,
                Source source,
                Optional<String> pool,
                Map<String, String> imageMetadata,
                String requestId) {
            return new Params(volumeId, source, pool, imageMetadata, 1, List.of(), Optional.of(requestId));
        }

        Params after(String failedPool) {
            var all = new ArrayList<>(failed);
            all.add(failedPool);
            return new Params(volumeId, source, pool, imageMetadata, attempt + 1, all, requestId);
        }
    }

    private final Flows flows;
    private final FilterScheduler scheduler;
    private final VolumeNotices notices;
    private final Messages messages;
    private final VolumeQuota quota;
    private final Clock clock;
    private final BuildVolume build;
    private final Flow<Params> flow;

    public ScheduleVolume(
            Flows flows,
            FilterScheduler scheduler,
            VolumeNotices notices,
            Messages messages,
            VolumeQuota quota,
            Clock clock,
            BuildVolume build) {
        this.flows = flows;
        this.scheduler = scheduler;
        this.notices = notices;
        this.messages = messages;
        this.quota = quota;
        this.clock = clock;
        this.build = build;
        this.flow = Flow.named("volume_create_scheduler", Params.class)
                .record("ExtractSchedulerSpecTask", (tx, p) -> volume(tx, p.volumeId()), this::fail)
                .record("ScheduleCreateVolumeTask", this::schedule, (_, _, _) -> {})
                .build();
        flows.register(flow);
        build.rescheduleWith(this);
    }

    void begin(Tx tx, Params params, Origin origin) {
        flows.start(tx, flow, params, origin);
    }

    /// @return whether another pool could still make the volume
    boolean another(Tx tx, Params next) {
        return decide(tx, volume(tx, next.volumeId()), next).pool().isPresent();
    }

    private void schedule(Tx tx, Params p) {
        var v = volume(tx, p.volumeId());
        var decision = scheduler.require(tx, request(tx, v, p));
        notices.decided(tx, v, decision.json());
        var pool = decision.pool().orElseThrow();
        new VolumeStore(tx).place(v.id(), Optional.of(pool), clock.instant());
        build.begin(tx, new BuildVolume.Params(v.id(), pool, p), new Origin(v.projectId(), v.userId(), v.id(), ""));
    }

    private Decision decide(Tx tx, Volume v, Params p) {
        return scheduler.decide(tx, request(tx, v, p));
    }

    private static FilterScheduler.Request request(Tx tx, Volume v, Params p) {
        var specs =
                new TypeStore(tx).find(v.typeId()).map(VolumeType::extraSpecs).orElse(Map.of());
        return new FilterScheduler.Request(v.id(), v.sizeGib(), v.zone(), specs, p.pool(), Set.copyOf(p.failed()));
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            store.move(v, Event.CREATE_FAILED, clock.instant());
            if (p.source().kind().equals("backup"))
                new BackupStore(tx).restored(p.source().id(), v.id(), clock.instant());
            notices.emit(tx, "create.error", v, Optional.of(why.message()));
            GroupProgress.volumes(tx, v.groupId(), quota, clock.instant());
            messages.write(
                    tx,
                    new About(Resource.VOLUME, v.id(), v.projectId(), p.requestId()),
                    Action.SCHEDULE_ALLOCATE_VOLUME,
                    Detail.NO_BACKEND_AVAILABLE);
        });
    }

    private static Volume volume(Tx tx, String id) {
        return new VolumeStore(tx).lock(id).orElseThrow(() -> new NotFound("Volume", id));
    }
}
