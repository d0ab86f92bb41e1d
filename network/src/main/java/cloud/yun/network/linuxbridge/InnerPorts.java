package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Link;
import cloud.yun.network.driver.NetworkDriver.Segment;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Ports of routers and DHCP servers: a veth pair whose outer end is on the network's bridge.
final class InnerPorts {
    private final HostNetwork net;
    private final Ownership ownership;
    private final Bridges bridges;

    InnerPorts(HostNetwork net, Ownership ownership, Bridges bridges) {
        this.net = net;
        this.ownership = ownership;
        this.bridges = bridges;
    }

    /// Makes the pair, gives the inner end exactly these addresses, and joins the outer end to its network.
    ///
    /// @param inner name in the namespace, ending in the first 11 characters of the port's id
    /// @param addresses with prefix length
    /// @return whether an address is new, so that neighbours have to be told
    boolean plug(
            HostNetwork inside,
            String kind,
            String owner,
            String inner,
            String mac,
            Segment segment,
            List<String> addresses) {
        String outer = outer(inner);
        String namespace = inside.namespace().orElseThrow();
        net.link(outer).filter(ownership::foreign).ifPresent(l -> {
            throw new IllegalStateException("link " + l.name() + " is not ours");
        });
        net.createVeth(outer, inner, Optional.of(namespace));
        var link = net.link(outer).orElseThrow();
        ownership.claim(net, link, kind, owner);
        var end = inside.link(inner).orElseThrow();
        if (!end.mac().equals(Names.mac(mac))) inside.setMac(inner, Names.mac(mac));
        if (end.mtu() != segment.mtu()) inside.setMtu(inner, segment.mtu());
        if (!end.up()) inside.up(inner);
        boolean news = addresses(inside, inner, addresses);
        bridges.join(segment, outer);
        if (!link.up()) net.up(outer);
        return news || !end.up();
    }

    private static boolean addresses(HostNetwork inside, String device, List<String> wanted) {
        var missing = new TreeSet<String>();
        for (String address : wanted) missing.add(canonical(address));
        for (String present : inside.addresses(device)) {
            if (present.startsWith("fe80:")) continue;
            if (!missing.remove(canonical(present))) inside.removeAddress(device, present);
        }
        missing.forEach(a -> inside.addAddress(device, a));
        return !missing.isEmpty();
    }

    /// Removes the inner ends that are no longer wanted, with their outer ends.
    void removeOthers(HostNetwork inside, Predicate<String> ofThisKind, List<String> wanted) {
        for (Link link : inside.links()) {
            if (ofThisKind.test(link.name()) && !wanted.contains(link.name())) {
                var outer = net.link(outer(link.name()));
                if (outer.isPresent()) leave(outer.get());
                else inside.deleteLink(link.name());
            }
        }
        bridges.sweep();
    }

    /// Removes all ports of an owner.
    ///
    /// @param namespace where the inner ends are, if it is still there
    void removeAll(String kind, String owner, String namespace) {
        for (Link link : net.links()) {
            if (ownership.id(link, kind).equals(Optional.of(owner))) leave(link);
        }
        // A pair from before a crash may bear no mark yet. It would go with the namespace, but only some time later.
        var inside = net.in(namespace);
        boolean ours = inside.link("lo").filter(lo -> !ownership.foreign(lo)).isPresent();
        if (ours) {
            for (Link link : inside.links()) {
                if (link.kind().equals(Optional.of("veth"))) inside.deleteLink(link.name());
            }
        }
        bridges.sweep();
    }

    private void leave(Link outer) {
        var network = outer.master().flatMap(net::link).flatMap(b -> ownership.id(b, Ownership.NETWORK));
        if (network.isPresent()) bridges.leave(network.get(), outer.name());
        else net.deleteLink(outer.name());
    }

    private static String outer(String inner) {
        return "tap" + inner.substring(3);
    }

    /// One spelling for `fd00::1/64` and `fd00:0:0:0:0:0:0:1/64`; unlike `Cidr` it keeps the host's part.
    private static String canonical(String address) {
        int slash = address.indexOf('/');
        String bits = slash < 0 ? (address.contains(":") ? "/128" : "/32") : address.substring(slash);
        return Cidr.of(slash < 0 ? address : address.substring(0, slash)).address() + bits;
    }
}
