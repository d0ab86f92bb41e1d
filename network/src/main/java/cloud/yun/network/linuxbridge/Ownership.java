package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Link;
import java.util.Optional;

/// Who a device belongs to, written on the device itself as its alias: `yun:port:ID`. What bears no mark of ours
/// is a stranger's and stays untouched.
///
/// @param mark `yun`, or something else where several drivers share the names of one machine
record Ownership(String mark) {
    static final String PORT = "port";
    static final String NETWORK = "network";
    static final String SEGMENT = "segment";
    static final String PHYSICAL = "physical";
    static final String DHCP = "dhcp";
    static final String ROUTER = "router";

    String alias(String kind, String id) {
        return mark + ":" + kind + ":" + id;
    }

    /// Marks a device, unless it is marked so already.
    void claim(HostNetwork net, Link link, String kind, String id) {
        String wanted = alias(kind, id);
        if (!link.alias().equals(Optional.of(wanted))) net.setAlias(link.name(), wanted);
    }

    /// @return the id after our mark and this kind
    Optional<String> id(Link link, String kind) {
        String start = mark + ":" + kind + ":";
        return link.alias().filter(a -> a.startsWith(start)).map(a -> a.substring(start.length()));
    }

    boolean ours(Link link) {
        return link.alias().filter(a -> a.startsWith(mark + ":")).isPresent();
    }

    /// A device without any alias may be ours from before a crash; one with a strange alias is not.
    boolean foreign(Link link) {
        return link.alias().isPresent() && !ours(link);
    }

    /// The owner of a namespace is written on its loopback.
    void claimNamespace(HostNetwork inside, String kind, String id) {
        inside.link("lo").ifPresent(lo -> claim(inside, lo, kind, id));
    }

    boolean namespaceOurs(HostNetwork inside, String kind, String id) {
        return inside.link("lo").flatMap(lo -> id(lo, kind)).equals(Optional.of(id));
    }
}
