package cloud.yun.network.port;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.api.Batches;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Standard;
import cloud.yun.network.ipam.Ipam.Address;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// SQL of the table `port`. Child rows are read for all ports of a list at once.
public final class PortStore {
    private static final String COLUMNS = """
            id, project_id, name, network_id, mac, admin_state_up, status, device_id, device_owner, host, vnic_type,
            profile, port_security, address_pairs, dhcp_options, dns_name, plugged_host, ours, device_tag, position,\s""" + Standard.COLUMNS;
    private static final JsonNode NO_LIST = Json.array();
    private static final JsonNode NO_OBJECT = Json.object();

    private final Tx tx;

    public PortStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Port> find(String id) {
        return where("id = ?", id).stream().findFirst();
    }

    /// As [#find], and nobody else changes it before this transaction ends.
    public Optional<Port> lock(String id) {
        if (!tx.exists("SELECT 1 AS one FROM port WHERE id = ?" + tx.dialect().forUpdate(), id))
            return Optional.empty();
        return find(id);
    }

    public List<Port> ofDevice(String deviceId) {
        return where("device_id = ? ORDER BY position, created_at, id", deviceId);
    }

    public List<Port> ofDevices(Collection<String> deviceIds) {
        var all = new ArrayList<Port>();
        for (var part : Batches.of(deviceIds))
            all.addAll(where(
                    "device_id IN (" + Tx.marks(part.size()) + ") ORDER BY position, created_at, id", part.toArray()));
        return all;
    }

    public List<Port> ofNetwork(String networkId) {
        return where("network_id = ? ORDER BY created_at, id", networkId);
    }

    /// All ports of a network by id, in one statement and without what only their own hosts need.
    public List<Resident> residents(String networkId) {
        var found = new LinkedHashMap<String, Resident>();
        residents(found, "p.network_id = ?", networkId);
        return List.copyOf(found.values());
    }

    /// Those of the ports that are (still) on the network.
    public List<Resident> residents(String networkId, Collection<String> ids) {
        var found = new LinkedHashMap<String, Resident>();
        for (var part : Batches.of(ids)) {
            var arguments = new ArrayList<Object>(part);
            arguments.add(networkId);
            residents(found, "p.id IN (" + Tx.marks(part.size()) + ") AND p.network_id = ?", arguments.toArray());
        }
        return List.copyOf(found.values());
    }

    private void residents(Map<String, Resident> found, String condition, Object... arguments) {
        tx.query(
                """
                SELECT p.id, p.mac, p.device_owner, p.device_id, p.plugged_host, p.dns_name, p.dhcp_options,
                       a.subnet_id, a.ip
                  FROM port p
                  LEFT JOIN ip_allocation a ON a.port_id = p.id
                 WHERE\s""" + condition + " ORDER BY p.id, a.position",
                r -> {
                    var resident = found.get(r.string("id"));
                    if (resident == null) {
                        resident = resident(r);
                        found.put(resident.portId(), resident);
                    }
                    var ip = r.optString("ip");
                    return ip.isPresent() && resident.addresses().add(new Address(r.string("subnet_id"), ip.get()));
                },
                arguments);
    }

    private static Resident resident(Row r) throws SQLException {
        return new Resident(
                r.string("id"),
                r.string("mac"),
                r.string("device_owner"),
                r.string("device_id"),
                r.optString("plugged_host"),
                r.string("dns_name"),
                json(r.string("dhcp_options")),
                new ArrayList<>(2));
    }

    public List<Port> ofNetwork(String networkId, String owner) {
        return where("network_id = ? AND device_owner = ? ORDER BY id", networkId, owner);
    }

    /// @return hosts by plugged port of the network
    public Map<String, String> pluggedHosts(String networkId) {
        var found = new LinkedHashMap<String, String>();
        tx.query(
                "SELECT id, plugged_host FROM port WHERE network_id = ? AND plugged_host IS NOT NULL",
                r -> found.put(r.string("id"), r.string("plugged_host")),
                networkId);
        return found;
    }

    /// @return ids of the ports that keep a network from being deleted: all but DHCP's
    public List<String> using(String networkId) {
        return tx.query(
                "SELECT id FROM port WHERE network_id = ? AND device_owner <> 'network:dhcp' ORDER BY id",
                r -> r.string("id"),
                networkId);
    }

    /// @return whether somebody else has a port on the network of `projectId`
    public boolean ofOthers(String networkId, String projectId) {
        return tx.exists(
                "SELECT 1 AS one FROM port WHERE network_id = ? AND project_id NOT IN (?, '')"
                        + " AND device_owner NOT LIKE 'network:%' LIMIT 1",
                networkId, projectId);
    }

    public Optional<String> networkOf(String id) {
        return tx.first("SELECT network_id FROM port WHERE id = ?", r -> r.string("network_id"), id);
    }

    List<Port> withPairs() {
        return where("address_pairs <> '[]'");
    }

    /// @return networks by plugged port
    public Map<String, String> pluggedOn(String host) {
        var found = new LinkedHashMap<String, String>();
        tx.query(
                "SELECT id, network_id FROM port WHERE plugged_host = ? ORDER BY id",
                r -> found.put(r.string("id"), r.string("network_id")),
                host);
        return found;
    }

    public List<Port> find(Collection<String> ids) {
        var all = new ArrayList<Port>();
        for (var part : Batches.of(ids)) all.addAll(where("id IN (" + Tx.marks(part.size()) + ")", part.toArray()));
        return all;
    }

    /// Plugged ports whose filters name the group as a remote.
    public Map<String, String> pluggedNaming(String groupId) {
        var found = new HashMap<String, String>();
        tx.query("""
                SELECT DISTINCT p.id, p.plugged_host
                  FROM security_group_rule r
                  JOIN port_security_group g ON g.group_id = r.group_id
                  JOIN port p ON p.id = g.port_id
                 WHERE r.remote_group_id = ? AND p.plugged_host IS NOT NULL
                """, r -> found.put(r.string("id"), r.string("plugged_host")), groupId);
        return found;
    }

    /// Plugged ports with a rule that names the address group.
    public Map<String, String> pluggedNamingAddresses(String addressGroupId) {
        var found = new HashMap<String, String>();
        tx.query("""
                SELECT DISTINCT p.id, p.plugged_host
                  FROM security_group_rule r
                  JOIN port_security_group g ON g.group_id = r.group_id
                  JOIN port p ON p.id = g.port_id
                 WHERE r.remote_address_group_id = ? AND p.plugged_host IS NOT NULL
                """, r -> found.put(r.string("id"), r.string("plugged_host")), addressGroupId);
        return found;
    }

    /// Plugged ports that are in the group.
    public Map<String, String> pluggedIn(String groupId) {
        var found = new HashMap<String, String>();
        tx.query("""
                SELECT p.id, p.plugged_host
                  FROM port_security_group g
                  JOIN port p ON p.id = g.port_id
                 WHERE g.group_id = ? AND p.plugged_host IS NOT NULL
                """, r -> found.put(r.string("id"), r.string("plugged_host")), groupId);
        return found;
    }

    private List<Port> where(String condition, Object... arguments) {
        return complete(tx.query("SELECT " + COLUMNS + " FROM port WHERE " + condition, PortStore::map, arguments));
    }

    List<Port> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "port").key("id");
        projectId.ifPresent(p -> select.where(
                "project_id = ? OR network_id IN (SELECT n.id FROM network n WHERE n.project_id = ?)", p, p));
        return complete(query.page(tx, select, PortStore::map));
    }

    private List<Port> complete(List<Port> ports) {
        if (ports.isEmpty()) return ports;
        var addresses = new HashMap<String, List<Address>>();
        var groups = new HashMap<String, List<String>>();
        for (var part : Batches.of(ports.stream().map(Port::id).toList())) {
            var in = " IN (" + Tx.marks(part.size()) + ")";
            tx.query(
                    "SELECT port_id, subnet_id, ip FROM ip_allocation WHERE port_id" + in + " ORDER BY position",
                    r -> addresses
                            .computeIfAbsent(r.string("port_id"), _ -> new ArrayList<>(2))
                            .add(new Address(r.string("subnet_id"), r.string("ip"))),
                    part.toArray());
            tx.query(
                    "SELECT port_id, group_id FROM port_security_group WHERE port_id" + in + " ORDER BY group_id",
                    r -> groups.computeIfAbsent(r.string("port_id"), _ -> new ArrayList<>(2))
                            .add(r.string("group_id")),
                    part.toArray());
        }
        return ports.stream()
                .map(p -> p.with(addresses.getOrDefault(p.id(), List.of()), groups.getOrDefault(p.id(), List.of())))
                .toList();
    }

    /// @return false when the network has a port with this MAC address already
    boolean insert(Port p) {
        return tx.update(
                        """
                        INSERT INTO port (id, project_id, name, description, network_id, mac, admin_state_up, status,
                            device_id, device_owner, host, vnic_type, profile, port_security, address_pairs,
                            dhcp_options, dns_name, plugged_host, ours, device_tag, position, revision, created_at,
                            updated_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (network_id, mac) DO NOTHING
                        """,
                        p.id(),
                        p.projectId(),
                        p.name(),
                        p.standard().description(),
                        p.networkId(),
                        p.mac(),
                        p.adminStateUp(),
                        p.status(),
                        p.deviceId(),
                        p.deviceOwner(),
                        p.host(),
                        p.vnicType(),
                        p.profile(),
                        p.portSecurity(),
                        p.pairs(),
                        p.dhcpOptions(),
                        p.dnsName(),
                        p.pluggedHost(),
                        p.ours(),
                        p.deviceTag(),
                        p.position(),
                        p.standard().revision(),
                        p.standard().createdAt(),
                        p.standard().updatedAt())
                == 1;
    }

    /// Writes what the API can change.
    void update(Port p, Instant now) {
        tx.update(
                """
                UPDATE port
                   SET name = ?, description = ?, mac = ?, admin_state_up = ?, status = ?, device_id = ?,
                       device_owner = ?, host = ?, vnic_type = ?, profile = ?, port_security = ?, address_pairs = ?,
                       dhcp_options = ?, dns_name = ?, ours = ?, device_tag = ?, position = ?,
                       revision = revision + 1, updated_at = ?
                 WHERE id = ?
                """,
                p.name(),
                p.standard().description(),
                p.mac(),
                p.adminStateUp(),
                p.status(),
                p.deviceId(),
                p.deviceOwner(),
                p.host(),
                p.vnicType(),
                p.profile(),
                p.portSecurity(),
                p.pairs(),
                p.dhcpOptions(),
                p.dnsName(),
                p.ours(),
                p.deviceTag(),
                p.position(),
                now,
                p.id());
    }

    boolean macTaken(String networkId, String mac, String butId) {
        return tx.exists(
                "SELECT 1 AS one FROM port WHERE network_id = ? AND mac = ? AND id <> ?", networkId, mac, butId);
    }

    /// Moves a port if the table has the move from where it is; else it is there already.
    public void move(String id, PortStatus.Event event, Instant now) {
        for (var from : PortStatus.TABLE.from(event))
            tx.update(
                    "UPDATE port SET status = ?, revision = revision + 1, updated_at = ? WHERE id = ? AND status = ?",
                    PortStatus.TABLE.next(from, event).orElseThrow(),
                    now,
                    id,
                    from);
    }

    /// A server takes over a port that somebody made.
    public void taken(String id, String serverId, String owner, Optional<String> tag, int position, Instant now) {
        tx.update("""
                UPDATE port
                   SET device_id = ?, device_owner = ?, ours = 0, device_tag = ?, position = ?,
                       revision = revision + 1, updated_at = ?
                 WHERE id = ?
                """, serverId, owner, tag, position, now, id);
    }

    /// A server gives back a port that it took over.
    public void given(String id, Instant now) {
        tx.update("""
                UPDATE port
                   SET device_id = '', device_owner = '', host = '', status = 'DOWN', plugged_host = NULL,
                       device_tag = NULL, position = 0, revision = revision + 1, updated_at = ?
                 WHERE id = ?
                """, now, id);
    }

    /// A port that somebody made becomes one of the house's own: no filter, no pairs.
    public void owned(String id, String deviceId, String owner, Instant now) {
        tx.update("""
                UPDATE port
                   SET device_id = ?, device_owner = ?, port_security = 0, address_pairs = '[]',
                       revision = revision + 1, updated_at = ?
                 WHERE id = ?
                """, deviceId, owner, now, id);
    }

    /// Binds the ports of a device.
    public void bind(String deviceId, String host, Instant now) {
        tx.update(
                "UPDATE port SET host = ?, revision = revision + 1, updated_at = ? WHERE device_id = ? AND host <> ?",
                host,
                now,
                deviceId,
                host);
    }

    /// Where it is bound.
    public void host(String id, String host) {
        tx.update("UPDATE port SET host = ? WHERE id = ? AND host <> ?", host, id, host);
    }

    public void plugged(String id, Optional<String> host) {
        tx.update("UPDATE port SET plugged_host = ? WHERE id = ?", host, id);
    }

    void delete(String id) {
        tx.update("DELETE FROM port WHERE id = ?", id);
    }

    private static Port map(Row r) throws SQLException {
        return new Port(
                r.string("id"),
                r.string("project_id"),
                r.string("name"),
                r.string("network_id"),
                r.string("mac"),
                r.bool("admin_state_up"),
                r.string("status"),
                r.string("device_id"),
                r.string("device_owner"),
                r.string("host"),
                r.string("vnic_type"),
                json(r.string("profile")),
                r.bool("port_security"),
                json(r.string("address_pairs")),
                json(r.string("dhcp_options")),
                r.string("dns_name"),
                r.optString("plugged_host"),
                r.bool("ours"),
                r.optString("device_tag"),
                r.integer("position"),
                Standard.of(r),
                List.of(),
                List.of());
    }

    /// Nearly all of them are empty: not worth a parser.
    private static JsonNode json(String text) {
        if (text.equals("[]")) return NO_LIST;
        if (text.equals("{}")) return NO_OBJECT;
        return Json.stored(text);
    }
}
