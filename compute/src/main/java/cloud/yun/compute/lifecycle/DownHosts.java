package cloud.yun.compute.lifecycle;

import cloud.yun.compute.service.ComputeHosts.ComputeHost;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes things from hosts that may be down. What stays there is removed when they are back (`PowerSync`).
final class DownHosts {
    private static final Logger LOG = LoggerFactory.getLogger(DownHosts.class);

    private DownHosts() {}

    /// @throws Unavailable the host is up and did not do it
    static void tolerate(Wiring w, String host, String serverId, Consumer<String> command) {
        try {
            command.accept(host);
        } catch (Unavailable e) {
            boolean up = w.db().read(
                            tx -> w.hosts().find(tx, host).map(ComputeHost::up).orElse(false));
            if (up) throw e;
            LOG.warn("something of server {} stays on its host {}, which is down", serverId, host);
        }
    }
}
