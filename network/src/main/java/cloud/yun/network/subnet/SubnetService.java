package cloud.yun.network.subnet;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;
import static cloud.yun.network.api.Values.operation;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.address.Ip;
import cloud.yun.network.address.IpRange;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Standard;
import cloud.yun.network.api.Values;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.rbac.Grants;
import cloud.yun.network.subnetpool.PoolCutter;
import cloud.yun.network.subnetpool.SubnetPool;
import cloud.yun.network.subnetpool.SubnetPoolStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of subnets.
public final class SubnetService extends Resource<Subnet> {
    private static final List<String> MODES = List.of("slaac", "dhcpv6-stateful", "dhcpv6-stateless");

    public static final Shape SHAPE = new Shape(
                    "subnet",
                    "subnets",
                    "SubnetNotFound",
                    "Subnet %s could not be found.",
                    shown("id").column("id"),
                    of("name", Values.text(255)).standard("").column("name"),
                    shown("tenant_id").column("project_id"),
                    shown("project_id").column("project_id"),
                    fixed("ip_version", Values.oneOf(4, 6)).mandatory().number("ip_version"),
                    fixed("network_id", Values.uuid()).mandatory().column("network_id"),
                    fixed("subnetpool_id", Values.orNull(Values.uuid())).column("subnetpool_id"),
                    fixed("use_default_subnetpool", Values.bool()).standard(false),
                    fixed("prefixlen", Values.integer(0, 128)),
                    fixed("cidr", Values.orNull(Values.subnet())).column("cidr"),
                    of("gateway_ip", Values.orNull(Values.ip())).column("gateway_ip"),
                    of("allocation_pools", SubnetService::poolList),
                    of("dns_nameservers", Values.set(Values.ip())).standard(List.of()),
                    of("host_routes", Values::routes).standard(List.of()),
                    of("enable_dhcp", Values.bool()).standard(true).flag("enable_dhcp"),
                    fixed("ipv6_ra_mode", Values.orNull(Values.oneOf(MODES))).column("ipv6_ra_mode"),
                    fixed("ipv6_address_mode", Values.orNull(Values.oneOf(MODES)))
                            .column("ipv6_address_mode"),
                    of("service_types", Values.set(Values.notEmpty(255))).standard(List.of()),
                    of("description", Values.text(255)).standard("").column("description"),
                    shown("tags"),
                    shown("created_at").number("created_at"),
                    shown("updated_at").number("updated_at"),
                    shown("revision_number").number("revision"))
            .filter("shared", (select, values) -> {
                var shared = "EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = subnet.network_id"
                        + " AND b.action = 'access_as_shared' AND b.target_project = '*')";
                boolean wanted = values.stream().anyMatch(v -> v.equalsIgnoreCase("true") || v.equals("1"));
                select.where(wanted ? shared : "NOT " + shared);
            });

    private final Subnets subnets;

    public SubnetService(Common common, Subnets subnets) {
        super(common, SHAPE);
        this.subnets = subnets;
    }

    private static JsonNode poolList(String name, JsonNode value) {
        var list =
                Values.list(Values.object(List.of("start", "end"), List.of())).apply(name, value);
        for (var pool : list)
            for (var key : List.of("start", "end"))
                if (Ip.parse(pool.path(key).asString()).isEmpty())
                    throw Values.invalid(name, "'" + pool.path(key).asString() + "' is not a valid IP address.");
        return list;
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        int version = draft.values().path("ip_version").asInt();
        var cidr =
                Optional.ofNullable(draft.values().path("cidr").asString(null)).map(Cidr::of);
        if (cidr.isPresent() && cidr.get().version() != version)
            throw operation("cidr '" + cidr.get() + "' does not match the ip_version '" + version + "'.");
        var network = network(tx, caller, draft);
        var pool = pool(tx, draft, version);
        if (cidr.isEmpty() && pool.isEmpty())
            throw new Invalid(
                    "Bad subnets request: a subnetpool must be specified in the absence of a cidr.", "BadRequest");
        var subnet = subnet(tx, draft, network, pool, cidr);
        SubnetCheck.all(subnet, common.config());
        var store = new SubnetStore(tx);
        for (var other : store.ofNetwork(network.id()))
            if (other.cidr().overlaps(subnet.cidr()))
                throw operation("Requested subnet with cidr: " + subnet.cidr() + " for network: " + network.id()
                        + " overlaps with another subnet.");
        common.take(tx, subnet.projectId(), "subnet", 1);
        store.insert(subnet);
        subnets.automatic(tx, network, subnet);
        subnets.changed(tx, network);
        var object = render(subnet, List.of());
        common.emit(tx, caller, SHAPE, "create", subnet.projectId(), subnet.id(), object.deepCopy());
        return object;
    }

    private Network network(Tx tx, Caller caller, Draft draft) {
        var id = draft.text("network_id");
        // Locked: two overlapping subnets at once must not both find the place free.
        var network = new NetworkStore(tx).lock(id).orElseThrow(() -> NetworkService.SHAPE.notFound(id));
        var target = NetworkService.targetOf(tx, caller, network);
        if (!network.projectId().equals(draft.projectId()) && !common.guard().all(caller)) {
            if (!common.guard().sees(caller, NetworkService.SHAPE, target)) throw NetworkService.SHAPE.notFound(id);
            throw new Forbidden(
                    "Tenant " + draft.projectId() + " not allowed to create subnet on this network", "HTTPForbidden");
        }
        common.guard()
                .create(
                        caller,
                        SHAPE,
                        draft,
                        Target.project(draft.projectId()).with("network:tenant_id", network.projectId()));
        return network;
    }

    private static Optional<SubnetPool> pool(Tx tx, Draft draft, int version) {
        var store = new SubnetPoolStore(tx);
        if (draft.flag("use_default_subnetpool")) {
            var pool = store.standard(version);
            if (pool.isEmpty())
                throw new cloud.yun.kernel.error.CloudException.Invalid(
                        "Bad subnets request: No default subnetpool found for IPv" + version + ".", "BadRequest");
            return store.lock(pool.get().id());
        }
        if (!draft.said("subnetpool_id")) return Optional.empty();
        var id = draft.text("subnetpool_id");
        var pool = store.lock(id)
                .filter(p -> p.shared()
                        || p.projectId().equals(draft.projectId())
                        || Grants.shared(tx, draft.projectId(), id))
                .orElseThrow(() -> cloud.yun.kernel.error.CloudException.NotFound.typed(
                        "Subnet pool " + id + " could not be found.", "SubnetPoolNotFound"));
        if (pool.version() != version)
            throw operation("Cannot allocate IPv" + version + " subnet from IPv" + pool.version() + " subnet pool.");
        return Optional.of(pool);
    }

    private Subnet subnet(Tx tx, Draft draft, Network network, Optional<SubnetPool> pool, Optional<Cidr> asked) {
        var values = draft.values();
        var cidr = asked.orElse(null);
        if (pool.isPresent()) {
            var cutter = new PoolCutter(tx);
            Optional<Integer> length = draft.said("prefixlen")
                    ? Optional.of(values.path("prefixlen").asInt())
                    : Optional.empty();
            cidr = asked.isPresent()
                    ? cutter.chosen(pool.get(), draft.projectId(), asked.get())
                    : cutter.any(pool.get(), draft.projectId(), length);
        }
        if (cidr == null) throw new IllegalStateException("neither cidr nor pool");
        Optional<String> gateway = values.has("gateway_ip")
                ? Optional.ofNullable(values.path("gateway_ip").asString(null))
                : SubnetCheck.standardGateway(cidr);
        var pools = values.has("allocation_pools")
                        && !values.path("allocation_pools").isEmpty()
                ? SubnetCheck.ranges(values.path("allocation_pools"))
                : IpRange.hostsOf(cidr, gateway.map(Ip::of));
        return new Subnet(
                common.id(),
                draft.projectId(),
                draft.text("name"),
                network.id(),
                cidr,
                gateway,
                draft.flag("enable_dhcp"),
                Optional.ofNullable(values.path("ipv6_ra_mode").asString(null)),
                Optional.ofNullable(values.path("ipv6_address_mode").asString(null)),
                pool.map(SubnetPool::id),
                pools,
                SubnetCheck.routes(values.path("host_routes")),
                texts(values.path("dns_nameservers")),
                texts(values.path("service_types")),
                Standard.fresh(draft.text("description"), 0, common.now()));
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var store = new SubnetStore(tx);
            var seen = visible(tx, caller, id);
            var network = new NetworkStore(tx).lock(seen.networkId()).orElseThrow();
            common.guard()
                    .update(
                            caller,
                            SHAPE,
                            changes,
                            Target.project(seen.projectId()).with("network:tenant_id", network.projectId()));
            seen.standard().constrain(revision);
            var merged = merged(tx, seen, changes);
            SubnetCheck.all(merged, common.config());
            store.update(merged, common.now());
            subnets.changed(tx, network);
            var object =
                    rendered(tx, caller, List.of(store.find(id).orElseThrow())).getFirst();
            common.emit(tx, caller, SHAPE, "update", seen.projectId(), id, object.deepCopy());
            return object;
        });
    }

    private static Subnet merged(Tx tx, Subnet s, ObjectNode changes) {
        Optional<String> gateway = changes.has("gateway_ip")
                ? Optional.ofNullable(changes.path("gateway_ip").asString(null))
                : s.gateway();
        if (s.gateway().isPresent() && !gateway.equals(s.gateway())) {
            var user = new SubnetStore(tx).interfaceAt(s.id(), s.gateway().get());
            if (user.isPresent())
                throw new Conflict(
                        "Current gateway ip " + s.gateway().get() + " already in use by port " + user.get()
                                + ". Unable to update.",
                        "GatewayIpInUse");
        }
        return new Subnet(
                s.id(),
                s.projectId(),
                changes.path("name").asString(s.name()),
                s.networkId(),
                s.cidr(),
                gateway,
                changes.path("enable_dhcp").asBoolean(s.dhcp()),
                s.raMode(),
                s.addressMode(),
                s.subnetpoolId(),
                changes.has("allocation_pools") ? SubnetCheck.ranges(changes.path("allocation_pools")) : s.pools(),
                changes.has("host_routes") ? SubnetCheck.routes(changes.path("host_routes")) : s.routes(),
                changes.has("dns_nameservers") ? texts(changes.path("dns_nameservers")) : s.dnsServers(),
                changes.has("service_types") ? texts(changes.path("service_types")) : s.serviceTypes(),
                new Standard(
                        changes.path("description").asString(s.standard().description()),
                        s.standard().revision(),
                        s.standard().createdAt(),
                        s.standard().updatedAt()));
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            var network = new NetworkStore(tx).lock(seen.networkId()).orElseThrow();
            common.guard()
                    .delete(
                            caller,
                            SHAPE,
                            Target.project(seen.projectId()).with("network:tenant_id", network.projectId()));
            seen.standard().constrain(revision);
            var store = new SubnetStore(tx);
            store.lock(id);
            if (store.used(seen))
                throw new Conflict(
                        "Unable to complete operation on subnet " + id
                                + ": One or more ports have an IP allocation from this subnet.",
                        "SubnetInUse");
            subnets.drop(tx, seen);
            subnets.changed(tx, network);
            common.emitDelete(tx, caller, SHAPE, seen.projectId(), id);
        });
    }

    /// The network it is on decides too, and is looked for first.
    @Override
    protected void check(Caller caller, Draft draft) {}

    @Override
    protected Optional<Subnet> find(Tx tx, String id) {
        return new SubnetStore(tx).find(id);
    }

    @Override
    protected List<Subnet> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new SubnetStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, Subnet row) {
        return NetworkService.targetOf(
                        tx, caller, new NetworkStore(tx).find(row.networkId()).orElseThrow())
                .with("project_id", row.projectId())
                .with("tenant_id", row.projectId())
                .with("router:external", false); // a subnet of an external network shows only what lists show
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<Subnet> list) {
        var tags = new HashMap<>(Standard.tags(tx, list.stream().map(Subnet::id).toList()));
        return list.stream()
                .map(s -> render(s, tags.getOrDefault(s.id(), List.of())))
                .toList();
    }

    private static ObjectNode render(Subnet s, List<String> tags) {
        var object = Json.object()
                .put("id", s.id())
                .put("name", s.name())
                .put("tenant_id", s.projectId())
                .put("network_id", s.networkId())
                .put("ip_version", s.version())
                .put("subnetpool_id", s.subnetpoolId().orElse(null))
                .put("enable_dhcp", s.dhcp())
                .put("ipv6_ra_mode", s.raMode().orElse(null))
                .put("ipv6_address_mode", s.addressMode().orElse(null))
                .put("gateway_ip", s.gateway().orElse(null))
                .put("cidr", s.cidr().toString());
        object.set("allocation_pools", SubnetStore.pools(s.pools()));
        object.set("host_routes", SubnetStore.routes(s.routes()));
        object.set("dns_nameservers", Json.tree(s.dnsServers()));
        object.set("service_types", Json.tree(s.serviceTypes()));
        return s.standard().into(object, tags, s.projectId());
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(v -> texts.add(v.asString()));
        return texts;
    }
}
