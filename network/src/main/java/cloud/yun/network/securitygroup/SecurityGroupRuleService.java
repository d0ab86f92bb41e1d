package cloud.yun.network.securitygroup;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.addressgroup.AddressGroupService;
import cloud.yun.network.addressgroup.AddressGroupStore;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// The rules of security group rules.
public final class SecurityGroupRuleService extends Resource<Rule> {
    private static final List<String> PROTOCOLS = List.of(
            "ah",
            "dccp",
            "egp",
            "esp",
            "gre",
            "hopopt",
            "icmp",
            "igmp",
            "ip",
            "ipip",
            "ipv6-encap",
            "ipv6-frag",
            "ipv6-icmp",
            "icmpv6",
            "ipv6-nonxt",
            "ipv6-opts",
            "ipv6-route",
            "ospf",
            "pgm",
            "rsvp",
            "sctp",
            "tcp",
            "udp",
            "udplite",
            "vrrp");
    /// Protocols that have ports; the numbers are IANA's.
    private static final List<String> WITH_PORTS =
            List.of("tcp", "udp", "udplite", "sctp", "dccp", "6", "17", "33", "132", "136");
    private static final List<String> ICMP = List.of("icmp", "icmpv6", "ipv6-icmp", "1", "58");
    private static final int PORT_MAX = 65_535;

    public static final Shape SHAPE = new Shape(
            "security_group_rule",
            "security_group_rules",
            "SecurityGroupRuleNotFound",
            "Security group rule %s does not exist",
            shown("id").column("id"),
            shown("tenant_id").column("project_id"),
            shown("project_id").column("project_id"),
            fixed("security_group_id", Values.uuid()).mandatory().column("group_id"),
            // Any text, as in Neutron: what is no id of a group is a group that is not found.
            fixed("remote_group_id", Values.orNull(Values.text(255)))
                    .standard(null)
                    .column("remote_group_id"),
            fixed("direction", Values.oneOf(List.of("ingress", "egress")))
                    .mandatory()
                    .column("direction"),
            fixed("protocol", SecurityGroupRuleService::protocol).standard(null).column("protocol"),
            fixed("port_range_min", SecurityGroupRuleService::port)
                    .standard(null)
                    .number("port_min"),
            fixed("port_range_max", SecurityGroupRuleService::port)
                    .standard(null)
                    .number("port_max"),
            fixed("ethertype", SecurityGroupRuleService::etherType)
                    .standard("IPv4")
                    .column("ethertype"),
            fixed("remote_ip_prefix", SecurityGroupRuleService::prefix)
                    .standard(null)
                    .column("remote_ip_prefix"),
            shown("normalized_cidr"),
            fixed("remote_address_group_id", Values.orNull(Values.uuid()))
                    .standard(null)
                    .column("remote_address_group_id"),
            fixed("description", Values.text(255)).standard("").column("description"),
            shown("created_at").number("created_at"),
            shown("updated_at").number("updated_at"),
            shown("revision_number").number("revision"));

    public SecurityGroupRuleService(Common common) {
        super(common, SHAPE);
    }

    private static JsonNode protocol(String name, JsonNode value) {
        if (value.isNull()) return value;
        var text = Python.str(value).toLowerCase(java.util.Locale.ROOT);
        if (PROTOCOLS.contains(text)) return StringNode.valueOf(text);
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= 255) return StringNode.valueOf(text);
        } catch (NumberFormatException e) {
            // told below, as every other unknown protocol
        }
        var known = new ArrayList<String>();
        known.add("None");
        PROTOCOLS.forEach(p -> known.add("'" + p + "'"));
        throw new Invalid(
                "Security group rule protocol " + text + " not supported. Only protocol values ["
                        + String.join(", ", known) + "] and integer representations [0 to 255] are supported.",
                "SecurityGroupRuleInvalidProtocol");
    }

    private static JsonNode port(String name, JsonNode value) {
        if (value.isNull()) return value;
        try {
            int number = Integer.parseInt(Python.str(value));
            if (number >= 0 && number <= PORT_MAX) return tools.jackson.databind.node.IntNode.valueOf(number);
        } catch (NumberFormatException e) {
            // told below, as every other bad port
        }
        throw new Invalid("Invalid value for port " + Python.str(value), "SecurityGroupInvalidPortValue");
    }

    private static JsonNode etherType(String name, JsonNode value) {
        for (var type : List.of("IPv4", "IPv6"))
            if (Python.str(value).equalsIgnoreCase(type)) return StringNode.valueOf(type);
        throw new Invalid(
                "Security group rule for ethertype '" + Python.str(value)
                        + "' not supported. Allowed values are ['IPv4', 'IPv6'].",
                "SecurityGroupRuleInvalidEtherType");
    }

    private static JsonNode prefix(String name, JsonNode value) {
        if (value.isNull()) return value;
        var text = Python.str(value);
        return Cidr.parse(text)
                .<JsonNode>map(c -> StringNode.valueOf(text.contains("/") ? text : c.toString()))
                .orElseThrow(() -> new Invalid("CIDR " + text + " is invalid.", "InvalidCIDR"));
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        var store = new SecurityGroupStore(tx);
        var groupId = draft.text("security_group_id");
        var values = draft.values();
        check(values);
        var group = store.find(groupId).orElseThrow(() -> SecurityGroups.notFound(groupId));
        SecurityGroupService.own(common, caller, group);
        Optional<String> remote =
                Optional.ofNullable(values.path("remote_group_id").asString(null));
        remote.ifPresent(r -> {
            if (store.find(r).isEmpty()) throw SecurityGroups.notFound(r);
        });
        Optional<String> addresses =
                Optional.ofNullable(values.path("remote_address_group_id").asString(null));
        addresses.ifPresent(a -> usable(tx, caller, draft.projectId(), a));
        var now = common.now();
        var rule = new Rule(
                common.id(),
                draft.projectId(),
                groupId,
                draft.text("direction"),
                draft.text("ethertype"),
                Optional.ofNullable(values.path("protocol").asString(null)),
                number(values.path("port_range_min")),
                number(values.path("port_range_max")),
                Optional.ofNullable(values.path("remote_ip_prefix").asString(null)),
                remote,
                addresses,
                Optional.of(draft.text("description")),
                0,
                now,
                now);
        for (var other : store.rulesOf(List.of(groupId)).getOrDefault(groupId, List.of()))
            if (same(other, rule))
                throw new Conflict(
                        "Security group rule already exists. Rule id is " + other.id() + ".",
                        "SecurityGroupRuleExists");
        common.take(tx, draft.projectId(), "security_group_rule", 1);
        store.insert(rule);
        Standard.bump(tx, "security_group", groupId, now);
        filtersChanged(tx, groupId);
        var object = rule.render();
        common.emit(tx, caller, SHAPE, "create", rule.projectId(), rule.id(), object.deepCopy());
        return object;
    }

    private void usable(Tx tx, Caller caller, String projectId, String addressGroupId) {
        var group = new AddressGroupStore(tx).find(addressGroupId);
        boolean usable = group.isPresent()
                && (common.guard().all(caller)
                        || group.get().projectId().equals(projectId)
                        || Grants.shared(tx, projectId, addressGroupId));
        if (!usable) throw AddressGroupService.SHAPE.notFound(addressGroupId);
    }

    private static Optional<Integer> number(JsonNode value) {
        return value.isNumber() ? Optional.of(value.intValue()) : Optional.empty();
    }

    private static boolean same(Rule a, Rule b) {
        return a.direction().equals(b.direction())
                && a.etherType().equals(b.etherType())
                && a.protocol().equals(b.protocol())
                && a.portMin().equals(b.portMin())
                && a.portMax().equals(b.portMax())
                && a.remotePrefix().equals(b.remotePrefix())
                && a.remoteGroupId().equals(b.remoteGroupId())
                && a.remoteAddressGroupId().equals(b.remoteAddressGroupId());
    }

    private static void check(ObjectNode values) {
        var protocol = values.path("protocol").asString(null);
        var min = number(values.path("port_range_min"));
        var max = number(values.path("port_range_max"));
        long remotes = Stream.of("remote_group_id", "remote_ip_prefix", "remote_address_group_id")
                .filter(r -> !values.path(r).isNull())
                .count();
        if (remotes > 1)
            throw new Invalid(
                    "Only remote_ip_prefix, remote_group_id or remote_address_group_id may be provided.",
                    "SecurityGroupMultipleRemoteEntites");
        var type = values.path("ethertype").asString();
        var prefix = values.path("remote_ip_prefix").asString(null);
        if (prefix != null && Cidr.of(prefix).version() != (type.equals("IPv4") ? 4 : 6))
            throw new Invalid(
                    "Conflicting value ethertype " + type + " for CIDR " + prefix,
                    "SecurityGroupRuleParameterConflict");
        if (protocol != null
                && type.equals("IPv4")
                && (protocol.equals("icmpv6") || protocol.equals("ipv6-icmp") || protocol.equals("58")))
            throw new Invalid(
                    "Invalid ethertype IPv4 for protocol " + protocol + ".",
                    "SecurityGroupEthertypeConflictWithProtocol");
        if (min.isEmpty() && max.isEmpty()) return;
        if (protocol == null)
            throw new Invalid(
                    "Must also specify protocol if port range is given.", "SecurityGroupProtocolRequiredWithPorts");
        if (ICMP.contains(protocol)) icmp(min, max);
        else if (WITH_PORTS.contains(protocol)) {
            if (min.isEmpty() || max.isEmpty() || min.get() > max.get())
                throw new Invalid(
                        "For TCP/UDP protocols, port_range_min must be <= port_range_max",
                        "SecurityGroupInvalidPortRange");
        } else {
            throw new Invalid(
                    "Port range cannot be specified for protocol " + protocol
                            + ". Port range is only supported for TCP, UDP, UDPLITE, SCTP and DCCP.",
                    "SecurityGroupInvalidProtocolForPort");
        }
    }

    private static void icmp(Optional<Integer> type, Optional<Integer> code) {
        if (type.isEmpty())
            throw new Invalid(
                    "ICMP code (port-range-max) " + code.orElse(0)
                            + " is provided but ICMP type (port-range-min) is missing.",
                    "SecurityGroupMissingIcmpType");
        if (type.get() > 255)
            throw new Invalid(
                    "Invalid value for ICMP type (port-range-min) " + type.get() + ". It must be 0 to 255.",
                    "SecurityGroupInvalidIcmpValue");
        if (code.isPresent() && code.get() > 255)
            throw new Invalid(
                    "Invalid value for ICMP code (port-range-max) " + code.get() + ". It must be 0 to 255.",
                    "SecurityGroupInvalidIcmpValue");
    }

    /// The filters of the group's own plugged ports must be made anew.
    private void filtersChanged(Tx tx, String groupId) {
        new PortStore(tx)
                .pluggedIn(groupId)
                .forEach((port, host) -> common.dirty().mark(tx, Dirty.Kind.PORT, port, host, ""));
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        throw new Refused(405, "The method PUT is not allowed for this resource.", "HTTPMethodNotAllowed");
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var rule = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.project(rule.projectId()));
            filtersChanged(tx, rule.groupId());
            new SecurityGroupStore(tx).deleteRule(id);
            Standard.bump(tx, "security_group", rule.groupId(), common.now());
            common.give(tx, rule.projectId(), "security_group_rule", 1);
            common.emitDelete(tx, caller, SHAPE, rule.projectId(), id);
        });
    }

    @Override
    protected Optional<Rule> find(Tx tx, String id) {
        return new SecurityGroupStore(tx).rule(id);
    }

    @Override
    protected List<Rule> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new SecurityGroupStore(tx).rules(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, Rule row) {
        return Target.project(row.projectId()).with("security_group:tenant_id", owner(tx, row));
    }

    private static String owner(Tx tx, Rule rule) {
        return new SecurityGroupStore(tx)
                .find(rule.groupId())
                .map(SecurityGroup::projectId)
                .orElse("");
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<Rule> rows) {
        return rows.stream().map(Rule::render).toList();
    }
}
