package cloud.yun.host.net;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import java.util.ArrayList;
import java.util.List;

/// What the kernel can do for networks of guests: tried out, in a namespace that is gone afterwards.
public final class NetworkFacts {
    /// @param why not, in a sentence; empty when it is good
    public record Fact(String what, boolean good, String why) {}

    private static final String FILTER = "net.ipv4.conf.all.rp_filter";

    private NetworkFacts() {}

    /// @param namespace a name that nobody uses
    public static List<Fact> read(Commands commands, String namespace) {
        var root = HostNetwork.root(commands);
        var facts = new ArrayList<Fact>();
        try {
            root.createNamespace(namespace);
            var there = Command.of("ip", "-n", namespace, "link", "add");
            facts.add(tried(commands, "bridges", there.with("b0", "type", "bridge")));
            facts.add(tried(commands, "VXLAN", there.with("v0", "type", "vxlan", "id", "1", "dstport", "4789")));
            facts.add(tried(
                    commands,
                    "connection tracking (conntrack)",
                    Command.of("nft", "-f", "-").in(namespace).stdin("""
                            table inet yun {
                              chain forward {
                                type filter hook forward priority 0
                                ct state established accept
                              }
                            }
                            """)));
            facts.add(tried(
                    commands,
                    "forwarding (net.ipv4.ip_forward)",
                    Command.of("sysctl", "-qw", "net.ipv4.ip_forward=1").in(namespace)));
        } catch (CommandFailed e) {
            facts.add(new Fact("network namespaces", false, String.valueOf(e.getMessage())));
        } finally {
            commands.succeeds(Command.of("ip", "netns", "delete", namespace));
        }
        facts.add(sourceFilter(root));
        return facts;
    }

    private static Fact tried(Commands commands, String what, Command command) {
        try {
            commands.run(command);
            return new Fact(what, true, "");
        } catch (CommandFailed e) {
            return new Fact(what, false, String.valueOf(e.getMessage()));
        }
    }

    private static Fact sourceFilter(HostNetwork root) {
        var what = "sources not filtered strictly (" + FILTER + ")";
        boolean strict = root.sysctl(FILTER).filter(v -> v.equals("1")).isPresent();
        return new Fact(
                what,
                !strict,
                strict
                        ? "packets that come another way than their answers go are dropped; sysctl -w " + FILTER + "=2"
                        : "");
    }
}
