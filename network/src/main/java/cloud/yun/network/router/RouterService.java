package cloud.yun.network.router;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.NetworkOptions;
import cloud.yun.network.address.Ip;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Standard;
import cloud.yun.network.api.Values;
import cloud.yun.network.floatingip.FloatingIpStore;
import cloud.yun.network.ipam.Ipam.Wanted;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.port.Port;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.port.Ports;
import cloud.yun.network.subnet.SubnetStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of routers.
public final class RouterService extends Resource<RouterRow> {
    static final String INTERFACE = "network:router_interface";
    static final String GATEWAY = "network:router_gateway";

    public static final Shape SHAPE = new Shape(
            "router",
            "routers",
            "RouterNotFound",
            "Router %s could not be found",
            shown("id").column("id"),
            of("name", Values.text(255)).standard("").column("name"),
            of("admin_state_up", Values.bool()).standard(true).flag("admin_state_up"),
            shown("status").column("status"),
            shown("tenant_id").column("project_id"),
            shown("project_id").column("project_id"),
            of("external_gateway_info", RouterService::gatewayInfo).standard(null),
            of("routes", Values::routes).onlyPut(),
            fixed("distributed", RouterService::never).standard(false),
            fixed("ha", RouterService::never).standard(false),
            fixed("availability_zone_hints", Values.list(Values.text(255))).standard(List.of()),
            shown("availability_zones"),
            shown("flavor_id"),
            of("description", Values.text(255)).standard("").column("description"),
            shown("tags"),
            shown("created_at").number("created_at"),
            shown("updated_at").number("updated_at"),
            shown("revision_number").number("revision"));

    private final Ports ports;
    private final RouterFlows flows;

    public RouterService(Common common, Ports ports, RouterFlows flows) {
        super(common, SHAPE);
        this.ports = ports;
        this.flows = flows;
    }

    /// Distributed and highly available routers are another driver's; saying no is better than a lie.
    private static JsonNode never(String name, JsonNode value) {
        var flag = Values.bool().apply(name, value);
        if (flag.asBoolean())
            throw new Invalid(
                    "Bad router request: " + name + " routers are not supported by this driver.", "BadRequest");
        return flag;
    }

    private static JsonNode gatewayInfo(String name, JsonNode value) {
        if (value.isNull() || (value.isObject() && value.isEmpty()))
            return tools.jackson.databind.node.NullNode.getInstance();
        Values.object(List.of(), List.of("network_id", "enable_snat", "external_fixed_ips", "qos_policy_id"))
                .apply(name, value);
        var made = Json.object();
        if (!value.has("network_id"))
            throw Values.invalid(
                    name,
                    "Validation of dictionary's keys failed. Expected keys: {'network_id'} Provided keys: "
                            + Python.repr(value) + ".");
        made.set("network_id", Values.uuid().apply(name, value.get("network_id")));
        if (value.hasNonNull("enable_snat"))
            made.set("enable_snat", Values.bool().apply(name, value.get("enable_snat")));
        if (value.hasNonNull("external_fixed_ips")) {
            var ips = made.putArray("external_fixed_ips");
            for (var one : Values.list(Values.object(List.of(), List.of("subnet_id", "ip_address")))
                    .apply(name, value.get("external_fixed_ips"))) {
                var ip = ips.addObject();
                if (one.hasNonNull("subnet_id"))
                    ip.set("subnet_id", Values.uuid().apply(name, one.get("subnet_id")));
                if (one.hasNonNull("ip_address"))
                    ip.set("ip_address", Values.ip().apply(name, one.get("ip_address")));
            }
        }
        return made;
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        common.take(tx, draft.projectId(), "router", 1);
        var hints = new ArrayList<String>();
        draft.values().path("availability_zone_hints").forEach(h -> hints.add(h.asString()));
        var row = new RouterRow(
                common.id(),
                draft.projectId(),
                draft.text("name"),
                draft.flag("admin_state_up"),
                "ACTIVE",
                Optional.empty(),
                Optional.empty(),
                true,
                Json.array(),
                hints,
                Optional.empty(),
                Standard.fresh(draft.text("description"), 1, common.now()));
        var store = new RouterStore(tx);
        store.insert(row);
        var info = draft.values().path("external_gateway_info");
        if (info.isObject()) gateway(tx, caller, row, info);
        flows.created(tx, caller, row.id(), networksOf(tx, row.id()));
        var object = rendered(tx, caller, List.of(store.find(row.id()).orElseThrow()))
                .getFirst();
        common.emit(tx, caller, SHAPE, "create", row.projectId(), row.id(), object.deepCopy());
        return object;
    }

    private static List<String> networksOf(Tx tx, String routerId) {
        return new PortStore(tx)
                .ofDevice(routerId).stream().map(Port::networkId).distinct().toList();
    }

    /// Sets, changes or (with null) takes away the external gateway.
    void gateway(Tx tx, Caller caller, RouterRow router, JsonNode info) {
        var store = new RouterStore(tx);
        if (!info.isObject()) {
            dropGateway(tx, router);
            store.gateway(router.id(), Optional.empty(), Optional.empty(), true, common.now());
            return;
        }
        var networkId = info.path("network_id").asString();
        var network = external(tx, caller, networkId);
        boolean snat = info.path("enable_snat").asBoolean(router.gatewayPortId().isEmpty() || router.snat());
        var ips = wanted(info.path("external_fixed_ips"));
        if (router.gatewayNetworkId().equals(Optional.of(networkId))) {
            var port = router.gatewayPortId().flatMap(id -> new PortStore(tx).find(id));
            if (port.isPresent() && ips.isPresent()) ports.readdress(tx, port.get(), network, ips.get());
            store.gateway(router.id(), router.gatewayNetworkId(), router.gatewayPortId(), snat, common.now());
            return;
        }
        dropGateway(tx, router);
        overlap(tx, router, network);
        if (new SubnetStore(tx).ofNetwork(networkId).isEmpty() && ips.isEmpty()) ips = Optional.of(List.of());
        var port = ports.internal(tx, network, "", GATEWAY, router.id(), ips);
        store.gateway(router.id(), Optional.of(networkId), Optional.of(port.id()), snat, common.now());
    }

    private Network external(Tx tx, Caller caller, String id) {
        var network = new NetworkStore(tx).find(id).orElseThrow(() -> NetworkService.SHAPE.notFound(id));
        if (!common.guard().sees(caller, NetworkService.SHAPE, NetworkService.targetOf(tx, caller, network)))
            throw NetworkService.SHAPE.notFound(id);
        if (!network.external()) throw bad("Network " + id + " is not an external network");
        return network;
    }

    private static Optional<List<Wanted>> wanted(JsonNode ips) {
        if (ips.isMissingNode() || ips.isEmpty()) return Optional.empty();
        var list = new ArrayList<Wanted>();
        for (var ip : ips)
            list.add(new Wanted(
                    Optional.ofNullable(ip.path("subnet_id").asString(null)),
                    Ip.parse(ip.path("ip_address").asString(null))));
        return Optional.of(list);
    }

    private void overlap(Tx tx, RouterRow router, Network network) {
        var own = subnetsOf(tx, router.id());
        for (var subnet : new SubnetStore(tx).ofNetwork(network.id()))
            for (var other : own)
                if (other.cidr().overlaps(subnet.cidr()))
                    throw bad("Cidr " + subnet.cidr() + " of subnet " + subnet.id() + " overlaps with cidr "
                            + other.cidr() + " of subnet " + other.id());
    }

    private static List<cloud.yun.network.subnet.Subnet> subnetsOf(Tx tx, String routerId) {
        var ids = new PortStore(tx)
                .ofDevice(routerId).stream()
                        .flatMap(p -> p.addresses().stream().map(a -> a.subnetId()))
                        .distinct()
                        .toList();
        return List.copyOf(new SubnetStore(tx).find(ids).values());
    }

    private void dropGateway(Tx tx, RouterRow router) {
        if (router.gatewayPortId().isEmpty()) return;
        if (new FloatingIpStore(tx).needs(router.id()))
            throw new Conflict(
                    "Gateway cannot be updated for router " + router.id() + ", since a gateway to external network "
                            + router.gatewayNetworkId().orElse("") + " is required by one or more floating IPs.",
                    "RouterExternalGatewayInUseByFloatingIp");
        new PortStore(tx)
                .find(router.gatewayPortId().get())
                .ifPresent(p -> ports.delete(
                        tx, p, new NetworkStore(tx).find(p.networkId()).orElseThrow()));
    }

    static Invalid bad(String reason) {
        return new Invalid("Bad router request: " + reason + ".", "BadRequest");
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().update(caller, SHAPE, changes, Target.project(seen.projectId()));
            return changed(tx, caller, id, revision, changes);
        });
    }

    private ObjectNode changed(Tx tx, Caller caller, String id, Optional<Long> revision, ObjectNode changes) {
        var store = new RouterStore(tx);
        var seen = store.lock(id).orElseThrow(() -> SHAPE.notFound(id));
        seen.standard().constrain(revision);
        var before = networksOf(tx, id);
        var routes = changes.has("routes") ? changes.get("routes") : seen.routes();
        if (changes.has("external_gateway_info")) gateway(tx, caller, seen, changes.get("external_gateway_info"));
        if (changes.has("routes")) checkRoutes(tx, seen, routes);
        store.update(
                id,
                changes.path("name").asString(seen.name()),
                changes.path("description").asString(seen.standard().description()),
                changes.path("admin_state_up").asBoolean(seen.adminStateUp()),
                routes,
                common.now());
        flows.updated(
                tx,
                caller,
                seen,
                Stream.concat(before.stream(), networksOf(tx, id).stream())
                        .distinct()
                        .toList());
        var object = rendered(tx, caller, List.of(store.find(id).orElseThrow())).getFirst();
        common.emit(tx, caller, SHAPE, "update", seen.projectId(), id, object.deepCopy());
        return object;
    }

    private void checkRoutes(Tx tx, RouterRow router, JsonNode routes) {
        int most = common.config().get(NetworkOptions.MAX_ROUTES);
        if (routes.size() > most)
            throw new Invalid(
                    "Unable to complete operation for " + router.id() + ". The number of routes exceeds the maximum "
                            + most + ".",
                    "RoutesExhausted");
        var subnets = subnetsOf(tx, router.id());
        var own = new PortStore(tx)
                .ofDevice(router.id()).stream()
                        .flatMap(p -> p.addresses().stream().map(a -> a.ip()))
                        .toList();
        for (var route : routes) {
            var hop = route.path("nexthop").asString();
            if (subnets.stream().noneMatch(s -> s.cidr().contains(Ip.of(hop))))
                throw invalidRoutes(routes, "the nexthop is not connected with router");
            if (own.contains(hop)) throw invalidRoutes(routes, "the nexthop is used by router");
        }
    }

    private static Invalid invalidRoutes(JsonNode routes, String reason) {
        return new Invalid("Invalid format for routes: " + Python.repr(routes) + ", " + reason, "InvalidRoutes");
    }

    /// `add_extraroutes` and `remove_extraroutes`.
    public ObjectNode extraRoutes(Caller caller, String id, JsonNode body, boolean add) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            common.guard()
                    .require(caller, add ? "add_extraroutes" : "remove_extraroutes", Target.project(seen.projectId()));
            var wanted = Values.routes("routes", body.path("router").path("routes"));
            var routes = Json.array();
            for (var route : seen.routes()) if (!contains(wanted, route)) routes.add(route);
            if (add) wanted.forEach(routes::add);
            var changes = Json.object();
            changes.set("routes", routes);
            return changed(tx, caller, id, Optional.empty(), changes);
        });
    }

    private static boolean contains(JsonNode list, JsonNode one) {
        for (var entry : list) if (entry.equals(one)) return true;
        return false;
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.project(seen.projectId()));
            var store = new RouterStore(tx);
            var locked = store.lock(id).orElseThrow(() -> SHAPE.notFound(id));
            locked.standard().constrain(revision);
            var attached = new PortStore(tx)
                    .ofDevice(id).stream()
                            .filter(p -> p.deviceOwner().equals(INTERFACE))
                            .map(Port::id)
                            .toList();
            if (!attached.isEmpty())
                throw new Conflict(
                        "Router " + id + " has ports still attached: " + String.join(", ", attached), "RouterInUse");
            var networks = networksOf(tx, id);
            dropGateway(tx, locked);
            Standard.dropTags(tx, id);
            store.delete(id);
            common.give(tx, locked.projectId(), "router", 1);
            flows.deleted(tx, caller, locked, networks);
            common.emitDelete(tx, caller, SHAPE, locked.projectId(), id);
        });
    }

    @Override
    protected Optional<RouterRow> find(Tx tx, String id) {
        return new RouterStore(tx).find(id);
    }

    @Override
    protected List<RouterRow> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new RouterStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, RouterRow row) {
        return Target.project(row.projectId());
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<RouterRow> list) {
        var tags = Standard.tags(tx, list.stream().map(RouterRow::id).toList());
        var gateways = new HashMap<String, Port>();
        for (var port : new PortStore(tx)
                .find(list.stream().flatMap(r -> r.gatewayPortId().stream()).toList())) gateways.put(port.id(), port);
        return list.stream()
                .map(r -> render(
                        r,
                        tags.getOrDefault(r.id(), List.of()),
                        r.gatewayPortId().map(gateways::get)))
                .toList();
    }

    private static ObjectNode render(RouterRow r, List<String> tags, Optional<Port> gateway) {
        var object = Json.object()
                .put("id", r.id())
                .put("name", r.name())
                .put("tenant_id", r.projectId())
                .put("admin_state_up", r.adminStateUp())
                .put("status", r.status());
        if (r.gatewayNetworkId().isPresent()) {
            var info = object.putObject("external_gateway_info")
                    .put("network_id", r.gatewayNetworkId().get());
            var ips = info.putArray("external_fixed_ips");
            gateway.ifPresent(p -> p.addresses()
                    .forEach(a -> ips.addObject().put("subnet_id", a.subnetId()).put("ip_address", a.ip())));
            info.put("enable_snat", r.snat());
        } else {
            object.putNull("external_gateway_info");
        }
        object.set("availability_zones", Json.tree(r.host().isPresent() ? List.of("nova") : List.of()));
        object.put("distributed", false).put("ha", false);
        object.set("availability_zone_hints", Json.tree(r.zoneHints()));
        object.set("routes", r.routes());
        object.putNull("flavor_id");
        return r.standard().into(object, tags, r.projectId());
    }
}
