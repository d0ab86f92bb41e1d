package cloud.yun.compute.lifecycle;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.scheduler.Scheduler;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.network.ServerPorts.Port;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds a server that a request has written down: chooses its host, plugs its ports, opens its volumes, makes its
/// disks, starts its guest.
///
/// Ends in ACTIVE; or, when a step fails on the last host that may be tried, in ERROR with a fault and with nothing
/// left on any host. Ports and volumes stay the server's until it is deleted, as with Nova. A delete that comes
/// meanwhile turns the build back and takes over.
public final class CreateServer {
    /// @param attempt counts from 1
    /// @param excluded hosts on which an attempt failed
    public record Params(String serverId, String requestId, int attempt, List<String> excluded) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(CreateServer.class);
    private static final Option<Integer> ATTEMPTS =
            Option.integer("scheduler", "max_attempts", 3, "On how many hosts a build is tried.");
    private static final Option<Integer> VOLUME_TRIES = Option.integer(
            "DEFAULT",
            "block_device_allocate_retries",
            60,
            "How often to look whether a new volume is ready before the build fails.");
    private static final Option<Duration> VOLUME_WAIT =
            Option.seconds("DEFAULT", "block_device_allocate_retries_interval", 3, "Seconds between two such looks.");
    private static final Duration VOLUME_LOOK_MIN = Duration.ofMillis(50);

    private final Wiring w;
    private final Scheduler scheduler;
    private final Guests guests;
    private final Ending ending;
    private final Flow<Params> flow;

    public CreateServer(Wiring wiring, Scheduler scheduler, Guests guests, DeleteServer delete) {
        this.w = wiring;
        this.scheduler = scheduler;
        this.guests = guests;
        this.ending = new Ending(wiring, delete);
        this.flow = Flow.named("server_create", Params.class)
                .record("schedule", this::schedule, this::giveUp)
                .task("plug-ports", this::plugPorts, (p, _) -> unplugPorts(p))
                .task("connect-volumes", this::connectVolumes, (p, _) -> disconnectVolumes(p))
                .task("cache-image", this::cacheImage, (_, _) -> {})
                .task("create-disks", this::createDisks, (p, _) -> deleteDisks(p))
                .task("start-guest", this::startGuest, (p, _) -> destroyGuest(p))
                .record("mark-active", this::markActive, (_, _, _) -> {})
                .build();
        w.flows().register(flow);
    }

    public static List<Option<?>> options() {
        return List.of(ATTEMPTS, VOLUME_TRIES, VOLUME_WAIT);
    }

    /// Records the build in the transaction that writes the server.
    public void begin(Tx tx, Server server, String requestId) {
        start(tx, server, new Params(server.id(), requestId, 1, List.of()));
    }

    private void start(Tx tx, Server server, Params params) {
        w.flows()
                .start(
                        tx,
                        flow,
                        params,
                        new Origin(server.projectId(), server.userId(), server.id(), params.requestId()));
    }

    private void schedule(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = wanted(store.lock(p.serverId()));
        if (server.taskState() != TaskState.SCHEDULING) return; // done before a crash
        var wish = Wishes.of(tx, w, server, Set.copyOf(p.excluded()));
        var choice = scheduler.choose(tx, wish);
        var host = choice.host();
        w.placement()
                .claim(tx, server.id(), host.providerUuid(), wish.resources(), server.projectId(), server.userId());
        w.ports().bind(tx, server.id(), host.host());
        boolean volumes = !new VolumeStore(tx).of(server.id()).isEmpty();
        store.place(
                server,
                host.host(),
                host.zone(),
                volumes ? TaskState.Event.TO_BLOCK_DEVICES : TaskState.Event.TO_SPAWNING,
                w.clock().instant());
        if (p.attempt() == 1) w.notifications().tell(tx, server, "create.start", p.requestId());
        if (!choice.reasons().isEmpty())
            LOG.info("server {} goes to {}; not to {}", server.id(), host.host(), choice.reasons());
    }

    /// The last thing on the way back: another host, the delete that waited, or ERROR.
    private void giveUp(Tx tx, Params p, Failure why) {
        var store = new ServerStore(tx);
        var host = store.lock(p.serverId()).host();
        w.placement().release(tx, p.serverId());
        store.unplace(p.serverId());
        var server = store.lock(p.serverId());
        if (ending.handedOver(tx, server)) {
            new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), true);
            return;
        }
        if (server.taskState() == TaskState.NONE) return; // somebody reset its state
        if (host.isPresent() && elsewhere(tx, p, why, server, host.get())) return;
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), true);
        store.fault(server.id(), ending.fault(why));
        store.end(
                store.lock(server.id()),
                VmState.Event.FAILED,
                PowerState.NOSTATE,
                w.clock().instant());
        w.notifications().tell(tx, server, "create.error", p.requestId(), why.message());
    }

    /// @return whether the build begins again on another host
    private boolean elsewhere(Tx tx, Params p, Failure why, Server server, String host) {
        if (p.attempt() >= w.config().get(ATTEMPTS)) return false;
        var excluded = new ArrayList<>(p.excluded());
        excluded.add(host);
        boolean others =
                w.hosts().all(tx).stream().anyMatch(h -> h.up() && !h.disabled() && !excluded.contains(h.host()));
        if (!others || server.wanted().forcedHost().isPresent()) return false;
        LOG.warn("server {} failed on {} ({}); trying another host", server.id(), host, why.message());
        new ServerStore(tx).begin(server, TaskState.Event.RESCHEDULE, w.clock().instant());
        start(tx, server, new Params(p.serverId(), p.requestId(), p.attempt() + 1, List.copyOf(excluded)));
        return true;
    }

    private void plugPorts(Params p) {
        var seen = look(p);
        for (var port : seen.ports()) w.ports().plug(port.id(), seen.host());
    }

    private void unplugPorts(Params p) {
        var seen = remains(p);
        if (!seen.host().isEmpty()) for (var port : seen.ports()) w.ports().unplug(port.id(), seen.host());
    }

    private void connectVolumes(Params p) {
        var volumes = w.db().read(tx -> new VolumeStore(tx).of(p.serverId()));
        if (volumes.isEmpty()) return;
        var seen = look(p);
        for (var volume : volumes) {
            if (volume.state() != VolumeState.RESERVED) continue;
            awaitVolume(p, seen.server(), volume.volumeId());
            w.db().write(tx -> {
                if (w.volumes().attachment(tx, volume.attachmentId()).isEmpty())
                    w.volumes()
                            .reserve(
                                    tx,
                                    Owner.of(seen.server(), p.requestId()),
                                    volume.attachmentId(),
                                    volume.volumeId(),
                                    p.serverId());
            });
            w.volumes().connect(volume.attachmentId(), seen.host());
        }
    }

    /// A volume that is made for the server is not there at once.
    private void awaitVolume(Params p, Server server, String volumeId) {
        var owner = Owner.of(server, p.requestId());
        var pause = VOLUME_LOOK_MIN;
        for (int tries = 0; tries < w.config().get(VOLUME_TRIES); tries++) {
            var status = w.db().read(tx -> {
                wanted(new ServerStore(tx).require(p.serverId()));
                return w.volumes().find(tx, owner, volumeId).map(ServerVolumes.Volume::status);
            });
            if (status.isEmpty()) throw new Invalid("Volume " + volumeId + " could not be found.");
            switch (status.get()) {
                case "creating", "downloading" -> sleep(pause);
                case "error" ->
                    throw new Invalid("Volume " + volumeId
                            + " did not finish being created even after we waited. Its status is error.");
                default -> {
                    return;
                }
            }
            var longer = pause.multipliedBy(2);
            pause = longer.compareTo(w.config().get(VOLUME_WAIT)) > 0
                    ? w.config().get(VOLUME_WAIT)
                    : longer;
        }
        throw new Invalid("Volume " + volumeId + " did not finish being created even after we waited.");
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The service is stopping.", "interrupted while a volume is made", e);
        }
    }

    private void disconnectVolumes(Params p) {
        var seen = remains(p);
        if (seen.host().isEmpty()) return;
        for (var volume : w.db().read(tx -> new VolumeStore(tx).of(p.serverId())))
            w.volumes().disconnect(volume.attachmentId(), seen.host());
    }

    private void cacheImage(Params p) {
        record Needed(String host, Optional<Image> image) {}
        var needed = w.db().read(tx -> {
            var server = wanted(new ServerStore(tx).require(p.serverId()));
            return new Needed(server.host().orElseThrow(), guests.image(tx, server));
        });
        needed.image().ifPresent(i -> w.agents().cacheImage(needed.host(), i));
    }

    private void createDisks(Params p) {
        w.agents().createDisks(host(p), guests.of(p.serverId()));
    }

    private void deleteDisks(Params p) {
        var host = remains(p).host();
        if (!host.isEmpty()) w.agents().deleteDisks(host, p.serverId());
    }

    private void startGuest(Params p) {
        w.agents().start(host(p), guests.of(p.serverId()));
    }

    private void destroyGuest(Params p) {
        var host = remains(p).host();
        if (!host.isEmpty()) w.agents().destroy(host, p.serverId());
    }

    private void markActive(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = wanted(store.lock(p.serverId()));
        var volumes = new VolumeStore(tx);
        for (var volume : volumes.of(p.serverId())) {
            if (volume.state() != VolumeState.RESERVED) continue;
            w.volumes().complete(tx, volume.attachmentId(), volume.device());
            volumes.move(volume, VolumeState.Event.ATTACHED);
        }
        if (server.taskState() != TaskState.NONE)
            store.end(
                    server, VmState.Event.SPAWNED, PowerState.RUNNING, w.clock().instant());
        store.forgetPassword(server);
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), false);
        w.notifications().tell(tx, store.require(p.serverId()), "create.end", p.requestId());
    }

    private record Seen(Server server, String host, List<Port> ports) {}

    /// @throws Conflict a delete waits: turn back
    private Seen look(Params p) {
        return w.db().read(tx -> {
            var server = wanted(new ServerStore(tx).require(p.serverId()));
            return new Seen(server, server.host().orElseThrow(), w.ports().ofServer(tx, p.serverId()));
        });
    }

    /// @throws Conflict a delete waits: turn back
    private String host(Params p) {
        return w.db().read(tx -> wanted(new ServerStore(tx).require(p.serverId())))
                .host()
                .orElseThrow();
    }

    /// On the way back nothing stops at a delete that waits.
    private Seen remains(Params p) {
        return w.db().read(tx -> {
            var server = new ServerStore(tx).require(p.serverId());
            return new Seen(server, server.host().orElse(""), w.ports().ofServer(tx, p.serverId()));
        });
    }

    private static Server wanted(Server server) {
        if (server.taskState() == TaskState.DELETING)
            throw new Conflict("Instance " + server.id() + " is being deleted.");
        return server;
    }
}
