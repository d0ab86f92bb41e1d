package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Nft;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.network.driver.NetworkDriver.Group;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Members of security groups, as sets in table `inet yun` that rules of ports refer to: `members4-ID` and
/// `members6-ID` for addresses, where a lookup and a change cost the same for any number of them, and `blocks4-ID`
/// and `blocks6-ID` for the few CIDRs of allowed address pairs, which may overlap and are written as a whole.
///
/// A set bears our mark as its comment; a stranger's is left alone.
final class GroupSets {
    private static final String TABLE = "inet yun";
    private static final String MEMBERS = "members";
    private static final String BLOCKS = "blocks";

    private final HostNetwork net;
    private final String mark;

    GroupSets(HostNetwork net, String mark) {
        this.net = net;
        this.mark = mark;
    }

    /// @return the names of the sets that a rule for the remote group looks into
    static List<String> names(String groupId, boolean v4) {
        String end = (v4 ? "4-" : "6-") + Names.id(groupId);
        return List.of(MEMBERS + end, BLOCKS + end);
    }

    /// The sets as a whole; who is not in them any more is cut off.
    void apply(Group group) {
        var script = new StringBuilder("add table " + TABLE + "\n");
        var gone = new ArrayList<Cidr>();
        var all = parsed(group.members());
        for (boolean v4 : new boolean[] {true, false}) {
            for (String set : names(group.id(), v4)) {
                boolean blocks = set.startsWith(BLOCKS);
                var before = there(set);
                var wanted = blocks ? Cidr.disjoint(of(all, v4, true)) : of(all, v4, false);
                script.append(declaration(set, v4, blocks));
                script.append("flush set ")
                        .append(TABLE)
                        .append(' ')
                        .append(set)
                        .append('\n');
                script.append(elements("add", set, wanted));
                before.removeAll(wanted);
                gone.addAll(before);
            }
        }
        net.nft().apply(script.toString());
        forget(gone);
    }

    /// Only the elements that changed, which are addresses. Adding one first makes deleting it succeed when it was
    /// not there.
    void change(String id, Set<String> joined, Set<String> left) {
        var script = new StringBuilder();
        var come = parsed(joined);
        var gone = parsed(left);
        if (come.stream().anyMatch(GroupSets::block) || gone.stream().anyMatch(GroupSets::block))
            throw new IllegalArgumentException("blocks of a group are written as a whole: " + id);
        for (boolean v4 : new boolean[] {true, false}) {
            String set = names(id, v4).getFirst();
            var leaving = of(gone, v4, false);
            script.append(elements("add", set, leaving)).append(elements("delete", set, leaving));
            script.append(elements("add", set, of(come, v4, false)));
        }
        if (!script.isEmpty()) net.nft().apply(script.toString());
        forget(gone);
    }

    /// Does nothing while rules look into the sets.
    void remove(String id) {
        var there = ours();
        var script = new StringBuilder();
        for (boolean v4 : new boolean[] {true, false})
            for (String set : names(id, v4))
                if (there.contains(set)) script.append("delete set " + TABLE + " " + set + "\n");
        if (script.isEmpty()) return;
        try {
            net.nft().apply(script.toString());
        } catch (CommandFailed e) {
            if (!e.says("Device or resource busy")) throw e;
        }
    }

    /// @return the ids of the groups
    Set<String> inventory() {
        String start = MEMBERS + "4-";
        return ours().stream()
                .filter(s -> s.startsWith(start))
                .map(s -> s.substring(start.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    void purge() {
        inventory().forEach(this::remove);
    }

    // ---------------------------------------------------------------- elements

    private Set<String> ours() {
        return net.nft().sets(PortFilter.INET).stream()
                .filter(s -> s.comment().equals(Optional.of(mark)))
                .map(Nft.NamedSet::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String declaration(String set, boolean v4, boolean blocks) {
        return "add set " + TABLE + " " + set + " { type " + (v4 ? "ipv4_addr" : "ipv6_addr") + "; "
                + (blocks ? "flags interval; " : "") + "comment \"" + mark + "\"; }\n";
    }

    private static String elements(String verb, String set, Collection<Cidr> list) {
        if (list.isEmpty()) return "";
        return verb + " element " + TABLE + " " + set + " { "
                + list.stream().map(Cidr::toString).collect(Collectors.joining(", ")) + " }\n";
    }

    private Set<Cidr> there(String set) {
        var found = new LinkedHashSet<Cidr>();
        for (JsonNode element : net.nft().setElements(PortFilter.INET, set)) {
            var prefix = element.path("prefix");
            found.add(Cidr.of(
                    prefix.isObject()
                            ? prefix.path("addr").asString("") + "/"
                                    + prefix.path("len").asInt()
                            : element.asString("")));
        }
        return found;
    }

    private static List<Cidr> parsed(Collection<String> members) {
        return members.stream().map(Cidr::of).distinct().toList();
    }

    private static boolean block(Cidr cidr) {
        return cidr.prefix() < cidr.bits();
    }

    private static List<Cidr> of(Collection<Cidr> all, boolean v4, boolean blocks) {
        return all.stream().filter(c -> c.v4() == v4 && block(c) == blocks).toList();
    }

    /// In every zone: a connection that a rule still lets through is tracked anew with its next packet.
    private void forget(Collection<Cidr> gone) {
        for (var cidr : gone) net.forgetConnections(cidr.toString());
    }
}
