package cloud.yun.network.serverport;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.network.ServerPorts;
import cloud.yun.network.address.Ip;
import cloud.yun.network.agent.HostCommand;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.DirtyStore;
import cloud.yun.network.api.Standard;
import cloud.yun.network.apply.Applier;
import cloud.yun.network.floatingip.FloatingIpStore;
import cloud.yun.network.ipam.Ipam;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.port.PortService;
import cloud.yun.network.port.PortStatus;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.port.Ports;
import cloud.yun.network.securitygroup.SecurityGroups;
import cloud.yun.network.subnet.SubnetStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// The room's front door for compute.
public final class PortsOfServers implements ServerPorts {
    private static final String OWNER = "compute:";
    private static final Pattern PLAIN = Pattern.compile("\\^?([0-9a-fA-F:.]|\\\\\\.)*\\$?");

    private final Common common;
    private final Ports ports;
    private final SecurityGroups groups;
    private final PortService.Releases releases;
    private final Applier applier;

    public PortsOfServers(
            Common common, Ports ports, SecurityGroups groups, PortService.Releases releases, Applier applier) {
        this.common = common;
        this.ports = ports;
        this.groups = groups;
        this.releases = releases;
        this.applier = applier;
    }

    @Override
    public List<Wanted> standard(Tx tx, Caller caller) {
        var found = new NetworkStore(tx).forServers(caller.projectId());
        if (found.size() > 1)
            throw new Conflict("Multiple possible networks found, use a Network ID to be more specific.");
        return found.stream()
                .map(n -> new Wanted(Optional.of(n.id()), Optional.empty(), Optional.empty(), Optional.empty()))
                .toList();
    }

    @Override
    public List<ServerPorts.Port> allocate(
            Tx tx, Caller caller, String serverId, List<Wanted> wanted, List<String> securityGroups) {
        var ids = groupIds(tx, caller, wanted, securityGroups);
        int position = new PortStore(tx).ofDevice(serverId).size();
        for (var want : wanted) {
            if (want.portId().isPresent()) takeOver(tx, caller, serverId, want, position);
            else create(tx, caller, serverId, want, ids, position);
            position++;
        }
        return ofServer(tx, serverId);
    }

    /// Names and ids of groups as compute has them; a name must be unambiguous.
    private List<String> groupIds(Tx tx, Caller caller, List<Wanted> wanted, List<String> securityGroups) {
        if (wanted.stream().allMatch(w -> w.portId().isPresent())) return List.of();
        var standard = groups.standard(tx, caller.projectId());
        if (securityGroups.isEmpty()) return List.of(standard);
        var found = groups.named(tx, caller.projectId(), securityGroups);
        var ids = new LinkedHashSet<String>();
        for (var name : securityGroups) {
            var named = found.getOrDefault(name, List.of()).stream().distinct().toList();
            if (named.isEmpty()) throw new Invalid("Unable to find security_group with name or id '" + name + "'");
            if (named.size() > 1)
                throw new Conflict(
                        "Multiple security groups found matching '" + name + "'. Use an ID to be more specific.");
            ids.add(named.getFirst());
        }
        return List.copyOf(ids);
    }

    private void create(Tx tx, Caller caller, String serverId, Wanted want, List<String> groupIds, int position) {
        var id = want.networkId().orElse("");
        var network = new NetworkStore(tx).find(id).orElseThrow(() -> noNetwork(id));
        var target = NetworkService.targetOf(tx, caller, network);
        boolean usable = network.projectId().equals(caller.projectId())
                || Boolean.TRUE.equals(target.attributes().get("shared"))
                || common.guard().all(caller);
        if (!usable) {
            if (network.external())
                throw new cloud.yun.kernel.error.CloudException.Forbidden(
                        "It is not allowed to create an interface on external network " + id);
            throw noNetwork(id);
        }
        if (new SubnetStore(tx).ofNetwork(id).isEmpty() && network.portSecurity())
            throw new Invalid("Network " + id + " requires a subnet in order to boot instances on.");
        var port = new cloud.yun.network.port.Port(
                common.id(),
                caller.projectId(),
                "",
                id,
                "",
                true,
                "DOWN",
                serverId,
                OWNER + "nova",
                "",
                "normal",
                cloud.yun.kernel.json.Json.object(),
                network.portSecurity(),
                cloud.yun.kernel.json.Json.array(),
                cloud.yun.kernel.json.Json.array(),
                "",
                Optional.empty(),
                true,
                want.tag(),
                position,
                Standard.fresh("", 1, common.now()),
                List.of(),
                network.portSecurity() ? groupIds : List.of());
        ports.create(tx, port, network, fixed(want), false, Optional.of(PortsOfServers::refused));
        allocated(tx, port.id(), id);
    }

    /// In compute's words.
    private static OverQuota refused(String resource, long requested, long used, long limit) {
        return new OverQuota("Maximum number of ports exceeded", "", "port " + used + "/" + limit);
    }

    private static void allocated(Tx tx, String portId, String networkId) {
        var port = new PortStore(tx).find(portId).orElseThrow();
        if (port.addresses().isEmpty()
                && !new SubnetStore(tx).ofNetwork(networkId).isEmpty())
            throw new Invalid("No fixed IP addresses available for network: " + networkId);
    }

    private static Optional<List<Ipam.Wanted>> fixed(Wanted want) {
        return want.fixedIp().map(text -> {
            var ip = Ip.parse(text).orElseThrow(() -> new Invalid("Fixed IP address " + text + " is not valid."));
            return List.of(new Ipam.Wanted(Optional.empty(), Optional.of(ip)));
        });
    }

    private static Invalid noNetwork(String id) {
        return new Invalid("Network " + id + " could not be found.");
    }

    private void takeOver(Tx tx, Caller caller, String serverId, Wanted want, int position) {
        var id = want.portId().orElseThrow();
        var found = new PortStore(tx).lock(id);
        if (found.isEmpty()
                || (!found.get().projectId().equals(caller.projectId())
                        && !common.guard().all(caller))) throw new Invalid("Port id " + id + " could not be found.");
        var port = found.get();
        if (!port.deviceId().isEmpty()) throw new Conflict("Port " + id + " is still in use.");
        var network = new NetworkStore(tx).find(port.networkId()).orElseThrow();
        if (port.addresses().isEmpty()
                && port.portSecurity()
                && new SubnetStore(tx).ofNetwork(network.id()).isEmpty())
            throw new Invalid("Port " + id + " requires a FixedIP in order to be used.");
        new PortStore(tx).taken(id, serverId, OWNER + "nova", want.tag(), position, common.now());
        ports.changed(tx, port, network);
    }

    @Override
    public void bind(Tx tx, String serverId, String host) {
        new PortStore(tx).bind(serverId, host, common.now());
    }

    @Override
    public void unbind(Tx tx, String serverId) {
        bind(tx, serverId, "");
    }

    @Override
    public void release(Tx tx, String serverId, String portId) {
        new PortStore(tx)
                .lock(portId)
                .filter(p -> p.deviceId().equals(serverId))
                .ifPresent(p -> release(tx, p));
    }

    @Override
    public void releaseAll(Tx tx, String serverId) {
        for (var port : new PortStore(tx).ofDevice(serverId)) release(tx, port);
    }

    private void release(Tx tx, cloud.yun.network.port.Port port) {
        var network = new NetworkStore(tx).find(port.networkId()).orElseThrow();
        if (port.ours()) {
            releases.released(tx, Caller.system(""), port);
            ports.delete(tx, port, network);
            return;
        }
        new PortStore(tx).given(port.id(), common.now());
        // Read before the update, so its host is told that the port is not wanted any more.
        ports.changed(tx, port, network);
    }

    @Override
    public List<ServerPorts.Port> ofServer(Tx tx, String serverId) {
        return ofServers(tx, List.of(serverId)).getOrDefault(serverId, List.of());
    }

    @Override
    public Map<String, List<ServerPorts.Port>> ofServers(Tx tx, Collection<String> serverIds) {
        var rows = new PortStore(tx).ofDevices(serverIds);
        if (rows.isEmpty()) return Map.of();
        var networks = new NetworkStore(tx)
                .find(rows.stream()
                        .map(cloud.yun.network.port.Port::networkId)
                        .distinct()
                        .toList());
        var subnets = new SubnetStore(tx)
                .find(rows.stream()
                        .flatMap(p -> p.addresses().stream().map(Ipam.Address::subnetId))
                        .distinct()
                        .toList());
        var names = groups.names(
                tx, rows.stream().flatMap(p -> p.groups().stream()).distinct().toList());
        var floating = new FloatingIpStore(tx)
                .addressesOf(rows.stream().map(cloud.yun.network.port.Port::id).toList());
        var found = new LinkedHashMap<String, List<ServerPorts.Port>>();
        for (var row : rows) {
            var network = networks.get(row.networkId());
            if (network == null) continue;
            var addresses = new ArrayList<Address>();
            var dns = new LinkedHashSet<String>();
            for (var address : row.addresses()) {
                var subnet = subnets.get(address.subnetId());
                if (subnet == null) continue;
                dns.addAll(subnet.dnsServers());
                addresses.add(new Address(
                        address.ip(),
                        subnet.version(),
                        subnet.id(),
                        subnet.cidr().toString(),
                        subnet.gateway(),
                        floating.getOrDefault(row.id() + "/" + address.ip(), List.of())));
            }
            found.computeIfAbsent(row.deviceId(), _ -> new ArrayList<>())
                    .add(port(row, network, addresses, List.copyOf(dns), names));
        }
        return found;
    }

    private static ServerPorts.Port port(
            cloud.yun.network.port.Port row,
            Network network,
            List<Address> addresses,
            List<String> dns,
            Map<String, String> names) {
        return new ServerPorts.Port(
                row.id(),
                network.id(),
                network.name(),
                row.mac(),
                addresses,
                row.status(),
                row.ours(),
                row.tap(),
                network.mtu(),
                row.groups().stream().map(g -> names.getOrDefault(g, g)).toList(),
                dns,
                Optional.of(row.host()).filter(h -> !h.isEmpty()),
                row.deviceTag());
    }

    @Override
    public List<String> serversByAddress(Tx tx, String fragment) {
        var store = new ServerPortStore(tx);
        if (PLAIN.matcher(fragment).matches()) return store.byAddress(like(fragment), _ -> true);
        try {
            return store.byAddress("%", Pattern.compile(fragment).asPredicate());
        } catch (PatternSyntaxException e) {
            throw new Invalid("'" + fragment + "' is not a regular expression.");
        }
    }

    /// Most regular expressions that people ask for are parts of addresses, which the database can look for itself.
    private static String like(String regex) {
        var text = regex.replace("\\.", "\n").replace('.', '_').replace('\n', '.');
        var start = text.startsWith("^") ? text.substring(1) : "%" + text;
        return start.endsWith("$") ? start.substring(0, start.length() - 1) : start + "%";
    }

    /// The row says first that the tap is wanted: an agent that restarts in between makes it, and does not remove
    /// it.
    @Override
    public void plug(String portId, String host) {
        common.db().write(tx -> {
            if (new PortStore(tx).lock(portId).isEmpty()) throw PortService.SHAPE.notFound(portId);
            new PortStore(tx).plugged(portId, Optional.of(host));
        });
        applier.tell(host, new HostCommand.Plug(portId));
        common.db().write(tx -> {
            var store = new PortStore(tx);
            var port = store.find(portId);
            if (port.isEmpty() || !port.get().pluggedHost().equals(Optional.of(host))) return;
            if (port.get().adminStateUp()) store.move(portId, PortStatus.Event.ATTACHED, common.now());
            new NetworkStore(tx).find(port.get().networkId()).ifPresent(n -> ports.peersChanged(tx, n));
        });
    }

    @Override
    public void unplug(String portId, String host) {
        var networkId = common.db().read(tx -> networkOf(tx, portId));
        applier.tell(host, new HostCommand.Unplug(portId, cloud.yun.network.port.Port.tap(portId), networkId));
        common.db().write(tx -> {
            var store = new PortStore(tx);
            var port = store.find(portId).filter(p -> p.pluggedHost().equals(Optional.of(host)));
            if (port.isEmpty()) return;
            store.plugged(portId, Optional.empty());
            store.move(portId, PortStatus.Event.DETACHED, common.now());
            new NetworkStore(tx).find(port.get().networkId()).ifPresent(n -> ports.peersChanged(tx, n));
        });
    }

    /// The network of a port, also of one whose row is gone while its host has not heard yet.
    private static String networkOf(Tx tx, String portId) {
        return new PortStore(tx)
                .networkOf(portId)
                .or(() -> new DirtyStore(tx).networkOf(portId))
                .orElse("");
    }
}
