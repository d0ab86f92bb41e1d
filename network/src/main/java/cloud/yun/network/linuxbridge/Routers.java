package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Nft;
import cloud.yun.host.net.Route;
import cloud.yun.host.proxy.MetadataProxy;
import cloud.yun.network.driver.NetworkDriver.ExternalGateway;
import cloud.yun.network.driver.NetworkDriver.Router;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/// A namespace per router: its ports, routes, address translation and metadata proxy.
final class Routers {
    /// Where the metadata proxy listens in a router; the port is Neutron's.
    private static final int METADATA_PORT = 9697;

    private static final Nft.Table NAT = new Nft.Table("ip", "yun");

    private final HostNetwork net;
    private final LinuxBridgeConfig config;
    private final Ownership ownership;
    private final InnerPorts inner;
    private final MetadataProxy proxies;
    private final Advertisements advertisements;
    private final Striped routers = new Striped();

    Routers(HostNetwork net, LinuxBridgeConfig config, Ownership ownership, InnerPorts inner, MetadataProxy proxies) {
        this.net = net;
        this.config = config;
        this.ownership = ownership;
        this.inner = inner;
        this.proxies = proxies;
        this.advertisements = new Advertisements(config.stateDirectory().resolve("ra"));
    }

    void apply(Router router) {
        if (!router.adminStateUp()) {
            remove(router.id());
            return;
        }
        routers.run(router.id(), () -> {
            var inside = Namespaces.ensure(net, ownership, Ownership.ROUTER, router.id());
            forwarding(inside);
            var announce = new TreeSet<String>();
            ports(inside, router, announce);
            routes(inside, router);
            translation(inside, router);
            proxies.apply(new MetadataProxy.Listener(
                    MetadataProxy.Owner.ROUTER,
                    UUID.fromString(router.id()),
                    inside.namespace().orElseThrow(),
                    "0.0.0.0",
                    METADATA_PORT,
                    config.metadataSocket()));
            advertisements.apply(router, inside.namespace().orElseThrow());
            // Last: whoever hears of an address can use it at once.
            announce.forEach(inside::announce);
        });
    }

    private static void forwarding(HostNetwork inside) {
        if (inside.sysctl("net.ipv4.ip_forward").equals(Optional.of("1"))) return;
        // Answer ARP only for addresses of the asked link: a router has one leg in each network.
        inside.sysctl("net.ipv4.conf.all.arp_ignore", "1");
        inside.sysctl("net.ipv4.conf.all.arp_announce", "2");
        inside.sysctl("net.ipv6.conf.all.forwarding", "1");
        inside.sysctl("net.ipv4.ip_forward", "1");
    }

    // ---------------------------------------------------------------- ports

    private void ports(HostNetwork inside, Router router, Set<String> announce) {
        var wanted = new ArrayList<String>();
        for (RouterPort port : router.interfaces()) wanted.add(Names.routerPort(port.portId()));
        router.gateway().ifPresent(g -> wanted.add(Names.gatewayPort(g.port().portId())));
        inner.removeOthers(inside, n -> n.startsWith("qr-") || n.startsWith("qg-"), wanted);
        for (RouterPort port : router.interfaces()) {
            plug(inside, router, port, Names.routerPort(port.portId()), port.addresses(), announce);
        }
        router.gateway().ifPresent(gateway -> {
            var addresses = new ArrayList<>(gateway.port().addresses());
            router.floatingIps().forEach(f -> addresses.add(f.floatingAddress() + "/32"));
            plug(
                    inside,
                    router,
                    gateway.port(),
                    Names.gatewayPort(gateway.port().portId()),
                    addresses,
                    announce);
        });
    }

    private void plug(
            HostNetwork inside,
            Router router,
            RouterPort port,
            String device,
            List<String> addresses,
            Set<String> announce) {
        boolean news = inner.plug(inside, Ownership.ROUTER, router.id(), device, port.mac(), port.segment(), addresses);
        if (news) announce.add(device);
    }

    // ---------------------------------------------------------------- routes

    private static void routes(HostNetwork inside, Router router) {
        var wanted = new TreeMap<String, Route>();
        router.gateway().ifPresent(g -> defaults(inside, g, wanted));
        for (var route : router.routes()) {
            String destination = Cidr.of(route.destination()).toString();
            String hop = Cidr.of(route.nextHop()).address();
            wanted.put(key(destination, !hop.contains(":")), Route.via(destination, hop));
        }
        for (Route present : inside.routes()) {
            if (present.via().isEmpty()) continue;
            boolean v4 = !present.via().get().contains(":");
            if (!wanted.containsKey(key(present.destination(), v4))) inside.deleteRoute(present);
        }
        wanted.values().forEach(inside::replaceRoute);
    }

    private static void defaults(HostNetwork inside, ExternalGateway gateway, TreeMap<String, Route> wanted) {
        String device = Names.gatewayPort(gateway.port().portId());
        for (String ip : gateway.gatewayIps()) {
            var hop = Cidr.of(ip);
            boolean near =
                    gateway.port().addresses().stream().anyMatch(a -> Cidr.of(a).contains(hop));
            if (!near) inside.replaceRoute(Route.onLink(hop.toString(), device));
            wanted.put(key("default", hop.v4()), Route.via("default", hop.address(), device));
        }
    }

    /// Destinations as the kernel shows them, with the family in front, because both have a default route.
    private static String key(String destination, boolean v4) {
        boolean all = destination.equals("default") || Cidr.of(destination).any();
        return (v4 ? "4 " : "6 ") + (all ? "default" : Cidr.of(destination).toString());
    }

    // ---------------------------------------------------------------- address translation

    private static void translation(HostNetwork inside, Router router) {
        var before = new HashSet<String>();
        for (var entry : inside.nft().elements(NAT, "floating")) {
            before.add(entry.key().asString("") + " " + entry.value().asString(""));
        }
        inside.nft().replaceTable(NAT, RouterRules.table(router, METADATA_PORT));
        if (router.gateway().isPresent()) {
            router.floatingIps().forEach(f -> before.remove(f.floatingAddress() + " " + f.fixedAddress()));
        }
        // A tracked connection keeps its translation for life; one of a floating IP that moved must not.
        for (String gone : before) inside.forgetConnections(gone.split(" ", 2)[0]);
    }

    // ---------------------------------------------------------------- the end

    void remove(String routerId) {
        routers.run(Names.id(routerId), () -> {
            proxies.remove(UUID.fromString(routerId));
            advertisements.remove(routerId);
            inner.removeAll(Ownership.ROUTER, routerId, Names.routerNamespace(routerId));
            Namespaces.delete(net, ownership, Ownership.ROUTER, routerId);
        });
    }

    /// @return what may still be there without its namespace
    Set<String> leftOvers() {
        return new TreeSet<>(advertisements.leftOvers());
    }

    /// @return whether the router's radvd runs
    boolean advertises(String routerId) {
        return advertisements.running(routerId);
    }

    Set<String> inventory() {
        return new TreeSet<>(Namespaces.owned(net, ownership, Ownership.ROUTER));
    }
}
