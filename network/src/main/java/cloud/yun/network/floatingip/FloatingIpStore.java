package cloud.yun.network.floatingip;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.Batches;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Standard;
import cloud.yun.network.floatingip.FloatingIpStatus.Event;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of the table `floating_ip`.
public final class FloatingIpStore {
    private static final String COLUMNS = """
            id, project_id, floating_address, floating_network_id, floating_port_id, router_id, port_id,
            fixed_address, status, dns_name, dns_domain,\s""" + Standard.COLUMNS;

    private final Tx tx;

    public FloatingIpStore(Tx tx) {
        this.tx = tx;
    }

    Optional<FloatingIp> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM floating_ip WHERE id = ?", FloatingIpStore::map, id);
    }

    /// As [#find], and nobody else changes it before this transaction ends.
    Optional<FloatingIp> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM floating_ip WHERE id = ?"
                        + tx.dialect().forUpdate(),
                FloatingIpStore::map,
                id);
    }

    /// @return those of an external network that lead nowhere
    List<FloatingIp> unused(String networkId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM floating_ip WHERE floating_network_id = ? AND port_id IS NULL",
                FloatingIpStore::map,
                networkId);
    }

    List<FloatingIp> ofPort(String portId) {
        return tx.query("SELECT " + COLUMNS + " FROM floating_ip WHERE port_id = ?", FloatingIpStore::map, portId);
    }

    List<FloatingIp> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "floating_ip");
        projectId.ifPresent(p -> select.where("project_id = ?", p));
        return query.page(tx, select, FloatingIpStore::map);
    }

    void insert(FloatingIp f) {
        tx.update(
                """
                INSERT INTO floating_ip (id, project_id, description, floating_address, floating_network_id,
                    floating_port_id, router_id, port_id, fixed_address, status, dns_name, dns_domain, revision,
                    created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                f.id(),
                f.projectId(),
                f.standard().description(),
                f.floatingAddress(),
                f.floatingNetworkId(),
                f.floatingPortId(),
                f.routerId(),
                f.portId(),
                f.fixedAddress(),
                f.status(),
                f.dnsName(),
                f.dnsDomain(),
                f.standard().revision(),
                f.standard().createdAt(),
                f.standard().updatedAt());
    }

    void update(FloatingIp f, Instant now) {
        tx.update("""
                UPDATE floating_ip
                   SET description = ?, router_id = ?, port_id = ?, fixed_address = ?, revision = revision + 1,
                       updated_at = ?
                 WHERE id = ?
                """, f.standard().description(), f.routerId(), f.portId(), f.fixedAddress(), now, f.id());
    }

    /// Its router's host carries all that lead through the router.
    public void applied(String routerId, Instant now) {
        move(Event.APPLIED, "router_id = ? AND port_id IS NOT NULL", routerId, now);
    }

    /// If it leads nowhere: its router's host has let go of it.
    public void released(String id, Instant now) {
        move(Event.RELEASED, "id = ? AND port_id IS NULL", id, now);
    }

    private void move(Event event, String which, String id, Instant now) {
        for (var from : FloatingIpStatus.TABLE.from(event))
            tx.update(
                    "UPDATE floating_ip SET status = ?, revision = revision + 1, updated_at = ? WHERE " + which
                            + " AND status = ?",
                    FloatingIpStatus.TABLE.next(from, event).orElseThrow(),
                    now,
                    id,
                    from);
    }

    /// @return floating addresses by `PORT/FIXED ADDRESS`
    public Map<String, List<String>> addressesOf(Collection<String> portIds) {
        var found = new HashMap<String, List<String>>();
        for (var part : Batches.of(portIds))
            tx.query(
                    "SELECT port_id, fixed_address, floating_address FROM floating_ip WHERE port_id IN ("
                            + Tx.marks(part.size()) + ") ORDER BY id",
                    r -> found.computeIfAbsent(
                                    r.string("port_id") + "/" + r.string("fixed_address"), _ -> new ArrayList<>())
                            .add(r.string("floating_address")),
                    part.toArray());
        return found;
    }

    /// @return those that lead through the router
    public List<FloatingIp> through(String routerId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM floating_ip WHERE router_id = ? AND port_id IS NOT NULL ORDER BY id",
                FloatingIpStore::map,
                routerId);
    }

    /// @return whether one leads through the router to an address on the subnet
    public boolean through(String routerId, String subnetId) {
        return tx.exists(
                "SELECT 1 AS one FROM floating_ip f JOIN ip_allocation a ON a.port_id = f.port_id"
                        + " AND a.ip = f.fixed_address WHERE f.router_id = ? AND a.subnet_id = ? LIMIT 1",
                routerId,
                subnetId);
    }

    public boolean needs(String routerId) {
        return tx.exists("SELECT 1 AS one FROM floating_ip WHERE router_id = ? LIMIT 1", routerId);
    }

    void delete(String id) {
        tx.update("DELETE FROM floating_ip WHERE id = ?", id);
    }

    /// Whether another floating IP of the same external network leads to the address.
    boolean taken(String portId, String fixedAddress, String networkId, String butId) {
        return tx.exists(
                "SELECT 1 AS one FROM floating_ip WHERE port_id = ? AND fixed_address = ? AND floating_network_id = ?"
                        + " AND id <> ?",
                portId,
                fixedAddress,
                networkId,
                butId);
    }

    /// The router that has an interface on the subnet and its gateway on the external network.
    Optional<String> routerBetween(String subnetId, String externalNetworkId) {
        return tx.first("""
                SELECT r.id
                  FROM router r
                  JOIN port p ON p.device_id = r.id AND p.device_owner = 'network:router_interface'
                  JOIN ip_allocation a ON a.port_id = p.id
                 WHERE a.subnet_id = ? AND r.gateway_network_id = ?
                 ORDER BY r.created_at, r.id
                """, r -> r.string("id"), subnetId, externalNetworkId);
    }

    private static FloatingIp map(Row r) throws SQLException {
        return new FloatingIp(
                r.string("id"),
                r.string("project_id"),
                r.string("floating_address"),
                r.string("floating_network_id"),
                r.string("floating_port_id"),
                r.optString("router_id"),
                r.optString("port_id"),
                r.optString("fixed_address"),
                r.string("status"),
                r.string("dns_name"),
                r.string("dns_domain"),
                Standard.of(r));
    }
}
