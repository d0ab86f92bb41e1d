package cloud.yun.network.agents;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.ListQuery;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// SQL of the table `network_agent`.
public final class AgentStore {
    /// @param heartbeatAt when it last said that it is alive
    public record Agent(
            String id,
            String host,
            String binary,
            String type,
            String topic,
            boolean adminStateUp,
            Optional<String> description,
            JsonNode configurations,
            Instant createdAt,
            Instant startedAt,
            Instant heartbeatAt) {}

    public static final String DHCP = "DHCP agent";
    public static final String L3 = "L3 agent";
    /// An agent that was silent for longer gets no new work, in microseconds.
    private static final long FRESH_MICROS = 75_000_000L;

    private static final String COLUMNS = """
            id, host, binary_name, agent_type, topic, admin_state_up, description, configurations, created_at,
            started_at, heartbeat_at""";

    private final Tx tx;

    public AgentStore(Tx tx) {
        this.tx = tx;
    }

    Optional<Agent> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM network_agent WHERE id = ?", AgentStore::map, id);
    }

    List<Agent> list(ListQuery query) {
        return query.page(tx, Select.of(COLUMNS, "network_agent"), AgentStore::map);
    }

    /// @param started whether the agent has just started
    void report(Agent agent, Optional<String> tunnelAddress, boolean started) {
        tx.update(
                """
                INSERT INTO network_agent (id, host, binary_name, agent_type, topic, admin_state_up, configurations,
                    tunnel_address, created_at, started_at, heartbeat_at)
                VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)
                ON CONFLICT (host, agent_type)
                DO UPDATE SET heartbeat_at = excluded.heartbeat_at, configurations = excluded.configurations,
                    tunnel_address = excluded.tunnel_address,
                    started_at = CASE WHEN ? = 1 THEN excluded.started_at ELSE network_agent.started_at END
                """,
                agent.id(),
                agent.host(),
                agent.binary(),
                agent.type(),
                agent.topic(),
                agent.configurations(),
                tunnelAddress,
                agent.createdAt(),
                agent.startedAt(),
                agent.heartbeatAt(),
                started);
    }

    void update(String id, boolean adminStateUp, Optional<String> description) {
        tx.update(
                "UPDATE network_agent SET admin_state_up = ?, description = ? WHERE id = ?",
                adminStateUp,
                description,
                id);
    }

    void delete(String id) {
        tx.update("DELETE FROM network_agent WHERE id = ?", id);
    }

    /// @return the living host with the fewest DHCP networks
    public Optional<String> leastDhcp(Instant now) {
        return least(now, DHCP, "SELECT COUNT(*) FROM network n WHERE n.dhcp_host = a.host");
    }

    /// @return the living host with the fewest routers
    public Optional<String> leastL3(Instant now) {
        return least(now, L3, "SELECT COUNT(*) FROM router r WHERE r.host = a.host");
    }

    private Optional<String> least(Instant now, String type, String load) {
        return tx.first(
                "SELECT a.host, (" + load + ") AS load FROM network_agent a WHERE a.agent_type = ?"
                        + " AND a.admin_state_up = 1 AND a.heartbeat_at >= ? ORDER BY 2, a.host",
                r -> r.string("host"),
                type,
                now.minusNanos(FRESH_MICROS * 1_000));
    }

    List<Agent> servingDhcp(String networkId) {
        return hosting("SELECT n.dhcp_host FROM network n WHERE n.id = ?", networkId, DHCP);
    }

    List<Agent> servingRouter(String routerId) {
        return hosting("SELECT r.host FROM router r WHERE r.id = ?", routerId, L3);
    }

    private List<Agent> hosting(String host, String id, String type) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM network_agent WHERE host = (" + host + ") AND agent_type = ?",
                AgentStore::map,
                id,
                type);
    }

    /// @return tunnel addresses by host, of the hosts that have one
    public Map<String, String> tunnels() {
        var found = new HashMap<String, String>();
        tx.query(
                "SELECT DISTINCT host, tunnel_address FROM network_agent WHERE tunnel_address IS NOT NULL",
                r -> found.put(r.string("host"), r.string("tunnel_address")));
        return found;
    }

    /// @return every host that ever reported
    public List<String> hosts() {
        return tx.query("SELECT DISTINCT host FROM network_agent ORDER BY host", r -> r.string("host"));
    }

    private static Agent map(Row r) throws SQLException {
        return new Agent(
                r.string("id"),
                r.string("host"),
                r.string("binary_name"),
                r.string("agent_type"),
                r.string("topic"),
                r.bool("admin_state_up"),
                r.optString("description"),
                r.json("configurations"),
                r.instant("created_at"),
                r.instant("started_at"),
                r.instant("heartbeat_at"));
    }
}
