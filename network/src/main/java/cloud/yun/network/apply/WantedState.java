package cloud.yun.network.apply;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Tx;
import cloud.yun.network.NetworkOptions;
import cloud.yun.network.agent.Plugin;
import cloud.yun.network.agents.AgentStore;
import cloud.yun.network.dhcp.DhcpNetworks;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.driver.NetworkDriver.DhcpHost;
import cloud.yun.network.driver.NetworkDriver.DhcpOption;
import cloud.yun.network.driver.NetworkDriver.DhcpSubnet;
import cloud.yun.network.driver.NetworkDriver.FixedIp;
import cloud.yun.network.driver.NetworkDriver.Peer;
import cloud.yun.network.driver.NetworkDriver.PeerPort;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
import cloud.yun.network.floatingip.FloatingIpStore;
import cloud.yun.network.ipam.Ipam.Address;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkChangeStore;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.port.Port;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.port.Resident;
import cloud.yun.network.router.RouterRow;
import cloud.yun.network.router.RouterStore;
import cloud.yun.network.securitygroup.MemberStore;
import cloud.yun.network.securitygroup.SecurityGroups;
import cloud.yun.network.subnet.Subnet;
import cloud.yun.network.subnet.SubnetStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What a host should have, read from the rows of one transaction.
public final class WantedState {
    private final Tx tx;
    private final Config config;

    public WantedState(Tx tx, Config config) {
        this.tx = tx;
        this.config = config;
    }

    /// @return empty when the port is not wanted on the host
    public Optional<NetworkDriver.Port> port(String id, String host) {
        return new PortStore(tx)
                .find(id)
                .filter(p -> p.pluggedHost().equals(Optional.of(host)))
                .map(p -> ports(List.of(p)).getFirst());
    }

    private List<NetworkDriver.Port> ports(List<Port> rows) {
        var networks = new NetworkStore(tx)
                .find(rows.stream().map(Port::networkId).distinct().toList());
        var subnets = subnets(rows);
        var groupsOf = new HashMap<String, List<String>>();
        for (var row : rows) if (row.portSecurity()) groupsOf.put(row.id(), row.groups());
        var filters = SecurityGroups.filters(tx, groupsOf);
        var found = new ArrayList<NetworkDriver.Port>();
        for (var row : rows) {
            var network = networks.get(row.networkId());
            if (network == null) continue;
            found.add(new NetworkDriver.Port(
                    row.id(),
                    row.tap(),
                    row.mac(),
                    network.segment(),
                    fixed(row, subnets),
                    row.portSecurity(),
                    pairs(row),
                    filters.getOrDefault(row.id(), List.of()),
                    row.adminStateUp() && network.adminStateUp()));
        }
        return found;
    }

    private Map<String, Subnet> subnets(List<Port> rows) {
        var ids = new LinkedHashSet<String>();
        for (var row : rows) for (var address : row.addresses()) ids.add(address.subnetId());
        return new SubnetStore(tx).find(ids);
    }

    private static List<FixedIp> fixed(Port row, Map<String, Subnet> subnets) {
        var found = new ArrayList<FixedIp>();
        for (var address : row.addresses()) {
            var subnet = subnets.get(address.subnetId());
            if (subnet != null)
                found.add(new FixedIp(address.ip(), subnet.id(), subnet.cidr().toString()));
        }
        return found;
    }

    private static List<String> pairs(Port row) {
        var found = new ArrayList<String>();
        for (var pair : row.pairs()) {
            var ip = pair.path("ip_address").asString();
            var cidr = ip.contains("/") ? ip : ip + (ip.contains(":") ? "/128" : "/32");
            found.add(pair.path("mac_address").asString(row.mac()) + "," + cidr);
        }
        return found;
    }

    /// @param since what the host has been told; empty: nothing
    public Plugin.GroupState group(String id, Optional<Long> since) {
        var store = new MemberStore(tx);
        // Read first: what changes while we look is looked at again the next time.
        long serial = store.serial(id);
        if (since.isEmpty() || !store.remembers(since.get(), serial))
            return new Plugin.GroupState(serial, true, new LinkedHashSet<>(store.addresses(id)), Set.of());
        var left = store.touched(id, since.get());
        var joined = store.members(id, left);
        // Blocks may overlap, so hosts need all of them; there are few, and they seldom change.
        if (left.stream().anyMatch(a -> a.contains("/"))) return group(id, Optional.empty());
        left.removeAll(joined);
        return new Plugin.GroupState(serial, false, joined, left);
    }

    /// @param since what the host has been told; empty: nothing
    /// @return without DHCP when the host does not serve the network
    public Plugin.DhcpState dhcp(String networkId, String host, Optional<Long> since) {
        var changes = new NetworkChangeStore(tx);
        // Read first: what changes while we look is looked at again the next time.
        long serial = changes.serial(networkId);
        var store = new PortStore(tx);
        var touched = since.flatMap(s -> changes.touched(networkId, s, serial));
        var rows = touched.map(t -> store.residents(networkId, t));
        // A port of the house's own among them: who answers what on the network may have changed.
        boolean whole = rows.isEmpty()
                || rows.get().stream().anyMatch(r -> r.deviceOwner().startsWith("network:"));
        return new Plugin.DhcpState(
                dhcp(networkId, host, whole ? store.residents(networkId) : rows.orElseThrow()),
                serial,
                whole,
                whole ? Set.of() : touched.orElseThrow());
    }

    private Optional<NetworkDriver.Dhcp> dhcp(String networkId, String host, List<Resident> rows) {
        var network = new NetworkStore(tx).find(networkId);
        if (network.isEmpty() || !network.get().dhcpHost().equals(Optional.of(host))) return Optional.empty();
        var own = new PortStore(tx)
                .ofNetwork(networkId, DhcpNetworks.OWNER).stream().findFirst();
        var subnets = new LinkedHashMap<String, Subnet>();
        for (var subnet : new SubnetStore(tx).ofNetwork(networkId)) if (subnet.dhcp()) subnets.put(subnet.id(), subnet);
        if (own.isEmpty() || own.get().addresses().isEmpty() || subnets.isEmpty()) return Optional.empty();
        return Optional.of(new NetworkDriver.Dhcp(
                networkId,
                network.get().segment(),
                own.get().id(),
                own.get().mac(),
                fixed(own.get(), subnets),
                subnets.values().stream().map(this::dhcpSubnet).toList(),
                hosts(rows, subnets),
                network.get().dnsDomain().isEmpty()
                        ? config.get(NetworkOptions.DNS_DOMAIN)
                        : network.get().dnsDomain(),
                metadata(networkId, subnets)));
    }

    private DhcpSubnet dhcpSubnet(Subnet s) {
        return new DhcpSubnet(
                s.id(),
                s.cidr().toString(),
                s.gateway(),
                s.dnsServers(),
                s.routes().stream()
                        .map(r -> new NetworkDriver.Route(r.destination(), r.nexthop()))
                        .toList(),
                config.get(NetworkOptions.DHCP_LEASE_DURATION));
    }

    private static List<DhcpHost> hosts(List<Resident> rows, Map<String, Subnet> subnets) {
        var found = new ArrayList<DhcpHost>();
        for (var row : rows) {
            if (row.deviceOwner().equals(DhcpNetworks.OWNER)) continue;
            for (var address : row.addresses())
                if (subnets.containsKey(address.subnetId()))
                    found.add(new DhcpHost(
                            row.portId(), row.mac(), address.ip(), row.hostname(address.ip()), options(row, address)));
        }
        return found;
    }

    private static List<DhcpOption> options(Resident row, Address address) {
        int version = address.ip().contains(":") ? 6 : 4;
        var found = new ArrayList<DhcpOption>();
        for (var option : row.dhcpOptions())
            if (option.path("ip_version").asInt(4) == version
                    && !option.path("opt_value").isNull())
                found.add(new DhcpOption(
                        option.path("opt_name").asString(),
                        option.path("opt_value").asString()));
        return found;
    }

    /// On a network without a router nobody else answers 169.254.169.254.
    private boolean metadata(String networkId, Map<String, Subnet> subnets) {
        if (config.get(NetworkOptions.FORCE_METADATA)) return true;
        if (!config.get(NetworkOptions.ENABLE_ISOLATED_METADATA)) return false;
        var routed = new LinkedHashSet<String>();
        for (var port : new PortStore(tx).ofNetwork(networkId, "network:router_interface"))
            port.addresses().forEach(a -> routed.add(a.subnetId()));
        return subnets.values().stream().anyMatch(s -> s.version() == 4 && !routed.contains(s.id()));
    }

    /// @return empty when the router does not live on the host
    public Optional<NetworkDriver.Router> router(String id, String host) {
        return new RouterStore(tx)
                .find(id)
                .filter(r -> r.host().equals(Optional.of(host)))
                .map(this::router);
    }

    private NetworkDriver.Router router(RouterRow row) {
        var id = row.id();
        var all = new PortStore(tx).ofDevice(id);
        var networks = new NetworkStore(tx)
                .find(all.stream().map(Port::networkId).distinct().toList());
        var subnets = subnets(all);
        var interfaces = new ArrayList<RouterPort>();
        Optional<NetworkDriver.ExternalGateway> gateway = Optional.empty();
        for (var port : all) {
            var network = networks.get(port.networkId());
            if (network == null) continue;
            var end = routerPort(port, network, subnets);
            if (port.deviceOwner().equals("network:router_interface")) interfaces.add(end);
            else if (row.gatewayPortId().equals(Optional.of(port.id())))
                gateway = Optional.of(new NetworkDriver.ExternalGateway(end, gateways(port, subnets), row.snat()));
        }
        var floating = new FloatingIpStore(tx)
                .through(id).stream()
                        .map(f -> new NetworkDriver.FloatingIp(
                                f.id(), f.floatingAddress(), f.fixedAddress().orElseThrow()))
                        .toList();
        var routes = new ArrayList<NetworkDriver.Route>();
        for (var route : row.routes())
            routes.add(new NetworkDriver.Route(
                    route.path("destination").asString(), route.path("nexthop").asString()));
        return new NetworkDriver.Router(id, row.adminStateUp(), interfaces, gateway, floating, routes);
    }

    private static RouterPort routerPort(Port port, Network network, Map<String, Subnet> subnets) {
        var addresses = new ArrayList<String>();
        for (var address : port.addresses()) {
            var subnet = subnets.get(address.subnetId());
            if (subnet != null) addresses.add(address.ip() + "/" + subnet.cidr().length());
        }
        var prefixes = port.addresses().stream()
                .flatMap(address -> Optional.ofNullable(subnets.get(address.subnetId())).stream())
                .filter(s -> s.version() == 6)
                .distinct()
                .flatMap(s -> s.raMode().map(mode -> prefix(s, mode)).stream())
                .toList();
        return new RouterPort(port.id(), port.mac(), network.segment(), addresses, prefixes);
    }

    /// Without `ipv6_ra_mode` the router is silent: another one on the network advertises, or nobody.
    private static NetworkDriver.Prefix prefix(Subnet subnet, String mode) {
        return new NetworkDriver.Prefix(
                subnet.cidr().toString(),
                !mode.equals("dhcpv6-stateful"),
                mode.equals("dhcpv6-stateful"),
                mode.equals("dhcpv6-stateless"),
                subnet.dnsServers().stream().filter(a -> a.contains(":")).toList());
    }

    private static List<String> gateways(Port port, Map<String, Subnet> subnets) {
        var found = new LinkedHashSet<String>();
        for (var address : port.addresses())
            Optional.ofNullable(subnets.get(address.subnetId()))
                    .flatMap(Subnet::gateway)
                    .ifPresent(found::add);
        return List.copyOf(found);
    }

    /// Who lives where on a tunnel network: hosts with their ports' MACs and addresses.
    public Map<String, List<PeerPort>> residents(Network network) {
        var routerHosts = new RouterStore(tx).hostsOn(network.id());
        var found = new TreeMap<String, List<PeerPort>>();
        for (var port : new PortStore(tx).residents(network.id())) {
            var host = port.pluggedHost();
            if (port.deviceOwner().equals(DhcpNetworks.OWNER)) host = network.dhcpHost();
            else if (port.deviceOwner().startsWith("network:router"))
                host = Optional.ofNullable(routerHosts.get(port.deviceId()));
            host.ifPresent(h -> found.computeIfAbsent(h, _ -> new ArrayList<>())
                    .add(new PeerPort(
                            port.mac(),
                            port.addresses().stream().map(Address::ip).toList())));
        }
        return found;
    }

    /// The other hosts' ends of a tunnel network. Hosts without a tunnel address cannot be reached.
    public Plugin.PeerState peers(String networkId, String host) {
        var network = new NetworkStore(tx).find(networkId).filter(Network::tunnel);
        if (network.isEmpty()) return new Plugin.PeerState(Optional.empty(), List.of());
        var residents = residents(network.get());
        if (!residents.containsKey(host)) return new Plugin.PeerState(Optional.empty(), List.of());
        var tunnels = new AgentStore(tx).tunnels();
        var peers = new ArrayList<Peer>();
        residents.forEach((other, ports) -> {
            var address = tunnels.get(other);
            if (!other.equals(host) && address != null) peers.add(new Peer(address, ports));
        });
        return new Plugin.PeerState(Optional.of(network.get().segment()), peers);
    }

    /// Everything that the host should have.
    public Plugin.HostState all(String host) {
        var plugged = new PortStore(tx).pluggedOn(host);
        var dhcp = new NetworkStore(tx).servedBy(host);
        var routers = new RouterStore(tx);
        var networks = new LinkedHashSet<String>(dhcp);
        networks.addAll(plugged.values());
        networks.addAll(routers.networksOn(host));
        return new Plugin.HostState(
                plugged.keySet(),
                new LinkedHashSet<>(dhcp),
                new LinkedHashSet<>(routers.on(host)),
                networks,
                new LinkedHashSet<>(new MemberStore(tx).namedOn(host)));
    }
}
