package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.lifecycle.RescueStore.Rescued;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Starts a server's guest from another disk, with its own beside it. Ends in RESCUED; when it fails, the guest runs
/// or stands still as before.
public final class RescueServer {
    /// @param was what the guest is brought back to when it fails
    public record Params(String serverId, String requestId, VmState was) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private static final Beginning BEGINNING = new Beginning(TaskState.Event.RESCUE, "rescue", "rescue");

    private final Wiring w;
    private final Guests guests;
    private final Ending ending;
    private final Flow<Params> flow;

    public RescueServer(Wiring wiring, Guests guests, DeleteServer delete) {
        this.w = wiring;
        this.guests = guests;
        this.ending = new Ending(wiring, delete);
        var patience = new Patience(wiring.db(), wiring.config());
        this.flow = Flow.named("server_rescue", Params.class)
                .onRevert("give-up", this::giveUp)
                .task(
                        "stop-guest",
                        p -> w.agents()
                                .stop(w.hostOf(p.work()), p.serverId(), patience.of(p.serverId()), patience.retry()),
                        this::restart)
                .task(
                        "cache-rescue-image",
                        p -> w.agents()
                                .cacheImage(
                                        w.hostOf(p.work()),
                                        guests.rescue(p.serverId()).image()),
                        (_, _) -> {})
                .task(
                        "start-rescue",
                        p -> w.agents()
                                .rescue(w.hostOf(p.work()), guests.of(p.serverId()), guests.rescue(p.serverId())),
                        this::unrescue)
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx,
                                p.work(),
                                TaskState.RESCUING,
                                VmState.Event.RESCUED,
                                PowerState.RUNNING,
                                "rescue.end"))
                .build();
        w.flows().register(flow);
    }

    /// @param server locked in this transaction
    /// @param password of the rescue system's administrator
    /// @param imageId to start from; else the server's own image
    /// @param volumesToo whether a server that boots from a volume may be rescued, from microversion 2.87
    /// @throws Conflict the server's state does not allow it
    /// @throws Invalid the image cannot rescue it
    public void begin(
            Tx tx, Caller caller, Server server, String password, Optional<String> imageId, boolean volumesToo) {
        Ready.require(server, "rescue", VmState.allowing(VmState.Event.RESCUED));
        if (server.host().isEmpty()) throw new Conflict("Instance " + server.id() + " is not ready");
        if (new VolumeStore(tx).of(server.id()).stream().anyMatch(v -> v.state() != VolumeState.ATTACHED))
            throw new Conflict("Invalid volume: a volume of the instance is being attached or detached.");
        var image = imageId.map(id -> image(tx, caller, id));
        var properties =
                image.map(Images.Image::properties).orElse(server.wanted().imageProperties());
        if (server.bootsFromVolume() && !(volumesToo && image.isPresent() && stable(properties)))
            throw new Invalid("Instance " + server.id() + " cannot be rescued: Cannot rescue a volume-backed instance");
        new RescueStore(tx)
                .put(new Rescued(
                        server.id(),
                        image.map(Images.Image::id)
                                .orElseGet(() -> server.imageId().orElseThrow()),
                        password));
        BEGINNING.start(w, tx, caller, server, flow, new Params(server.id(), caller.requestId(), server.vmState()));
    }

    private Images.Image image(Tx tx, Caller caller, String id) {
        return w.images()
                .find(tx, caller, id)
                .filter(i -> i.status().equals("active"))
                .filter(i -> !i.properties().containsKey("block_device_mapping"))
                .orElseThrow(() -> new Invalid("Requested rescue image '" + id + "' is not supported"));
    }

    /// @return whether the guest's own disks keep their places when it is rescued with such an image
    private static boolean stable(Map<String, String> properties) {
        return properties.containsKey("hw_rescue_device") || properties.containsKey("hw_rescue_bus");
    }

    private void restart(Params p, Failure why) {
        var server = w.db().read(tx -> new ServerStore(tx).require(p.serverId()));
        if (p.was() != VmState.ACTIVE || server.taskState() == TaskState.DELETING) return;
        w.agents().start(w.hostOf(p.work()), guests.of(p.serverId()));
    }

    private void unrescue(Params p, Failure why) {
        var host = w.hostOf(p.work());
        w.agents().unrescue(host, guests.of(p.serverId()));
        if (p.was() != VmState.ACTIVE) w.agents().stop(host, p.serverId(), Duration.ZERO, Duration.ZERO);
    }

    private void giveUp(Tx tx, Params p, Failure why) {
        new RescueStore(tx).delete(p.serverId());
        ending.back(tx, p.work(), why);
    }
}
