package cloud.yun.network.network;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.api.Attribute;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Standard;
import cloud.yun.network.api.Values;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.rbac.Grants;
import cloud.yun.network.securitygroup.SecurityGroups;
import cloud.yun.network.segment.Segments;
import cloud.yun.network.subnet.Subnets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of networks.
public final class NetworkService extends Resource<Network> {
    /// Smallest packet that IPv4 must carry, in bytes.
    private static final int MTU_MIN = 68;

    public static final Shape SHAPE = new Shape(
                    "network",
                    "networks",
                    "NetworkNotFound",
                    "Network %s could not be found.",
                    shown("id").column("id"),
                    of("name", Values.text(255)).standard("").column("name"),
                    shown("tenant_id").column("project_id"),
                    shown("project_id").column("project_id"),
                    of("admin_state_up", Values.bool()).standard(true).flag("admin_state_up"),
                    of("mtu", Values.integer(0, 65_535)).standard(0).number("mtu"),
                    shown("status"),
                    shown("subnets"),
                    of("shared", Values.bool()).standard(false),
                    of("port_security_enabled", Values.bool()).standard(true).flag("port_security_enabled"),
                    of("router:external", Values.bool()).standard(false).flag("external"),
                    of("provider:network_type", Values.text(255)).column("network_type"),
                    of("provider:physical_network", Values.orNull(Values.text(64)))
                            .column("physical_network"),
                    of("provider:segmentation_id", Values.orNull(Values.integer(0, Integer.MAX_VALUE)))
                            .number("segmentation_id"),
                    of("is_default", Values.bool()).standard(false).flag("is_default"),
                    fixed("availability_zone_hints", Values.list(Values.text(255)))
                            .standard(List.of()),
                    shown("availability_zones"),
                    shown("ipv4_address_scope"),
                    shown("ipv6_address_scope"),
                    of("dns_domain", Values.text(255)).standard("").column("dns_domain"),
                    of("description", Values.text(255)).standard("").column("description"),
                    shown("tags"),
                    shown("created_at").number("created_at"),
                    shown("updated_at").number("updated_at"),
                    new Attribute(
                            "revision_number",
                            false,
                            false,
                            false,
                            Optional.empty(),
                            Values.any(),
                            Optional.of("revision"),
                            Attribute.Kind.NUMBER))
            .filter("status", (select, values) -> {
                if (!values.contains("ACTIVE")) select.where("1 = 0");
            })
            .filter("shared", (select, values) -> {
                var shared = "EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = network.id"
                        + " AND b.action = 'access_as_shared' AND b.target_project = '*')";
                boolean wanted = values.stream().anyMatch(v -> v.equalsIgnoreCase("true") || v.equals("1"));
                select.where(wanted ? shared : "NOT " + shared);
            })
            .filter(
                    "subnets",
                    (select, values) -> select.where(
                            "EXISTS (SELECT 1 FROM subnet s WHERE s.network_id = network.id AND s.id IN ("
                                    + Tx.marks(values.size()) + "))",
                            values.toArray()));

    private final Segments segments;
    private final Subnets subnets;
    private final SecurityGroups groups;
    private final Grants grants;
    private final BeforeDelete beforeDelete;

    /// What goes with a network, before it is asked whether somebody still uses it.
    @FunctionalInterface
    public interface BeforeDelete {
        void network(Tx tx, Caller caller, Network network);
    }

    public NetworkService(
            Common common, Segments segments, Subnets subnets, SecurityGroups groups, BeforeDelete beforeDelete) {
        super(common, SHAPE);
        this.segments = segments;
        this.subnets = subnets;
        this.groups = groups;
        this.beforeDelete = beforeDelete;
        this.grants = new Grants(common);
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        common.take(tx, draft.projectId(), "network", 1);
        groups.standard(tx, draft.projectId());
        var id = common.id();
        var store = new NetworkStore(tx);
        var values = draft.values();
        boolean external = draft.flag("router:external");
        if (draft.flag("is_default") && store.defaultExternal().isPresent())
            throw new Conflict(
                    "A default external network already exists: "
                            + store.defaultExternal().get().id() + ".",
                    "DefaultExternalNetworkExists");
        var row = new Network(
                id,
                draft.projectId(),
                draft.text("name"),
                draft.flag("admin_state_up"),
                external,
                draft.flag("is_default"),
                0,
                draft.flag("port_security_enabled"),
                draft.text("dns_domain"),
                texts(values.path("availability_zone_hints")),
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Standard.fresh(draft.text("description"), 1, common.now()));
        store.insert(row);
        var segment = segment(tx, id, draft, external);
        int mtu = mtu(values.path("mtu").asInt(), segment.type());
        var network = new Network(
                id,
                row.projectId(),
                row.name(),
                row.adminStateUp(),
                external,
                row.isDefault(),
                mtu,
                row.portSecurity(),
                row.dnsDomain(),
                row.zoneHints(),
                segment.type(),
                segment.physicalNetwork(),
                segment.id(),
                Optional.empty(),
                row.standard());
        store.segment(network);
        if (draft.flag("shared")) grants.all(tx, row.projectId(), "network", id, Grants.SHARED);
        if (external) grants.all(tx, row.projectId(), "network", id, Grants.EXTERNAL);
        var object = render(network, List.of(), draft.flag("shared"), List.of(), Map.of());
        object.put("is_default", network.isDefault());
        common.emit(tx, caller, SHAPE, "create", network.projectId(), id, object.deepCopy());
        return object;
    }

    private Segments.Allocated segment(Tx tx, String id, Draft draft, boolean external) {
        var type = draft.said("provider:network_type")
                ? Optional.of(draft.text("provider:network_type"))
                : Optional.<String>empty();
        var physical = draft.said("provider:physical_network")
                ? Optional.of(draft.text("provider:physical_network"))
                : Optional.<String>empty();
        var number = draft.said("provider:segmentation_id")
                ? Optional.of(draft.values().path("provider:segmentation_id").asInt())
                : Optional.<Integer>empty();
        if (type.isEmpty() && (physical.isPresent() || number.isPresent()))
            throw Values.operation("provider:network_type required");
        var standard = common.config().get(cloud.yun.network.NetworkOptions.EXTERNAL_NETWORK_TYPE);
        if (type.isEmpty() && external && !standard.isEmpty()) type = Optional.of(standard);
        return type.isPresent() ? segments.provider(tx, id, type.get(), physical, number) : segments.tenant(tx, id);
    }

    private int mtu(int wanted, String type) {
        int most = segments.mtuMax(type);
        if (wanted == 0) return most;
        if (wanted < MTU_MIN || wanted > most)
            throw new Invalid(
                    "Invalid input for operation: Requested MTU is too "
                            + (wanted > most ? "big, maximum is " + most : "small, minimum is " + MTU_MIN) + ".",
                    "InvalidInput");
        return wanted;
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var store = new NetworkStore(tx);
            var seen = visible(tx, caller, id);
            common.guard().update(caller, SHAPE, changes, target(tx, caller, seen));
            store.lock(id);
            seen.standard().constrain(revision);
            var merged = merged(tx, seen, changes);
            store.update(merged, common.now());
            sharing(tx, seen, merged, changes);
            if (!merged.segment().equals(seen.segment()) || merged.adminStateUp() != seen.adminStateUp())
                changedOnHosts(tx, merged);
            var object =
                    rendered(tx, caller, List.of(store.find(id).orElseThrow())).getFirst();
            common.emit(tx, caller, SHAPE, "update", seen.projectId(), id, object.deepCopy());
            return object;
        });
    }

    private Network merged(Tx tx, Network seen, ObjectNode changes) {
        for (var key : List.of("provider:network_type", "provider:physical_network", "provider:segmentation_id"))
            if (changes.has(key))
                throw new Invalid(
                        "Invalid input for operation: Plugin does not support updating provider attributes.",
                        "InvalidInput");
        var external = changes.path("router:external").asBoolean(seen.external());
        if (seen.external() && !external && new NetworkStore(tx).routed(seen.id()))
            throw new Conflict(
                    "External network " + seen.id()
                            + " cannot be updated to be made non-external, since it has existing gateway ports.",
                    "ExternalNetworkInUse");
        return new Network(
                seen.id(),
                seen.projectId(),
                changes.path("name").asString(seen.name()),
                changes.path("admin_state_up").asBoolean(seen.adminStateUp()),
                external,
                changes.path("is_default").asBoolean(seen.isDefault()),
                changes.has("mtu") ? mtu(changes.path("mtu").asInt(), seen.type()) : seen.mtu(),
                changes.path("port_security_enabled").asBoolean(seen.portSecurity()),
                changes.path("dns_domain").asString(seen.dnsDomain()),
                seen.zoneHints(),
                seen.type(),
                seen.physicalNetwork(),
                seen.segmentationId(),
                seen.dhcpHost(),
                new Standard(
                        changes.path("description").asString(seen.standard().description()),
                        seen.standard().revision(),
                        seen.standard().createdAt(),
                        seen.standard().updatedAt()));
    }

    private void sharing(Tx tx, Network seen, Network merged, ObjectNode changes) {
        if (changes.has("shared")) {
            if (changes.path("shared").asBoolean())
                grants.all(tx, seen.projectId(), "network", seen.id(), Grants.SHARED);
            else unshare(tx, seen);
        }
        if (merged.external() && !seen.external())
            grants.all(tx, seen.projectId(), "network", seen.id(), Grants.EXTERNAL);
        if (!merged.external() && seen.external()) grants.action(tx, seen.id(), Grants.EXTERNAL);
    }

    private void unshare(Tx tx, Network seen) {
        if (new PortStore(tx).ofOthers(seen.id(), seen.projectId()))
            throw new Conflict(
                    "Unable to reconfigure sharing settings for network " + seen.id()
                            + ". Multiple tenants are using it.",
                    "InvalidSharedSetting");
        grants.none(tx, seen.id(), Grants.SHARED);
    }

    private void changedOnHosts(Tx tx, Network network) {
        new NetworkChangeStore(tx).all(network.id());
        network.dhcpHost().ifPresent(host -> common.dirty().mark(tx, Dirty.Kind.DHCP, network.id(), host, ""));
        new PortStore(tx)
                .pluggedHosts(network.id())
                .forEach((port, host) -> common.dirty().mark(tx, Dirty.Kind.PORT, port, host, network.id()));
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, target(tx, caller, seen));
            var store = new NetworkStore(tx);
            store.lock(id);
            seen.standard().constrain(revision);
            beforeDelete.network(tx, caller, seen);
            var inUse = new PortStore(tx).using(id);
            if (!inUse.isEmpty())
                throw new Conflict(
                        "Unable to complete operation on network " + id
                                + ". There are one or more ports still in use on the network, id for these ports is: "
                                + String.join(",", inUse) + ".",
                        "NetworkInUse");
            subnets.dropAll(tx, seen);
            Standard.dropTags(tx, id);
            grants.gone(tx, id);
            store.delete(id);
            common.give(tx, seen.projectId(), "network", 1);
            common.emitDelete(tx, caller, SHAPE, seen.projectId(), id);
        });
    }

    @Override
    protected Optional<Network> find(Tx tx, String id) {
        return new NetworkStore(tx).find(id);
    }

    @Override
    protected List<Network> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new NetworkStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, Network row) {
        return targetOf(tx, caller, row);
    }

    /// The target of rules on the network, with what Neutron's `rule:shared` and `rule:external` look at.
    public static Target targetOf(Tx tx, Caller caller, Network network) {
        var project = caller.project().map(Caller.Project::id).orElse("");
        var shared =
                !new NetworkStore(tx).shared(List.of(network.id()), project).isEmpty();
        return Target.project(network.projectId())
                .with("shared", shared)
                .with("router:external", network.external())
                .with("network:tenant_id", network.projectId())
                .with("network:project_id", network.projectId());
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<Network> networks) {
        var ids = networks.stream().map(Network::id).toList();
        var store = new NetworkStore(tx);
        var subnetIds = store.subnetIds(ids);
        var tags = Standard.tags(tx, ids);
        var shared = new HashSet<>(
                store.shared(ids, caller.project().map(Caller.Project::id).orElse("")));
        var scopes = store.addressScopes(ids);
        return networks.stream()
                .map(n -> {
                    var object = render(
                            n,
                            subnetIds.getOrDefault(n.id(), List.of()),
                            shared.contains(n.id()),
                            tags.getOrDefault(n.id(), List.of()),
                            scopes);
                    if (n.external()) object.put("is_default", n.isDefault());
                    return object;
                })
                .toList();
    }

    private static ObjectNode render(
            Network n, List<String> subnetIds, boolean shared, List<String> tags, Map<String, String> scopes) {
        var object = Json.object()
                .put("id", n.id())
                .put("name", n.name())
                .put("tenant_id", n.projectId())
                .put("admin_state_up", n.adminStateUp())
                .put("mtu", n.mtu())
                .put("status", "ACTIVE");
        object.set("subnets", Json.tree(subnetIds));
        object.put("shared", shared);
        object.set("availability_zone_hints", Json.tree(n.zoneHints()));
        object.set("availability_zones", Json.tree(n.dhcpHost().isPresent() ? List.of("nova") : List.of()));
        object.put("ipv4_address_scope", scopes.get(n.id() + "/4"))
                .put("ipv6_address_scope", scopes.get(n.id() + "/6"))
                .put("router:external", n.external())
                .put("port_security_enabled", n.portSecurity())
                .put("dns_domain", n.dnsDomain())
                .put("provider:network_type", n.type())
                .put("provider:physical_network", n.physicalNetwork().orElse(null));
        n.segmentationId()
                .ifPresentOrElse(
                        s -> object.put("provider:segmentation_id", s),
                        () -> object.putNull("provider:segmentation_id"));
        return n.standard().into(object, tags, n.projectId());
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(v -> texts.add(v.asString()));
        return texts;
    }
}
