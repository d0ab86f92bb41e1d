package cloud.yun.network.dhcp;

import cloud.yun.kernel.db.Tx;
import cloud.yun.network.agents.AgentStore;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.ipam.Ipam;
import cloud.yun.network.ipam.Ipam.Taker;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkChangeStore;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.port.Port;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.port.Ports;
import cloud.yun.network.subnet.Subnet;
import cloud.yun.network.subnet.SubnetStore;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that a network with DHCP has a host that serves it, and a port there.
public final class DhcpNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(DhcpNetworks.class);
    public static final String OWNER = "network:dhcp";

    private final Common common;
    private final Ports ports;

    public DhcpNetworks(Common common, Ports ports) {
        this.common = common;
        this.ports = ports;
    }

    /// Brings host and port in line with the subnets as they are now. Call it after every change of subnets.
    public void settle(Tx tx, Network network) {
        var served = new SubnetStore(tx)
                .ofNetwork(network.id()).stream().filter(Subnet::dhcp).toList();
        var store = new PortStore(tx);
        var port = store.ofNetwork(network.id(), OWNER).stream().findFirst();
        if (served.isEmpty()) {
            port.ifPresent(p -> ports.delete(tx, p, network));
            network.dhcpHost().ifPresent(host -> {
                new NetworkStore(tx).dhcpHost(network.id(), Optional.empty());
                common.dirty().mark(tx, Dirty.Kind.DHCP, network.id(), host, "");
            });
            return;
        }
        var host = network.dhcpHost().or(() -> new AgentStore(tx).leastDhcp(common.now()));
        if (host.isEmpty()) return; // no agent yet: the pass over unserved networks comes back
        if (network.dhcpHost().isEmpty()) new NetworkStore(tx).dhcpHost(network.id(), host);
        address(tx, network, served, port);
        new NetworkChangeStore(tx).all(network.id());
        common.dirty().mark(tx, Dirty.Kind.DHCP, network.id(), host.get(), "");
        ports.peersChanged(tx, network);
    }

    private void address(Tx tx, Network network, List<Subnet> served, Optional<Port> found) {
        var port = found.orElseGet(() -> ports.internal(
                tx, network, network.projectId(), OWNER, "dhcp-" + network.id(), Optional.of(List.of())));
        var ipam = new Ipam(tx);
        var taker = new Taker(port.id(), port.mac(), network.id(), OWNER, true);
        for (var had : port.addresses())
            if (served.stream().noneMatch(s -> s.id().equals(had.subnetId()))) ipam.drop(port.id(), had.subnetId());
        int position = 0;
        for (var subnet : served) {
            position++;
            if (port.addresses().stream().anyMatch(a -> a.subnetId().equals(subnet.id()))) continue;
            if (ipam.add(taker, subnet, position).isEmpty())
                LOG.warn("subnet {} is full: its network's DHCP port gets no address there", subnet.id());
        }
    }

    /// Networks whose DHCP has no host yet, because there was no agent when they were made.
    public List<String> unserved(Tx tx) {
        return new NetworkStore(tx).unserved();
    }
}
