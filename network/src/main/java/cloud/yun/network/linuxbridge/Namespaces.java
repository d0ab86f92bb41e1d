package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Namespaces of routers and DHCP servers. The owner is written on the loopback; one without any mark is ours
/// from before a crash, or a stranger's: it is taken over when we want that very namespace, and otherwise left
/// alone.
final class Namespaces {
    private Namespaces() {}

    static HostNetwork ensure(HostNetwork net, Ownership ownership, String kind, String id) {
        var inside = net.createNamespace(name(kind, id));
        var lo = inside.link("lo").orElseThrow();
        if (ownership.foreign(lo)) throw new IllegalStateException("namespace " + name(kind, id) + " is not ours");
        ownership.claim(inside, lo, kind, id);
        return inside;
    }

    static void delete(HostNetwork net, Ownership ownership, String kind, String id) {
        String name = name(kind, id);
        if (!net.namespaceExists(name)) return;
        if (net.in(name).link("lo").filter(ownership::foreign).isPresent()) return;
        net.deleteNamespace(name);
    }

    /// @return the ids of what we have namespaces for
    static List<String> owned(HostNetwork net, Ownership ownership, String kind) {
        String prefix = name(kind, "x");
        prefix = prefix.substring(0, prefix.length() - 1);
        var ids = new ArrayList<String>();
        for (String name : net.namespaces()) {
            if (!name.startsWith(prefix)) continue;
            Optional<Link> lo = net.in(name).link("lo");
            String id = name.substring(prefix.length());
            if (lo.flatMap(l -> ownership.id(l, kind)).equals(Optional.of(id))) ids.add(id);
        }
        return ids;
    }

    private static String name(String kind, String id) {
        return kind.equals(Ownership.ROUTER) ? Names.routerNamespace(id) : Names.dhcpNamespace(id);
    }
}
