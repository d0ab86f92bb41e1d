package cloud.yun.compute.fake;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.network.ServerPorts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/// The network room's front door with one network, `private`: rows in the database, plugged taps in memory.
public final class FakePorts implements ServerPorts {
    public static final String NETWORK = "afa023d6-8563-40c8-9b92-dc7a6eeaf151";

    private static final String SELECT =
            "SELECT number, id, server_id, network_id, ours, host, tag, groups FROM fake_port ";

    /// What is on hosts: `port@host`.
    public final Set<String> plugged = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Runnable> whilePlugging = new AtomicReference<>(() -> {});

    @Override
    public List<Wanted> standard(Tx tx, Caller caller) {
        return List.of(new Wanted(Optional.of(NETWORK), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @Override
    public List<Port> allocate(Tx tx, Caller caller, String serverId, List<Wanted> wanted, List<String> groups) {
        for (var group : groups)
            if (group.equals("nosuch")) throw new Invalid("Unable to find security_group with name or id 'nosuch'");
        for (var w : wanted) {
            if (w.portId().isPresent()) {
                int rows = tx.update(
                        "UPDATE fake_port SET server_id = ? WHERE id = ? AND server_id IS NULL",
                        serverId,
                        w.portId().get());
                if (rows == 0) throw new Invalid("Port id " + w.portId().get() + " could not be found.");
                continue;
            }
            if (!w.networkId().orElse("").equals(NETWORK))
                throw new Invalid("Network " + w.networkId().orElse("") + " could not be found.");
            tx.update(
                    "INSERT INTO fake_port (id, server_id, network_id, ours, tag, groups) VALUES (?, ?, ?, 1, ?, ?)",
                    UUID.randomUUID(),
                    serverId,
                    NETWORK,
                    w.tag(),
                    groups.isEmpty() ? "default" : String.join(",", groups));
        }
        return ofServer(tx, serverId);
    }

    /// A port that a user made.
    public String user(Tx tx) {
        var id = UUID.randomUUID().toString();
        tx.update("INSERT INTO fake_port (id, network_id, ours, groups) VALUES (?, ?, 0, 'default')", id, NETWORK);
        return id;
    }

    @Override
    public void bind(Tx tx, String serverId, String host) {
        tx.update("UPDATE fake_port SET host = ? WHERE server_id = ?", host, serverId);
    }

    @Override
    public void unbind(Tx tx, String serverId) {
        tx.update("UPDATE fake_port SET host = NULL WHERE server_id = ?", serverId);
    }

    @Override
    public void release(Tx tx, String serverId, String portId) {
        tx.update("DELETE FROM fake_port WHERE id = ? AND server_id = ? AND ours = 1", portId, serverId);
        tx.update(
                "UPDATE fake_port SET server_id = NULL, host = NULL WHERE id = ? AND server_id = ?", portId, serverId);
    }

    @Override
    public void releaseAll(Tx tx, String serverId) {
        tx.update("DELETE FROM fake_port WHERE server_id = ? AND ours = 1", serverId);
        tx.update("UPDATE fake_port SET server_id = NULL, host = NULL WHERE server_id = ?", serverId);
    }

    @Override
    public List<Port> ofServer(Tx tx, String serverId) {
        return tx.query(SELECT + "WHERE server_id = ? ORDER BY number", this::port, serverId);
    }

    @Override
    public Map<String, List<Port>> ofServers(Tx tx, Collection<String> serverIds) {
        var found = new HashMap<String, List<Port>>();
        if (serverIds.isEmpty()) return found;
        tx.query(
                SELECT + "WHERE server_id IN (" + Tx.marks(serverIds.size()) + ") ORDER BY number",
                r -> found.computeIfAbsent(r.string("server_id"), _ -> new ArrayList<>())
                        .add(port(r)),
                serverIds.toArray());
        return found;
    }

    @Override
    public List<String> serversByAddress(Tx tx, String fragment) {
        return tx
                .query(SELECT + "WHERE server_id IS NOT NULL", r -> Map.entry(r.string("server_id"), address(r)))
                .stream()
                .filter(e -> e.getValue().contains(fragment))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// This happens once, while a port is plugged.
    public void meanwhile(Runnable event) {
        whilePlugging.set(event);
    }

    @Override
    public void plug(String portId, String host) {
        whilePlugging.getAndSet(() -> {}).run();
        plugged.add(portId + "@" + host);
    }

    @Override
    public void unplug(String portId, String host) {
        plugged.remove(portId + "@" + host);
    }

    private static String address(Row r) throws SQLException {
        long n = r.number("number");
        return "10.0." + n / 250 + "." + (n % 250 + 2);
    }

    private Port port(Row r) throws SQLException {
        var id = r.string("id");
        long n = r.number("number");
        var host = r.optString("host");
        return new Port(
                id,
                r.string("network_id"),
                "private",
                String.format(Locale.ROOT, "fa:16:3e:%02x:%02x:%02x", n >> 16 & 255, n >> 8 & 255, n & 255),
                List.of(new Address(
                        address(r),
                        4,
                        "31ef1ef7-dcee-4911-86a2-0ec766edd543",
                        "10.0.0.0/16",
                        Optional.of("10.0.0.1"),
                        List.of())),
                host.filter(h -> plugged.contains(id + "@" + h)).isPresent() ? "ACTIVE" : "DOWN",
                r.bool("ours"),
                "tap" + id.substring(0, 11),
                1450,
                List.of(r.string("groups").split(",", -1)),
                List.of(),
                host,
                r.optString("tag"));
    }
}
