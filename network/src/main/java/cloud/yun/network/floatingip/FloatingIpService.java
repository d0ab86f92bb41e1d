package cloud.yun.network.floatingip;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.address.Ip;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Standard;
import cloud.yun.network.api.Values;
import cloud.yun.network.ipam.Ipam.Address;
import cloud.yun.network.ipam.Ipam.Wanted;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.port.Port;
import cloud.yun.network.port.PortService;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.port.Ports;
import cloud.yun.network.router.RouterFlows;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The rules of floating IPs.
public final class FloatingIpService extends Resource<FloatingIp> implements PortService.Releases {
    public static final Shape SHAPE = new Shape(
            "floatingip",
            "floatingips",
            "FloatingIPNotFound",
            "Floating IP %s could not be found",
            shown("id").column("id"),
            shown("tenant_id").column("project_id"),
            shown("project_id").column("project_id"),
            fixed("floating_ip_address", Values.orNull(Values.ip()))
                    .standard(null)
                    .column("floating_address"),
            fixed("subnet_id", Values.orNull(Values.uuid())).standard(null),
            fixed("floating_network_id", Values.uuid()).mandatory().column("floating_network_id"),
            shown("router_id").column("router_id"),
            of("port_id", Values.orNull(Values.uuid())).standard(null).column("port_id"),
            of("fixed_ip_address", Values.orNull(Values.ip())).standard(null).column("fixed_address"),
            shown("status").column("status"),
            shown("port_details"),
            fixed("dns_name", Values.text(255)).standard("").column("dns_name"),
            fixed("dns_domain", Values.text(255)).standard("").column("dns_domain"),
            of("description", Values.text(255)).standard("").column("description"),
            shown("tags"),
            shown("created_at").number("created_at"),
            shown("updated_at").number("updated_at"),
            shown("revision_number").number("revision"));

    private final Ports ports;
    private final RouterFlows flows;

    public FloatingIpService(Common common, Ports ports, RouterFlows flows) {
        super(common, SHAPE);
        this.ports = ports;
        this.flows = flows;
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        var network = external(tx, caller, draft.text("floating_network_id"));
        common.take(tx, draft.projectId(), "floatingip", 1);
        var id = common.id();
        var values = draft.values();
        Optional<String> subnetId = Optional.ofNullable(values.path("subnet_id").asString(null));
        var ip = Ip.parse(values.path("floating_ip_address").asString(null));
        Optional<List<Wanted>> wanted = subnetId.isPresent() || ip.isPresent()
                ? Optional.of(List.of(new Wanted(subnetId, ip)))
                : Optional.empty();
        var outer = ports.internal(tx, network, "", "network:floatingip", id, wanted);
        var address = outer.addresses().stream()
                .filter(a -> !a.ip().contains(":"))
                .findFirst()
                .orElseThrow(() -> new Conflict(
                        "No more IP addresses available on network " + network.id() + ".",
                        "ExternalIpAddressExhausted"));
        var bare = new FloatingIp(
                id,
                draft.projectId(),
                address.ip(),
                network.id(),
                outer.id(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "DOWN",
                draft.text("dns_name"),
                draft.text("dns_domain"),
                Standard.fresh(draft.text("description"), 0, common.now()));
        var made = associated(tx, caller, bare, draft.values());
        new FloatingIpStore(tx).insert(made);
        made.routerId().ifPresent(router -> flows.floatingCreated(tx, caller, router, id));
        var object = rendered(tx, caller, List.of(made)).getFirst();
        common.emit(tx, caller, SHAPE, "create", made.projectId(), id, object.deepCopy());
        return object;
    }

    private Network external(Tx tx, Caller caller, String id) {
        var network = new NetworkStore(tx).find(id).orElseThrow(() -> NetworkService.SHAPE.notFound(id));
        if (!common.guard().sees(caller, NetworkService.SHAPE, NetworkService.targetOf(tx, caller, network)))
            throw NetworkService.SHAPE.notFound(id);
        if (!network.external())
            throw new Invalid(
                    "Bad floatingip request: Network " + id + " is not a valid external network.", "BadRequest");
        return network;
    }

    /// Where it leads: the port's only IPv4 address, or the one that was asked for.
    private FloatingIp associated(Tx tx, Caller caller, FloatingIp f, ObjectNode values) {
        Optional<String> portId = Optional.ofNullable(values.path("port_id").asString(null));
        Optional<String> fixed =
                Optional.ofNullable(values.path("fixed_ip_address").asString(null));
        if (portId.isEmpty()) {
            if (fixed.isPresent() && f.portId().isEmpty())
                throw new Invalid(
                        "Bad floatingip request: fixed_ip_address cannot be specified without a port_id.",
                        "BadRequest");
            return leading(f, Optional.empty(), Optional.empty(), Optional.empty());
        }
        var id = portId.get();
        var port = new PortStore(tx).lock(id).orElseThrow(() -> PortService.SHAPE.notFound(id));
        if (!port.projectId().equals(f.projectId()) && !common.guard().all(caller))
            throw PortService.SHAPE.notFound(id);
        var inner = inner(port, fixed);
        if (new FloatingIpStore(tx).taken(id, inner.ip(), f.floatingNetworkId(), f.id()))
            throw new Conflict(
                    "Cannot associate floating IP " + f.floatingAddress() + " (" + f.floatingPortId() + ") with port "
                            + id
                            + " using fixed IP " + inner.ip()
                            + ", as that fixed IP already has a floating IP on external"
                            + " network " + f.floatingNetworkId() + ".",
                    "FloatingIPPortAlreadyAssociated");
        var router = new FloatingIpStore(tx)
                .routerBetween(inner.subnetId(), f.floatingNetworkId())
                .orElseThrow(() -> NotFound.typed(
                        "External network " + f.floatingNetworkId() + " is not reachable from subnet "
                                + inner.subnetId() + ".  Therefore, cannot associate Port " + id
                                + " with a Floating IP.",
                        "ExternalGatewayForFloatingIPNotFound"));
        return leading(f, Optional.of(router), portId, Optional.of(inner.ip()));
    }

    private static Address inner(Port port, Optional<String> fixed) {
        var four = port.addresses().stream().filter(a -> !a.ip().contains(":")).toList();
        if (fixed.isPresent())
            return port.addresses().stream()
                    .filter(a -> a.ip().equals(fixed.get()))
                    .findFirst()
                    .orElseThrow(() -> new Invalid(
                            "Bad floatingip request: Port " + port.id() + " does not have fixed ip " + fixed.get()
                                    + ".",
                            "BadRequest"));
        if (four.isEmpty())
            throw new Invalid(
                    "Bad floatingip request: Cannot add floating IP to port " + port.id()
                            + " that has no fixed IPv4 addresses.",
                    "BadRequest");
        if (four.size() > 1)
            throw new Invalid(
                    "Bad floatingip request: Port " + port.id()
                            + " has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a"
                            + " floating IP.",
                    "BadRequest");
        return four.getFirst();
    }

    private static FloatingIp leading(
            FloatingIp f, Optional<String> router, Optional<String> port, Optional<String> fixed) {
        return new FloatingIp(
                f.id(),
                f.projectId(),
                f.floatingAddress(),
                f.floatingNetworkId(),
                f.floatingPortId(),
                router,
                port,
                fixed,
                f.status(),
                f.dnsName(),
                f.dnsDomain(),
                f.standard());
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().update(caller, SHAPE, changes, Target.project(seen.projectId()));
            var store = new FloatingIpStore(tx);
            var locked = store.lock(id).orElseThrow(() -> SHAPE.notFound(id));
            locked.standard().constrain(revision);
            var merged = described(locked, changes);
            if (changes.has("port_id") || changes.has("fixed_ip_address")) {
                var values = changes.deepCopy();
                if (!values.has("port_id"))
                    values.put("port_id", locked.portId().orElse(null));
                merged = associated(tx, caller, merged, values);
            }
            store.update(merged, common.now());
            if (!merged.routerId().equals(locked.routerId()))
                locked.routerId().ifPresent(router -> flows.floatingUpdated(tx, caller, router, id));
            merged.routerId().ifPresent(router -> flows.floatingUpdated(tx, caller, router, id));
            var object =
                    rendered(tx, caller, List.of(store.find(id).orElseThrow())).getFirst();
            common.emit(tx, caller, SHAPE, "update", seen.projectId(), id, object.deepCopy());
            return object;
        });
    }

    private static FloatingIp described(FloatingIp f, ObjectNode changes) {
        return new FloatingIp(
                f.id(),
                f.projectId(),
                f.floatingAddress(),
                f.floatingNetworkId(),
                f.floatingPortId(),
                f.routerId(),
                f.portId(),
                f.fixedAddress(),
                f.status(),
                f.dnsName(),
                f.dnsDomain(),
                new Standard(
                        changes.path("description").asString(f.standard().description()),
                        f.standard().revision(),
                        f.standard().createdAt(),
                        f.standard().updatedAt()));
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.project(seen.projectId()));
            var store = new FloatingIpStore(tx);
            var locked = store.lock(id).orElseThrow(() -> SHAPE.notFound(id));
            locked.standard().constrain(revision);
            drop(tx, caller, locked);
        });
    }

    private void drop(Tx tx, Caller caller, FloatingIp f) {
        Standard.dropTags(tx, f.id());
        new FloatingIpStore(tx).delete(f.id());
        new PortStore(tx)
                .find(f.floatingPortId())
                .ifPresent(p -> ports.delete(
                        tx, p, new NetworkStore(tx).find(p.networkId()).orElseThrow()));
        common.give(tx, f.projectId(), "floatingip", 1);
        f.routerId().ifPresent(router -> flows.floatingDeleted(tx, caller, router, f.id()));
        common.emitDelete(tx, caller, SHAPE, f.projectId(), f.id());
    }

    /// An external network goes: floating IPs that lead nowhere do not hold it back, as in Neutron.
    public void dropUnused(Tx tx, Caller caller, Network network) {
        for (var f : new FloatingIpStore(tx).unused(network.id())) drop(tx, caller, f);
    }

    /// A port goes: its floating IPs stay with their project and lead nowhere.
    @Override
    public void released(Tx tx, Caller caller, Port port) {
        var store = new FloatingIpStore(tx);
        for (var f : store.ofPort(port.id())) {
            store.update(leading(f, Optional.empty(), Optional.empty(), Optional.empty()), common.now());
            f.routerId().ifPresent(router -> flows.floatingUpdated(tx, caller, router, f.id()));
        }
    }

    @Override
    protected Optional<FloatingIp> find(Tx tx, String id) {
        return new FloatingIpStore(tx).find(id);
    }

    @Override
    protected List<FloatingIp> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new FloatingIpStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, FloatingIp row) {
        return Target.project(row.projectId());
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<FloatingIp> list) {
        var tags = Standard.tags(tx, list.stream().map(FloatingIp::id).toList());
        var inner = new HashMap<String, Port>();
        for (var port : new PortStore(tx)
                .find(list.stream().flatMap(f -> f.portId().stream()).distinct().toList())) inner.put(port.id(), port);
        return list.stream()
                .map(f -> render(
                        f, tags.getOrDefault(f.id(), List.of()), f.portId().map(inner::get)))
                .toList();
    }

    private static ObjectNode render(FloatingIp f, List<String> tags, Optional<Port> port) {
        var object = Json.object()
                .put("id", f.id())
                .put("tenant_id", f.projectId())
                .put("floating_ip_address", f.floatingAddress())
                .put("floating_network_id", f.floatingNetworkId())
                .put("router_id", f.routerId().orElse(null))
                .put("port_id", f.portId().orElse(null))
                .put("fixed_ip_address", f.fixedAddress().orElse(null))
                .put("status", f.status());
        if (port.isPresent()) {
            var p = port.get();
            object.putObject("port_details")
                    .put("name", p.name())
                    .put("network_id", p.networkId())
                    .put("mac_address", p.mac())
                    .put("admin_state_up", p.adminStateUp())
                    .put("status", p.status())
                    .put("device_id", p.deviceId())
                    .put("device_owner", p.deviceOwner());
        } else {
            object.putNull("port_details");
        }
        object.put("dns_domain", f.dnsDomain()).put("dns_name", f.dnsName());
        return f.standard().into(object, tags, f.projectId());
    }
}
