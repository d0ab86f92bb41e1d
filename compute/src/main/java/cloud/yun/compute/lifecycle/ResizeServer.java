package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.flavor.Flavors;
import cloud.yun.compute.flavor.Flavors.Flavor;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.quota.ComputeQuotas;
import cloud.yun.compute.scheduler.HostReports;
import cloud.yun.compute.scheduler.Scheduler;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.Shape;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives a server another flavor, on its host or on another one; a cold migration is the same with its own flavor.
///
/// Ends in VERIFY_RESIZE with the old side's room, quota and disks kept until the user confirms or reverts. When a
/// step fails the server is what it was, where it was, and the action says why.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#resize-server-resize-action">resize</a>
public final class ResizeServer {
    /// @param host the only one that may take it; empty: any
    public record Params(String serverId, String requestId, String migrationId, Optional<String> host) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ResizeServer.class);
    private static final Set<VmState> STATES = VmState.allowing(VmState.Event.RESIZED);
    private static final Option<Boolean> SAME_HOST = Option.bool(
            "DEFAULT",
            "allow_resize_to_same_host",
            true,
            "Whether a resize may stay on its host. A cloud of one host needs it.");

    private final Wiring w;
    private final Flavors flavors;
    private final Scheduler scheduler;
    private final Guests guests;
    private final Ending ending;
    private final Belongings belongings;
    private final Flow<Params> flow;

    public ResizeServer(Wiring wiring, Flavors flavors, Scheduler scheduler, Guests guests, DeleteServer delete) {
        this.w = wiring;
        this.flavors = flavors;
        this.scheduler = scheduler;
        this.guests = guests;
        this.ending = new Ending(wiring, delete);
        this.belongings = new Belongings(wiring);
        this.flow = Flow.named("server_resize", Params.class)
                .onRevert("give-up", this::giveUp)
                .record("schedule", this::schedule, (tx, p, _) -> unschedule(tx, p))
                .task("stop-guest", this::stopGuest, (p, _) -> startAtSource(p))
                .task(
                        "destroy-guest",
                        p -> w.agents().destroy(look(p).sourceHost(), p.serverId()),
                        (p, _) -> defineAtSource(p))
                .task(
                        "disconnect-volumes",
                        p -> ifMoving(p, m -> belongings.disconnect(p.serverId(), m.sourceHost())),
                        (p, _) -> ifMoving(p, m -> belongings.connect(p.serverId(), m.sourceHost())))
                .task(
                        "unplug-ports",
                        p -> ifMoving(p, m -> belongings.unplug(p.serverId(), m.sourceHost())),
                        (p, _) -> ifMoving(p, m -> belongings.plug(p.serverId(), m.sourceHost())))
                .task(
                        "keep-disks",
                        p -> w.agents().keepDisks(look(p).sourceHost(), p.serverId()),
                        (p, _) -> w.agents().restoreKeptDisks(migration(p).sourceHost(), p.serverId()))
                .record(
                        "bind-ports",
                        this::bindPorts,
                        (tx, p, _) -> bind(tx, p, migration(tx, p).sourceHost()))
                .task(
                        "plug-ports",
                        p -> ifMoving(p, m -> belongings.plug(p.serverId(), m.dest())),
                        (p, _) -> ifMoving(p, m -> belongings.unplug(p.serverId(), m.dest())))
                .task(
                        "connect-volumes",
                        p -> ifMoving(p, m -> belongings.connect(p.serverId(), m.dest())),
                        (p, _) -> ifMoving(p, m -> belongings.disconnect(p.serverId(), m.dest())))
                .task("cache-image", p -> ifMoving(p, m -> cacheImage(p, m)), (_, _) -> {})
                .task(
                        "copy-disks",
                        p -> w.agents().copyKeptDisks(look(p).dest(), guest(p)),
                        (p, _) -> w.agents().deleteDisks(migration(p).dest(), p.serverId()))
                .task(
                        "start-guest",
                        this::startGuest,
                        (p, _) -> w.agents().destroy(migration(p).dest(), p.serverId()))
                .record("mark-resized", this::markResized, (_, _, _) -> {})
                .build();
        w.flows().register(flow);
    }

    public static List<Option<?>> options() {
        return List.of(SAME_HOST);
    }

    /// @param server locked in this transaction
    /// @throws Conflict its state does not allow it, in Nova's words
    /// @throws Invalid the flavor is not there, is the one it has, or has no disk where the old one had
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota the project may not have the larger flavor
    public void begin(Tx tx, Caller caller, Server server, String flavorRef) {
        var flavor = flavors.find(tx, caller, flavorRef)
                .filter(f -> !f.disabled())
                .orElseThrow(() -> new Invalid("Flavor " + flavorRef + " could not be found."));
        Ready.require(server, "resize", STATES, TaskState.Event.RESIZE);
        if (flavor.id().equals(server.flavor().id())) throw new Invalid("When resizing, instances must change flavor!");
        requireDisk(server, flavor);
        start(tx, caller, server, Migration.Type.RESIZE, Shape.of(flavor), Optional.empty());
    }

    private static void requireDisk(Server server, Flavor flavor) {
        if (!server.bootsFromVolume()
                && flavor.diskGib() == 0
                && server.flavor().diskGib() > 0)
            throw new Invalid(
                    "Server disk was unable to be resized because: Resize to zero disk flavor is not allowed.");
    }

    /// Writes the migration down, takes the quota that both ways need, and records the flow.
    void start(Tx tx, Caller caller, Server server, Migration.Type type, Shape shape, Optional<String> host) {
        var action = type == Migration.Type.RESIZE ? "resize" : "migrate";
        Ready.requireLaunched(server, action);
        Ready.requireAtRest(tx, w, server, action);
        var migrations = new MigrationStore(tx);
        migrations.holding(server.id()).ifPresent(m -> {
            throw new Conflict("Cannot '" + action + "' instance " + server.id() + ": its migration " + m.id()
                    + " is still " + m.status().wire());
        });
        var migration = Moving.of(w, tx, flavors, caller, server, type, shape, Optional.empty());
        w.quotas()
                .take(
                        tx,
                        server.projectId(),
                        Charge.difference(Charge.of(migration), Charge.of(Shape.of(server))),
                        (name, asked, has, limit) ->
                                ComputeQuotas.refused(Map.of(name, asked), Map.of(name, has), Map.of(name, limit)));
        migrations.insert(migration);
        new Beginning(TaskState.Event.RESIZE, action, "resize.prep")
                .start(w, tx, caller, server, flow, new Params(server.id(), caller.requestId(), migration.id(), host));
    }

    private void schedule(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = Ready.still(store.lock(p.serverId()), TaskState.RESIZE_PREP);
        var m = migration(tx, p);
        requireNotSmaller(server, m);
        boolean stays = m.type() == Migration.Type.RESIZE && w.config().get(SAME_HOST);
        var wish = Wishes.moving(tx, w, server, m.newShape(), p.host(), stays ? Set.of() : Set.of(m.sourceHost()));
        var choice = scheduler.choose(tx, wish);
        w.placement().release(tx, server.id());
        claim(tx, server, m.id(), HostReports.providerOf(m.sourceHost()), m.oldShape());
        claim(tx, server, server.id(), choice.host().providerUuid(), m.newShape());
        var migrations = new MigrationStore(tx);
        migrations.chosen(m.id(), choice.host().host());
        migrations.move(m.id(), MigrationStatus.Event.HOST_CHOSEN, w.clock().instant());
        store.begin(server, TaskState.Event.TO_RESIZE_MIGRATING, w.clock().instant());
        w.notifications().tell(tx, server, "resize.prep.end", p.requestId());
        w.notifications().tell(tx, server, "resize.start", p.requestId());
        if (!choice.reasons().isEmpty())
            LOG.info(
                    "server {} goes to {}; not to {}",
                    server.id(),
                    choice.host().host(),
                    choice.reasons());
    }

    /// A disk that is cut off loses data.
    private static void requireNotSmaller(Server server, Migration m) {
        boolean root = !server.bootsFromVolume()
                && m.newShape().flavor().diskGib() < m.oldShape().flavor().diskGib();
        if (root || m.newShape().ephemeralGib() < m.oldShape().ephemeralGib())
            throw new Invalid("Resize error: Unable to resize disk down.");
    }

    private void claim(Tx tx, Server server, String consumer, String provider, Shape shape) {
        w.placement()
                .claim(tx, consumer, provider, Wishes.resources(server, shape), server.projectId(), server.userId());
    }

    private void unschedule(Tx tx, Params p) {
        var m = migration(tx, p);
        if (w.placement().allocation(tx, m.id()).isEmpty()) return; // it was never scheduled
        var server = new ServerStore(tx).lock(p.serverId());
        w.placement().release(tx, m.id());
        w.placement().release(tx, server.id());
        claim(tx, server, server.id(), HostReports.providerOf(m.sourceHost()), m.oldShape());
    }

    private void stopGuest(Params p) {
        var m = look(p);
        var patience = new Patience(w.db(), w.config());
        if (m.ran()) w.agents().stop(m.sourceHost(), p.serverId(), patience.of(p.serverId()), patience.retry());
    }

    private void startAtSource(Params p) {
        var m = migration(p);
        if (m.ran()) w.agents().start(m.sourceHost(), guests.of(p.serverId()));
    }

    private void defineAtSource(Params p) {
        w.agents().define(migration(p).sourceHost(), guests.of(p.serverId()));
    }

    private void bindPorts(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = Ready.still(store.lock(p.serverId()), TaskState.RESIZE_MIGRATING);
        bind(tx, p, migration(tx, p).dest());
        new MigrationStore(tx)
                .move(
                        p.migrationId(),
                        MigrationStatus.Event.LEFT_SOURCE,
                        w.clock().instant());
        store.begin(server, TaskState.Event.TO_RESIZE_FINISH, w.clock().instant());
        w.notifications().tell(tx, server, "resize.end", p.requestId());
        w.notifications().tell(tx, server, "finish_resize.start", p.requestId());
    }

    private void bind(Tx tx, Params p, String host) {
        if (migration(tx, p).moves()) w.ports().bind(tx, p.serverId(), host);
    }

    private void cacheImage(Params p, Migration m) {
        var image = w.db().read(tx -> guests.image(tx, new ServerStore(tx).require(p.serverId())));
        image.ifPresent(i -> w.agents().cacheImage(m.dest(), i));
    }

    private void startGuest(Params p) {
        var m = look(p);
        if (m.ran()) w.agents().start(m.dest(), guest(p));
        else w.agents().define(m.dest(), guest(p));
    }

    private cloud.yun.compute.driver.HypervisorDriver.Guest guest(Params p) {
        return guests.of(p.serverId(), migration(p).newShape());
    }

    private void markResized(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = Ready.still(store.lock(p.serverId()), TaskState.RESIZE_FINISH);
        var m = migration(tx, p);
        var now = w.clock().instant();
        var zone = w.hosts().find(tx, m.dest()).map(h -> h.zone());
        store.resize(server, m.newShape(), m.dest(), zone, now);
        store.end(
                store.lock(p.serverId()),
                VmState.Event.RESIZED,
                m.ran() ? PowerState.RUNNING : PowerState.SHUTDOWN,
                now);
        new MigrationStore(tx).move(m.id(), MigrationStatus.Event.ARRIVED, now);
        new ActionLog(tx).ended(p.serverId(), p.requestId(), now, false);
        w.notifications().tell(tx, store.require(p.serverId()), "finish_resize.end", p.requestId());
    }

    /// The last thing on the way back: the server is what it was.
    private void giveUp(Tx tx, Params p, Failure why) {
        var m = migration(tx, p);
        var migrations = new MigrationStore(tx);
        if (m.holds()) {
            var server = new ServerStore(tx).lock(p.serverId());
            w.quotas().give(tx, server.projectId(), Charge.difference(Charge.of(m), Charge.of(m.oldShape())));
            migrations.move(m.id(), MigrationStatus.Event.FAILED, w.clock().instant());
            migrations.letGo(m.id());
            w.notifications().tell(tx, server, "resize.error", p.requestId(), why.message());
        }
        ending.back(tx, p.work(), why);
    }

    /// @throws Conflict a delete waits: turn back
    private Migration look(Params p) {
        return w.db().read(tx -> {
            Ready.wanted(new ServerStore(tx).require(p.serverId()));
            return migration(tx, p);
        });
    }

    private Migration migration(Params p) {
        return w.db().read(tx -> migration(tx, p));
    }

    private static Migration migration(Tx tx, Params p) {
        return new MigrationStore(tx).require(p.migrationId());
    }

    private void ifMoving(Params p, java.util.function.Consumer<Migration> work) {
        var m = migration(p);
        if (m.moves()) work.accept(m);
    }
}
