package cloud.yun.network.router;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Standard;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// SQL of the table `router`.
public final class RouterStore {
    private static final String COLUMNS = """
            id, project_id, name, admin_state_up, status, gateway_network_id, gateway_port_id, enable_snat, routes,
            zone_hints, host,\s""" + Standard.COLUMNS;

    private final Tx tx;

    public RouterStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<RouterRow> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM router WHERE id = ?", RouterStore::map, id);
    }

    /// As [#find], and nobody else changes it before this transaction ends.
    Optional<RouterRow> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM router WHERE id = ?" + tx.dialect().forUpdate(), RouterStore::map, id);
    }

    List<RouterRow> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "router");
        projectId.ifPresent(p -> select.where("project_id = ?", p));
        return query.page(tx, select, RouterStore::map);
    }

    void insert(RouterRow r) {
        tx.update(
                """
                INSERT INTO router (id, project_id, name, description, admin_state_up, status, gateway_network_id,
                    gateway_port_id, enable_snat, routes, zone_hints, host, revision, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                r.id(),
                r.projectId(),
                r.name(),
                r.standard().description(),
                r.adminStateUp(),
                r.status(),
                r.gatewayNetworkId(),
                r.gatewayPortId(),
                r.snat(),
                r.routes(),
                Json.text(r.zoneHints()),
                r.host(),
                r.standard().revision(),
                r.standard().createdAt(),
                r.standard().updatedAt());
    }

    void update(String id, String name, String description, boolean up, JsonNode routes, Instant now) {
        tx.update("""
                UPDATE router
                   SET name = ?, description = ?, admin_state_up = ?, routes = ?, revision = revision + 1,
                       updated_at = ?
                 WHERE id = ?
                """, name, description, up, routes, now, id);
    }

    void gateway(String id, Optional<String> networkId, Optional<String> portId, boolean snat, Instant now) {
        tx.update("""
                UPDATE router
                   SET gateway_network_id = ?, gateway_port_id = ?, enable_snat = ?, revision = revision + 1,
                       updated_at = ?
                 WHERE id = ?
                """, networkId, portId, snat, now, id);
    }

    void host(String id, Optional<String> host) {
        tx.update("UPDATE router SET host = ? WHERE id = ?", host, id);
    }

    void delete(String id) {
        tx.update("DELETE FROM router WHERE id = ?", id);
    }

    /// Routers without a host, because there was no agent when they were made.
    List<String> unscheduled() {
        return tx.query("SELECT id FROM router WHERE host IS NULL ORDER BY id LIMIT 100", r -> r.string("id"));
    }

    /// @return ids of the routers that live on the host
    public List<String> on(String host) {
        return tx.query("SELECT id FROM router WHERE host = ? ORDER BY id", r -> r.string("id"), host);
    }

    /// @return ids of the networks that routers on the host have ports on
    public List<String> networksOn(String host) {
        return tx.query(
                "SELECT DISTINCT p.network_id FROM port p JOIN router r ON r.id = p.device_id WHERE r.host = ?",
                r -> r.string("network_id"),
                host);
    }

    /// @return hosts of the routers that have a port on the network, by router
    public Map<String, String> hostsOn(String networkId) {
        var found = new TreeMap<String, String>();
        tx.query(
                "SELECT r.id, r.host FROM router r WHERE r.host IS NOT NULL AND r.id IN"
                        + " (SELECT p.device_id FROM port p WHERE p.network_id = ?)",
                r -> found.put(r.string("id"), r.string("host")),
                networkId);
        return found;
    }

    private static RouterRow map(Row r) throws SQLException {
        var hints = new ArrayList<String>();
        r.json("zone_hints").forEach(h -> hints.add(h.asString()));
        return new RouterRow(
                r.string("id"),
                r.string("project_id"),
                r.string("name"),
                r.bool("admin_state_up"),
                r.string("status"),
                r.optString("gateway_network_id"),
                r.optString("gateway_port_id"),
                r.bool("enable_snat"),
                r.json("routes"),
                hints,
                r.optString("host"),
                Standard.of(r));
    }
}
