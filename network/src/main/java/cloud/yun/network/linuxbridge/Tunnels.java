package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Neighbours;
import cloud.yun.network.driver.NetworkDriver.Peer;
import cloud.yun.network.driver.NetworkDriver.PeerPort;
import cloud.yun.network.driver.NetworkDriver.Segment;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Where the guests of other hosts are (l2population): the forwarding table of a VXLAN device, and with the ARP
/// responder its neighbours.
final class Tunnels {
    private static final String FLOOD = "00:00:00:00:00:00";

    private final HostNetwork net;
    private final LinuxBridgeConfig config;
    private final Striped devices = new Striped();

    Tunnels(HostNetwork net, LinuxBridgeConfig config) {
        this.net = net;
        this.config = config;
    }

    /// Makes the table what the peers say: what is missing comes, what nobody has any more goes.
    void apply(Segment segment, List<Peer> peers) {
        if (!segment.type().equals("vxlan") || segment.id().isEmpty()) return;
        String device = Names.vxlan(segment.id().get());
        devices.run(device, () -> {
            if (net.link(device).isEmpty()) return;
            forwarding(device, peers);
            if (config.arpResponder()) neighbours(device, peers);
        });
    }

    private void forwarding(String device, List<Peer> peers) {
        var wanted = new HashSet<Neighbours.Forwarding>();
        for (Peer peer : peers) {
            String end = InetAddress.ofLiteral(peer.tunnelAddress()).getHostAddress();
            if (config.tunnelAddress().equals(Optional.of(end)) || peer.ports().isEmpty()) continue;
            wanted.add(new Neighbours.Forwarding(FLOOD, device, Optional.of(end)));
            for (PeerPort port : peer.ports()) {
                wanted.add(new Neighbours.Forwarding(Names.mac(port.mac()), device, Optional.of(end)));
            }
        }
        var table = net.neighbours();
        var present = new HashSet<>(table.forwarding(device));
        // New ones first: a guest that moved is reachable at both places for a moment, not at none.
        for (var entry : wanted) {
            if (!present.contains(entry))
                table.forward(device, entry.mac(), entry.destination().orElseThrow());
        }
        for (var entry : present) {
            if (entry.destination().isPresent() && !wanted.contains(entry)) {
                table.unforward(device, entry.mac(), entry.destination().get());
            }
        }
    }

    private void neighbours(String device, List<Peer> peers) {
        var wanted = new HashMap<String, String>();
        for (Peer peer : peers) {
            for (PeerPort port : peer.ports()) {
                for (String address : port.addresses()) {
                    wanted.put(Cidr.of(address).address(), Names.mac(port.mac()));
                }
            }
        }
        var table = net.neighbours();
        for (var entry : table.list(device)) {
            String address = Cidr.of(entry.address()).address();
            if (!entry.permanent()) continue;
            if (entry.mac().equals(wanted.get(address))) wanted.remove(address);
            else if (!wanted.containsKey(address)) table.delete(entry.address(), device);
        }
        wanted.forEach((address, mac) -> table.replace(address, mac, device));
    }
}
