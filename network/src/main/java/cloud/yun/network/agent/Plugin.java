package cloud.yun.network.agent;

import cloud.yun.network.driver.NetworkDriver;
import java.util.List;
import java.util.Optional;

/// What an agent asks the control plane, on the topic [#TOPIC].
public sealed interface Plugin {
    String TOPIC = "q-plugin";

    record WantedPort(String portId, String host) implements Plugin {}

    record WantedDhcp(String networkId, String host) implements Plugin {}

    record WantedRouter(String routerId, String host) implements Plugin {}

    record WantedPeers(String networkId, String host) implements Plugin {}

    record WantedAll(String host) implements Plugin {}

    /// A heartbeat.
    ///
    /// @param started whether the agent has just started
    record Report(String host, String agentType, Optional<String> tunnelAddress, boolean started) implements Plugin {}

    /// Answers: empty when the object is not wanted on that host.
    record PortState(Optional<NetworkDriver.Port> port) {}

    record DhcpState(Optional<NetworkDriver.Dhcp> dhcp) {}

    record RouterState(Optional<NetworkDriver.Router> router) {}

    record PeerState(Optional<NetworkDriver.Segment> segment, List<NetworkDriver.Peer> peers) {}

    record HostState(
            List<NetworkDriver.Port> ports, List<String> dhcpNetworks, List<String> routers, List<String> networks) {}

    record Noted() {}
}
