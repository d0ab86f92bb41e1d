package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;

/// Taking a volume to another pool: it is copied there under the same id, and then removed here. Meanwhile it is in
/// `maintenance`, so that nobody writes to what has been copied. One that fails stays where it was.
public final class MigrateVolume {
    public record Params(String volumeId, String pool, String target, int sizeGib) {}

    private final Flows flows;
    private final VolumeNotices notices;
    private final Clock clock;
    private final Flow<Params> flow;

    public MigrateVolume(Flows flows, Backends backends, VolumeNotices notices, Clock clock) {
        this.flows = flows;
        this.notices = notices;
        this.clock = clock;
        this.flow = Flow.named("volume_migrate", Params.class)
                .record("MigrateVolumeStartTask", this::start, this::fail)
                .task(
                        "CreateVolumeOnTargetTask",
                        p -> backends.createVolume(p.target(), p.volumeId(), p.sizeGib(), Source.RAW),
                        (p, _) -> backends.deleteVolume(p.target(), p.volumeId()))
                .task(
                        "CopyVolumeDataTask",
                        p -> backends.copyVolume(p.target(), p.volumeId(), p.pool()),
                        // What was copied goes with the volume that was made for it.
                        (_, _) -> {})
                .finish("MigrateVolumeCompletionTask", this::finish)
                .forward("DeleteVolumeFromSourceTask", p -> backends.deleteVolume(p.pool(), p.volumeId()))
                .build();
        flows.register(flow);
    }

    void begin(Tx tx, Caller caller, Volume v, String target) {
        var store = new VolumeStore(tx);
        store.move(v, Event.MIGRATE, clock.instant());
        store.migrating(v.id(), Optional.of("starting"));
        flows.start(tx, flow, new Params(v.id(), v.host().orElse(""), target, v.sizeGib()), caller, v.id());
    }

    private void start(Tx tx, Params p) {
        var store = new VolumeStore(tx);
        store.migrating(p.volumeId(), Optional.of("migrating"));
        store.find(p.volumeId()).ifPresent(v -> notices.emit(tx, "migrate.start", v));
    }

    private void fail(Tx tx, Params p, Failure why) {
        end(tx, p, "error");
        new VolumeStore(tx)
                .find(p.volumeId())
                .ifPresent(v -> notices.emit(tx, "migrate.error", v, Optional.of(why.message())));
    }

    private void finish(Tx tx, Params p) {
        new VolumeStore(tx).place(p.volumeId(), Optional.of(p.target()), clock.instant());
        end(tx, p, "success");
        new VolumeStore(tx).find(p.volumeId()).ifPresent(v -> notices.emit(tx, "migrate.end", v));
    }

    private void end(Tx tx, Params p, String status) {
        var store = new VolumeStore(tx);
        store.migrating(p.volumeId(), Optional.of(status));
        store.lock(p.volumeId()).ifPresent(v -> store.move(v, Event.FREED, clock.instant()));
    }
}
