package cloud.yun.network.apply;

import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.network.api.Common;
import cloud.yun.network.dhcp.DhcpNetworks;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.router.RouterFlows;
import java.time.Duration;

/// Gives hosts to networks and routers that were made while there was no agent.
public final class LateScheduling implements Reconciler {
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final Common common;
    private final DhcpNetworks dhcp;
    private final RouterFlows routers;

    public LateScheduling(Common common, DhcpNetworks dhcp, RouterFlows routers) {
        this.common = common;
        this.dhcp = dhcp;
        this.routers = routers;
    }

    @Override
    public String name() {
        return "network-late-scheduling";
    }

    @Override
    public Duration period() {
        return PERIOD;
    }

    @Override
    public void reconcile() {
        for (var id : common.db().read(dhcp::unserved))
            common.db().write(tx -> new NetworkStore(tx).lock(id).ifPresent(n -> dhcp.settle(tx, n)));
        routers.scheduleLate();
    }
}
