package cloud.yun.network.network;

import cloud.yun.kernel.db.Tx;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// SQL of the table `network_change`: which ports of a network were touched since a host was told of it.
public final class NetworkChangeStore {
    /// So many changes of a network are remembered at least; a host that missed more reads all ports anew.
    private static final long CHANGES_KEPT = 1_000;

    private static final long PRUNED_EVERY = 100;
    private static final String ALL = "";

    private final Tx tx;

    public NetworkChangeStore(Tx tx) {
        this.tx = tx;
    }

    /// A port has come, changed or gone. Of a network that is gone meanwhile nobody must hear: on PostgreSQL another
    /// transaction may have deleted it since this one read it.
    public void port(String networkId, String portId) {
        tx.first(
                        "UPDATE network SET port_serial = port_serial + 1 WHERE id = ? RETURNING port_serial AS n",
                        r -> r.number("n"),
                        networkId)
                .ifPresent(serial -> remember(networkId, serial, portId));
    }

    private void remember(String networkId, long serial, String portId) {
        tx.update(
                "INSERT INTO network_change (network_id, serial, port_id) VALUES (?, ?, ?)", networkId, serial, portId);
        if (serial % PRUNED_EVERY == 0)
            tx.update(
                    "DELETE FROM network_change WHERE network_id = ? AND serial <= ?",
                    networkId,
                    serial - CHANGES_KEPT);
    }

    /// More has changed than one port: the network itself, its subnets, or who answers on it.
    public void all(String networkId) {
        port(networkId, ALL);
    }

    /// @return how often the network's ports have changed; 0 for a network that is gone
    public long serial(String networkId) {
        return tx.number("SELECT port_serial AS n FROM network WHERE id = ?", networkId);
    }

    /// @param newest the serial as it was read before
    /// @return the ports touched after `serial`; empty: it is not known, all may have been
    public Optional<Set<String>> touched(String networkId, long serial, long newest) {
        if (serial > newest || newest - serial >= CHANGES_KEPT) return Optional.empty();
        var ports = new LinkedHashSet<>(tx.query(
                "SELECT DISTINCT port_id FROM network_change WHERE network_id = ? AND serial > ? ORDER BY port_id",
                r -> r.string("port_id"),
                networkId,
                serial));
        return ports.contains(ALL) ? Optional.empty() : Optional.of(ports);
    }
}
