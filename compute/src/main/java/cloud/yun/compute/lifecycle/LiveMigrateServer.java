package cloud.yun.compute.lifecycle;

import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.scheduler.Scheduler;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Server.Fault;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.Shape;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// A live migration as far as it can go today: to the answer that no host can take the guest while it runs.
///
/// TODO-correctness: guests cannot be moved while they run; where another host would fit, the pre-check says so.
public final class LiveMigrateServer {
    private static final int BAD_REQUEST = 400;

    private final Wiring w;
    private final Scheduler scheduler;

    public LiveMigrateServer(Wiring wiring, Scheduler scheduler) {
        this.w = wiring;
        this.scheduler = scheduler;
    }

    /// @param server locked in this transaction
    /// @param host the only one that may take it; empty: any other
    /// @param later whether the answer does not wait for the scheduler, from microversion 2.34: a refusal is then
    ///     in the server's actions
    /// @throws Conflict its state does not allow it, in Nova's words
    /// @throws Invalid why no host can take it
    public void begin(Tx tx, Caller caller, Server server, Optional<String> host, boolean later) {
        Ready.require(server, "os-migrateLive", EnumSet.of(VmState.ACTIVE, VmState.PAUSED), TaskState.Event.REBUILD);
        host.filter(h -> w.hosts().find(tx, h).isEmpty()).ifPresent(h -> {
            throw new Invalid("Compute host " + h + " could not be found.");
        });
        var why = refusal(tx, server, host);
        if (!later) throw new Invalid(why);
        var now = w.clock().instant();
        var log = new ActionLog(tx);
        log.begin(server, caller, "live-migration", now);
        log.ended(server.id(), caller.requestId(), now, true);
        new ServerStore(tx).fault(server.id(), new Fault(BAD_REQUEST, why, "", now));
    }

    private String refusal(Tx tx, Server server, Optional<String> host) {
        if (host.isPresent() && server.host().equals(host))
            return "Unable to migrate instance (" + server.id() + ") to current host (" + host.get() + ").";
        try {
            var wish = Wishes.moving(
                    tx,
                    w,
                    server,
                    Shape.of(server),
                    host,
                    Set.copyOf(server.host().map(Set::of).orElse(Set.of())));
            scheduler.choose(tx, wish);
        } catch (Unavailable e) { // what is asked here
            return e.userMessage();
        }
        return "Migration pre-check error: the hypervisor cannot move guests while they run.";
    }
}
