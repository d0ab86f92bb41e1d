package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.VolumeGrowth;
import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.attachment.Attachment;
import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;

/// Making a volume larger, also while a server has it. The gigabytes are taken at once and given back when it
/// fails.
public final class ExtendVolume {
    /// Tells the hypervisors of servers that a disk of theirs has grown. Called again until it passes.
    @FunctionalInterface
    public interface Grown {
        void grown(VolumeGrowth growth);
    }

    /// @param inUse whether a server had it
    /// @param projectId of whoever asked, and who
    public record Params(
            String volumeId,
            String pool,
            int newSizeGib,
            boolean inUse,
            Optional<String> requestId,
            Optional<String> projectId,
            Optional<String> userId) {}

    private final Database db;
    private final Flows flows;
    private final VolumeQuota quota;
    private final VolumeNotices notices;
    private final Messages messages;
    private final Clock clock;
    private final Flow<Params> flow;
    private volatile Grown grown = _ -> {};

    public ExtendVolume(
            Database db,
            Flows flows,
            Backends backends,
            VolumeQuota quota,
            VolumeNotices notices,
            Messages messages,
            Clock clock) {
        this.db = db;
        this.flows = flows;
        this.quota = quota;
        this.notices = notices;
        this.messages = messages;
        this.clock = clock;
        this.flow = Flow.named("volume_extend", Params.class)
                .record("NotifyVolumeActionTask", (tx, p) -> emit(tx, "resize.start", p), this::fail)
                .task(
                        "ExtendVolumeTask",
                        p -> backends.extendVolume(p.pool(), p.volumeId(), p.newSizeGib()),
                        // A back end does not shrink. The row keeps the old size, and extending again succeeds.
                        (_, _) -> {})
                .finish("ExtendVolumeOnFinishTask", this::finish)
                .forward("NotifyServersTask", this::tellServers)
                .build();
        flows.register(flow);
    }

    /// @param listener compute's; nobody is told before it is set
    public void onGrown(Grown listener) {
        grown = listener;
    }

    /// @param attached whether a volume in use may be extended: microversion 3.42
    /// @throws Invalid it would not grow, or its status forbids it
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words
    void begin(Tx tx, Caller caller, Volume v, int newSizeGib, boolean attached) {
        int more = newSizeGib - v.sizeGib();
        if (more <= 0)
            throw new Invalid(
                    "Invalid input received: New size for extend must be greater than current size. (current: "
                            + v.sizeGib() + ", extended: " + newSizeGib + ").");
        var expected = attached && v.status() == VolumeStatus.IN_USE ? VolumeStatus.IN_USE : VolumeStatus.AVAILABLE;
        if (v.status() != expected)
            throw new Invalid("Invalid volume: Volume " + v.id() + " status must be '{'status': '" + expected.wire()
                    + "'}' to extend, currently " + v.status().wire() + ".");
        var store = new VolumeStore(tx);
        store.move(v, Event.EXTEND, clock.instant());
        var type = new TypeStore(tx).find(v.typeId()).orElseThrow(() -> new NotFound("Volume type", v.typeId()));
        quota.takeGigabytes(tx, v.projectId(), type, more, newSizeGib);
        store.pending(v.id(), more);
        flows.start(
                tx,
                flow,
                new Params(
                        v.id(),
                        v.host().orElse(""),
                        newSizeGib,
                        expected == VolumeStatus.IN_USE,
                        Optional.of(caller.requestId()),
                        caller.project().map(Caller.Project::id),
                        Optional.of(caller.userId())),
                caller,
                v.id());
    }

    private void emit(Tx tx, String type, Params p) {
        new VolumeStore(tx).find(p.volumeId()).ifPresent(v -> notices.emit(tx, type, v));
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            quota.giveGigabytes(tx, v.projectId(), v.typeId(), v.pendingGib());
            store.pending(v.id(), 0);
            store.move(v, Event.EXTEND_FAILED, clock.instant());
            notices.emit(tx, "resize.error", v, Optional.of(why.message()));
            messages.write(
                    tx,
                    new About(Resource.VOLUME, v.id(), v.projectId(), p.requestId()),
                    Action.EXTEND_VOLUME,
                    Detail.DRIVER_FAILED_EXTEND);
        });
    }

    private void finish(Tx tx, Params p) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            store.grown(v.id(), clock.instant());
            boolean used = !new AttachmentStore(tx).ofVolume(v.id()).isEmpty();
            store.move(v, used ? Event.USED : Event.FREED, clock.instant());
            emit(tx, "resize.end", p);
        });
    }

    private void tellServers(Params p) {
        if (!p.inUse()) return;
        var servers = db.read(tx -> new AttachmentStore(tx).ofVolume(p.volumeId())).stream()
                .map(Attachment::serverId)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        if (!servers.isEmpty())
            grown.grown(new VolumeGrowth(
                    p.volumeId(),
                    servers,
                    p.newSizeGib(),
                    p.projectId().orElse(""),
                    p.userId().orElse(""),
                    p.requestId().orElse("")));
    }
}
