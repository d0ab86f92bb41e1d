package cloud.yun.compute.lifecycle;

import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Confirms resizes whose users did not come back: each keeps the room of two servers.
public final class UnconfirmedResizes implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(UnconfirmedResizes.class);
    private static final Option<Duration> WINDOW = Option.seconds(
            "DEFAULT", "resize_confirm_window", 0, "After how many seconds a resize is confirmed by itself. 0: never.");

    private final Wiring w;
    private final ConfirmResize confirm;

    public UnconfirmedResizes(Wiring wiring, ConfirmResize confirm) {
        this.w = wiring;
        this.confirm = confirm;
    }

    public static List<Option<?>> options() {
        return List.of(WINDOW);
    }

    @Override
    public String name() {
        return "unconfirmed-resizes";
    }

    @Override
    public Duration period() {
        return Duration.ofSeconds(60);
    }

    @Override
    public void reconcile() {
        var window = w.config().get(WINDOW);
        if (window.isZero()) return;
        var latest = w.clock().instant().minus(window);
        for (var migration : w.db().read(tx -> new MigrationStore(tx).finishedBefore(latest))) confirm(migration);
    }

    private void confirm(Migration migration) {
        w.db().write(tx -> {
            var found = new ServerStore(tx).find(migration.serverId());
            if (found.isEmpty()) return;
            var server = new ServerStore(tx).lock(migration.serverId());
            // Its user is just confirming or reverting, or its state was reset.
            if (server.vmState() != VmState.RESIZED || server.taskState() != TaskState.NONE) return;
            LOG.info("server {} was resized long ago; confirming", server.id());
            var origin = new Origin(server.projectId(), server.userId(), server.id(), "req-" + UUID.randomUUID());
            confirm.begin(tx, server, origin);
        });
    }
}
