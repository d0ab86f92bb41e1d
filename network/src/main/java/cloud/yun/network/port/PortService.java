package cloud.yun.network.port;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.kernel.quota.Quotas;
import cloud.yun.network.NetworkOptions;
import cloud.yun.network.address.Ip;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Standard;
import cloud.yun.network.api.Values;
import cloud.yun.network.ipam.Ipam.Wanted;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.securitygroup.SecurityGroups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of ports.
public final class PortService extends Resource<Port> {
    public static final Shape SHAPE = PortShape.SHAPE;
    private static final Set<String> ROUTER_OWNERS =
            Set.of("network:router_interface", "network:router_gateway", "network:floatingip");

    private final Ports ports;
    private final SecurityGroups groups;
    private final Releases releases;

    /// What else must happen, in the same transaction, when a port goes: floating IPs let go of it.
    @FunctionalInterface
    public interface Releases {
        void released(Tx tx, Caller caller, Port port);
    }

    public PortService(Common common, Ports ports, SecurityGroups groups, Releases releases) {
        super(common, SHAPE);
        this.ports = ports;
        this.groups = groups;
        this.releases = releases;
    }

    private Network network(Tx tx, Caller caller, Draft draft) {
        var id = draft.text("network_id");
        var network = new NetworkStore(tx).find(id).orElseThrow(() -> NetworkService.SHAPE.notFound(id));
        var target = target(tx, caller, network, draft.projectId()).with("device_owner", draft.text("device_owner"));
        boolean own = network.projectId().equals(draft.projectId());
        if (!own && !common.guard().all(caller)) {
            boolean shared = Boolean.TRUE.equals(target.attributes().get("shared"));
            if (!shared && !network.external()) throw NetworkService.SHAPE.notFound(id);
            if (!shared)
                throw new Forbidden(
                        "Tenant " + draft.projectId() + " not allowed to create port on this network", "HTTPForbidden");
        }
        common.guard().create(caller, SHAPE, draft, target);
        return network;
    }

    /// The owner needs no look at who the network is shared with.
    private static Target target(Tx tx, Caller caller, Network network, String projectId) {
        var target = Target.project(projectId)
                .with("network:tenant_id", network.projectId())
                .with("network:project_id", network.projectId());
        if (network.projectId().equals(projectId)) return target;
        return target.with(
                "shared",
                NetworkService.targetOf(tx, caller, network).attributes().get("shared"));
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        var network = network(tx, caller, draft);
        var port = create(tx, draft, network);
        var object = render(port, List.of(), domain(network));
        common.emit(tx, caller, SHAPE, "create", port.projectId(), port.id(), object.deepCopy());
        return object;
    }

    private Port create(Tx tx, Draft draft, Network network) {
        var values = draft.values();
        var owner = draft.text("device_owner");
        boolean internal = owner.startsWith("network:");
        boolean secure = values.has("port_security_enabled")
                ? values.path("port_security_enabled").asBoolean()
                : network.portSecurity() && !internal;
        var chosen = values.has("security_groups");
        var wantedGroups = texts(values.path("security_groups"));
        var pairs = values.path("allowed_address_pairs");
        check(secure, !pairs.isEmpty(), !wantedGroups.isEmpty(), pairs);
        List<String> groupIds = List.of();
        if (chosen) groupIds = groups.existing(tx, draft.projectId(), wantedGroups);
        else if (secure) groupIds = List.of(groups.standard(tx, draft.projectId()));
        var port = new Port(
                common.id(),
                draft.projectId(),
                draft.text("name"),
                network.id(),
                draft.text("mac_address"),
                draft.flag("admin_state_up"),
                "DOWN",
                draft.text("device_id"),
                owner,
                draft.text("binding:host_id"),
                draft.text("binding:vnic_type"),
                values.path("binding:profile"),
                secure,
                pairs,
                values.path("extra_dhcp_opts"),
                draft.text("dns_name"),
                Optional.empty(),
                false,
                Optional.empty(),
                0,
                Standard.fresh(draft.text("description"), 1, common.now()),
                List.of(),
                groupIds);
        return ports.create(tx, port, network, wanted(values), false, Optional.of(Quotas.STANDARD));
    }

    private void check(boolean secure, boolean hasPairs, boolean hasGroups, JsonNode pairs) {
        if (!secure && hasPairs)
            throw new Conflict(
                    "Port Security must be enabled in order to have allowed address pairs on a port.",
                    "AddressPairAndPortSecurityRequired");
        if (!secure && hasGroups)
            throw new Conflict(
                    "Port security must be enabled and port must have an IP address in order to use security groups.",
                    "PortSecurityAndIPRequiredForSecurityGroups");
        int most = common.config().get(NetworkOptions.MAX_ALLOWED_ADDRESS_PAIR);
        if (pairs.size() > most)
            throw new cloud.yun.kernel.error.CloudException.Invalid(
                    "The number of allowed address pair exceeds the maximum " + most + ".",
                    "AllowedAddressPairExhausted");
    }

    private Optional<List<Wanted>> wanted(ObjectNode values) {
        if (!values.has("fixed_ips")) return Optional.empty();
        var list = new ArrayList<Wanted>();
        for (var entry : values.path("fixed_ips"))
            list.add(new Wanted(
                    Optional.ofNullable(entry.path("subnet_id").asString(null)),
                    Ip.parse(entry.path("ip_address").asString(null))));
        if (list.size() > common.config().get(NetworkOptions.MAX_FIXED_IPS_PER_PORT))
            throw Values.operation("Exceeded maximum amount of fixed ips per port.");
        return Optional.of(list);
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            var network = new NetworkStore(tx).find(seen.networkId()).orElseThrow();
            common.guard()
                    .update(
                            caller,
                            SHAPE,
                            changes,
                            target(tx, caller, network, seen.projectId())
                                    .with(
                                            "device_owner",
                                            changes.path("device_owner").asString(seen.deviceOwner())));
            var store = new PortStore(tx);
            var locked = store.lock(id).orElseThrow(() -> SHAPE.notFound(id));
            locked.standard().constrain(revision);
            var merged = merged(tx, locked, changes);
            if (!merged.mac().equals(locked.mac())) {
                if (locked.pluggedHost().isPresent())
                    throw new Conflict(
                            "Unable to complete operation on port " + id
                                    + ", port is already bound, port type: bridge, old_mac " + locked.mac()
                                    + ", new_mac " + merged.mac() + ".",
                            "PortBound");
                if (store.macTaken(locked.networkId(), merged.mac(), id))
                    throw Ports.macInUse(locked.networkId(), merged.mac());
            }
            store.update(merged, common.now());
            regroup(tx, locked, merged, changes);
            var wanted = wanted(changes);
            if (wanted.isPresent()) ports.readdress(tx, locked, network, wanted.get());
            ports.changed(tx, locked, network);
            var now = store.find(id).orElseThrow();
            ports.settle(tx, now);
            var object = rendered(tx, caller, List.of(now)).getFirst();
            common.emit(tx, caller, SHAPE, "update", seen.projectId(), id, object.deepCopy());
            return object;
        });
    }

    private void regroup(Tx tx, Port before, Port merged, ObjectNode changes) {
        if (!changes.has("security_groups")) return;
        var wanted = texts(changes.path("security_groups"));
        ports.regroup(tx, before, groups.existing(tx, merged.projectId(), wanted));
    }

    private Port merged(Tx tx, Port p, ObjectNode changes) {
        boolean secure = changes.path("port_security_enabled").asBoolean(p.portSecurity());
        var pairs = changes.has("allowed_address_pairs") ? changes.get("allowed_address_pairs") : p.pairs();
        boolean hasGroups = changes.has("security_groups")
                ? !changes.path("security_groups").isEmpty()
                : !p.groups().isEmpty();
        if (!secure && !pairs.isEmpty()) check(false, true, false, pairs);
        if (!secure && hasGroups)
            throw new Conflict(
                    "Port has security group associated. Cannot disable port security or IP address until security group"
                            + " is removed.",
                    "PortSecurityPortHasSecurityGroup");
        check(secure, !pairs.isEmpty(), hasGroups, pairs);
        var host =
                changes.has("binding:host_id") ? changes.path("binding:host_id").asString("") : p.host();
        return new Port(
                p.id(),
                p.projectId(),
                changes.path("name").asString(p.name()),
                p.networkId(),
                changes.path("mac_address").asString(p.mac()),
                changes.path("admin_state_up").asBoolean(p.adminStateUp()),
                p.status(),
                changes.path("device_id").asString(p.deviceId()),
                changes.path("device_owner").asString(p.deviceOwner()),
                host,
                changes.path("binding:vnic_type").asString(p.vnicType()),
                changes.has("binding:profile") ? changes.get("binding:profile") : p.profile(),
                secure,
                pairs,
                changes.has("extra_dhcp_opts")
                        ? options(p.dhcpOptions(), changes.path("extra_dhcp_opts"))
                        : p.dhcpOptions(),
                changes.path("dns_name").asString(p.dnsName()),
                p.pluggedHost(),
                p.ours(),
                p.deviceTag(),
                p.position(),
                new Standard(
                        changes.path("description").asString(p.standard().description()),
                        p.standard().revision(),
                        p.standard().createdAt(),
                        p.standard().updatedAt()),
                p.addresses(),
                p.groups());
    }

    /// A null value takes an option away; what is not named stays.
    private static JsonNode options(JsonNode before, JsonNode changes) {
        var byName = new java.util.LinkedHashMap<String, JsonNode>();
        for (var option : before) byName.put(option.path("opt_name") + "/" + option.path("ip_version"), option);
        for (var option : changes) {
            var key = option.path("opt_name") + "/" + option.path("ip_version");
            if (option.path("opt_value").isNull()) byName.remove(key);
            else byName.put(key, option);
        }
        var array = Json.array();
        byName.values().forEach(array::add);
        return array;
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            var network = new NetworkStore(tx).find(seen.networkId()).orElseThrow();
            common.guard().delete(caller, SHAPE, target(tx, caller, network, seen.projectId()));
            var locked = new PortStore(tx).lock(id).orElseThrow(() -> SHAPE.notFound(id));
            locked.standard().constrain(revision);
            if (ROUTER_OWNERS.contains(locked.deviceOwner()))
                throw new Conflict(
                        "Port " + id + " cannot be deleted directly via the port API: has device owner "
                                + locked.deviceOwner() + ".",
                        "ServicePortInUse");
            releases.released(tx, caller, locked);
            ports.delete(tx, locked, network);
            common.emitDelete(tx, caller, SHAPE, locked.projectId(), id);
        });
    }

    /// `GET /v2.0/ports/ID/bindings`.
    public JsonNode bindings(Caller caller, String id) {
        return common.db().read(tx -> {
            var port = visible(tx, caller, id);
            var array = Json.array();
            if (!port.host().isEmpty()) {
                var binding = array.addObject()
                        .put("host", port.host())
                        .put("vif_type", "bridge")
                        .put("vnic_type", port.vnicType())
                        .put("status", "ACTIVE");
                binding.set("profile", port.profile());
                binding.set("vif_details", vifDetails());
            }
            return array;
        });
    }

    /// The network it is on decides too, and is looked for first.
    @Override
    protected void check(Caller caller, Draft draft) {}

    @Override
    protected Optional<Port> find(Tx tx, String id) {
        return new PortStore(tx).find(id);
    }

    @Override
    protected List<Port> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new PortStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, Port row) {
        return Target.project(row.projectId());
    }

    /// Also who owns the network; its row is read only for those who would not see the port otherwise.
    @Override
    protected boolean sees(Tx tx, Caller caller, Port row) {
        if (super.sees(tx, caller, row)) return true;
        var network = new NetworkStore(tx).find(row.networkId()).orElseThrow();
        return common.guard()
                .sees(caller, SHAPE, target(tx, caller, row).with("network:tenant_id", network.projectId()));
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<Port> list) {
        if (list.isEmpty()) return List.of();
        var tags = Standard.tags(tx, list.stream().map(Port::id).toList());
        Map<String, String> domains = new HashMap<>();
        new NetworkStore(tx)
                .find(list.stream().map(Port::networkId).distinct().toList())
                .forEach((id, network) -> domains.put(id, domain(network)));
        return list.stream()
                .map(p -> render(p, tags.getOrDefault(p.id(), List.of()), domains.getOrDefault(p.networkId(), "")))
                .toList();
    }

    private String domain(Network network) {
        return network.dnsDomain().isEmpty() ? common.config().get(NetworkOptions.DNS_DOMAIN) : network.dnsDomain();
    }

    private static ObjectNode vifDetails() {
        return Json.object().put("port_filter", true).put("connectivity", "l2");
    }

    private static ObjectNode render(Port p, List<String> tags, String domain) {
        var object = Json.object()
                .put("id", p.id())
                .put("name", p.name())
                .put("network_id", p.networkId())
                .put("tenant_id", p.projectId())
                .put("mac_address", p.mac())
                .put("admin_state_up", p.adminStateUp())
                .put("status", p.status())
                .put("device_id", p.deviceId())
                .put("device_owner", p.deviceOwner());
        var addresses = object.putArray("fixed_ips");
        for (var address : p.addresses())
            addresses.addObject().put("subnet_id", address.subnetId()).put("ip_address", address.ip());
        object.set("allowed_address_pairs", pairs(p));
        object.set("extra_dhcp_opts", p.dhcpOptions());
        var groupIds = object.putArray("security_groups");
        p.groups().forEach(groupIds::add);
        object.put("binding:vnic_type", p.vnicType());
        object.set("binding:profile", p.profile());
        object.put("binding:host_id", p.host()).put("binding:vif_type", p.host().isEmpty() ? "unbound" : "bridge");
        object.set("binding:vif_details", p.host().isEmpty() ? Json.object() : vifDetails());
        object.put("port_security_enabled", p.portSecurity()).put("dns_name", p.dnsName());
        var names = object.putArray("dns_assignment");
        for (var address : p.addresses()) {
            var host = Port.hostname(p.dnsName(), address.ip());
            names.addObject()
                    .put("ip_address", address.ip())
                    .put("hostname", host)
                    .put("fqdn", domain.isEmpty() ? host + "." : host + "." + dotted(domain));
        }
        return p.standard().into(object, tags, p.projectId());
    }

    private static String dotted(String domain) {
        return domain.endsWith(".") ? domain : domain + ".";
    }

    /// A pair without a MAC address means the port's own.
    private static JsonNode pairs(Port p) {
        if (p.pairs().isEmpty()) return p.pairs();
        var array = Json.array();
        for (var pair : p.pairs())
            array.addObject()
                    .put("mac_address", pair.path("mac_address").asString(p.mac()))
                    .put("ip_address", pair.path("ip_address").asString());
        return array;
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(v -> texts.add(v.asString()));
        return texts;
    }
}
