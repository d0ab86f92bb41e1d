package cloud.yun.network.check;

import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.network.agents.AgentStore;
import cloud.yun.network.api.Common;
import cloud.yun.network.apply.Applier;
import cloud.yun.network.apply.WantedState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Hosts carry what the rows say, and nothing else. What a flow still works on or a host has not been told is left
/// out.
public final class HostInvariant implements Invariant {
    private final Common common;
    private final Applier applier;
    private final Flows flows;

    public HostInvariant(Common common, Applier applier, Flows flows) {
        this.common = common;
        this.applier = applier;
        this.flows = flows;
    }

    @Override
    public String name() {
        return "network: hosts carry what the rows say";
    }

    @Override
    public List<String> violations() {
        var found = new ArrayList<String>();
        for (var host : common.db().read(tx -> new AgentStore(tx).hosts())) {
            try {
                host(host, found);
            } catch (CloudException.Unavailable e) {
                found.add("host " + host + " could not be asked: " + e.detail());
            }
        }
        return found;
    }

    private void host(String host, List<String> found) {
        var there = applier.look(host).inventory();
        // Read after the look: what was made in between is then wanted, not missing.
        var busy = new HashSet<>(flows.busyResources());
        busy.addAll(applier.pending().keySet());
        var wanted = common.db().read(tx -> new WantedState(tx, common.config()).all(host));
        var devices = devices();
        compare(host, "port", wanted.ports(), there.ports(), busy, devices, found);
        compare(host, "DHCP of network", wanted.dhcpNetworks(), there.dhcpNetworks(), busy, Set.of(), found);
        compare(host, "router", wanted.routers(), there.routers(), busy, Set.of(), found);
        // One that nobody needs any more may stay for a while; one that is new comes with the port that needs it.
        boolean settled = there.ports().containsAll(wanted.ports()) && Collections.disjoint(wanted.ports(), busy);
        for (var id : settled ? wanted.groups() : Set.<String>of())
            if (!there.groups().contains(id)) found.add("host " + host + " lacks security group " + id);
    }

    /// A server's flow owns its ports too.
    private Set<String> devices() {
        var busy = flows.busyResources();
        if (busy.isEmpty()) return Set.of();
        return common.db().read(tx -> {
            var owned = new HashSet<String>();
            tx.query("SELECT id, device_id FROM port WHERE device_id <> ''", r -> {
                if (busy.contains(r.string("device_id"))) owned.add(r.string("id"));
                return true;
            });
            return owned;
        });
    }

    private static void compare(
            String host,
            String what,
            Collection<String> wanted,
            Set<String> there,
            Set<String> busy,
            Set<String> owned,
            List<String> found) {
        for (var id : wanted)
            if (!there.contains(id) && !busy.contains(id) && !owned.contains(id))
                found.add("host " + host + " lacks " + what + " " + id);
        for (var id : there)
            if (!wanted.contains(id) && !busy.contains(id) && !owned.contains(id))
                found.add("host " + host + " has " + what + " " + id + ", which nobody wants");
    }
}
