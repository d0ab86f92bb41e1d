package cloud.yun.network.linuxbridge;

import cloud.yun.host.dhcp.DhcpNetwork;
import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Route;
import cloud.yun.host.proxy.MetadataProxy;
import cloud.yun.network.driver.NetworkDriver.Dhcp;
import cloud.yun.network.driver.NetworkDriver.DhcpHost;
import cloud.yun.network.driver.NetworkDriver.DhcpSubnet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// dnsmasq in a namespace per network, and the metadata proxy where no router has it.
final class DhcpServers {
    static final String METADATA = "169.254.169.254";
    private static final int HTTP = 80;

    private final HostNetwork net;
    private final LinuxBridgeConfig config;
    private final Ownership ownership;
    private final InnerPorts inner;
    private final cloud.yun.host.dhcp.Dhcp servers;
    private final MetadataProxy proxies;
    private final Striped networks = new Striped();

    DhcpServers(
            HostNetwork net, LinuxBridgeConfig config, Ownership ownership, InnerPorts inner, MetadataProxy proxies) {
        this.net = net;
        this.config = config;
        this.ownership = ownership;
        this.inner = inner;
        this.proxies = proxies;
        this.servers = new cloud.yun.host.dhcp.Dhcp(config.stateDirectory().resolve("dhcp"));
    }

    void apply(Dhcp dhcp) {
        String id = Names.id(dhcp.networkId());
        networks.run(id, () -> {
            var inside = Namespaces.ensure(net, ownership, Ownership.DHCP, id);
            String device = Names.dhcpPort(dhcp.portId());
            inner.removeOthers(inside, n -> n.startsWith("ns-"), List.of(device));
            var addresses = new ArrayList<String>();
            for (var ip : dhcp.addresses())
                addresses.add(ip.address() + "/" + Cidr.of(ip.cidr()).prefix());
            if (dhcp.metadata()) addresses.add(METADATA + "/32");
            boolean news = inner.plug(inside, Ownership.DHCP, id, device, dhcp.mac(), dhcp.segment(), addresses);
            defaultRoute(inside, dhcp, device);
            servers.apply(wanted(dhcp, inside.namespace().orElseThrow(), device));
            if (dhcp.metadata()) {
                proxies.apply(new MetadataProxy.Listener(
                        MetadataProxy.Owner.NETWORK,
                        UUID.fromString(id),
                        inside.namespace().orElseThrow(),
                        METADATA,
                        HTTP,
                        config.metadataSocket()));
            } else {
                proxies.remove(UUID.fromString(id));
            }
            if (news) inside.announce(device);
        });
    }

    /// For the name server's own questions.
    private static void defaultRoute(HostNetwork inside, Dhcp dhcp, String device) {
        dhcp.subnets().stream()
                .flatMap(s -> s.gateway().stream())
                .filter(g -> !g.contains(":"))
                .findFirst()
                .ifPresent(
                        g -> inside.replaceRoute(Route.via("default", Cidr.of(g).address(), device)));
    }

    // ---------------------------------------------------------------- what is served

    private DhcpNetwork wanted(Dhcp dhcp, String namespace, String device) {
        return new DhcpNetwork(
                dhcp.networkId(),
                namespace,
                device,
                hostName(dhcp.domain().strip().replaceAll("\\.$", "")),
                dhcp.segment().mtu(),
                dhcp.subnets().stream().map(s -> subnet(dhcp, s)).toList(),
                hosts(dhcp),
                config.dnsServers());
    }

    private static DhcpNetwork.Subnet subnet(Dhcp dhcp, DhcpSubnet subnet) {
        var cidr = Cidr.of(subnet.cidr());
        return new DhcpNetwork.Subnet(
                Names.id(subnet.id()),
                block(cidr),
                subnet.gateway().map(g -> Cidr.of(g).address()),
                subnet.dnsServers().stream()
                        .map(Cidr::of)
                        .filter(s -> s.v4() == cidr.v4())
                        .map(Cidr::address)
                        .toList(),
                cidr.v4() ? routes(dhcp, subnet) : List.of(),
                subnet.leaseSeconds());
    }

    /// The subnet's own routes, the metadata service, and the other subnets of the same network, which are on the
    /// link.
    private static List<DhcpNetwork.Route> routes(Dhcp dhcp, DhcpSubnet subnet) {
        var routes = new ArrayList<DhcpNetwork.Route>();
        for (var route : subnet.routes()) {
            var destination = Cidr.of(route.destination());
            if (destination.v4()) {
                routes.add(new DhcpNetwork.Route(
                        block(destination), Cidr.of(route.nextHop()).address()));
            }
        }
        if (dhcp.metadata()) {
            dhcp.addresses().stream()
                    .filter(a -> a.subnetId().equals(subnet.id()))
                    .map(a -> Cidr.of(a.address()).address())
                    .findFirst()
                    .ifPresent(a -> routes.add(new DhcpNetwork.Route(METADATA + "/32", a)));
        }
        for (DhcpSubnet other : dhcp.subnets()) {
            var cidr = Cidr.of(other.cidr());
            if (cidr.v4() && !other.id().equals(subnet.id())) {
                routes.add(new DhcpNetwork.Route(block(cidr), "0.0.0.0"));
            }
        }
        return routes;
    }

    private static List<DhcpNetwork.Host> hosts(Dhcp dhcp) {
        var byPort = new LinkedHashMap<String, DhcpNetwork.Host>();
        for (DhcpHost host : dhcp.hosts()) {
            String address = Cidr.of(host.address()).address();
            String name = hostName(host.hostname());
            var options = host.options().stream()
                    .map(o -> new DhcpNetwork.Option(optionName(o.name()), oneLine(o.value()), false))
                    .toList();
            byPort.merge(
                    host.portId() + " " + name,
                    new DhcpNetwork.Host(
                            Names.id(host.portId()), Names.mac(host.mac()), name, List.of(address), options),
                    (old, _) -> new DhcpNetwork.Host(
                            old.id(), old.mac(), old.name(), plus(old.addresses(), address), options));
        }
        return List.copyOf(byPort.values());
    }

    private static List<String> plus(List<String> list, String more) {
        var all = new ArrayList<>(list);
        all.add(more);
        return all;
    }

    private static String block(Cidr cidr) {
        return cidr.address() + "/" + cidr.prefix();
    }

    /// Letters, digits, dots and hyphens: what a host name has, and no comma or line break.
    private static String hostName(String name) {
        return name.replaceAll("[^0-9A-Za-z.-]", "-");
    }

    private static String optionName(String name) {
        if (!name.matches("[0-9A-Za-z:-]+")) throw new IllegalArgumentException("not a DHCP option: " + name);
        return name;
    }

    private static String oneLine(String value) {
        return value.replaceAll("[\\r\\n]", " ");
    }

    // ---------------------------------------------------------------- the end

    void remove(String networkId) {
        networks.run(Names.id(networkId), () -> {
            servers.remove(networkId);
            proxies.remove(UUID.fromString(networkId));
            inner.removeAll(Ownership.DHCP, networkId, Names.dhcpNamespace(networkId));
            Namespaces.delete(net, ownership, Ownership.DHCP, networkId);
        });
    }

    Set<String> inventory() {
        return new TreeSet<>(Namespaces.owned(net, ownership, Ownership.DHCP));
    }

    /// @return what may still be there without its namespace
    Set<String> leftOvers() {
        return new TreeSet<>(servers.networks());
    }

    /// @return whether the network's dnsmasq runs
    boolean running(String networkId) {
        return servers.running(networkId);
    }
}
