package cloud.yun.network.subnet;

import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.Standard;
import cloud.yun.network.dhcp.DhcpNetworks;
import cloud.yun.network.ipam.Ipam;
import cloud.yun.network.network.Network;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.port.Ports;
import cloud.yun.network.router.RouterStore;
import java.util.Optional;

/// What happens with subnets in the transactions of other resources.
public final class Subnets {
    private final Common common;
    private final Ports ports;
    private final DhcpNetworks dhcp;

    public Subnets(Common common, Ports ports, DhcpNetworks dhcp) {
        this.common = common;
        this.ports = ports;
        this.dhcp = dhcp;
    }

    /// Everything on a network that is about to go and that the house made itself: DHCP ports and subnets.
    public void dropAll(Tx tx, Network network) {
        var unserved = Optional.of(network);
        for (var port : new PortStore(tx).ofNetwork(network.id(), DhcpNetworks.OWNER))
            ports.delete(tx, port, unserved.get());
        for (var subnet : new SubnetStore(tx).ofNetwork(network.id())) drop(tx, subnet);
        network.dhcpHost().ifPresent(host -> common.dirty().mark(tx, Dirty.Kind.DHCP, network.id(), host, ""));
    }

    /// The row, its addresses and its quota.
    void drop(Tx tx, Subnet subnet) {
        var holders = new Ipam(tx).drop(subnet.id());
        for (var port : new PortStore(tx).find(holders)) {
            ports.settle(tx, port);
            port.pluggedHost()
                    .ifPresent(host -> common.dirty().mark(tx, Dirty.Kind.PORT, port.id(), host, subnet.networkId()));
        }
        Standard.dropTags(tx, subnet.id());
        new SubnetStore(tx).delete(subnet.id());
        common.give(tx, subnet.projectId(), "subnet", 1);
    }

    /// After a change of the network's subnets: its revision, DHCP, and the routers that have a port on it.
    void changed(Tx tx, Network network) {
        Standard.bump(tx, "network", network.id(), common.now());
        dhcp.settle(tx, network);
        new RouterStore(tx)
                .hostsOn(network.id())
                .forEach((router, host) -> common.dirty().mark(tx, Dirty.Kind.ROUTER, router, host, ""));
    }

    /// Hosts that make their own addresses have one on this new subnet at once.
    void automatic(Tx tx, Network network, Subnet subnet) {
        if (!subnet.automatic()) return;
        var ipam = new Ipam(tx);
        for (var port : new PortStore(tx).ofNetwork(network.id()))
            if (!port.deviceOwner().startsWith("network:") && !port.addresses().isEmpty()) {
                ipam.automatic(
                        new Ipam.Taker(port.id(), port.mac(), network.id(), port.deviceOwner(), false),
                        subnet,
                        port.addresses().size());
                ports.changed(tx, port, network);
                new PortStore(tx).find(port.id()).ifPresent(p -> ports.settle(tx, p));
            }
    }
}
