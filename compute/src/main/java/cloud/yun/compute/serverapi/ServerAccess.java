package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.util.function.BiFunction;

/// Who may see a server and who may change it. Another project's server is not there.
public final class ServerAccess {
    private final Database db;
    private final Policy policy;

    public ServerAccess(Database db, Policy policy) {
        this.db = db;
        this.policy = policy;
    }

    public Policy policy() {
        return policy;
    }

    /// Reads a server that the caller may see.
    ///
    /// @param rule without `os_compute_api:`
    public <T> T read(Caller caller, String serverId, String rule, BiFunction<Tx, Server, T> work) {
        return db.read(tx -> work.apply(tx, allowed(caller, serverId, rule, new ServerStore(tx).require(serverId))));
    }

    /// Changes a server, locked in the transaction.
    ///
    /// @throws Conflict the server is locked and the caller is no admin
    public <T> T change(Caller caller, String serverId, String rule, BiFunction<Tx, Server, T> work) {
        return db.transaction(tx -> {
            var server = allowed(caller, serverId, rule, new ServerStore(tx).lock(serverId));
            if (server.locked() && !caller.admin()) throw new Conflict("Instance " + serverId + " is locked");
            return work.apply(tx, server);
        });
    }

    /// As [#change], for what a lock does not stop.
    public <T> T changeLocked(Caller caller, String serverId, String rule, BiFunction<Tx, Server, T> work) {
        return db.transaction(
                tx -> work.apply(tx, allowed(caller, serverId, rule, new ServerStore(tx).lock(serverId))));
    }

    /// What the work on a server that was allowed leaves behind.
    void write(java.util.function.Consumer<Tx> work) {
        db.write(work);
    }

    private Server allowed(Caller caller, String serverId, String rule, Server server) {
        if (!visible(caller, server)) throw new NotFound("Instance", serverId);
        policy.require(caller, name(rule), target(server));
        return server;
    }

    /// @param rule without its first word, or whole when that is another one than most have
    private static String name(String rule) {
        return rule.startsWith("compute:") ? rule : ComputePolicy.PREFIX + rule;
    }

    public static boolean visible(Caller caller, Server server) {
        return caller.admin()
                || caller.project().map(p -> p.id().equals(server.projectId())).orElse(false);
    }

    public static Target target(Server server) {
        return Target.project(server.projectId()).with("user_id", server.userId());
    }
}
