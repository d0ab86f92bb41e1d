package cloud.yun.network;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The network room's front door for compute: the ports of servers.
///
/// What takes a `Tx` only changes rows, in the caller's transaction; what does not is an effect on a host,
/// idempotent, for a flow's task.
public interface ServerPorts {
    /// What a user asked for; exactly one of `networkId` and `portId` is set.
    ///
    /// @param fixedIp wanted address, if any
    /// @param tag device tag of microversion 2.32, if any
    record Wanted(
            Optional<String> networkId, Optional<String> portId, Optional<String> fixedIp, Optional<String> tag) {}

    /// @param version 4 or 6
    /// @param floating floating addresses that lead to it
    record Address(
            String address,
            int version,
            String subnetId,
            String cidr,
            Optional<String> gateway,
            List<String> floating) {}

    /// @param ours whether compute made the port and deletes it with the server
    /// @param status `ACTIVE`, `DOWN`, `BUILD`
    /// @param tap name of the tap device on the host
    record Port(
            String id,
            String networkId,
            String networkName,
            String mac,
            List<Address> addresses,
            String status,
            boolean ours,
            String tap,
            int mtu,
            List<String> securityGroupNames,
            List<String> dnsServers,
            Optional<String> host,
            Optional<String> tag) {}

    /// Networks a server gets when its user named none: the project's own and shared tenant networks.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Conflict more than one is possible (microversion below 2.37
    ///     and `auto`)
    List<Wanted> standard(Tx tx, Caller caller);

    /// Creates or takes over the ports of a server, in order, unbound. Counts quota.
    ///
    /// @param securityGroups names or ids; empty means `default`; not applied to ports that existed
    /// @throws cloud.yun.kernel.error.CloudException with compute's wording: unknown network or port, port in
    ///     use, no free address, over quota
    List<Port> allocate(Tx tx, Caller caller, String serverId, List<Wanted> wanted, List<String> securityGroups);

    /// Says on which host the server's ports are to be plugged.
    void bind(Tx tx, String serverId, String host);

    /// The server is on no host any more: its ports keep their addresses and are bound nowhere.
    void unbind(Tx tx, String serverId);

    /// Deletes one port of a server if it is ours, else gives it back unbound and without device.
    void release(Tx tx, String serverId, String portId);

    /// All ports of a server; succeeds when there are none.
    void releaseAll(Tx tx, String serverId);

    List<Port> ofServer(Tx tx, String serverId);

    Map<String, List<Port>> ofServers(Tx tx, Collection<String> serverIds);

    /// Servers that have an address or floating address in which the regular expression is found; for the server
    /// list's `ip` filter.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Invalid it is no regular expression
    List<String> serversByAddress(Tx tx, String regex);

    /// Effect: tap device, bridge, segment and filter on the host; then the port is ACTIVE.
    void plug(String portId, String host);

    /// Effect: nothing of the port is left on the host. Succeeds when it is gone, also when the port's row is.
    void unplug(String portId, String host);
}
