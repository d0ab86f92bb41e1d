package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.scheduler.Scheduler;
import cloud.yun.compute.scheduler.Wish;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import java.util.Optional;
import java.util.Set;

/// Takes a server from the shelf: chooses a host if it is on none, makes its disk of the image it was kept as, starts
/// its guest, deletes the image.
///
/// Ends in ACTIVE with the id, ports and volumes it had; when it fails, on the shelf as before.
public final class UnshelveServer {
    /// What may be wished for.
    ///
    /// @param zone not named: as before; named and empty: any zone from now on
    /// @param host the only one to look at
    public record Wanted(Optional<Optional<String>> zone, Optional<String> host) {}

    /// @param imageId its disk is made of it; empty when it boots from a volume
    /// @param offloaded whether it is on no host
    public record Params(
            String serverId, String requestId, Optional<String> imageId, boolean offloaded, Optional<String> host) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private static final Beginning BEGINNING = new Beginning(TaskState.Event.UNSHELVE, "unshelve", "unshelve");

    private final Wiring w;
    private final Scheduler scheduler;
    private final Guests guests;
    private final Ending ending;
    private final LeaveHost leave;
    private final Flow<Params> flow;

    public UnshelveServer(Wiring wiring, Scheduler scheduler, Guests guests, DeleteServer delete) {
        this.w = wiring;
        this.scheduler = scheduler;
        this.guests = guests;
        this.ending = new Ending(wiring, delete);
        this.leave = new LeaveHost(wiring);
        this.flow = Flow.named("server_unshelve", Params.class)
                .onRevert("give-up", (tx, p, why) -> ending.back(tx, p.work(), why))
                .record("schedule", this::schedule, (tx, p, _) -> unplace(tx, p))
                .task("plug-ports", this::plugPorts, (p, _) -> undo(p, () -> leave.unplugPorts(p.work())))
                .task(
                        "connect-volumes",
                        this::connectVolumes,
                        (p, _) -> undo(p, () -> leave.disconnectVolumes(p.work())))
                .task("cache-image", this::cacheImage, (_, _) -> {})
                .task("create-disks", this::createDisks, (p, _) -> undo(p, () -> leave.deleteDisks(p.work())))
                .task("start-guest", this::startGuest, this::stopGuest)
                .forward("delete-image", p -> p.imageId().ifPresent(w.images()::delete))
                .finish("mark-active", this::markActive)
                .build();
        w.flows().register(flow);
    }

    /// @param server locked in this transaction
    /// @throws Conflict the server's state does not allow it, or not with these wishes
    /// @throws Invalid there is no such zone or host
    public void begin(Tx tx, Caller caller, Server server, Wanted wanted) {
        Ready.require(server, "unshelve", VmState.allowing(VmState.Event.UNSHELVED));
        boolean offloaded = server.vmState() == VmState.SHELVED_OFFLOADED;
        if (!offloaded && (wanted.zone().isPresent() || wanted.host().isPresent()))
            throw new Conflict("Specifying an availability zone or a host when unshelving server \"" + server.id()
                    + "\" with status \"" + server.vmState().name()
                    + "\" is not supported. The server status must be SHELVED_OFFLOADED.");
        checkPlaces(tx, server, wanted);
        var store = new ServerStore(tx);
        wanted.zone().ifPresent(zone -> store.pin(server.id(), zone));
        BEGINNING.start(
                w,
                tx,
                caller,
                store.lock(server.id()),
                flow,
                new Params(
                        server.id(),
                        caller.requestId(),
                        new ShelfStore(tx).find(server.id()).flatMap(ShelfStore.Shelved::imageId),
                        offloaded,
                        wanted.host()));
    }

    private void checkPlaces(Tx tx, Server server, Wanted wanted) {
        var zone = wanted.zone().flatMap(z -> z);
        if (zone.isPresent() && !w.hosts().zoneExists(tx, zone.get()))
            throw new Invalid("The requested availability zone is not available");
        if (wanted.host().isEmpty()) return;
        var name = wanted.host().get();
        var host = w.hosts()
                .find(tx, name)
                .orElseThrow(() -> new Invalid("Compute host " + name + " could not be found."));
        var pinned = wanted.zone().orElse(server.wanted().zone());
        if (pinned.isPresent() && !pinned.get().equals(host.zone()))
            throw new Conflict("Host \"" + name + "\" is not in the availability zone \"" + pinned.get() + "\".");
    }

    private void schedule(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = wanted(store.lock(p.serverId()));
        if (!p.offloaded() || server.host().isPresent()) return;
        var wish = wish(Wishes.of(tx, w, server, Set.of()), p);
        var host = scheduler.choose(tx, wish).host();
        w.placement()
                .claim(tx, server.id(), host.providerUuid(), wish.resources(), server.projectId(), server.userId());
        w.ports().bind(tx, server.id(), host.host());
        store.place(
                server,
                host.host(),
                host.zone(),
                TaskState.Event.TO_SPAWNING,
                w.clock().instant());
    }

    /// A host that was named at creation is not wished for again; the one that is named now is.
    private static Wish wish(Wish from, Params p) {
        return new Wish(
                from.serverId(),
                from.resources(),
                from.zone(),
                Optional.empty(),
                p.host(),
                Optional.empty(),
                from.excluded(),
                from.sameHost(),
                from.differentHost(),
                from.group(),
                from.extraSpecs());
    }

    private void unplace(Tx tx, Params p) {
        if (!p.offloaded()) return;
        w.placement().release(tx, p.serverId());
        w.ports().unbind(tx, p.serverId());
        for (var volume : new VolumeStore(tx).of(p.serverId())) w.volumes().unbind(tx, volume.attachmentId());
        new ServerStore(tx).unplace(p.serverId());
    }

    /// What was there before stays there.
    private static void undo(Params p, Runnable work) {
        if (p.offloaded()) work.run();
    }

    private void plugPorts(Params p) {
        var host = host(p);
        if (!p.offloaded()) return;
        for (var port : w.db().read(tx -> w.ports().ofServer(tx, p.serverId())))
            w.ports().plug(port.id(), host);
    }

    private void connectVolumes(Params p) {
        var host = host(p);
        if (!p.offloaded()) return;
        for (var volume : w.db().read(tx -> new VolumeStore(tx).of(p.serverId())))
            w.volumes().connect(volume.attachmentId(), host);
    }

    private void cacheImage(Params p) {
        var host = host(p);
        if (!p.offloaded()) return;
        // Somebody may have deleted it: then there is nothing to make the disk of.
        var image = w.db().read(tx -> guests.image(tx, new ServerStore(tx).require(p.serverId())));
        image.ifPresent(i -> w.agents().cacheImage(host, i));
    }

    private void createDisks(Params p) {
        var host = host(p);
        if (p.offloaded()) w.agents().createDisks(host, guests.of(p.serverId()));
    }

    private void startGuest(Params p) {
        w.agents().start(host(p), guests.of(p.serverId()));
    }

    private void stopGuest(Params p, Failure why) {
        if (p.offloaded()) leave.destroyGuest(p.work());
        else
            new OnHost(w)
                    .run(
                            p.serverId(),
                            h -> w.agents().stop(h, p.serverId(), java.time.Duration.ZERO, java.time.Duration.ZERO));
    }

    private void markActive(Tx tx, Params p) {
        new ShelfStore(tx).delete(p.serverId());
        ending.done(
                tx,
                p.work(),
                p.offloaded() ? TaskState.SPAWNING : TaskState.UNSHELVING,
                VmState.Event.UNSHELVED,
                PowerState.RUNNING,
                "unshelve.end");
    }

    /// @throws Conflict a delete waits: turn back
    private String host(Params p) {
        return w.db().read(tx -> wanted(new ServerStore(tx).require(p.serverId())))
                .host()
                .orElseThrow(() -> new Conflict("Instance " + p.serverId() + " is not on a host."));
    }

    private static Server wanted(Server server) {
        if (server.taskState() == TaskState.DELETING)
            throw new Conflict("Instance " + server.id() + " is being deleted.");
        return server;
    }
}
