package cloud.yun.compute.lifecycle;

import cloud.yun.compute.flavor.Flavors;
import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Shape;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import java.util.Optional;

/// The migration of a server whose move begins.
final class Moving {
    private Moving() {}

    /// @param server locked in this transaction, on a host
    /// @param shape that it is to have there
    /// @param dest the only host that may take it; empty: the scheduler chooses
    static Migration of(
            Wiring w,
            Tx tx,
            Flavors flavors,
            Caller caller,
            Server server,
            Migration.Type type,
            Shape shape,
            Optional<String> dest) {
        var now = w.clock().instant();
        // What an evacuation leaves is on a host that is down; the others hold the old side until the user decides.
        boolean evacuation = type == Migration.Type.EVACUATION;
        return new Migration(
                0,
                w.ids().get().toString(),
                server.id(),
                type,
                evacuation ? MigrationStatus.ACCEPTED : MigrationStatus.PRE_MIGRATING,
                server.host().orElseThrow(),
                dest,
                server.vmState(),
                Shape.of(server),
                shape,
                flavors.number(tx, server.flavor().id()),
                flavors.number(tx, shape.flavor().id()),
                !evacuation,
                caller.project().map(Caller.Project::id).orElse(server.projectId()),
                caller.userId(),
                caller.requestId(),
                now,
                now);
    }
}
