package cloud.yun.compute.migration;

import cloud.yun.compute.migration.MigrationStore.Filter;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Optional;

/// Migrations as callers may see them.
public final class MigrationService {
    private final Database db;
    private final Policy policy;

    public MigrationService(Database db, Policy policy) {
        this.db = db;
        this.policy = policy;
    }

    /// @throws Invalid the marker is not there
    List<Migration> page(Filter filter, Optional<String> marker, int limit) {
        return db.read(tx -> new MigrationStore(tx).page(filter, marker, limit))
                .orElseThrow(() -> new Invalid("Marker " + marker.orElse("") + " could not be found."));
    }

    /// @throws NotFound no such server, or none that the caller may know of
    Server server(Caller caller, String id, String rule) {
        return db.read(tx -> server(tx, caller, id, rule));
    }

    /// @throws NotFound no such server, or none that the caller may know of
    Optional<Migration> ofServer(Caller caller, String serverId, String migrationId, String rule) {
        return db.read(tx -> new MigrationStore(tx)
                .ofServer(server(tx, caller, serverId, rule).id(), migrationId));
    }

    private Server server(Tx tx, Caller caller, String id, String rule) {
        var server = new ServerStore(tx)
                .find(id)
                .filter(s -> caller.admin()
                        || caller.project()
                                .filter(p -> p.id().equals(s.projectId()))
                                .isPresent())
                .orElseThrow(() -> new NotFound("Instance", id));
        policy.require(caller, rule, Target.project(server.projectId()));
        return server;
    }
}
