package cloud.yun.network.port;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.quota.Quotas.Refusal;
import cloud.yun.network.NetworkOptions;
import cloud.yun.network.address.Macs;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.Standard;
import cloud.yun.network.ipam.Ipam;
import cloud.yun.network.ipam.Ipam.Taker;
import cloud.yun.network.ipam.Ipam.Wanted;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkChangeStore;
import cloud.yun.network.securitygroup.SecurityGroups;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What happens with ports in the transactions of other resources: rows, addresses, groups, quota, and who must
/// hear.
public final class Ports {
    private static final int MAC_TRIES = 16;

    private final Common common;
    private final SecurityGroups groups;

    public Ports(Common common, SecurityGroups groups) {
        this.common = common;
        this.groups = groups;
    }

    /// @param wanted empty: the usual addresses; an empty list: none
    /// @param lowest the lowest free addresses instead of random ones
    /// @param refusal the words in which the project's quota refuses it; empty: counted but never refused, as
    ///     ports of the house's own are
    public Port create(
            Tx tx,
            Port port,
            Network network,
            Optional<List<Wanted>> wanted,
            boolean lowest,
            Optional<Refusal> refusal) {
        if (!port.projectId().isEmpty())
            refusal.ifPresentOrElse(
                    words -> common.quotas().take(tx, port.projectId(), Map.of("port", 1L), words),
                    () -> common.give(tx, port.projectId(), "port", -1));
        var row = insert(tx, port);
        var taker = new Taker(row.id(), row.mac(), row.networkId(), row.deviceOwner(), lowest);
        var ipam = new Ipam(tx);
        var addresses = wanted.isEmpty() ? ipam.standard(taker) : ipam.chosen(taker, wanted.get(), List.of());
        if (!row.groups().isEmpty()) groups.assign(tx, row.id(), List.of(), row.groups());
        var made = row.with(addresses, row.groups());
        settle(tx, made);
        dhcpChanged(tx, network, made);
        return made;
    }

    private Port insert(Tx tx, Port port) {
        var store = new PortStore(tx);
        if (!port.mac().isEmpty()) {
            if (!store.insert(port)) throw macInUse(port.networkId(), port.mac());
            return port;
        }
        var base = common.config().get(NetworkOptions.BASE_MAC);
        for (int i = 0; i < MAC_TRIES; i++) {
            var tried = withMac(port, Macs.random(base));
            if (store.insert(tried)) return tried;
        }
        throw new Conflict(
                "Unable to generate unique mac on network " + port.networkId() + ".", "MacAddressGenerationFailure");
    }

    static Conflict macInUse(String networkId, String mac) {
        return new Conflict(
                "Unable to complete operation for network " + networkId + ". The mac address " + mac + " is in use.",
                "MacAddressInUse");
    }

    private static Port withMac(Port p, String mac) {
        return new Port(
                p.id(),
                p.projectId(),
                p.name(),
                p.networkId(),
                mac,
                p.adminStateUp(),
                p.status(),
                p.deviceId(),
                p.deviceOwner(),
                p.host(),
                p.vnicType(),
                p.profile(),
                p.portSecurity(),
                p.pairs(),
                p.dhcpOptions(),
                p.dnsName(),
                p.pluggedHost(),
                p.ours(),
                p.deviceTag(),
                p.position(),
                p.standard(),
                p.addresses(),
                p.groups());
    }

    /// Rows from before groups had members by address know nothing of pairs.
    public void settlePairs(Tx tx) {
        for (var port : new PortStore(tx).withPairs()) settle(tx, port);
    }

    /// A port of the house's own on `network`.
    public Port internal(
            Tx tx, Network network, String projectId, String owner, String device, Optional<List<Wanted>> wanted) {
        var port = Port.internal(
                common.id(), projectId, network.id(), "", owner, device, Standard.fresh("", 1, common.now()));
        return create(tx, port, network, wanted, owner.equals("network:dhcp"), Optional.empty());
    }

    /// Deletes the row; what of it is on a host is removed soon.
    public void delete(Tx tx, Port port, Network network) {
        // In the order in which they are taken when a port is made, so that two transactions never wait for each
        // other.
        if (!port.projectId().isEmpty()) common.give(tx, port.projectId(), "port", 1);
        groups.settle(tx, port.id(), List.of(), List.of());
        if (!port.groups().isEmpty()) groups.assign(tx, port.id(), port.groups(), List.of());
        new Ipam(tx).dropAll(port.id());
        Standard.dropTags(tx, port.id());
        new PortStore(tx).delete(port.id());
        port.pluggedHost().ifPresent(host -> {
            common.dirty().mark(tx, Dirty.Kind.PORT, port.id(), host, port.networkId());
            peersChanged(tx, network);
        });
        dhcpChanged(tx, network, port);
    }

    /// Gives a port other addresses.
    public Port readdress(Tx tx, Port port, Network network, List<Wanted> wanted) {
        var taker = new Taker(port.id(), port.mac(), port.networkId(), port.deviceOwner(), false);
        var addresses = new Ipam(tx).chosen(taker, wanted, port.addresses());
        changed(tx, port, network);
        var made = port.with(addresses, port.groups());
        settle(tx, made);
        return made;
    }

    public Port regroup(Tx tx, Port port, List<String> newGroups) {
        groups.assign(tx, port.id(), port.groups(), newGroups);
        var made = port.with(port.addresses(), newGroups);
        settle(tx, made);
        return made;
    }

    /// Makes the port a member of its groups with its addresses and those of its allowed pairs, as in Neutron.
    public void settle(Tx tx, Port port) {
        groups.settle(tx, port.id(), port.groups(), port.reach());
    }

    /// What its host must hear: the port itself, DHCP, tunnels.
    public void changed(Tx tx, Port port, Network network) {
        port.pluggedHost().ifPresent(host -> {
            common.dirty().mark(tx, Dirty.Kind.PORT, port.id(), host, port.networkId());
            peersChanged(tx, network);
        });
        dhcpChanged(tx, network, port);
    }

    /// More than one port has changed for DHCP, or one of the house's own, which may change what all others get.
    public void dhcpChanged(Tx tx, Network network) {
        new NetworkChangeStore(tx).all(network.id());
        network.dhcpHost().ifPresent(host -> common.dirty().mark(tx, Dirty.Kind.DHCP, network.id(), host, ""));
    }

    private void dhcpChanged(Tx tx, Network network, Port port) {
        if (port.deviceOwner().startsWith("network:")) {
            dhcpChanged(tx, network);
            return;
        }
        new NetworkChangeStore(tx).port(network.id(), port.id());
        network.dhcpHost().ifPresent(host -> common.dirty().mark(tx, Dirty.Kind.DHCP, network.id(), host, ""));
    }

    public void peersChanged(Tx tx, Network network) {
        if (network.tunnel()) common.dirty().mark(tx, Dirty.Kind.PEERS, network.id(), Dirty.ANY, "");
    }
}
