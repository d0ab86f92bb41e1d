package cloud.yun.network.agent;

import cloud.yun.network.driver.NetworkDriver;

/// What a host's agent is told, on the topic `network.HOST`. A command names an object; the agent fetches the
/// wanted state itself, one at a time for each object, so that an old state never overtakes a new one.
public sealed interface HostCommand {
    /// Tap, bridge and filter.
    record Plug(String portId) implements HostCommand {}

    record Unplug(String portId, String tap, String networkId) implements HostCommand {}

    /// A port that is plugged has changed, or has gone.
    record Refresh(String portId, String tap, String networkId) implements HostCommand {}

    /// Members of a security group have changed.
    record Group(String groupId) implements HostCommand {}

    record Dhcp(String networkId) implements HostCommand {}

    record Router(String routerId) implements HostCommand {}

    record Peers(String networkId) implements HostCommand {}

    record Look() implements HostCommand {}

    /// Everything wanted on the host is applied again and what is not wanted is removed.
    record Resync() implements HostCommand {}

    /// The answer to all but [Look].
    ///
    /// @param present whether the object is wanted on the host, and so is there now
    record Done(boolean present) {}

    /// The answer to [Look].
    record Found(NetworkDriver.Inventory inventory) {}
}
