package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.scheduler.HostReports;
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
import java.util.function.Consumer;

/// Takes a resize or a cold migration back: the old disks, flavor and host, as they were kept. Ends in ACTIVE or
/// SHUTOFF; when a step fails, in VERIFY_RESIZE again. What the guest wrote since the resize is lost.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#revert-resized-server-revertresize-action">revert</a>
public final class RevertResize {
    public record Params(String serverId, String requestId, String migrationId) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private static final Beginning BEGINNING =
            new Beginning(TaskState.Event.REVERT_RESIZE, "revertResize", "resize.revert");

    private final Wiring w;
    private final Guests guests;
    private final Ending ending;
    private final Belongings belongings;
    private final Flow<Params> flow;

    public RevertResize(Wiring wiring, Guests guests, DeleteServer delete) {
        this.w = wiring;
        this.guests = guests;
        this.ending = new Ending(wiring, delete);
        this.belongings = new Belongings(wiring);
        this.flow = Flow.named("server_revert_resize", Params.class)
                .onRevert("give-up", this::giveUp)
                .task(
                        "destroy-guest",
                        p -> w.agents().destroy(migration(p).dest(), p.serverId()),
                        (p, _) -> startAtDest(p))
                .task(
                        "disconnect-volumes",
                        p -> ifMoved(p, m -> belongings.disconnect(p.serverId(), m.dest())),
                        (p, _) -> ifMoved(p, m -> belongings.connect(p.serverId(), m.dest())))
                .task(
                        "unplug-ports",
                        p -> ifMoved(p, m -> belongings.unplug(p.serverId(), m.dest())),
                        (p, _) -> ifMoved(p, m -> belongings.plug(p.serverId(), m.dest())))
                .task(
                        "restore-disks",
                        p -> w.agents().restoreKeptDisks(migration(p).sourceHost(), p.serverId()),
                        (p, _) -> keepAgain(p))
                .record(
                        "bind-ports",
                        (tx, p) -> bind(tx, p, migration(tx, p).sourceHost()),
                        (tx, p, _) -> bind(tx, p, migration(tx, p).dest()))
                .task(
                        "plug-ports",
                        p -> ifMoved(p, m -> belongings.plug(p.serverId(), m.sourceHost())),
                        (p, _) -> ifMoved(p, m -> belongings.unplug(p.serverId(), m.sourceHost())))
                .task(
                        "connect-volumes",
                        p -> ifMoved(p, m -> belongings.connect(p.serverId(), m.sourceHost())),
                        (p, _) -> ifMoved(p, m -> belongings.disconnect(p.serverId(), m.sourceHost())))
                .task(
                        "start-guest",
                        this::startAtSource,
                        (p, _) -> w.agents().destroy(migration(p).sourceHost(), p.serverId()))
                .forward("delete-disks", p -> ifMoved(p, m -> deleteDisks(p, m)))
                .finish("mark-reverted", this::markReverted)
                .build();
        w.flows().register(flow);
    }

    /// @param server locked in this transaction
    /// @throws Conflict its state does not allow it, in Nova's words
    /// @throws Invalid there is nothing to revert
    public void begin(Tx tx, Caller caller, Server server) {
        var migration = ConfirmResize.confirmable(tx, server, "revertResize", TaskState.Event.REVERT_RESIZE);
        Ready.requireAtRest(tx, w, server, "revertResize");
        new MigrationStore(tx)
                .move(migration.id(), MigrationStatus.Event.REVERT, w.clock().instant());
        BEGINNING.start(w, tx, caller, server, flow, new Params(server.id(), caller.requestId(), migration.id()));
    }

    private void startAtDest(Params p) {
        var server = w.db().read(tx -> new ServerStore(tx).require(p.serverId()));
        var guest = guests.of(p.serverId(), migration(p).newShape());
        if (server.powerState() == PowerState.SHUTDOWN)
            w.agents().define(migration(p).dest(), guest);
        else w.agents().start(migration(p).dest(), guest);
    }

    private void startAtSource(Params p) {
        var m = migration(p);
        var guest = guests.of(p.serverId(), m.oldShape());
        if (m.ran()) w.agents().start(m.sourceHost(), guest);
        else w.agents().define(m.sourceHost(), guest);
    }

    /// On one host the new disks made room for the old ones and are made from them again.
    private void keepAgain(Params p) {
        var m = migration(p);
        w.agents().keepDisks(m.sourceHost(), p.serverId());
        if (!m.moves()) w.agents().copyKeptDisks(m.dest(), guests.of(p.serverId(), m.newShape()));
    }

    private void bind(Tx tx, Params p, String host) {
        if (migration(tx, p).moves()) w.ports().bind(tx, p.serverId(), host);
    }

    private void deleteDisks(Params p, Migration m) {
        DownHosts.tolerate(w, m.dest(), p.serverId(), h -> w.agents().deleteDisks(h, p.serverId()));
    }

    private void markReverted(Tx tx, Params p) {
        var store = new ServerStore(tx);
        var migrations = new MigrationStore(tx);
        var m = migrations.require(p.migrationId());
        var server = store.lock(p.serverId());
        var now = w.clock().instant();
        var zone = w.hosts().find(tx, m.sourceHost()).map(h -> h.zone());
        w.placement().release(tx, m.id());
        w.placement()
                .claim(
                        tx,
                        server.id(),
                        HostReports.providerOf(m.sourceHost()),
                        Wishes.resources(server, m.oldShape()),
                        server.projectId(),
                        server.userId());
        w.quotas().give(tx, server.projectId(), Charge.difference(Charge.of(m), Charge.of(m.oldShape())));
        store.resize(server, m.oldShape(), m.sourceHost(), zone, now);
        migrations.move(m.id(), MigrationStatus.Event.REVERTED, now);
        migrations.letGo(m.id());
        ending.done(
                tx,
                p.work(),
                TaskState.RESIZE_REVERTING,
                m.ran() ? VmState.Event.RESIZE_REVERTED : VmState.Event.RESIZE_REVERTED_OFF,
                m.ran() ? PowerState.RUNNING : PowerState.SHUTDOWN,
                "resize.revert.end");
    }

    private void giveUp(Tx tx, Params p, Failure why) {
        new MigrationStore(tx)
                .move(
                        p.migrationId(),
                        MigrationStatus.Event.NOT_REVERTED,
                        w.clock().instant());
        ending.back(tx, p.work(), why);
    }

    private Migration migration(Params p) {
        return w.db().read(tx -> migration(tx, p));
    }

    private static Migration migration(Tx tx, Params p) {
        return new MigrationStore(tx).require(p.migrationId());
    }

    private void ifMoved(Params p, Consumer<Migration> work) {
        var m = migration(p);
        if (m.moves()) work.accept(m);
    }
}
