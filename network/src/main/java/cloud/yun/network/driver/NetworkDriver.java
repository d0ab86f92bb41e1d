package cloud.yun.network.driver;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The networks of one host. All calls block, are idempotent and bounded in time. Each `apply` says the whole
/// wanted state of one object; the driver finds out what to change. A driver knows no project, quota, policy or
/// database.
public interface NetworkDriver {
    /// @param type `flat`, `vlan`, `vxlan`, `local`, `gre`
    /// @param physicalNetwork for flat and vlan
    /// @param id VLAN id or VNI
    record Segment(String networkId, String type, Optional<String> physicalNetwork, Optional<Integer> id, int mtu) {}

    /// @param cidr of the subnet that the address is in
    record FixedIp(String address, String subnetId, String cidr) {}

    /// @param direction `ingress` towards the port, `egress` from it
    /// @param etherType `IPv4` or `IPv6`
    /// @param protocol name or number; empty is any
    /// @param portMin first port or ICMP type, if any
    /// @param portMax last port or ICMP code, if any
    /// @param remoteAny the rule lets everybody through
    /// @param remoteCidrs whom the rule lets through, if not everybody
    /// @param remoteGroup whose members it lets through besides; [#applyGroup] has said who they are before
    record Rule(
            String direction,
            String etherType,
            Optional<String> protocol,
            Optional<Integer> portMin,
            Optional<Integer> portMax,
            boolean remoteAny,
            List<String> remoteCidrs,
            Optional<String> remoteGroup) {}

    /// The members of a security group, which rules of any number of ports refer to.
    ///
    /// @param members addresses and CIDRs of both families
    record Group(String id, Set<String> members) {}

    /// @param portSecurity false: no filter and no anti-spoofing at all
    /// @param allowedPairs further `mac,cidr` pairs that the port may use as source
    record Port(
            String id,
            String tap,
            String mac,
            Segment segment,
            List<FixedIp> fixedIps,
            boolean portSecurity,
            List<String> allowedPairs,
            List<Rule> rules,
            boolean adminStateUp) {}

    record DhcpHost(String portId, String mac, String address, String hostname, List<DhcpOption> options) {}

    record DhcpOption(String name, String value) {}

    /// @param gateway empty: no default route is handed out
    /// @param metadataPort where the metadata proxy of the network listens on the DHCP port's address, when no
    ///     router does it
    record DhcpSubnet(
            String id,
            String cidr,
            Optional<String> gateway,
            List<String> dnsServers,
            List<Route> routes,
            int leaseSeconds) {}

    record Route(String destination, String nextHop) {}

    /// @param port the DHCP port itself: its MAC and addresses
    /// @param metadata whether this namespace answers 169.254.169.254 (isolated networks, and always with
    ///     force_metadata)
    record Dhcp(
            String networkId,
            Segment segment,
            String portId,
            String mac,
            List<FixedIp> addresses,
            List<DhcpSubnet> subnets,
            List<DhcpHost> hosts,
            String domain,
            boolean metadata) {}

    /// What a router says of an IPv6 prefix in its advertisements (RFC 4861).
    ///
    /// @param autonomous guests make their own addresses of it (SLAAC)
    /// @param managed DHCPv6 has addresses
    /// @param otherConfiguration DHCPv6 has the rest
    /// @param dnsServers for guests that do not ask DHCPv6 (RFC 8106)
    record Prefix(
            String cidr, boolean autonomous, boolean managed, boolean otherConfiguration, List<String> dnsServers) {}

    /// @param addresses with prefix length, for example `10.0.0.1/24`
    /// @param prefixes that the router advertises on this port
    record RouterPort(String portId, String mac, Segment segment, List<String> addresses, List<Prefix> prefixes) {}

    /// @param gatewayIps next hops of the default routes
    record ExternalGateway(RouterPort port, List<String> gatewayIps, boolean snat) {}

    record FloatingIp(String id, String floatingAddress, String fixedAddress) {}

    record Router(
            String id,
            boolean adminStateUp,
            List<RouterPort> interfaces,
            Optional<ExternalGateway> gateway,
            List<FloatingIp> floatingIps,
            List<Route> routes) {}

    /// Another host's end of a tunnel, with who lives there (ML2's l2population).
    record Peer(String tunnelAddress, List<PeerPort> ports) {}

    record PeerPort(String mac, List<String> addresses) {}

    /// What of ours is on the host, for the invariant check and the clean-up of orphans.
    record Inventory(
            Set<String> ports,
            Set<String> dhcpNetworks,
            Set<String> routers,
            Set<String> segments,
            Set<String> groups) {}

    /// Tap, bridge, segment and filter, for which the groups that its rules name must be there. The tap is left in
    /// place if a guest already holds it.
    void plug(Port port);

    /// A changed filter or admin state of a port that is plugged; does nothing for one that is not.
    void update(Port port);

    /// Succeeds when already gone. Removes the bridge and the segment's device with the last port.
    void unplug(String portId, String tap, String networkId);

    /// Says all members of a group, before the first port whose rules name it. Costs as much as there are members.
    void applyGroup(Group group);

    /// Says which addresses (not blocks) changed in a group that is there. No port is touched; who left is cut off
    /// at once, also in
    /// the middle of a connection.
    ///
    /// @param joined members now, whatever they were before
    /// @param left none any more, if they ever were
    void changeGroup(String id, Set<String> joined, Set<String> left);

    /// Succeeds when already gone; does nothing while rules still name the group.
    void removeGroup(String id);

    void applyDhcp(Dhcp dhcp);

    void removeDhcp(String networkId);

    void applyRouter(Router router);

    void removeRouter(String routerId);

    /// For segments that are tunnels and on this host; does nothing for others.
    void applyPeers(Segment segment, List<Peer> peers);

    Inventory inventory();

    /// @return this host's end of tunnels, if it has one
    Optional<String> tunnelAddress();

    /// @return `Linux bridge agent`, ... and the configuration shown by the agents API
    String agentType();
}
