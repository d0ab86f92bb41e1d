package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.Revision;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import java.util.Optional;

/// Makes a server's disks anew from an image; its id, ports, volumes and host stay.
///
/// Ends in ACTIVE, or in SHUTOFF when it was off; when a step fails, in ERROR with a fault, from where it may be
/// rebuilt again. The image is brought to the host before anything of the old guest goes.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#rebuild-server-rebuild-action">rebuild</a>
public final class RebuildServer {
    /// @param off whether the guest was off and stays off
    /// @param reimage the image that the root volume is filled with; empty when there is none, or its contents stay
    public record Params(
            String serverId, String requestId, boolean off, boolean preserveEphemeral, Optional<Reimage> reimage) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    /// @param volumeId of the server's root disk
    public record Reimage(String volumeId, String imageId, String imageFormat) {}

    private static final Beginning BEGINNING = new Beginning(TaskState.Event.REBUILD, "rebuild", "rebuild");

    private final Wiring w;
    private final Guests guests;
    private final Ending ending;
    private final Patience patience;
    private final Flow<Params> flow;

    public RebuildServer(Wiring wiring, Guests guests, DeleteServer delete) {
        this.w = wiring;
        this.guests = guests;
        this.ending = new Ending(wiring, delete);
        this.patience = new Patience(wiring.db(), wiring.config());
        this.flow = Flow.named("server_rebuild", Params.class)
                .onRevert("give-up", this::giveUp)
                .record("prepare", this::prepare, (_, _, _) -> {})
                .task("cache-image", this::cacheImage, (_, _) -> {})
                .task("stop-guest", this::stopGuest, (_, _) -> {})
                .task("destroy-guest", p -> w.agents().destroy(host(p), p.serverId()), (_, _) -> {})
                .task("delete-disks", p -> w.agents().deleteDisks(host(p), p.serverId()), (_, _) -> {})
                .task("reimage-volume", this::reimage, (_, _) -> {})
                .record("begin-spawning", this::beginSpawning, (_, _, _) -> {})
                .task("create-disks", p -> w.agents().createDisks(host(p), guests.of(p.serverId())), (_, _) -> {})
                .task("start-guest", this::startGuest, (_, _) -> {})
                .record("mark-rebuilt", this::markRebuilt, (_, _, _) -> {})
                .build();
        w.flows().register(flow);
    }

    /// @param server locked in this transaction
    /// @throws Conflict its state does not allow it, in Nova's words
    public static void requireReady(Server server) {
        Ready.require(server, "rebuild", VmState.allowing(VmState.Event.REBUILT), TaskState.Event.REBUILD);
        Ready.requireLaunched(server, "rebuild");
    }

    /// @param server locked in this transaction, and ready
    /// @throws Conflict something of it is being attached or detached
    public void begin(
            Tx tx,
            Caller caller,
            Server server,
            Revision revision,
            Optional<Reimage> reimage,
            boolean preserveEphemeral) {
        Ready.requireAtRest(tx, w, server, "rebuild");
        var store = new ServerStore(tx);
        store.revise(server, revision, w.clock().instant());
        BEGINNING.start(
                w,
                tx,
                caller,
                store.lock(server.id()),
                flow,
                new Params(
                        server.id(),
                        caller.requestId(),
                        server.vmState() == VmState.STOPPED,
                        preserveEphemeral,
                        reimage));
    }

    private void prepare(Tx tx, Params p) {
        Ready.still(new ServerStore(tx).lock(p.serverId()), TaskState.REBUILDING);
        if (p.preserveEphemeral())
            throw new Invalid("The current driver does not support preserving ephemeral partitions.");
    }

    private void cacheImage(Params p) {
        var image = w.db().read(tx -> guests.image(tx, new ServerStore(tx).require(p.serverId())));
        image.ifPresent(i -> w.agents().cacheImage(host(p), i));
    }

    /// In ERROR there may be no guest, or one that runs.
    private void stopGuest(Params p) {
        var state = w.agents().state(host(p), p.serverId());
        if (state.filter(s -> s == PowerState.RUNNING).isPresent())
            w.agents().stop(host(p), p.serverId(), patience.of(p.serverId()), patience.retry());
    }

    private void reimage(Params p) {
        p.reimage().ifPresent(r -> w.volumes().reimage(r.volumeId(), r.imageId(), r.imageFormat()));
    }

    private void beginSpawning(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = Ready.still(store.lock(p.serverId()), TaskState.REBUILDING);
        store.begin(server, TaskState.Event.TO_REBUILD_SPAWNING, w.clock().instant());
    }

    private void startGuest(Params p) {
        var guest = guests.of(p.serverId());
        if (p.off()) w.agents().define(host(p), guest);
        else w.agents().start(host(p), guest);
    }

    private void markRebuilt(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = Ready.wanted(store.lock(p.serverId()));
        store.forgetPassword(server);
        p.reimage()
                .ifPresent(r -> w.volumes().reimaged(tx, Owner.of(server, p.requestId()), r.volumeId(), r.imageId()));
        ending.done(
                tx,
                p.work(),
                TaskState.REBUILD_SPAWNING,
                VmState.Event.REBUILT,
                p.off() ? PowerState.SHUTDOWN : PowerState.RUNNING,
                "rebuild.end");
    }

    private void giveUp(Tx tx, Params p, Failure why) {
        var server = new ServerStore(tx).lock(p.serverId());
        w.notifications().tell(tx, server, "rebuild.error", p.requestId(), why.message());
        ending.broken(tx, p.work(), why);
    }

    /// @throws Conflict a delete waits: turn back
    private String host(Params p) {
        return w.db().read(tx -> Ready.wanted(new ServerStore(tx).require(p.serverId())))
                .host()
                .orElseThrow();
    }
}
