package cloud.yun.network.port;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.address.Ip;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The attributes of ports.
final class PortShape {
    private static final Pattern DNS_LABEL = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
    private static final List<String> VNIC_TYPES = List.of(
            "normal",
            "direct",
            "macvtap",
            "baremetal",
            "direct-physical",
            "virtio-forwarder",
            "smart-nic",
            "remote-managed",
            "accelerator-direct",
            "accelerator-direct-physical",
            "vdpa");

    static final Shape SHAPE = new Shape(
                    "port",
                    "ports",
                    "PortNotFound",
                    "Port %s could not be found.",
                    shown("id").column("id"),
                    of("name", Values.text(255)).standard("").column("name"),
                    fixed("network_id", Values.uuid()).mandatory().column("network_id"),
                    shown("tenant_id").column("project_id"),
                    shown("project_id").column("project_id"),
                    of("mac_address", Values.mac()).column("mac"),
                    of("admin_state_up", Values.bool()).standard(true).flag("admin_state_up"),
                    shown("status").column("status"),
                    of("device_id", Values.text(255)).standard("").column("device_id"),
                    of("device_owner", Values.text(255)).standard("").column("device_owner"),
                    of("fixed_ips", PortShape::fixedIps),
                    of("allowed_address_pairs", PortShape::pairs).standard(List.of()),
                    of("extra_dhcp_opts", PortShape::dhcpOptions).standard(List.of()),
                    of("security_groups", Values.set(Values.uuid())),
                    of("description", Values.text(255)).standard("").column("description"),
                    of("binding:vnic_type", Values.oneOf(VNIC_TYPES))
                            .standard("normal")
                            .column("vnic_type"),
                    of("binding:profile", PortShape::profile).standard(Map.of()),
                    of("binding:host_id", Values.orNull(Values.text(255)))
                            .standard("")
                            .column("host"),
                    shown("binding:vif_type"),
                    shown("binding:vif_details"),
                    of("port_security_enabled", Values.bool()).flag("port_security"),
                    of("dns_name", PortShape::dnsName).standard("").column("dns_name"),
                    shown("dns_assignment"),
                    shown("tags"),
                    shown("created_at").number("created_at"),
                    shown("updated_at").number("updated_at"),
                    shown("revision_number").number("revision"))
            .filter("fixed_ips", PortShape::byAddress)
            .filter(
                    "ip_address",
                    (select, values) -> byAddress(
                            select, values.stream().map(v -> "ip_address=" + v).toList()))
            .filter(
                    "security_groups",
                    (select, values) -> select.where(
                            "EXISTS (SELECT 1 FROM port_security_group g WHERE g.port_id = port.id AND g.group_id IN ("
                                    + Tx.marks(values.size()) + "))",
                            values.toArray()))
            .filter("binding:vif_type", (select, values) -> {
                var parts = new ArrayList<String>();
                if (values.contains("unbound")) parts.add("host = ''");
                if (values.contains("bridge")) parts.add("host <> ''");
                select.where(parts.isEmpty() ? "1 = 0" : String.join(" OR ", parts));
            });

    private PortShape() {}

    /// `fixed_ips=ip_address=10.0.0.3&fixed_ips=subnet_id=...`: all keys must hold, each with any of its values.
    private static void byAddress(Select select, List<String> values) {
        var ips = new ArrayList<String>();
        var parts = new ArrayList<String>();
        var subnets = new ArrayList<String>();
        for (var value : values) {
            int equals = value.indexOf('=');
            var key = equals < 0 ? "" : value.substring(0, equals);
            var wanted = value.substring(equals + 1);
            switch (key) {
                case "ip_address" -> ips.add(Ip.parse(wanted).map(Ip::toString).orElse(wanted));
                case "ip_address_substr" -> parts.add(wanted);
                case "subnet_id" -> subnets.add(wanted);
                default ->
                    throw Values.invalid(
                            "fixed_ips", "'" + value + "' is not one of ip_address, ip_address_substr, subnet_id.");
            }
        }
        var conditions = new ArrayList<String>();
        var arguments = new ArrayList<Object>();
        if (!ips.isEmpty()) {
            conditions.add("a.ip IN (" + Tx.marks(ips.size()) + ")");
            arguments.addAll(ips);
        }
        if (!subnets.isEmpty()) {
            conditions.add("a.subnet_id IN (" + Tx.marks(subnets.size()) + ")");
            arguments.addAll(subnets);
        }
        for (var part : parts) {
            conditions.add("a.ip LIKE ?");
            arguments.add("%" + part.replace("%", "") + "%");
        }
        // Few ports have one address: they are looked up. Parts and subnets may be those of all ports: each is asked.
        select.where(
                (ips.isEmpty()
                                ? "EXISTS (SELECT 1 FROM ip_allocation a WHERE a.port_id = port.id AND "
                                : "port.id IN (SELECT a.port_id FROM ip_allocation a WHERE ")
                        + String.join(" AND ", conditions) + ")",
                arguments.toArray());
    }

    private static JsonNode fixedIps(String name, JsonNode value) {
        var list = Values.list(Values.object(List.of(), List.of("ip_address", "subnet_id")))
                .apply(name, value);
        var converted = Json.array();
        var seen = new HashSet<String>();
        for (var entry : list) {
            var one = converted.addObject();
            if (entry.hasNonNull("subnet_id"))
                one.set("subnet_id", Values.uuid().apply(name, entry.get("subnet_id")));
            if (entry.hasNonNull("ip_address")) {
                var ip = Values.ip().apply(name, entry.get("ip_address"));
                if (!seen.add(ip.stringValue()))
                    throw Values.invalid(name, "Duplicate IP address '" + ip.stringValue() + "'.");
                one.set("ip_address", ip);
            }
        }
        return converted;
    }

    private static JsonNode pairs(String name, JsonNode value) {
        var list = Values.list(Values.object(List.of("ip_address"), List.of("mac_address")))
                .apply(name, value);
        var converted = Json.array();
        var seen = new HashSet<JsonNode>();
        for (var entry : list) {
            var text = Python.str(entry.path("ip_address"));
            if (Cidr.parse(text).isEmpty())
                throw Values.invalid(
                        name, "'" + text + "' is neither a valid IP address, nor is it a valid IP subnet.");
            var one = Json.object();
            if (entry.hasNonNull("mac_address"))
                one.set("mac_address", Values.mac().apply(name, entry.get("mac_address")));
            one.put("ip_address", text);
            if (!seen.add(one))
                throw new cloud.yun.kernel.error.CloudException.Invalid(
                        "Request contains duplicate address pair: mac_address "
                                + one.path("mac_address").asString("") + " ip_address " + text + ".",
                        "DuplicateAddressPairInRequest");
            converted.add(one);
        }
        return converted;
    }

    private static JsonNode dhcpOptions(String name, JsonNode value) {
        var list = Values.list(Values.object(List.of("opt_name", "opt_value"), List.of("ip_version")))
                .apply(name, value);
        var converted = Json.array();
        for (var entry : list) {
            var one = Json.object();
            one.set("opt_name", Values.notEmpty(64).apply(name, entry.get("opt_name")));
            one.set("opt_value", Values.orNull(Values.text(255)).apply(name, entry.get("opt_value")));
            one.put(
                    "ip_version",
                    entry.hasNonNull("ip_version")
                            ? Values.oneOf(4, 6)
                                    .apply(name, entry.get("ip_version"))
                                    .asInt()
                            : 4);
            converted.add(one);
        }
        return converted;
    }

    private static JsonNode profile(String name, JsonNode value) {
        if (value.isNull()) return Json.object();
        if (!value.isObject()) throw Values.invalid(name, "'" + Python.str(value) + "' is not a dictionary.");
        return value;
    }

    private static JsonNode dnsName(String name, JsonNode value) {
        Values.text(255).apply(name, value);
        var text = value.stringValue();
        if (text.isEmpty()) return value;
        var labels = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        for (var label : labels.split("\\.", -1))
            if (!DNS_LABEL.matcher(label).matches())
                throw Values.invalid(
                        name,
                        "'" + text + "' not a valid PQDN or FQDN. Reason: Name '" + label
                                + "' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen.");
        return tools.jackson.databind.node.StringNode.valueOf(text.toLowerCase(java.util.Locale.ROOT));
    }
}
