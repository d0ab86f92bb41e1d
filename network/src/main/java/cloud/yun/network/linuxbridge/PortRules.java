package cloud.yun.network.linuxbridge;

import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.network.driver.NetworkDriver.Rule;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The rules of a port in nftables' language. What is always allowed follows Neutron: a guest can resolve
/// neighbours, get an address and answer; it cannot pretend to be another one, a DHCP server or a router.
///
/// @see <a
///     href="https://docs.openstack.org/neutron/latest/contributor/internals/openvswitch_firewall.html">Neutron's
///     firewall</a>
final class PortRules {
    /// Protocol names of the security group API, by IANA's numbers.
    private static final Map<String, Integer> PROTOCOLS = Map.ofEntries(
            Map.entry("icmp", 1),
            Map.entry("igmp", 2),
            Map.entry("ipip", 4),
            Map.entry("tcp", 6),
            Map.entry("egp", 8),
            Map.entry("udp", 17),
            Map.entry("dccp", 33),
            Map.entry("ipv6-encap", 41),
            Map.entry("ipv6-route", 43),
            Map.entry("ipv6-frag", 44),
            Map.entry("rsvp", 46),
            Map.entry("gre", 47),
            Map.entry("esp", 50),
            Map.entry("ah", 51),
            Map.entry("icmpv6", 58),
            Map.entry("ipv6-icmp", 58),
            Map.entry("ipv6-nonxt", 59),
            Map.entry("ipv6-opts", 60),
            Map.entry("ospf", 89),
            Map.entry("vrrp", 112),
            Map.entry("pgm", 113),
            Map.entry("sctp", 132),
            Map.entry("udplite", 136));

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private PortRules() {}

    // ---------------------------------------------------------------- who the guest may be

    /// What a frame from the guest must look like, in the family `bridge`. Accepts, or drops with the counter.
    static List<String> identity(Port port, String counter) {
        String drop = "counter name \"" + counter + "\" drop";
        var lines = new ArrayList<String>();
        var owners = sources(port);
        // Tagged frames would pass the stateful filter unseen.
        lines.add("ether type != { ip, ip6, arp } " + drop);
        lines.add("ether saddr != { " + String.join(", ", owners.keySet()) + " } " + drop);
        owners.forEach((mac, blocks) -> {
            var arp = new ArrayList<>(blocks.stream().filter(Cidr::v4).toList());
            arp.add(Cidr.of("0.0.0.0"));
            lines.add("ether saddr " + mac + " arp saddr ether " + mac + from("arp saddr ip", arp) + " accept");
        });
        lines.add("ether type arp " + drop);
        lines.add("ether type ip udp sport 67 udp dport 68 " + drop);
        lines.add("ether type ip6 udp sport 547 udp dport 546 " + drop);
        lines.add("ether type ip6 icmpv6 type nd-router-advert " + drop);
        lines.add("ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept");
        lines.add("ip6 saddr :: icmpv6 type { mld-listener-report, nd-neighbor-solicit, mld2-listener-report } accept");
        owners.forEach((mac, blocks) -> {
            var v4 = blocks.stream().filter(Cidr::v4).toList();
            if (!v4.isEmpty()) lines.add("ether type ip ether saddr " + mac + from("ip saddr", v4) + " accept");
            var v6 = new ArrayList<>(blocks.stream().filter(b -> !b.v4()).toList());
            v6.add(Cidr.of(linkLocal(mac)));
            lines.add("ether type ip6 ether saddr " + mac + from("ip6 saddr", v6) + " accept");
        });
        lines.add(drop);
        return lines;
    }

    private static Map<String, List<Cidr>> sources(Port port) {
        var owners = new LinkedHashMap<String, List<Cidr>>();
        owners.put(
                Names.mac(port.mac()),
                new ArrayList<>(
                        port.fixedIps().stream().map(f -> Cidr.of(f.address())).toList()));
        for (String pair : port.allowedPairs()) {
            String[] halves = pair.split(",", 2);
            owners.computeIfAbsent(Names.mac(halves[0].strip()), _ -> new ArrayList<>())
                    .add(Cidr.of(halves[1].strip()));
        }
        return owners;
    }

    /// The link-local address that IPv6 makes of a MAC address (RFC 4291, appendix A).
    static String linkLocal(String mac) {
        String[] p = mac.split(":");
        String first = String.format(Locale.ROOT, "%02x", Integer.parseInt(p[0], 16) ^ 2);
        return "fe80::" + first + p[1] + ":" + p[2] + "ff:fe" + p[3] + ":" + p[4] + p[5];
    }

    // ---------------------------------------------------------------- whom the guest may talk to

    /// The chain for packets from the guest, in the family `inet`. Returns what may pass.
    static List<String> egress(Port port) {
        var lines = new ArrayList<String>();
        lines.add("icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query,"
                + " mld-listener-report, mld2-listener-report } return");
        lines.add("udp sport 68 udp dport 67 return");
        lines.add("udp sport 546 udp dport 547 return");
        lines.addAll(stateful(port, "egress"));
        return lines;
    }

    /// The chain for packets to the guest.
    static List<String> ingress(Port port) {
        var lines = new ArrayList<String>();
        lines.add(
                "icmpv6 type { mld-listener-query, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } return");
        lines.add("udp sport 67 udp dport 68 return");
        lines.add("udp sport 547 udp dport 546 return");
        lines.addAll(stateful(port, "ingress"));
        return lines;
    }

    private static List<String> stateful(Port port, String direction) {
        var lines = new ArrayList<String>();
        lines.add("ct state established,related return");
        lines.add("ct state invalid drop");
        // Sorted and without doubles: groups of one port often say the same.
        var wanted = new TreeSet<String>();
        for (Rule rule : port.rules()) {
            if (rule.direction().equals(direction)) wanted.addAll(render(rule));
        }
        for (String match : wanted) lines.add(match + "return comment \"" + fingerprint(match) + "\"");
        lines.add("drop");
        return lines;
    }

    /// @return the matches of a rule, each ending in a space; none when it lets nobody through
    private static List<String> render(Rule rule) {
        boolean v4 = rule.etherType().equalsIgnoreCase("IPv4");
        String family = v4 ? "meta nfproto ipv4 " : "meta nfproto ipv6 ";
        var protocol = rule.protocol().map(p -> protocol(p, v4)).filter(p -> p != 0);
        String rest =
                protocol.map(p -> "meta l4proto " + p + " " + ports(rule, p)).orElse("");
        return remotes(rule, v4).stream().map(r -> family + r + rest).toList();
    }

    /// @return ways to say whom a rule lets through; one that is empty lets everybody through
    private static List<String> remotes(Rule rule, boolean v4) {
        if (rule.remoteAny()) return List.of("");
        String key = (v4 ? "ip " : "ip6 ") + (rule.direction().equals("ingress") ? "saddr" : "daddr");
        var found = new ArrayList<String>();
        rule.remoteGroup().ifPresent(g -> GroupSets.names(g, v4).forEach(set -> found.add(key + " @" + set + " ")));
        var blocks = rule.remoteCidrs().stream()
                .map(Cidr::of)
                .filter(b -> b.v4() == v4)
                .toList();
        if (blocks.stream().anyMatch(Cidr::any)) found.add("");
        else if (!blocks.isEmpty()) found.add(from(key, blocks).stripLeading() + " ");
        return found;
    }

    private static String ports(Rule rule, int protocol) {
        if (rule.portMin().isEmpty()) return "";
        int min = rule.portMin().get();
        if (protocol == ICMP || protocol == ICMPV6) {
            String family = protocol == ICMP ? "icmp" : "icmpv6";
            return family + " type " + min + " "
                    + rule.portMax().map(code -> family + " code " + code + " ").orElse("");
        }
        int max = rule.portMax().orElse(min);
        if (min == max) return "th dport " + min + " ";
        return min <= 0 && max >= 65535 ? "" : "th dport " + min + "-" + max + " ";
    }

    /// Zero is any protocol.
    private static int protocol(String name, boolean v4) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("any")) return 0;
        // In a rule for IPv6, `icmp` means ICMPv6.
        if (!v4 && (lower.equals("icmp") || lower.equals("1"))) return ICMPV6;
        var number = PROTOCOLS.get(lower);
        return number != null ? number : Integer.parseInt(lower);
    }

    /// @return ` KEY { a, b }`, or nothing when every address matches
    private static String from(String key, List<Cidr> blocks) {
        if (blocks.stream().anyMatch(Cidr::any)) return "";
        return " " + key + " { "
                + Cidr.disjoint(blocks).stream().map(Cidr::toString).collect(Collectors.joining(", ")) + " }";
    }

    /// A short name for a rule, kept beside it in the kernel, to see later which rules are new and which are gone.
    private static String fingerprint(String match) {
        try {
            byte[] digest = java.security.MessageDigest.getInstance("SHA-256")
                    .digest(match.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return java.util.HexFormat.of().formatHex(digest, 0, 8);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @return the addresses of a port's own, without those of its allowed pairs
    static List<String> addresses(Port port) {
        return port.fixedIps().stream()
                .map(f -> InetAddress.ofLiteral(f.address()).getHostAddress())
                .toList();
    }
}
