package cloud.yun.compute.proxy;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A rule of a security group in Nova's terms: what may come in, from a network or from a group.
///
/// @param from first port, or ICMP type; -1: any
/// @param to last port, or ICMP code; -1: any
record OldRule(
        Optional<String> protocol,
        Optional<Integer> from,
        Optional<Integer> to,
        Optional<String> cidr,
        Optional<String> groupId) {
    static final String ANYWHERE = "0.0.0.0/0";
    private static final int PORT_MAX = 65_535;
    private static final int ICMP_MAX = 255;
    private static final Pattern CIDR = Pattern.compile("[0-9a-fA-F.:]+/[0-9]{1,3}");

    static Optional<String> text(JsonNode node, String name) {
        var value = node.path(name);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value.asString());
    }

    static boolean ingress(JsonNode stored) {
        return stored.path("direction").asString().equals("ingress");
    }

    /// @return empty when the request says too little
    /// @throws Invalid in Nova's words
    static Optional<OldRule> of(JsonNode asked) {
        var group = text(asked, "group_id");
        var protocol = text(asked, "ip_protocol");
        var from = text(asked, "from_port");
        var to = text(asked, "to_port");
        var cidr = group.isPresent() ? Optional.<String>empty() : Optional.of(cidr(text(asked, "cidr")));
        var upper = protocol.orElse("").toUpperCase(Locale.ROOT);
        if (group.isPresent() && from.isEmpty() && to.isEmpty()) {
            if (upper.equals("ICMP")) return Optional.of(new OldRule(protocol, any(), any(), cidr, group));
            if (upper.equals("TCP") || upper.equals("UDP"))
                return Optional.of(new OldRule(protocol, Optional.of(1), Optional.of(PORT_MAX), cidr, group));
        }
        if (protocol.isEmpty() || protocol.get().isEmpty() || from.isEmpty() || to.isEmpty())
            return group.map(_ -> new OldRule(Optional.empty(), Optional.empty(), Optional.empty(), cidr, group));
        var first = number(from.get(), upper);
        var last = number(to.get(), upper);
        check(protocol.get(), upper, first, last);
        return Optional.of(new OldRule(protocol, Optional.of(first), Optional.of(last), cidr, group));
    }

    private static Optional<Integer> any() {
        return Optional.of(-1);
    }

    private static String cidr(Optional<String> asked) {
        if (asked.isEmpty() || asked.get().isEmpty()) return ANYWHERE;
        var cidr = asked.get();
        if (!CIDR.matcher(cidr).matches()) throw new Invalid("Invalid cidr " + cidr + ".");
        if (cidr.endsWith("/0") && !cidr.equals(ANYWHERE) && !cidr.equals("::/0"))
            throw new Invalid("Bad prefix for network in cidr " + cidr);
        return cidr;
    }

    private static int number(String text, String protocol) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Invalid(
                    protocol.equals("ICMP")
                            ? "Invalid input received: Type and Code must be integers for ICMP protocol type"
                            : "Invalid input received: To and From ports must be integers");
        }
    }

    private static void check(String protocol, String upper, int from, int to) {
        if (!List.of("TCP", "UDP", "ICMP").contains(upper)) throw new Invalid("Invalid IP protocol " + protocol + ".");
        if (upper.equals("ICMP")) {
            if (from < -1 || from > ICMP_MAX || to < -1 || to > ICMP_MAX)
                throw range(from, to, "For ICMP, the type:code must be valid");
            return;
        }
        if (from > to) throw range(from, to, "Former value cannot be greater than the later");
        if (from < 1 || to > PORT_MAX) throw range(from, to, "Valid " + upper + " ports should be between 1-65535");
    }

    private static Invalid range(int from, int to, String why) {
        return new Invalid("Invalid port range " + from + ":" + to + ". " + why);
    }

    /// As the network room keeps it.
    static OldRule stored(JsonNode rule) {
        var protocol = text(rule, "protocol");
        var from = text(rule, "port_range_min").map(Integer::valueOf);
        var to = text(rule, "port_range_max").map(Integer::valueOf);
        if (protocol.isPresent() && from.isEmpty() && to.isEmpty()) {
            var upper = protocol.get().toUpperCase(Locale.ROOT);
            boolean ports = upper.equals("TCP") || upper.equals("UDP");
            from = Optional.of(ports ? 1 : -1);
            to = Optional.of(ports ? PORT_MAX : -1);
        }
        var group = text(rule, "remote_group_id");
        var cidr = text(rule, "remote_ip_prefix").or(() -> Optional.of(ANYWHERE));
        return new OldRule(protocol, from, to, cidr, group);
    }

    boolean same(OldRule stored) {
        return groupId.equals(stored.groupId)
                && (groupId.isPresent() || cidr.equals(stored.cidr))
                && from.equals(stored.from)
                && to.equals(stored.to)
                && protocol.map(p -> p.toLowerCase(Locale.ROOT))
                        .equals(stored.protocol.map(p -> p.toLowerCase(Locale.ROOT)));
    }

    /// @return the body that makes this rule in the network room
    ObjectNode wanted(String parentId) {
        var body = Json.object();
        var rule = body.putObject("security_group_rule")
                .put("direction", "ingress")
                .put("protocol", protocol.map(p -> p.toLowerCase(Locale.ROOT)).orElse(null))
                .put("ethertype", cidr.filter(c -> c.contains(":")).isPresent() ? "IPv6" : "IPv4")
                .put("remote_ip_prefix", cidr.orElse(null))
                .put("security_group_id", parentId)
                .put("remote_group_id", groupId.orElse(null));
        from.filter(f -> f != -1).ifPresent(f -> rule.put("port_range_min", f));
        to.filter(t -> t != -1).ifPresent(t -> rule.put("port_range_max", t));
        return body;
    }
}
