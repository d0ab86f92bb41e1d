package cloud.yun.network.securitygroup;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.network.api.Batches;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.Standard;
import cloud.yun.network.driver.NetworkDriver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

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

    static NotFound notFound(String id) {
        return NotFound.typed("Security group " + id + " does not exist", "SecurityGroupNotFound");
    }

    /// Sets the groups of a port, and remembers that the members of those groups changed.
    public void assign(Tx tx, String portId, Collection<String> before, Collection<String> after) {
        if (!before.isEmpty()) tx.update("DELETE FROM port_security_group WHERE port_id = ?", portId);
        var rows = new ArrayList<Object[]>();
        for (var group : after) rows.add(new Object[] {portId, group});
        tx.batch("INSERT INTO port_security_group (port_id, group_id) VALUES (?, ?)", rows);
        var changed = new LinkedHashSet<>(before);
        changed.addAll(after);
        membersChanged(tx, changed);
    }

    /// Who is in these groups, or with which address, has changed: filters elsewhere may name them.
    public void membersChanged(Tx tx, Collection<String> groups) {
        for (var group : groups.stream().sorted().toList())
            common.dirty().mark(tx, Dirty.Kind.GROUP, group, Dirty.ANY, "");
    }

    /// The rules of all groups of each port, with remote groups resolved to addresses.
    ///
    /// @param groupsOf groups by port
    public static Map<String, List<NetworkDriver.Rule>> filters(Tx tx, Map<String, List<String>> groupsOf) {
        var groups = new LinkedHashSet<String>();
        groupsOf.values().forEach(groups::addAll);
        var rules = new SecurityGroupStore(tx).rulesOf(groups);
        var remotes = new LinkedHashSet<String>();
        rules.values().forEach(list -> list.forEach(r -> r.remoteGroupId().ifPresent(remotes::add)));
        var members = members(tx, remotes);
        var found = new HashMap<String, List<NetworkDriver.Rule>>();
        groupsOf.forEach((port, ids) -> {
            var all = new LinkedHashSet<NetworkDriver.Rule>();
            for (var id : ids) for (var rule : rules.getOrDefault(id, List.of())) all.add(resolved(rule, members));
            found.put(port, List.copyOf(all));
        });
        return found;
    }

    private static NetworkDriver.Rule resolved(Rule rule, Map<String, List<String>> members) {
        boolean four = rule.etherType().equals("IPv4");
        var remote = rule.remoteGroupId()
                .map(g -> members.getOrDefault(g, List.of()).stream()
                        .filter(ip -> ip.contains(":") != four)
                        .map(ip -> ip + (four ? "/32" : "/128"))
                        .toList())
                .or(() -> rule.remotePrefix().map(List::of))
                .orElse(List.of());
        return new NetworkDriver.Rule(
                rule.direction(),
                rule.etherType(),
                rule.protocol(),
                rule.portMin(),
                rule.portMax(),
                rule.remoteGroupId().isEmpty() && rule.remotePrefix().isEmpty(),
                remote);
    }

    private static Map<String, List<String>> members(Tx tx, Collection<String> groups) {
        var found = new HashMap<String, List<String>>();
        for (var part : Batches.of(groups))
            tx.query(
                    "SELECT g.group_id, a.ip FROM port_security_group g JOIN ip_allocation a ON a.port_id = g.port_id"
                            + " WHERE g.group_id IN (" + Tx.marks(part.size()) + ") ORDER BY a.ip",
                    r -> found.computeIfAbsent(r.string("group_id"), _ -> new ArrayList<>())
                            .add(r.string("ip")),
                    part.toArray());
        return found;
    }
}
