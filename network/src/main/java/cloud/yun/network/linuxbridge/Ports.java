package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Link;
import cloud.yun.network.driver.NetworkDriver.Port;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The taps of guests.
final class Ports {
    private final HostNetwork net;
    private final Ownership ownership;
    private final Bridges bridges;
    private final PortFilter filter;
    private final Striped ports = new Striped();

    Ports(HostNetwork net, Ownership ownership, Bridges bridges, PortFilter filter) {
        this.net = net;
        this.ownership = ownership;
        this.bridges = bridges;
        this.filter = filter;
    }

    void plug(Port port) {
        String tap = Names.device(port.tap());
        Names.id(port.id());
        ports.run(port.id(), () -> {
            var link = net.link(tap);
            if (link.filter(l -> strange(l, port.id())).isPresent()) {
                throw new IllegalStateException("link " + tap + " is not ours");
            }
            bridges.prepare(port.segment());
            // The filter is there before the first frame can be.
            filter.apply(port, bridges.ownZone(port.segment()));
            if (link.isEmpty()) {
                net.createTap(tap, ownership.alias(Ownership.PORT, port.id()));
                link = net.link(tap);
            }
            ownership.claim(net, link.orElseThrow(), Ownership.PORT, port.id());
            bridges.join(port.segment(), tap);
            state(link.orElseThrow(), port.adminStateUp());
        });
    }

    void update(Port port) {
        ports.run(port.id(), () -> {
            var link = net.link(Names.device(port.tap()))
                    .filter(l -> ownership.id(l, Ownership.PORT).equals(Optional.of(port.id())));
            if (link.isEmpty()) return;
            filter.apply(port, bridges.ownZone(port.segment()));
            state(link.get(), port.adminStateUp());
        });
    }

    void unplug(String portId, String tap, String networkId) {
        Names.device(tap);
        ports.run(Names.id(portId), () -> {
            if (net.link(tap).filter(l -> strange(l, portId)).isPresent()) return;
            // The filter goes last: no frame passes without it.
            bridges.leave(networkId, tap);
            filter.remove(tap);
        });
    }

    Set<String> inventory() {
        var found = new TreeSet<String>();
        for (Link link : net.links()) ownership.id(link, Ownership.PORT).ifPresent(found::add);
        return found;
    }

    void purge() {
        for (Link link : net.links()) {
            if (ownership.id(link, Ownership.PORT).isPresent()) net.deleteLink(link.name());
        }
    }

    /// Somebody else's, or another port's.
    private boolean strange(Link link, String portId) {
        return link.alias().isPresent() && !ownership.id(link, Ownership.PORT).equals(Optional.of(portId));
    }

    private void state(Link link, boolean up) {
        if (link.up() == up) return;
        if (up) net.up(link.name());
        else net.down(link.name());
    }
}
