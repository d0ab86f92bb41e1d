package cloud.yun.network.subnet;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.address.Ip;
import cloud.yun.network.address.IpRange;
import cloud.yun.network.api.Batches;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Standard;
import cloud.yun.network.subnet.Subnet.HostRoute;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/// SQL of the table `subnet`.
public final class SubnetStore {
    private static final String COLUMNS = """
            id, project_id, name, network_id, ip_version, cidr, gateway_ip, enable_dhcp, ipv6_ra_mode,
            ipv6_address_mode, subnetpool_id, pools, host_routes, dns_nameservers, service_types,\s""" + Standard.COLUMNS;

    private final Tx tx;

    public SubnetStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Subnet> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM subnet WHERE id = ?", SubnetStore::map, id);
    }

    Optional<Subnet> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM subnet WHERE id = ?" + tx.dialect().forUpdate(), SubnetStore::map, id);
    }

    /// In the order in which they were made.
    public List<Subnet> ofNetwork(String networkId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM subnet WHERE network_id = ? ORDER BY created_at, id",
                SubnetStore::map,
                networkId);
    }

    public Map<String, Subnet> find(Collection<String> ids) {
        var found = new HashMap<String, Subnet>();
        for (var part : Batches.of(ids))
            tx.query(
                    "SELECT " + COLUMNS + " FROM subnet WHERE id IN (" + Tx.marks(part.size()) + ")",
                    r -> found.put(r.string("id"), map(r)),
                    part.toArray());
        return found;
    }

    /// All subnets that came from one pool.
    public List<Subnet> ofPool(String poolId) {
        return tx.query("SELECT " + COLUMNS + " FROM subnet WHERE subnetpool_id = ?", SubnetStore::map, poolId);
    }

    List<Subnet> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "subnet");
        projectId.ifPresent(p -> select.where(
                "project_id = ? OR EXISTS (SELECT 1 FROM network n WHERE n.id = subnet.network_id AND n.project_id = ?)"
                        + " OR EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = subnet.network_id"
                        + " AND b.action = 'access_as_shared' AND b.target_project IN ('*', ?))",
                p,
                p,
                p));
        return query.page(tx, select, SubnetStore::map);
    }

    void insert(Subnet s) {
        tx.update(
                """
                INSERT INTO subnet (id, project_id, name, description, network_id, ip_version, cidr, gateway_ip,
                    enable_dhcp, ipv6_ra_mode, ipv6_address_mode, subnetpool_id, pools, host_routes, dns_nameservers,
                    service_types, revision, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                s.id(),
                s.projectId(),
                s.name(),
                s.standard().description(),
                s.networkId(),
                s.version(),
                s.cidr().toString(),
                s.gateway(),
                s.dhcp(),
                s.raMode(),
                s.addressMode(),
                s.subnetpoolId(),
                pools(s.pools()),
                routes(s.routes()),
                Json.tree(s.dnsServers()),
                Json.tree(s.serviceTypes()),
                s.standard().revision(),
                s.standard().createdAt(),
                s.standard().updatedAt());
    }

    void update(Subnet s, Instant now) {
        tx.update(
                """
                UPDATE subnet
                   SET name = ?, description = ?, gateway_ip = ?, enable_dhcp = ?, pools = ?, host_routes = ?,
                       dns_nameservers = ?, service_types = ?, revision = revision + 1, updated_at = ?
                 WHERE id = ?
                """,
                s.name(),
                s.standard().description(),
                s.gateway(),
                s.dhcp(),
                pools(s.pools()),
                routes(s.routes()),
                Json.tree(s.dnsServers()),
                Json.tree(s.serviceTypes()),
                now,
                s.id());
    }

    /// @return the router's port that has the address
    Optional<String> interfaceAt(String id, String ip) {
        return tx.first(
                "SELECT a.port_id FROM ip_allocation a JOIN port p ON p.id = a.port_id WHERE a.subnet_id = ?"
                        + " AND a.ip = ? AND p.device_owner = 'network:router_interface'",
                r -> r.string("port_id"),
                id,
                ip);
    }

    /// @return whether a port has an address that it does not make itself, DHCP's aside
    boolean used(Subnet subnet) {
        return tx.exists(
                "SELECT 1 AS one FROM ip_allocation a JOIN port p ON p.id = a.port_id WHERE a.subnet_id = ?"
                        + " AND p.device_owner <> 'network:dhcp'"
                        + (subnet.automatic() ? " AND p.device_owner LIKE 'network:router%'" : "") + " LIMIT 1",
                subnet.id());
    }

    /// Makes a subnet one of a pool's.
    public void pool(String id, String poolId, Instant now) {
        tx.update(
                "UPDATE subnet SET subnetpool_id = ?, revision = revision + 1, updated_at = ? WHERE id = ?",
                poolId,
                now,
                id);
    }

    void delete(String id) {
        tx.update("DELETE FROM subnet WHERE id = ?", id);
    }

    static ArrayNode pools(List<IpRange> pools) {
        var array = Json.array();
        for (var pool : pools)
            array.addObject()
                    .put("start", pool.first().toString())
                    .put("end", pool.last().toString());
        return array;
    }

    static ArrayNode routes(List<HostRoute> routes) {
        var array = Json.array();
        for (var route : routes)
            array.addObject().put("destination", route.destination()).put("nexthop", route.nexthop());
        return array;
    }

    private static Subnet map(Row r) throws SQLException {
        var pools = new ArrayList<IpRange>();
        for (var pool : r.json("pools"))
            pools.add(new IpRange(
                    Ip.of(pool.path("start").asString()), Ip.of(pool.path("end").asString())));
        var routes = new ArrayList<HostRoute>();
        for (var route : r.json("host_routes"))
            routes.add(new HostRoute(
                    route.path("destination").asString(), route.path("nexthop").asString()));
        return new Subnet(
                r.string("id"),
                r.string("project_id"),
                r.string("name"),
                r.string("network_id"),
                Cidr.of(r.string("cidr")),
                r.optString("gateway_ip"),
                r.bool("enable_dhcp"),
                r.optString("ipv6_ra_mode"),
                r.optString("ipv6_address_mode"),
                r.optString("subnetpool_id"),
                pools,
                routes,
                texts(r, "dns_nameservers"),
                texts(r, "service_types"),
                Standard.of(r));
    }

    private static List<String> texts(Row r, String column) throws SQLException {
        var texts = new ArrayList<String>();
        r.json(column).forEach(t -> texts.add(t.asString()));
        return texts;
    }
}
