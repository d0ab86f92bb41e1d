package cloud.yun.network.agents;

import cloud.yun.kernel.json.Json;
import cloud.yun.network.agent.Plugin;
import cloud.yun.network.agents.AgentStore.Agent;
import cloud.yun.network.api.Common;
import java.util.List;

/// The control plane's side of the agents: notes heartbeats.
public final class Agents {
    private record Role(String type, String binary, String topic) {}

    private final Common common;

    public Agents(Common common) {
        this.common = common;
    }

    /// One process on a host is all of Neutron's agents there.
    public void report(Plugin.Report report) {
        var now = common.now();
        var configurations = Json.object();
        report.tunnelAddress().ifPresent(ip -> {
            configurations.put("tunneling_ip", ip);
            configurations.putArray("tunnel_types").add("vxlan");
        });
        common.db().write(tx -> {
            var store = new AgentStore(tx);
            for (var role : roles(report.agentType()))
                store.report(
                        new Agent(
                                common.id(),
                                report.host(),
                                role.binary(),
                                role.type(),
                                role.topic(),
                                true,
                                java.util.Optional.empty(),
                                configurations,
                                now,
                                now,
                                now),
                        report.tunnelAddress(),
                        report.started());
        });
    }

    /// There is one zone, for networks and routers, as soon as an agent serves them.
    public List<String> zones() {
        return common.db().read(tx -> new AgentStore(tx).hosts()).isEmpty() ? List.of() : List.of("network", "router");
    }

    private static List<Role> roles(String l2) {
        return List.of(
                new Role(l2, "neutron-linuxbridge-agent", "N/A"),
                new Role(AgentStore.DHCP, "neutron-dhcp-agent", "dhcp_agent"),
                new Role(AgentStore.L3, "neutron-l3-agent", "l3_agent"),
                new Role("Metadata agent", "neutron-metadata-agent", "N/A"));
    }
}
