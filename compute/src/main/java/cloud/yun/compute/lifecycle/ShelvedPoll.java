package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/// Takes servers off their hosts that have been on the shelf for `shelved_offload_time`.
public final class ShelvedPoll implements Reconciler {
    private static final Option<Duration> PERIOD = Option.seconds(
            "DEFAULT", "shelved_poll_interval", 3600, "How often shelved servers are looked at, in seconds.");

    private final Wiring w;
    private final OffloadServer offload;

    public ShelvedPoll(Wiring wiring, OffloadServer offload) {
        this.w = wiring;
        this.offload = offload;
    }

    public static List<Option<?>> options() {
        return List.of(PERIOD);
    }

    @Override
    public String name() {
        return "shelved-servers";
    }

    @Override
    public Duration period() {
        return w.config().get(PERIOD);
    }

    @Override
    public void reconcile() {
        int seconds = ShelveServer.offloadSeconds(w);
        if (seconds < 0) return;
        var before = w.clock().instant().minusSeconds(seconds);
        for (var shelved : w.db().read(tx -> new ShelfStore(tx).before(before))) {
            var requestId = "req-" + UUID.randomUUID();
            w.db().write(tx -> {
                var store = new ServerStore(tx);
                if (store.find(shelved.serverId()).isEmpty()) return;
                var server = store.lock(shelved.serverId());
                if (server.vmState() == VmState.SHELVED && server.taskState() == TaskState.NONE)
                    offload.goOn(tx, server, "", requestId);
            });
        }
    }
}
