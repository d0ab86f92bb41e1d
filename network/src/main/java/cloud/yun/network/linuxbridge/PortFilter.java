package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Link;
import cloud.yun.host.net.Nft;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import cloud.yun.network.driver.NetworkDriver.Port;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// Anti-spoofing and security groups of the taps on this host, in two nftables tables named `yun`.
///
/// Connections are tracked only where packets count as routed, and bridged ones get there through br_netfilter,
/// where the names of the bridge's ports are no longer known. So each filtered tap has a number, and the mark of
/// a packet carries both: `number of the tap it came from << 16 | number of the tap it goes to`. Table `bridge
/// yun` checks the sender and sets the mark; table `inet yun` puts each bridge into a conntrack zone of its own
/// (networks may use the same addresses) and judges by mark. Numbers and zones are read from the tables
/// themselves: nothing is kept in memory.
///
/// Every change is one transaction: a packet sees all the old rules of a port or all the new ones.
final class PortFilter {
    static final Nft.Table BRIDGE = new Nft.Table("bridge", "yun");
    static final Nft.Table INET = new Nft.Table("inet", "yun");
    private static final List<String> NETFILTER =
            List.of("net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables");
    private static final int NUMBER_MAX = 0x7fff;

    /// Priorities: before br_netfilter (0 in both bridge hooks), and before conntrack (-200) for the zone.
    private static final String BASE = """
            add table bridge yun
            add map bridge yun from { type ifname : verdict; }
            add map bridge yun to { type ifname : verdict; }
            add chain bridge yun prerouting { type filter hook prerouting priority -300; policy accept; }
            add chain bridge yun forward { type filter hook forward priority -200; policy accept; }
            flush chain bridge yun prerouting
            flush chain bridge yun forward
            add rule bridge yun prerouting iifname vmap @from
            add rule bridge yun forward oifname vmap @to
            add table inet yun
            add map inet yun zones { type ifname : verdict; }
            add map inet yun from { type mark : verdict; }
            add map inet yun to { type mark : verdict; }
            add chain inet yun zone { type filter hook prerouting priority raw; policy accept; }
            add chain inet yun forward { type filter hook forward priority filter; policy accept; }
            add chain inet yun input { type filter hook input priority filter; policy accept; }
            flush chain inet yun zone
            flush chain inet yun forward
            flush chain inet yun input
            add rule inet yun zone iifname vmap @zones
            add rule inet yun forward meta mark and 0xffff0000 vmap @from
            add rule inet yun forward meta mark and 0x0000ffff vmap @to
            add rule inet yun input meta mark and 0xffff0000 vmap @from
            """;

    private final HostNetwork net;
    private final Commands commands;
    private final ReentrantLock lock = new ReentrantLock();

    PortFilter(HostNetwork net, Commands commands) {
        this.net = net;
        this.commands = commands;
    }

    /// Installs, replaces or (without port security) removes the filter of a tap, which need not exist yet.
    /// Connections that a rule now gone had let through are forgotten, so that they end at once.
    ///
    /// @param ownZone the bridge, if it has a conntrack zone of its own
    void apply(Port port, Optional<String> ownZone) {
        String tap = Names.device(port.tap());
        Set<String> gone = locked(() -> {
            var numbers = numbers();
            if (!port.portSecurity()) {
                removeRules(tap, numbers);
                return Set.of();
            }
            enableBridgeNetfilter();
            var known = numbers.get(tap);
            Set<String> before = known == null ? Set.of() : fingerprints(tap);
            int number = known == null ? free(numbers) : known;
            var egress = PortRules.egress(port);
            var ingress = PortRules.ingress(port);
            String zone = ownZone.map(b -> zoneScript(b, zones())).orElse("");
            net.nft().apply(BASE + zone + script(port, tap, number, egress, ingress));
            var removed = new HashSet<>(before);
            var now = String.join("\n", egress) + String.join("\n", ingress);
            removed.removeIf(now::contains);
            return removed;
        });
        if (!gone.isEmpty()) forget(port, ownZone);
    }

    /// Removes the filter of a tap; succeeds when there is none.
    void remove(String tap) {
        locked(() -> {
            removeRules(Names.device(tap), numbers());
            return true;
        });
    }

    /// Gives a bridge a conntrack zone of its own.
    void track(String bridge) {
        locked(() -> {
            enableBridgeNetfilter();
            String zone = zoneScript(bridge, zones());
            if (!zone.isEmpty()) net.nft().apply(BASE + zone);
            return true;
        });
    }

    private static String zoneScript(String bridge, TreeMap<String, Integer> zones) {
        if (zones.containsKey(bridge)) return "";
        int zone = free(zones);
        return "add chain inet yun zone-" + zone + "\nflush chain inet yun zone-" + zone + "\nadd rule inet yun zone-"
                + zone + " ct zone set " + zone + "\nadd element inet yun zones { \"" + bridge + "\" : goto zone-"
                + zone
                + " }\n";
    }

    void untrack(String bridge) {
        locked(() -> {
            var zone = zones().get(bridge);
            if (zone != null) {
                net.nft()
                        .apply("delete element inet yun zones { \"" + bridge + "\" }\ndelete chain inet yun zone-"
                                + zone + "\n");
            }
            return true;
        });
    }

    /// Frees the zones of bridges that are gone.
    void untrackOthers() {
        for (String bridge : zones().keySet()) {
            locked(() -> {
                // Looked at under the lock: a bridge is there before it asks for its zone.
                if (net.link(bridge).isEmpty()) untrack(bridge);
                return true;
            });
        }
    }

    /// @return frames from a tap that were dropped because their sender was not who it said; empty without filter
    Optional<Long> dropped(String tap) {
        return net.nft().objects(BRIDGE).stream()
                .filter(o -> o.has("counter"))
                .map(o -> o.path("counter"))
                .filter(c -> c.path("name").asString("").equals(counter(tap)))
                .map(c -> c.path("packets").asLong())
                .findFirst();
    }

    /// @return the taps that have a filter
    Set<String> filtered() {
        return numbers().keySet();
    }

    /// Removes the rules of taps and bridges that are gone: another Yun on this host may have its own beside them.
    void purgePorts() {
        locked(() -> {
            var there = net.links().stream().map(Link::name).collect(Collectors.toSet());
            var numbers = numbers();
            for (String tap : List.copyOf(numbers.keySet())) {
                if (!there.contains(tap)) removeRules(tap, numbers);
            }
            for (String bridge : zones().keySet()) {
                if (!there.contains(bridge)) untrack(bridge);
            }
            return true;
        });
    }

    /// Removes the tables after the last rule.
    void purgeTables() {
        locked(() -> {
            if (numbers().isEmpty() && zones().isEmpty()) {
                net.nft().deleteTable(BRIDGE);
                net.nft().deleteTable(INET);
            }
            return true;
        });
    }

    // ---------------------------------------------------------------- rules

    private static String counter(String tap) {
        return "spoofed-" + tap;
    }

    private static String script(Port port, String tap, int number, List<String> egress, List<String> ingress) {
        var text = new StringBuilder();
        text.append("add counter bridge yun ").append(counter(tap)).append('\n');
        var from = new ArrayList<String>();
        from.add("meta mark set " + (number << 16));
        from.addAll(PortRules.identity(port, counter(tap)));
        chain(text, "bridge yun from-" + tap, from);
        // Frames of other kinds than these do not pass the stateful filter, so they may not reach the guest.
        chain(
                text,
                "bridge yun to-" + tap,
                List.of("ether type != { ip, ip6, arp } drop", "meta mark set meta mark and 0xffff0000 or " + number));
        chain(text, "inet yun out-" + tap, egress);
        chain(text, "inet yun in-" + tap, ingress);
        text.append("add element bridge yun from { \"" + tap + "\" : jump from-" + tap + " }\n");
        text.append("add element bridge yun to { \"" + tap + "\" : jump to-" + tap + " }\n");
        text.append("add element inet yun from { " + (number << 16) + " : jump out-" + tap + " }\n");
        text.append("add element inet yun to { " + number + " : jump in-" + tap + " }\n");
        return text.toString();
    }

    private static void chain(StringBuilder text, String name, List<String> rules) {
        text.append("add chain ")
                .append(name)
                .append("\nflush chain ")
                .append(name)
                .append('\n');
        for (String rule : rules) {
            text.append("add rule ").append(name).append(' ').append(rule).append('\n');
        }
    }

    private void removeRules(String tap, TreeMap<String, Integer> numbers) {
        var number = numbers.get(tap);
        if (number == null) return;
        net.nft()
                .apply("delete element bridge yun from { \"" + tap + "\" }\n"
                        + "delete element bridge yun to { \"" + tap + "\" }\n"
                        + "delete element inet yun from { " + (number << 16) + " }\n"
                        + "delete element inet yun to { " + number + " }\n"
                        + "delete chain bridge yun from-" + tap + "\n"
                        + "delete chain bridge yun to-" + tap + "\n"
                        + "delete chain inet yun out-" + tap + "\n"
                        + "delete chain inet yun in-" + tap + "\n"
                        + "delete counter bridge yun " + counter(tap) + "\n");
    }

    // ---------------------------------------------------------------- what is there

    /// Numbers of the filtered taps, as the table has them.
    private TreeMap<String, Integer> numbers() {
        var found = new TreeMap<String, Integer>();
        for (var entry : net.nft().elements(INET, "to")) {
            String chain = entry.value().path("jump").path("target").asString("");
            if (chain.startsWith("in-"))
                found.put(chain.substring(3), entry.key().asInt());
        }
        return found;
    }

    /// Zones of the bridges, as the table has them.
    private TreeMap<String, Integer> zones() {
        var found = new TreeMap<String, Integer>();
        for (var entry : net.nft().elements(INET, "zones")) {
            String chain = entry.value().path("goto").path("target").asString("");
            if (chain.startsWith("zone-")) {
                found.put(entry.key().asString(""), Integer.valueOf(chain.substring(5)));
            }
        }
        return found;
    }

    private static int free(TreeMap<String, Integer> taken) {
        var used = new TreeSet<>(taken.values());
        for (int n = 1; n <= NUMBER_MAX; n++) {
            if (!used.contains(n)) return n;
        }
        throw new IllegalStateException("more than " + NUMBER_MAX + " ports on one host");
    }

    private Set<String> fingerprints(String tap) {
        var found = new HashSet<String>();
        for (String chain : List.of("in-", "out-")) {
            for (var rule : net.nft().rules(INET, chain + tap)) {
                if (rule.has("comment")) found.add(rule.path("comment").asString(""));
            }
        }
        return found;
    }

    private void forget(Port port, Optional<String> ownZone) {
        var number = ownZone.flatMap(b -> Optional.ofNullable(zones().get(b)));
        var zone = number.map(OptionalInt::of).orElse(OptionalInt.empty());
        for (String address : PortRules.addresses(port)) net.forgetConnections(address, zone);
    }

    /// Bridged packets reach conntrack only with br_netfilter; it is per namespace, and somebody may have turned it
    /// off.
    private void enableBridgeNetfilter() {
        if (bridgeNetfilter().equals(List.of("1", "1"))) return;
        if (net.sysctl(NETFILTER.getFirst()).isEmpty()) loadModule();
        if (net.sysctl(NETFILTER.getFirst()).isEmpty()) {
            throw new IllegalStateException("This kernel cannot filter bridged packets: it lacks br_netfilter");
        }
        for (String key : NETFILTER) net.sysctl(key, "1");
    }

    private List<String> bridgeNetfilter() {
        var read = Command.of("sysctl", "-n")
                .with(NETFILTER.toArray(String[]::new))
                .in(net.namespace())
                .accept(0, 1, 255);
        return commands.output(read).lines().map(String::strip).toList();
    }

    private void loadModule() {
        try {
            commands.run(Command.of("modprobe", "br_netfilter"));
        } catch (CommandFailed e) {
            throw new IllegalStateException("This kernel cannot filter bridged packets: it lacks br_netfilter", e);
        }
    }

    private <T> T locked(java.util.function.Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }
}
