package cloud.yun.network.securitygroup;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.addressgroup.AddressGroupStore;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.Standard;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.securitygroup.MemberStore.Member;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What ports and other rooms need of security groups.
public final class SecurityGroups {
    private final Common common;

    public SecurityGroups(Common common) {
        this.common = common;
    }

    /// The project's group `default`, made on first use: nobody gets in but its own members, everything gets out.
    ///
    /// @return its id
    public String standard(Tx tx, String projectId) {
        var store = new SecurityGroupStore(tx);
        var found = store.standardId(projectId);
        if (found.isPresent()) return found.get();
        var id = common.id();
        var now = common.now();
        var group = new SecurityGroup(
                id, projectId, "default", true, true, Standard.fresh("Default security group", 1, now));
        if (!store.insert(group)) return store.standardId(projectId).orElseThrow();
        for (var type : List.of("IPv4", "IPv6")) {
            store.insert(Rule.all(common.id(), projectId, id, "egress", type, false, now));
            store.insert(Rule.all(common.id(), projectId, id, "ingress", type, true, now));
        }
        // Neutron too counts it without asking: a project whose quota is used up still gets its ports filtered.
        common.give(tx, projectId, "security_group", -1);
        common.give(tx, projectId, "security_group_rule", -4);
        return id;
    }

    /// @param wanted ids
    /// @throws NotFound one of them is none that the project may use
    public List<String> existing(Tx tx, String projectId, Collection<String> wanted) {
        var found = new SecurityGroupStore(tx).named(projectId, wanted);
        for (var id : wanted) if (!found.getOrDefault(id, List.of()).contains(id)) throw notFound(id);
        return List.copyOf(new LinkedHashSet<>(wanted));
    }

    /// @return ids by name or id, for all of `wanted` that the project may use
    public Map<String, List<String>> named(Tx tx, String projectId, Collection<String> wanted) {
        return new SecurityGroupStore(tx).named(projectId, wanted);
    }

    /// @return names by id
    public Map<String, String> names(Tx tx, Collection<String> ids) {
        return new SecurityGroupStore(tx).names(ids);
    }

    static NotFound notFound(String id) {
        return NotFound.typed("Security group " + id + " does not exist", "SecurityGroupNotFound");
    }

    /// Sets the groups of a port.
    public void assign(Tx tx, String portId, Collection<String> before, Collection<String> after) {
        new SecurityGroupStore(tx).assign(portId, before, after);
    }

    /// Makes a port a member of these groups with these addresses, and of no others. Hosts hear only of groups
    /// and addresses for which that is news.
    ///
    /// @param addresses addresses, and blocks of allowed address pairs; as text in one form only
    public void settle(Tx tx, String portId, Collection<String> groups, Collection<String> addresses) {
        var store = new MemberStore(tx);
        var gone = store.ofPort(portId);
        var fresh = new LinkedHashSet<Member>();
        for (var group : groups) for (var address : addresses) fresh.add(new Member(group, address));
        var kept = new LinkedHashSet<>(gone);
        kept.retainAll(fresh);
        gone.removeAll(kept);
        fresh.removeAll(kept);
        store.remove(portId, gone);
        store.add(portId, fresh);
        var touched = new TreeMap<String, Set<String>>();
        for (var member : gone)
            touched.computeIfAbsent(member.groupId(), _ -> new TreeSet<>()).add(member.address());
        for (var member : fresh)
            touched.computeIfAbsent(member.groupId(), _ -> new TreeSet<>()).add(member.address());
        touched.forEach((group, list) -> {
            store.changed(group, list);
            common.dirty().mark(tx, Dirty.Kind.GROUP, group, Dirty.ANY, "");
        });
    }

    /// The rules of all groups of each port.
    ///
    /// @param groupsOf groups by port
    public static Map<String, List<NetworkDriver.Rule>> filters(Tx tx, Map<String, List<String>> groupsOf) {
        var groups = new LinkedHashSet<String>();
        groupsOf.values().forEach(groups::addAll);
        var rules = new SecurityGroupStore(tx).rulesOf(groups);
        var addresses = new AddressGroupStore(tx)
                .addresses(rules.values().stream()
                        .flatMap(List::stream)
                        .flatMap(r -> r.remoteAddressGroupId().stream())
                        .collect(Collectors.toSet()));
        var found = new HashMap<String, List<NetworkDriver.Rule>>();
        groupsOf.forEach((port, ids) -> {
            var all = new LinkedHashSet<NetworkDriver.Rule>();
            for (var id : ids) for (var rule : rules.getOrDefault(id, List.of())) all.add(wanted(rule, addresses));
            found.put(port, List.copyOf(all));
        });
        return found;
    }

    /// An address group stands for its prefixes of the rule's IP version; without any it lets nobody through.
    private static List<String> prefixes(Rule rule, Map<String, List<String>> addresses) {
        if (rule.remoteAddressGroupId().isEmpty())
            return rule.remotePrefix().map(List::of).orElse(List.of());
        int version = rule.etherType().equals("IPv4") ? 4 : 6;
        var all = addresses.getOrDefault(rule.remoteAddressGroupId().get(), List.of()).stream()
                .map(Cidr::of)
                .filter(a -> a.version() == version)
                .toList();
        // Each address once: sets of intervals of the kernel may not overlap.
        return all.stream()
                .filter(a -> all.stream().noneMatch(b -> !b.equals(a) && b.contains(a)))
                .map(Cidr::toString)
                .toList();
    }

    private static NetworkDriver.Rule wanted(Rule rule, Map<String, List<String>> addresses) {
        return new NetworkDriver.Rule(
                rule.direction(),
                rule.etherType(),
                rule.protocol(),
                rule.portMin(),
                rule.portMax(),
                rule.remoteGroupId().isEmpty()
                        && rule.remotePrefix().isEmpty()
                        && rule.remoteAddressGroupId().isEmpty(),
                prefixes(rule, addresses),
                rule.remoteGroupId());
    }
}
