package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.backup.Backup;
import cloud.yun.blockstorage.backup.BackupStore;
import cloud.yun.blockstorage.backup.VolumeMeta;
import cloud.yun.blockstorage.group.GroupProgress;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Making a volume on its back end: Cinder's flow `volume_create_manager`.
///
/// When the back end fails another pool is tried, `scheduler_max_attempts` in all; then the volume stays in
/// `error` for its owner to see, and its quota stays taken until it is deleted, as in Cinder.
public final class BuildVolume {
    /// @param spec what to make, and which pools failed before
    public record Params(String volumeId, String pool, ScheduleVolume.Params spec) {}

    private final Database db;
    private final Flows flows;
    private final Backends backends;
    private final VolumeNotices notices;
    private final Messages messages;
    private final VolumeQuota quota;
    private final Clock clock;
    private final int attemptsMax;
    private final Flow<Params> flow;
    private @Nullable ScheduleVolume schedule;

    public BuildVolume(
            Database db,
            Flows flows,
            Backends backends,
            VolumeNotices notices,
            Messages messages,
            VolumeQuota quota,
            Clock clock,
            int attemptsMax) {
        this.db = db;
        this.flows = flows;
        this.backends = backends;
        this.notices = notices;
        this.messages = messages;
        this.quota = quota;
        this.clock = clock;
        this.attemptsMax = attemptsMax;
        this.flow = Flow.named("volume_create_manager", Params.class)
                .record("ExtractVolumeRefTask", (tx, p) -> volume(tx, p), this::failUnlessRescheduled)
                // Early, so that it is reverted when the back end is clean again.
                .record("OnFailureRescheduleTask", (_, _) -> {}, this::rescheduleOrFail)
                .record("ExtractVolumeSpecTask", this::extractSpec, (_, _, _) -> {})
                .record(
                        "NotifyVolumeActionTask",
                        (tx, p) -> notices.emit(tx, "create.start", volume(tx, p)),
                        (_, _, _) -> {})
                .task("CreateVolumeFromSpecTask", this::create, (p, _) -> backends.deleteVolume(p.pool(), p.volumeId()))
                .finish("CreateVolumeOnFinishTask", this::finish)
                .build();
        flows.register(flow);
    }

    void rescheduleWith(ScheduleVolume other) {
        schedule = other;
    }

    void begin(Tx tx, Params params, Origin origin) {
        flows.start(tx, flow, params, origin);
    }

    private void extractSpec(Tx tx, Params p) {
        switch (p.spec().source().kind()) {
            case "image" -> new VolumeStore(tx).move(volume(tx, p), Event.DOWNLOAD, clock.instant());
            case "backup" -> new VolumeStore(tx).move(volume(tx, p), Event.RESTORE, clock.instant());
            default -> {}
        }
    }

    private void create(Params p) {
        int sizeGib = db.read(tx -> new VolumeStore(tx).find(p.volumeId()))
                .orElseThrow(() -> new NotFound("Volume", p.volumeId()))
                .sizeGib();
        var source = p.spec().source();
        if (!source.kind().equals("backup")) {
            backends.createVolume(p.pool(), p.volumeId(), sizeGib, source);
            return;
        }
        var chain = db.read(tx -> {
            var store = new BackupStore(tx);
            var backup = store.find(source.id()).orElseThrow(() -> new NotFound("Backup", source.id()));
            return store.chain(backup).stream().map(Backup::key).toList();
        });
        backends.createVolume(p.pool(), p.volumeId(), sizeGib, Source.RAW);
        backends.restoreBackup(p.pool(), p.volumeId(), chain, true);
    }

    private void finish(Tx tx, Params p) {
        var store = new VolumeStore(tx);
        var v = store.lock(p.volumeId());
        if (v.isEmpty()) return; // nothing can remove it while this flow works on it
        store.move(v.get(), Event.CREATED, clock.instant());
        store.launched(p.volumeId(), clock.instant());
        if (p.spec().source().kind().equals("image")) {
            store.bootable(p.volumeId(), true, clock.instant());
            store.putMetadata(p.volumeId(), Scope.IMAGE, p.spec().imageMetadata());
        }
        if (p.spec().source().kind().equals("backup")) {
            var backups = new BackupStore(tx);
            backups.find(p.spec().source().id())
                    .ifPresent(b -> VolumeMeta.restore(tx, p.volumeId(), b, clock.instant()));
            backups.restored(p.spec().source().id(), p.volumeId(), clock.instant());
        }
        notices.emit(tx, "create.end", volume(tx, p));
        GroupProgress.volumes(tx, v.get().groupId(), quota, clock.instant());
    }

    /// The last to be reverted. A volume that is still placed here was not handed to another pool.
    private void failUnlessRescheduled(Tx tx, Params p, Failure why) {
        new VolumeStore(tx)
                .lock(p.volumeId())
                .filter(v -> v.host().equals(Optional.of(p.pool())))
                .ifPresent(v -> fail(tx, v, p, why));
    }

    private void fail(Tx tx, Volume v, Params p, Failure why) {
        if (new VolumeStore(tx).move(v, Event.CREATE_FAILED, clock.instant()).isEmpty()) return;
        notices.emit(tx, "create.error", v, Optional.of(why.message()));
        GroupProgress.volumes(tx, v.groupId(), quota, clock.instant());
        if (p.spec().source().kind().equals("backup"))
            new BackupStore(tx).restored(p.spec().source().id(), v.id(), clock.instant());
        messages.write(
                tx,
                new About(Resource.VOLUME, v.id(), v.projectId(), p.spec().requestId()),
                p.spec().source().kind().equals("image")
                        ? Action.COPY_IMAGE_TO_VOLUME
                        : Action.CREATE_VOLUME_FROM_BACKEND,
                Detail.DRIVER_FAILED_CREATE);
    }

    private void rescheduleOrFail(Tx tx, Params p, Failure why) {
        var store = new VolumeStore(tx);
        var v = store.lock(p.volumeId());
        if (v.isEmpty()) return;
        var next = p.spec().after(p.pool());
        var scheduler = schedule;
        if (scheduler != null && next.attempt() <= attemptsMax && scheduler.another(tx, next)) {
            if (store.move(v.get(), Event.RESCHEDULE, clock.instant()).isEmpty()) return;
            store.place(p.volumeId(), Optional.empty(), clock.instant());
            scheduler.begin(tx, next, new Origin(v.get().projectId(), v.get().userId(), p.volumeId(), ""));
            return;
        }
        fail(tx, v.get(), p, why);
    }

    private static Volume volume(Tx tx, Params p) {
        return new VolumeStore(tx).lock(p.volumeId()).orElseThrow(() -> new NotFound("Volume", p.volumeId()));
    }
}
