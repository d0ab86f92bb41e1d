package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Server.Fault;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow.Failure;
import java.time.Clock;

/// How work on a server ends: its state, its action, its notification, and the delete that waited for it.
///
/// A delete marks the server (`TaskState.DELETING`) and leaves it to the work at hand, which ends here in a
/// transaction of its own: either the work sees the mark, or the delete sees that the work has ended.
final class Ending {
    private final Wiring w;
    private final DeleteServer delete;
    private final Clock clock;

    Ending(Wiring wiring, DeleteServer delete) {
        this.w = wiring;
        this.delete = delete;
        this.clock = wiring.clock();
    }

    /// @param mine what the work was begun as; somebody may have reset the state meanwhile, and that stays
    /// @param notification for example `power_off.end`
    void done(Tx tx, Work p, TaskState mine, VmState.Event event, PowerState power, String notification) {
        var store = new ServerStore(tx);
        var server = store.lock(p.serverId());
        new ActionLog(tx).ended(p.serverId(), p.requestId(), clock.instant(), false);
        if (handedOver(tx, server)) return;
        if (server.taskState() == mine) store.end(server, event, power, clock.instant());
        w.notifications().tell(tx, store.require(p.serverId()), notification, p.requestId());
    }

    /// @return the guest's power state, for work that does not change it
    PowerState power(Tx tx, Work p) {
        return new ServerStore(tx).lock(p.serverId()).powerState();
    }

    /// It did not happen; the server is as it was.
    void back(Tx tx, Work p, Failure why) {
        var store = new ServerStore(tx);
        var server = store.lock(p.serverId());
        new ActionLog(tx).ended(p.serverId(), p.requestId(), clock.instant(), true);
        if (handedOver(tx, server)) return;
        store.fault(p.serverId(), fault(why));
        store.back(store.lock(p.serverId()), clock.instant());
    }

    /// It failed half way: nobody can promise what the guest is.
    void broken(Tx tx, Work p, Failure why) {
        var store = new ServerStore(tx);
        var server = store.lock(p.serverId());
        new ActionLog(tx).ended(p.serverId(), p.requestId(), clock.instant(), true);
        if (handedOver(tx, server)) return;
        store.fault(p.serverId(), fault(why));
        store.end(store.lock(p.serverId()), VmState.Event.FAILED, server.powerState(), clock.instant());
    }

    Fault fault(Failure why) {
        return new Fault(500, why.message(), why.task() + ": " + why.detail(), clock.instant());
    }

    /// @return whether a delete waited: it goes on from here
    boolean handedOver(Tx tx, Server server) {
        if (server.taskState() != TaskState.DELETING) return false;
        delete.begin(tx, server);
        return true;
    }
}
