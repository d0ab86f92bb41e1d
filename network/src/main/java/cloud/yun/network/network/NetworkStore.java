package cloud.yun.network.network;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.api.Batches;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Standard;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// SQL of the table `network`.
public final class NetworkStore {
    private static final String COLUMNS = """
            id, project_id, name, admin_state_up, external, is_default, mtu, port_security_enabled, dns_domain,
            zone_hints, network_type, physical_network, segmentation_id, dhcp_host,\s""" + Standard.COLUMNS;
    private static final String VISIBLE = """
            network.project_id = ?
            OR EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = network.id AND b.target_project IN ('*', ?))""";

    private final Tx tx;

    public NetworkStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Network> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM network WHERE id = ?", NetworkStore::map, id);
    }

    /// As [#find], and nobody else changes it before this transaction ends.
    public Optional<Network> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM network WHERE id = ?"
                        + tx.dialect().forUpdate(),
                NetworkStore::map,
                id);
    }

    public Map<String, Network> find(Collection<String> ids) {
        var found = new HashMap<String, Network>();
        for (var part : Batches.of(ids))
            tx.query(
                    "SELECT " + COLUMNS + " FROM network WHERE id IN (" + Tx.marks(part.size()) + ")",
                    r -> found.put(r.string("id"), map(r)),
                    part.toArray());
        return found;
    }

    /// @param projectId whose networks and networks shared with whom; empty: all
    List<Network> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "network");
        projectId.ifPresent(p -> select.where(VISIBLE, p, p));
        return query.page(tx, select, NetworkStore::map);
    }

    /// What a server gets when its user named no network: the project's own and shared ones, not external ones.
    public List<Network> forServers(String projectId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM network WHERE (project_id = ? OR EXISTS (SELECT 1 FROM network_rbac b"
                        + " WHERE b.object_id = network.id AND b.action = 'access_as_shared'"
                        + " AND b.target_project IN ('*', ?))) AND external = 0 ORDER BY created_at, id",
                NetworkStore::map,
                projectId,
                projectId);
    }

    public List<Network> external() {
        return tx.query(
                "SELECT " + COLUMNS + " FROM network WHERE external = 1 ORDER BY created_at, id", NetworkStore::map);
    }

    public Optional<Network> defaultExternal() {
        return tx.first("SELECT " + COLUMNS + " FROM network WHERE external = 1 AND is_default = 1", NetworkStore::map);
    }

    void insert(Network n) {
        tx.update(
                """
                INSERT INTO network (id, project_id, name, description, admin_state_up, external, is_default, mtu,
                    port_security_enabled, dns_domain, zone_hints, network_type, physical_network, segmentation_id,
                    revision, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                n.id(),
                n.projectId(),
                n.name(),
                n.standard().description(),
                n.adminStateUp(),
                n.external(),
                n.isDefault(),
                n.mtu(),
                n.portSecurity(),
                n.dnsDomain(),
                Json.text(n.zoneHints()),
                n.type(),
                n.physicalNetwork(),
                n.segmentationId(),
                n.standard().revision(),
                n.standard().createdAt(),
                n.standard().updatedAt());
    }

    /// The segment is found after the row is there, because it refers to it.
    void segment(Network n) {
        tx.update("""
                UPDATE network SET network_type = ?, physical_network = ?, segmentation_id = ?, mtu = ? WHERE id = ?
                """, n.type(), n.physicalNetwork(), n.segmentationId(), n.mtu(), n.id());
    }

    void update(Network n, Instant now) {
        tx.update(
                """
                UPDATE network
                   SET name = ?, description = ?, admin_state_up = ?, external = ?, is_default = ?, mtu = ?,
                       port_security_enabled = ?, dns_domain = ?, revision = revision + 1, updated_at = ?
                 WHERE id = ?
                """,
                n.name(),
                n.standard().description(),
                n.adminStateUp(),
                n.external(),
                n.isDefault(),
                n.mtu(),
                n.portSecurity(),
                n.dnsDomain(),
                now,
                n.id());
    }

    public void dhcpHost(String id, Optional<String> host) {
        tx.update("UPDATE network SET dhcp_host = ? WHERE id = ?", host, id);
    }

    public void external(String id, boolean external) {
        tx.update("UPDATE network SET external = ? WHERE id = ?", external, id);
    }

    /// Networks whose DHCP has no host yet, because there was no agent when they were made.
    public List<String> unserved() {
        return tx.query("""
                SELECT DISTINCT n.id FROM network n JOIN subnet s ON s.network_id = n.id
                 WHERE n.dhcp_host IS NULL AND s.enable_dhcp = 1
                 ORDER BY n.id LIMIT 100
                """, r -> r.string("id"));
    }

    /// @return ids of the networks whose DHCP the host serves
    public List<String> servedBy(String host) {
        return tx.query("SELECT id FROM network WHERE dhcp_host = ? ORDER BY id", r -> r.string("id"), host);
    }

    public List<Network> all() {
        return tx.query("SELECT " + COLUMNS + " FROM network ORDER BY id", NetworkStore::map);
    }

    /// Whether a router or a floating IP leads to it.
    boolean routed(String id) {
        return tx.exists("SELECT 1 AS one FROM router WHERE gateway_network_id = ? LIMIT 1", id)
                || tx.exists("SELECT 1 AS one FROM floating_ip WHERE floating_network_id = ? LIMIT 1", id);
    }

    void delete(String id) {
        tx.update("DELETE FROM network WHERE id = ?", id);
    }

    Map<String, List<String>> subnetIds(Collection<String> ids) {
        var found = new HashMap<String, List<String>>();
        for (var part : Batches.of(ids))
            tx.query(
                    "SELECT id, network_id FROM subnet WHERE network_id IN (" + Tx.marks(part.size())
                            + ") ORDER BY created_at, id",
                    r -> found.computeIfAbsent(r.string("network_id"), _ -> new ArrayList<>())
                            .add(r.string("id")),
                    part.toArray());
        return found;
    }

    /// @return those of `ids` that are shared with `projectId` or with everybody
    Set<String> shared(Collection<String> ids, String projectId) {
        var found = new HashSet<String>();
        for (var part : Batches.of(ids)) {
            var arguments = new ArrayList<Object>(part);
            arguments.add(projectId);
            found.addAll(tx.query(
                    "SELECT object_id FROM network_rbac WHERE object_id IN (" + Tx.marks(part.size())
                            + ") AND action = 'access_as_shared' AND target_project IN ('*', ?)",
                    r -> r.string("object_id"),
                    arguments.toArray()));
        }
        return found;
    }

    /// Address scopes of the subnets' pools, by network and IP version (`ID/4`).
    Map<String, String> addressScopes(Collection<String> ids) {
        var found = new HashMap<String, String>();
        for (var part : Batches.of(ids))
            tx.query(
                    "SELECT s.network_id, s.ip_version, p.address_scope_id FROM subnet s JOIN subnet_pool p"
                            + " ON p.id = s.subnetpool_id WHERE p.address_scope_id IS NOT NULL AND s.network_id IN ("
                            + Tx.marks(part.size()) + ")",
                    r -> found.put(
                            r.string("network_id") + "/" + r.integer("ip_version"), r.string("address_scope_id")),
                    part.toArray());
        return found;
    }

    private static Network map(Row r) throws SQLException {
        var hints = new ArrayList<String>();
        r.json("zone_hints").forEach(h -> hints.add(h.asString()));
        return new Network(
                r.string("id"),
                r.string("project_id"),
                r.string("name"),
                r.bool("admin_state_up"),
                r.bool("external"),
                r.bool("is_default"),
                r.integer("mtu"),
                r.bool("port_security_enabled"),
                r.string("dns_domain"),
                hints,
                r.string("network_type"),
                r.optString("physical_network"),
                r.optNumber("segmentation_id").map(Long::intValue),
                r.optString("dhcp_host"),
                Standard.of(r));
    }
}
