package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.lifecycle.ShelfStore.Shelved;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts a server on the shelf: shuts its guest down and keeps its disk as the image `NAME-shelved`; a server that
/// boots from a volume is kept in its volumes.
///
/// Ends in SHELVED, from where it goes on to SHELVED_OFFLOADED at once, later or never (`shelved_offload_time`).
/// When it fails the guest runs as before and there is no image.
public final class ShelveServer {
    private static final Option<Integer> OFFLOAD_TIME = Option.integer(
            "DEFAULT",
            "shelved_offload_time",
            0,
            "After how many seconds a shelved server leaves its host; 0: at once, -1: never.");

    /// @param imageId empty for a server that boots from a volume
    /// @param userId who asked
    /// @param was what the guest is brought back to when it fails
    public record Params(String serverId, String requestId, String imageId, String userId, VmState was)
            implements DiskImage.Making {}

    private static final Beginning BEGINNING = new Beginning(TaskState.Event.SHELVE, "shelve", "shelve");

    private final Wiring w;
    private final OffloadServer offload;
    private final DiskImage disk;
    private final Guests guests;
    private final Ending ending;
    private final Flow<Params> flow;

    public ShelveServer(Wiring wiring, Guests guests, DeleteServer delete, OffloadServer offload) {
        this.w = wiring;
        this.offload = offload;
        this.guests = guests;
        this.disk = new DiskImage(wiring);
        this.ending = new Ending(wiring, delete);
        var patience = new Patience(wiring.db(), wiring.config());
        this.flow = disk.steps(disk.first(Flow.named("server_shelve", Params.class)
                                .onRevert("give-up", (tx, p, why) -> ending.back(tx, p.work(), why)))
                        .task(
                                "stop-guest",
                                p -> w.agents()
                                        .stop(
                                                w.hostOf(p.work()),
                                                p.serverId(),
                                                patience.of(p.serverId()),
                                                patience.retry()),
                                this::restart))
                .finish("mark-shelved", this::markShelved)
                .build();
        w.flows().register(flow);
    }

    public static List<Option<?>> options() {
        return List.of(OFFLOAD_TIME);
    }

    /// @param server locked in this transaction
    /// @throws Conflict the server's state does not allow it
    public void begin(Tx tx, Caller caller, Server server) {
        Ready.require(server, "shelve", VmState.allowing(VmState.Event.SHELVED));
        var imageId = server.bootsFromVolume() ? "" : w.ids().get().toString();
        // The server's own project keeps the image, whoever asked: it must find it again.
        if (!imageId.isEmpty())
            disk.create(
                    tx,
                    Owner.of(server, caller.requestId()),
                    server,
                    imageId,
                    server.name() + "-shelved",
                    "snapshot",
                    Map.of());
        BEGINNING.start(
                w,
                tx,
                caller,
                server,
                flow,
                new Params(server.id(), caller.requestId(), imageId, caller.userId(), server.vmState()));
    }

    /// What a paused guest had in memory is lost with the power; it is paused again all the same.
    private void restart(Params p, Failure why) {
        if (p.was() != VmState.ACTIVE && p.was() != VmState.PAUSED) return;
        var server = w.db().read(tx -> new ServerStore(tx).require(p.serverId()));
        if (server.taskState() == TaskState.DELETING || server.host().isEmpty()) return;
        w.agents().start(server.host().get(), guests.of(p.serverId()));
        if (p.was() == VmState.PAUSED) w.agents().pause(server.host().get(), p.serverId());
    }

    private void markShelved(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var now = w.clock().instant();
        new ShelfStore(tx)
                .put(new Shelved(p.serverId(), Optional.of(p.imageId()).filter(i -> !i.isEmpty()), now));
        var mine = p.imageId().isEmpty() ? TaskState.SHELVING : TaskState.SHELVING_IMAGE_UPLOADING;
        ending.done(tx, p.work(), mine, VmState.Event.SHELVED, PowerState.SHUTDOWN, "shelve.end");
        var server = store.lock(p.serverId());
        boolean atOnce = p.imageId().isEmpty() || w.config().get(OFFLOAD_TIME) == 0;
        if (server.vmState() == VmState.SHELVED && server.taskState() == TaskState.NONE && atOnce)
            offload.goOn(tx, server, p.userId(), p.requestId());
    }

    /// @return after how many seconds a shelved server leaves its host; negative: never
    static int offloadSeconds(Wiring w) {
        return w.config().get(OFFLOAD_TIME);
    }
}
