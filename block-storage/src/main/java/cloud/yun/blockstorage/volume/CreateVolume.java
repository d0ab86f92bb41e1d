package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.backup.BackupService;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.kernel.flow.Flows;
import java.util.Map;
import java.util.Optional;

/// Creating a volume, the API's part: Cinder's flow `volume_create_api`, all of it in the request's transaction.
///
/// Over quota or a wrong request leaves nothing: no row, nothing counted, no flow. What follows is
/// [ScheduleVolume].
public final class CreateVolume {
    /// @param volume as it will be inserted, status `creating`
    /// @param pool the only one that can make it, where the source's data is
    /// @param imageMetadata what `volume_image_metadata` will show once the image is in it
    public record Params(
            Volume volume,
            Map<String, String> metadata,
            Map<String, String> imageMetadata,
            Source source,
            Optional<String> pool,
            String requestId) {}

    private final Flows flows;
    private final VolumeQuota quota;
    private final ScheduleVolume schedule;
    private final Flow<Params> flow;

    public CreateVolume(Flows flows, VolumeQuota quota, ScheduleVolume schedule) {
        this.flows = flows;
        this.quota = quota;
        this.schedule = schedule;
        this.flow = Flow.named("volume_create_api", Params.class)
                .finish("ExtractVolumeRequestTask", CreateVolume::extract)
                .finish("QuotaReserveTask", this::reserveQuota)
                .finish("EntryCreateTask", CreateVolume::createEntry)
                .finish(
                        "QuotaCommitTask",
                        (tx, p) -> new VolumeStore(tx).consumesQuota(p.volume().id()))
                .finish("VolumeCastTask", this::cast)
                .build();
        flows.register(flow);
    }

    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words
    void begin(Tx tx, Caller caller, Params params) {
        flows.perform(tx, flow, params, caller, params.volume().id());
    }

    /// Holds on to what the request refers to: it must still be there, and stay until the row names it.
    private static void extract(Tx tx, Params p) {
        var v = p.volume();
        v.snapshotId().ifPresent(id -> {
            if (new SnapshotStore(tx).lock(id).isEmpty()) throw new NotFound("Snapshot", id);
        });
        v.sourceVolumeId().ifPresent(id -> {
            if (new VolumeStore(tx).lock(id).isEmpty()) throw new NotFound("Volume", id);
        });
    }

    private void reserveQuota(Tx tx, Params p) {
        var v = p.volume();
        var type = new TypeStore(tx).find(v.typeId()).orElseThrow(() -> new NotFound("Volume type", v.typeId()));
        quota.takeVolume(tx, v.projectId(), type, v.sizeGib());
    }

    private static void createEntry(Tx tx, Params p) {
        var store = new VolumeStore(tx);
        store.insert(p.volume());
        if (p.source().kind().equals("backup"))
            BackupService.hold(tx, p.source().id(), p.volume().id(), p.volume().createdAt());
        store.putMetadata(p.volume().id(), Scope.USER, p.metadata());
        if (p.volume().imageId().isEmpty()) store.putMetadata(p.volume().id(), Scope.IMAGE, p.imageMetadata());
    }

    private void cast(Tx tx, Params p) {
        var v = p.volume();
        schedule.begin(
                tx,
                ScheduleVolume.Params.first(v.id(), p.source(), p.pool(), p.imageMetadata(), p.requestId()),
                new Origin(v.projectId(), v.userId(), v.id(), p.requestId()));
    }
}
