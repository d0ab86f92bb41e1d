package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Link;
import cloud.yun.host.net.Nft;
import cloud.yun.host.net.Vxlan;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.network.driver.NetworkDriver.Segment;
import java.util.Optional;

/// One bridge per network, and the device that leads to the rest of the network on other hosts.
///
/// A network's bridge comes with its first port and goes with its last. Bridges that the operator named, and the
/// public one, stay.
final class Bridges {
    private static final String PUBLIC_TABLE = "yun_public";

    private final HostNetwork net;
    private final LinuxBridgeConfig config;
    private final Ownership ownership;
    private final PortFilter filter;
    private final HostSettings settings;
    private final Striped networks = new Striped();

    Bridges(HostNetwork net, LinuxBridgeConfig config, Ownership ownership, PortFilter filter) {
        this.net = net;
        this.config = config;
        this.ownership = ownership;
        this.filter = filter;
        this.settings = new HostSettings(net, config.stateDirectory());
    }

    /// Makes the network's bridge complete, and the device its port.
    ///
    /// @param device must exist
    void join(Segment segment, String device) {
        networks.run(segment.networkId(), () -> {
            String bridge = ensure(segment);
            var link = net.link(device).orElseThrow(() -> new IllegalStateException("no link " + device));
            boolean complete = link.mtu() == segment.mtu() && link.master().equals(Optional.of(bridge));
            if (!complete) net.attach(device, bridge, segment.mtu());
        });
    }

    /// Makes the network's bridge complete before any port of it exists.
    void prepare(Segment segment) {
        networks.run(segment.networkId(), () -> ensure(segment));
    }

    /// Removes a device of ours; with the last one the bridge and the segment's device. Succeeds when it is gone.
    void leave(String networkId, String device) {
        networks.run(networkId, () -> {
            var link = net.link(device);
            if (link.isPresent() && !ownership.foreign(link.get())) net.deleteLink(device);
            removeIfUnused(networkId);
        });
    }

    /// Removes the bridges of ours that nothing is on: a crash between the last port and its bridge leaves one.
    void sweep() {
        var links = net.links();
        for (Link link : links) {
            var network = ownership.id(link, Ownership.NETWORK);
            boolean used = links.stream().anyMatch(l -> l.master().equals(Optional.of(link.name())) && !carrier(l));
            if (network.isPresent() && !used) networks.run(network.get(), () -> removeIfUnused(network.get()));
        }
        filter.untrackOthers();
    }

    /// @return the network's bridge, if it is its own: its addresses may be in use on other networks too
    Optional<String> ownZone(Segment segment) {
        boolean mapped = segment.type().equals("flat")
                && segment.physicalNetwork()
                        .filter(config.bridgeMappings()::containsKey)
                        .isPresent();
        return mapped ? Optional.empty() : Optional.of(Names.bridge(segment.networkId()));
    }

    // ---------------------------------------------------------------- the bridge

    private String ensure(Segment segment) {
        return switch (segment.type()) {
            case "local" -> own(segment);
            case "flat" -> flat(segment);
            case "vlan" -> {
                String bridge = own(segment);
                carry(bridge, vlan(segment));
                yield bridge;
            }
            case "vxlan" -> {
                String bridge = own(segment);
                if (config.tunnelAddress().isPresent()) carry(bridge, vxlan(segment));
                yield bridge;
            }
            default ->
                throw new IllegalStateException("Linux bridges carry local, flat, vlan and vxlan networks, not "
                        + segment.type() + " (network " + segment.networkId() + ")");
        };
    }

    private String own(Segment segment) {
        String bridge = Names.bridge(segment.networkId());
        var link = net.link(bridge);
        if (link.isEmpty()) {
            net.createBridge(bridge, ownership.alias(Ownership.NETWORK, segment.networkId()));
            link = net.link(bridge);
        }
        var found = link.orElseThrow();
        if (ownership.foreign(found)) throw new IllegalStateException("bridge " + bridge + " is not ours");
        ownership.claim(net, found, Ownership.NETWORK, segment.networkId());
        if (found.mtu() != segment.mtu()) net.setMtu(bridge, segment.mtu());
        if (!found.up()) {
            // The host is no member of its guests' networks, not even by a link-local address.
            net.sysctl("net.ipv6.conf." + bridge + ".disable_ipv6", "1");
            filter.track(bridge);
            net.up(bridge);
        }
        return bridge;
    }

    private void carry(String bridge, String device) {
        var link = net.link(device).orElseThrow(() -> new IllegalStateException("no link " + device));
        if (!link.up()) net.up(device);
        if (!link.master().equals(Optional.of(bridge))) net.attach(device, bridge);
    }

    private String vxlan(Segment segment) {
        int vni = segment.id().orElseThrow(() -> new IllegalStateException("a vxlan network needs a VNI"));
        String name = Names.vxlan(vni);
        var link = net.link(name);
        if (link.isEmpty()) {
            net.createVxlan(
                    name,
                    new Vxlan(
                            vni,
                            config.tunnelAddress().orElseThrow(),
                            Optional.empty(),
                            Optional.empty(),
                            config.tunnelPort(),
                            config.tunnelTtl(),
                            false,
                            config.arpResponder()),
                    ownership.alias(Ownership.SEGMENT, segment.networkId()));
            link = net.link(name);
        }
        claimSegment(link.orElseThrow(), segment);
        return name;
    }

    private String vlan(Segment segment) {
        int id = segment.id().orElseThrow(() -> new IllegalStateException("a vlan network needs an id"));
        String parent = physicalInterface(segment);
        String name = Names.device(parent + "." + id);
        if (net.link(name).isEmpty()) {
            try {
                net.createVlan(name, parent, id);
            } catch (CommandFailed e) {
                if (!e.says("Unknown device type") && !e.says("not supported")) throw e;
                throw new IllegalStateException(
                        "This kernel has no VLAN devices: load the module 8021q, or use vxlan networks", e);
            }
        }
        claimSegment(net.link(name).orElseThrow(), segment);
        return name;
    }

    private void claimSegment(Link link, Segment segment) {
        if (ownership.foreign(link)) throw new IllegalStateException("link " + link.name() + " is not ours");
        ownership.claim(net, link, Ownership.SEGMENT, segment.networkId());
        if (link.mtu() != segment.mtu()) net.setMtu(link.name(), segment.mtu());
    }

    // ---------------------------------------------------------------- physical networks

    private String flat(Segment segment) {
        String physical = segment.physicalNetwork()
                .orElseThrow(() -> new IllegalStateException("a flat network needs a physical network"));
        var mapped = config.bridgeMappings().get(physical);
        if (mapped != null) {
            var ofOurs = config.publicBridge().filter(p -> p.physicalNetwork().equals(physical));
            if (ofOurs.isPresent()) {
                publicBridge(mapped, ofOurs.get());
            } else if (net.link(mapped)
                    .flatMap(Link::kind)
                    .filter("bridge"::equals)
                    .isEmpty()) {
                throw new IllegalStateException("There is no bridge " + mapped + ", which [linux_bridge]"
                        + " bridge_mappings names for the physical network " + physical);
            }
            return mapped;
        }
        String device = physicalInterface(segment);
        String bridge = own(segment);
        carry(bridge, device);
        return bridge;
    }

    private String physicalInterface(Segment segment) {
        String physical = segment.physicalNetwork().orElse("");
        String device = config.interfaceMappings().get(physical);
        if (device == null) {
            throw new IllegalStateException("This host has no interface for the physical network '" + physical
                    + "': set [linux_bridge] physical_interface_mappings");
        }
        if (net.link(device).isEmpty()) {
            throw new IllegalStateException("There is no interface " + device + ", which [linux_bridge]"
                    + " physical_interface_mappings names for the physical network " + physical);
        }
        boolean flat = segment.type().equals("flat");
        if (flat && net.addresses(device).stream().anyMatch(a -> !a.startsWith("fe80:"))) {
            // A port of a bridge does not receive for its own addresses: the host would lose them.
            throw new IllegalStateException("Interface " + device + " has addresses of its own; put it and them on a"
                    + " bridge and name that in [linux_bridge] bridge_mappings");
        }
        return device;
    }

    /// The external network of a cloud on one machine: a bridge with nothing behind it but this host.
    private void publicBridge(String bridge, LinuxBridgeConfig.PublicBridge wanted) {
        var link = net.link(bridge);
        if (link.isEmpty()) {
            net.createBridge(bridge);
            link = net.link(bridge);
            // A bridge takes the lowest MAC address of its ports unless one was set, and neighbours remember it.
            net.setMac(bridge, link.orElseThrow().mac());
        }
        var found = link.orElseThrow();
        // A bridge that the operator made keeps what the operator gave it.
        if (found.alias().isEmpty() && !net.ports(bridge).isEmpty()) return;
        if (ownership.foreign(found)) return;
        boolean complete = ownership.id(found, Ownership.PHYSICAL).isPresent()
                && net.addresses(bridge).contains(wanted.cidr())
                && found.up();
        if (complete) return;
        net.addAddress(bridge, wanted.cidr());
        if (!found.up()) net.up(bridge);
        if (wanted.masquerade()) {
            var cidr = Cidr.of(wanted.cidr());
            settings.set("net.ipv4.ip_forward", "1");
            net.nft()
                    .replaceTable(
                            new Nft.Table("ip", PUBLIC_TABLE),
                            "chain postrouting {\n type nat hook postrouting priority srcnat; policy accept;\n ip saddr "
                                    + cidr + " ip daddr != " + cidr + " oifname != \"" + bridge
                                    // What only crosses a tenant's bridge passes here too, by br_netfilter, and is
                                    // not on its way out: the host's own SSH to a floating IP, for one.
                                    + "\" oifname != \"brq*\" masquerade\n}");
        }
        ownership.claim(net, found, Ownership.PHYSICAL, wanted.physicalNetwork());
    }

    // ---------------------------------------------------------------- the end

    private void removeIfUnused(String networkId) {
        String bridge = Names.bridge(networkId);
        var links = net.links();
        boolean stranger = links.stream().anyMatch(l -> l.name().equals(bridge) && ownership.foreign(l));
        boolean used = links.stream().anyMatch(l -> l.master().equals(Optional.of(bridge)) && !carrier(l));
        if (stranger || used) return;
        for (Link link : links) {
            // The operator's interface only leaves the bridge, with it.
            if (ownership.id(link, Ownership.SEGMENT).equals(Optional.of(networkId))) net.deleteLink(link.name());
        }
        if (links.stream().anyMatch(l -> l.name().equals(bridge))) net.deleteLink(bridge);
        filter.untrack(bridge);
    }

    /// What leads to other hosts does not keep a network alive.
    private boolean carrier(Link link) {
        return ownership.id(link, Ownership.SEGMENT).isPresent()
                || config.interfaceMappings().containsValue(link.name());
    }

    void purge() {
        var links = net.links();
        for (Link link : links) {
            if (ownership.id(link, Ownership.SEGMENT).isPresent()
                    || ownership.id(link, Ownership.NETWORK).isPresent()
                    || ownership.id(link, Ownership.PHYSICAL).isPresent()) {
                net.deleteLink(link.name());
            }
        }
        var bridge = config.publicBridge().map(p -> config.bridgeMappings().get(p.physicalNetwork()));
        boolean strangers = links.stream()
                .anyMatch(l -> bridge.equals(Optional.of(l.name()))
                        && ownership.id(l, Ownership.PHYSICAL).isEmpty());
        if (!strangers) net.nft().deleteTable(new Nft.Table("ip", PUBLIC_TABLE));
        settings.restore();
    }
}
