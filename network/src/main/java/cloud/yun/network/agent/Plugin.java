package cloud.yun.network.agent;

import cloud.yun.network.driver.NetworkDriver;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What an agent asks the control plane, on the topic [#TOPIC].
public sealed interface Plugin {
    String TOPIC = "q-plugin";

    record WantedPort(String portId, String host) implements Plugin {}

    /// Asking makes the host one that is told of changes of the group, until it says [UnwantedGroup].
    ///
    /// @param since the serial of the members that the host has; empty: it has none
    record WantedGroup(String groupId, String host, Optional<Long> since) implements Plugin {}

    /// The host sees no use for a group any more.
    record UnwantedGroup(String groupId, String host) implements Plugin {}

    /// @param since the serial of the network's ports that the host has; empty: it has none
    record WantedDhcp(String networkId, String host, Optional<Long> since) implements Plugin {}

    record WantedRouter(String routerId, String host) implements Plugin {}

    record WantedPeers(String networkId, String host) implements Plugin {}

    record WantedAll(String host) implements Plugin {}

    /// A heartbeat.
    ///
    /// @param started whether the agent has just started
    record Report(String host, String agentType, Optional<String> tunnelAddress, boolean started) implements Plugin {}

    /// Answers: empty when the object is not wanted on that host.
    record PortState(Optional<NetworkDriver.Port> port) {}

    /// @param whole whether `joined` are all members, or only those among the changes
    record GroupState(long serial, boolean whole, Set<String> joined, Set<String> left) {}

    /// @param released whether the host may forget the group: no port of it needs the members
    record GroupRelease(boolean released) {}

    /// @param dhcp with the hosts of all ports, or (if not `whole`) only of `touched` ones, in place of what these had
    record DhcpState(Optional<NetworkDriver.Dhcp> dhcp, long serial, boolean whole, Set<String> touched) {}

    record RouterState(Optional<NetworkDriver.Router> router) {}

    record PeerState(Optional<NetworkDriver.Segment> segment, List<NetworkDriver.Peer> peers) {}

    /// Ids of all that is wanted on the host.
    ///
    /// @param networks those with tunnels to know of
    record HostState(
            Set<String> ports,
            Set<String> dhcpNetworks,
            Set<String> routers,
            Set<String> networks,
            Set<String> groups) {}

    record Noted() {}
}
