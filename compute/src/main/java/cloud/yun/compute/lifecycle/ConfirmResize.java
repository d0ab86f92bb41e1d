package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import java.util.EnumSet;

/// Ends a resize or a cold migration for good: what was kept of the old side is given up. Ends in ACTIVE or SHUTOFF.
///
/// There is no way back; a host that is down is left out and cleaned when it is back.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#confirm-resized-server-confirmresize-action">confirm</a>
public final class ConfirmResize {
    public record Params(String serverId, String requestId, String migrationId) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private static final Beginning BEGINNING =
            new Beginning(TaskState.Event.CONFIRM_RESIZE, "confirmResize", "resize.confirm");

    private final Wiring w;
    private final Ending ending;
    private final Flow<Params> flow;

    public ConfirmResize(Wiring wiring, DeleteServer delete) {
        this.w = wiring;
        this.ending = new Ending(wiring, delete);
        this.flow = Flow.named("server_confirm_resize", Params.class)
                .forward("drop-kept-disks", this::dropKeptDisks)
                .finish("mark-confirmed", this::markConfirmed)
                .build();
        w.flows().register(flow);
    }

    /// @param server locked in this transaction
    /// @throws Conflict its state does not allow it, in Nova's words
    /// @throws Invalid there is nothing to confirm
    public void begin(Tx tx, Caller caller, Server server) {
        begin(tx, server, ActionLog.origin(caller, server));
    }

    /// @param origin who asks, in which request
    void begin(Tx tx, Server server, Origin origin) {
        var migration = confirmable(tx, server, "confirmResize", TaskState.Event.CONFIRM_RESIZE);
        new MigrationStore(tx)
                .move(migration.id(), MigrationStatus.Event.CONFIRM, w.clock().instant());
        BEGINNING.start(w, tx, origin, server, flow, new Params(server.id(), origin.requestId(), migration.id()));
    }

    /// @return the migration that a user may confirm or revert
    static Migration confirmable(Tx tx, Server server, String action, TaskState.Event begins) {
        Ready.require(server, action, EnumSet.of(VmState.RESIZED), begins);
        return new MigrationStore(tx)
                .holding(server.id())
                .filter(m -> m.status() == MigrationStatus.FINISHED)
                .orElseThrow(() -> new Invalid("Instance has not been resized."));
    }

    private void dropKeptDisks(Params p) {
        var migration = w.db().read(tx -> new MigrationStore(tx).require(p.migrationId()));
        DownHosts.tolerate(
                w, migration.sourceHost(), p.serverId(), h -> w.agents().dropKeptDisks(h, p.serverId()));
    }

    private void markConfirmed(Tx tx, Params p) {
        var migrations = new MigrationStore(tx);
        var m = migrations.require(p.migrationId());
        var server = new ServerStore(tx).lock(p.serverId());
        w.placement().release(tx, m.id());
        w.quotas().give(tx, server.projectId(), Charge.difference(Charge.of(m), Charge.of(m.newShape())));
        migrations.move(m.id(), MigrationStatus.Event.CONFIRMED, w.clock().instant());
        migrations.letGo(m.id());
        ending.done(
                tx,
                p.work(),
                TaskState.RESIZE_CONFIRMING,
                server.powerState() == PowerState.SHUTDOWN
                        ? VmState.Event.RESIZE_CONFIRMED_OFF
                        : VmState.Event.RESIZE_CONFIRMED,
                server.powerState(),
                "resize.confirm.end");
    }
}
