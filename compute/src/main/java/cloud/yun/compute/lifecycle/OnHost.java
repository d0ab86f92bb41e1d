package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import java.util.function.Consumer;

/// Removals on the host of a server. A host that is down is left out: when it comes back, its agent is told to remove
/// what no server owns (`PowerSync`).
final class OnHost {
    private final Wiring w;

    OnHost(Wiring wiring) {
        this.w = wiring;
    }

    void run(String serverId, Consumer<String> command) {
        var host = w.db().read(tx -> new ServerStore(tx).find(serverId).flatMap(Server::host));
        if (host.isEmpty()) return;
        DownHosts.tolerate(w, host.get(), serverId, command);
    }
}
