package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Link;
import cloud.yun.host.process.Commands;
import cloud.yun.host.proxy.MetadataProxy;
import cloud.yun.network.driver.NetworkDriver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Networks by Linux bridges. Keeps nothing in memory: every call looks at the host, changes what differs and can
/// be repeated; a call that a crash cut short is completed by the next one. Calls may come from any number of
/// threads.
///
/// The names are Neutron's: bridge `brq...`, `vxlan-VNI`, namespaces `qrouter-ID` and `qdhcp-ID`, links `qr-`,
/// `qg-`, `ns-`. Devices of ours bear their owner as alias (`yun:port:ID`); others are never touched.
///
/// What the host lacks is said as `IllegalStateException` with a sentence for the operator, or as `CommandFailed`.
public final class LinuxBridgeDriver implements NetworkDriver {
    private final HostNetwork net;
    private final LinuxBridgeConfig config;
    private final Ownership ownership;
    private final PortFilter filter;
    private final GroupSets groups;
    private final Bridges bridges;
    private final Ports ports;
    private final Tunnels tunnels;
    private final DhcpServers dhcpServers;
    private final Routers routers;
    private final MetadataProxy proxies;

    public LinuxBridgeDriver(Commands commands, LinuxBridgeConfig config) {
        var own = HostNetwork.root(commands);
        this.net = config.rootNamespace().map(own::in).orElse(own);
        this.config = config;
        this.ownership = new Ownership(config.mark());
        this.filter = new PortFilter(net, commands);
        this.groups = new GroupSets(net, config.mark());
        this.bridges = new Bridges(net, config, ownership, filter);
        this.ports = new Ports(net, ownership, bridges, filter);
        this.tunnels = new Tunnels(net, config);
        var inner = new InnerPorts(net, ownership, bridges);
        this.proxies = new MetadataProxy(config.stateDirectory().resolve("metadata"));
        this.dhcpServers = new DhcpServers(net, config, ownership, inner, proxies);
        this.routers = new Routers(net, config, ownership, inner, proxies);
    }

    @Override
    public void plug(Port port) {
        ports.plug(port);
    }

    @Override
    public void update(Port port) {
        ports.update(port);
    }

    @Override
    public void unplug(String portId, String tap, String networkId) {
        ports.unplug(portId, tap, networkId);
    }

    @Override
    public void applyGroup(Group group) {
        groups.apply(group);
    }

    @Override
    public void changeGroup(String id, Set<String> joined, Set<String> left) {
        groups.change(id, joined, left);
    }

    @Override
    public void removeGroup(String id) {
        groups.remove(id);
    }

    @Override
    public void applyDhcp(Dhcp dhcp) {
        dhcpServers.apply(dhcp);
    }

    @Override
    public void removeDhcp(String networkId) {
        dhcpServers.remove(networkId);
    }

    @Override
    public void applyRouter(Router router) {
        routers.apply(router);
    }

    @Override
    public void removeRouter(String routerId) {
        routers.remove(routerId);
    }

    @Override
    public void applyPeers(Segment segment, List<Peer> peers) {
        tunnels.apply(segment, peers);
    }

    @Override
    public Inventory inventory() {
        var segments = new TreeSet<String>();
        for (Link link : net.links()) {
            ownership.id(link, Ownership.NETWORK).ifPresent(segments::add);
            ownership.id(link, Ownership.SEGMENT).ifPresent(segments::add);
        }
        return new Inventory(
                ports.inventory(), dhcpServers.inventory(), routers.inventory(), segments, groups.inventory());
    }

    @Override
    public Optional<String> tunnelAddress() {
        return config.tunnelAddress();
    }

    @Override
    public String agentType() {
        return "Linux bridge agent";
    }

    /// @return frames that anti-spoofing dropped on a tap since it was plugged; empty when the port is not filtered
    public Optional<Long> spoofedFrames(String tap) {
        return filter.dropped(tap);
    }

    /// Removes everything of ours from the host: routers, DHCP servers, taps, bridges, tunnels, rules.
    public void purge() {
        Set<String> routerIds = new TreeSet<>(routers.inventory());
        Set<String> networkIds = new TreeSet<>(dhcpServers.inventory());
        // A namespace that is gone may have left its outer ends or its daemons.
        for (Link link : net.links()) {
            ownership.id(link, Ownership.ROUTER).ifPresent(routerIds::add);
            ownership.id(link, Ownership.DHCP).ifPresent(networkIds::add);
        }
        networkIds.addAll(dhcpServers.leftOvers());
        routerIds.addAll(routers.leftOvers());
        routerIds.forEach(routers::remove);
        networkIds.forEach(dhcpServers::remove);
        proxies.owners().forEach(proxies::remove);
        ports.purge();
        bridges.purge();
        filter.purgePorts();
        groups.purge();
        filter.purgeTables();
    }
}
