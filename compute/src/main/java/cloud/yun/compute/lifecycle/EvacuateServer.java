package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.flavor.Flavors;
import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.scheduler.HostReports;
import cloud.yun.compute.scheduler.Scheduler;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.Shape;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.service.ComputeHosts.ComputeHost;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Makes a server anew on another host because its own is down; its id, ports and volumes stay, and its disks where
/// the hosts share them.
///
/// Ends in ACTIVE or in SHUTOFF; when a step fails the server is what it was, on the host that is down. What is left
/// there is removed when that host is back (`PowerSync`).
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#evacuate-server-evacuate-action">evacuate</a>
public final class EvacuateServer {
    /// @param source the host that is down
    /// @param host the only one that may take it; empty: any other
    /// @param forced whether the filters do not apply to that host
    /// @param off whether the guest stays off
    public record Params(
            String serverId,
            String requestId,
            String migrationId,
            String source,
            Optional<String> host,
            boolean forced,
            boolean off) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private static final Beginning BEGINNING = new Beginning(TaskState.Event.REBUILD, "evacuate", "evacuate");

    private final Wiring w;
    private final Flavors flavors;
    private final Scheduler scheduler;
    private final Guests guests;
    private final Ending ending;
    private final Belongings belongings;
    private final Flow<Params> flow;

    public EvacuateServer(Wiring wiring, Flavors flavors, Scheduler scheduler, Guests guests, DeleteServer delete) {
        this.w = wiring;
        this.flavors = flavors;
        this.scheduler = scheduler;
        this.guests = guests;
        this.ending = new Ending(wiring, delete);
        this.belongings = new Belongings(wiring);
        this.flow = Flow.named("server_evacuate", Params.class)
                .onRevert("give-up", this::giveUp)
                .record("schedule", this::schedule, (tx, p, _) -> unschedule(tx, p))
                .task(
                        "plug-ports",
                        p -> belongings.plug(p.serverId(), dest(p)),
                        (p, _) -> belongings.unplug(p.serverId(), dest(p)))
                .task(
                        "connect-volumes",
                        p -> belongings.connect(p.serverId(), dest(p)),
                        (p, _) -> belongings.disconnect(p.serverId(), dest(p)))
                .task("cache-image", this::cacheImage, (_, _) -> {})
                .task(
                        "create-disks",
                        p -> w.agents().createDisks(dest(p), guests.of(p.serverId())),
                        (p, _) -> w.agents().deleteDisks(dest(p), p.serverId()))
                .task("start-guest", this::startGuest, (p, _) -> w.agents().destroy(dest(p), p.serverId()))
                // From here on the old host must not reach what the guest uses on the new one.
                .forward("disconnect-source", p -> leave(p, h -> belongings.disconnect(p.serverId(), h)))
                .forward("unplug-source", p -> leave(p, h -> belongings.unplug(p.serverId(), h)))
                .finish("mark-evacuated", this::markEvacuated)
                .build();
        w.flows().register(flow);
    }

    /// @param server locked in this transaction
    /// @param stop whether the guest stays off even if it ran
    /// @throws Conflict its state does not allow it, in Nova's words
    /// @throws Invalid its host is up, or the one to go to is its own
    public void begin(
            Tx tx,
            Caller caller,
            Server server,
            Optional<String> host,
            boolean forced,
            boolean stop,
            Optional<String> password) {
        Ready.require(server, "evacuate", VmState.allowing(VmState.Event.EVACUATED), TaskState.Event.REBUILD);
        Ready.requireLaunched(server, "evacuate");
        var source = server.host().orElseThrow();
        if (w.hosts().find(tx, source).filter(h -> h.up() && !h.forcedDown()).isPresent())
            throw new Invalid("Compute service of " + source + " is still in use.");
        var migration = Moving.of(w, tx, flavors, caller, server, Migration.Type.EVACUATION, Shape.of(server), host);
        new MigrationStore(tx).insert(migration);
        var store = new ServerStore(tx);
        password.ifPresent(text -> store.adminPassword(server, text));
        boolean off = stop || server.vmState() == VmState.STOPPED;
        BEGINNING.start(
                w,
                tx,
                caller,
                store.lock(server.id()),
                flow,
                new Params(server.id(), caller.requestId(), migration.id(), source, host, forced, off));
    }

    private void schedule(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = Ready.still(store.lock(p.serverId()), TaskState.REBUILDING);
        var dest = p.forced() ? forced(tx, p) : chosen(tx, p, server);
        claim(tx, server, dest.providerUuid());
        w.ports().bind(tx, server.id(), dest.host());
        var migrations = new MigrationStore(tx);
        migrations.chosen(p.migrationId(), dest.host());
        migrations.move(
                p.migrationId(), MigrationStatus.Event.HOST_CHOSEN, w.clock().instant());
        store.begin(server, TaskState.Event.TO_REBUILD_SPAWNING, w.clock().instant());
    }

    private ComputeHost forced(Tx tx, Params p) {
        var name = p.host().orElseThrow();
        return w.hosts().find(tx, name).orElseThrow(() -> new Invalid("Compute host " + name + " could not be found."));
    }

    private ComputeHost chosen(Tx tx, Params p, Server server) {
        var wish = Wishes.moving(tx, w, server, Shape.of(server), p.host(), Set.of(p.source()));
        return scheduler.choose(tx, wish).host();
    }

    /// What the server had on the host that is down is given back: it is not there any more.
    private void claim(Tx tx, Server server, String provider) {
        w.placement().claim(tx, server.id(), provider, Wishes.resources(server), server.projectId(), server.userId());
    }

    private void unschedule(Tx tx, Params p) {
        var migration = new MigrationStore(tx).require(p.migrationId());
        if (migration.status() == MigrationStatus.ACCEPTED) return; // it was never scheduled
        claim(tx, new ServerStore(tx).lock(p.serverId()), HostReports.providerOf(p.source()));
        w.ports().bind(tx, p.serverId(), p.source());
    }

    private void cacheImage(Params p) {
        var image = w.db().read(tx -> guests.image(tx, Ready.wanted(new ServerStore(tx).require(p.serverId()))));
        image.ifPresent(i -> w.agents().cacheImage(dest(p), i));
    }

    private void startGuest(Params p) {
        var guest = guests.of(p.serverId());
        if (p.off()) w.agents().define(dest(p), guest);
        else w.agents().start(dest(p), guest);
    }

    private void leave(Params p, Consumer<String> command) {
        DownHosts.tolerate(w, p.source(), p.serverId(), command);
    }

    private void markEvacuated(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var server = store.lock(p.serverId());
        var migrations = new MigrationStore(tx);
        var dest = migrations.require(p.migrationId()).dest();
        var now = w.clock().instant();
        store.resize(server, Shape.of(server), dest, w.hosts().find(tx, dest).map(ComputeHost::zone), now);
        store.forgetPassword(store.lock(p.serverId()));
        migrations.move(p.migrationId(), MigrationStatus.Event.EVACUATED, now);
        ending.done(
                tx,
                p.work(),
                TaskState.REBUILD_SPAWNING,
                p.off() ? VmState.Event.EVACUATED_OFF : VmState.Event.EVACUATED,
                p.off() ? PowerState.SHUTDOWN : PowerState.RUNNING,
                "evacuate.end");
    }

    private void giveUp(Tx tx, Params p, Failure why) {
        var server = new ServerStore(tx).lock(p.serverId());
        new MigrationStore(tx)
                .move(p.migrationId(), MigrationStatus.Event.FAILED, w.clock().instant());
        w.notifications().tell(tx, server, "evacuate.error", p.requestId(), why.message());
        ending.back(tx, p.work(), why);
    }

    private String dest(Params p) {
        return w.db().read(tx -> new MigrationStore(tx).require(p.migrationId()))
                .dest();
    }
}
