package cloud.yun.network.serverport;

import cloud.yun.kernel.db.Database;
import cloud.yun.network.metadata.PortLookup;
import java.util.List;
import java.util.Optional;

/// Which server asks for metadata, by the rows.
public final class AddressLookup implements PortLookup {
    private final Database db;

    public AddressLookup(Database db) {
        this.db = db;
    }

    @Override
    public Optional<String> serverAt(Optional<String> networkId, Optional<String> routerId, String address) {
        if (networkId.isEmpty() && routerId.isEmpty()) return Optional.empty();
        List<String> servers = db.read(tx -> tx.query(
                """
                SELECT DISTINCT p.device_id
                  FROM port p
                  JOIN ip_allocation a ON a.port_id = p.id
                 WHERE a.ip = ? AND p.device_owner LIKE 'compute:%'
                   AND (? = '' OR p.network_id = ?)
                   AND (? = '' OR p.network_id IN (SELECT i.network_id FROM port i WHERE i.device_id = ?
                                                      AND i.device_owner = 'network:router_interface'))
                """,
                r -> r.string("device_id"),
                address,
                networkId.orElse(""),
                networkId.orElse(""),
                routerId.orElse(""),
                routerId.orElse("")));
        return servers.size() == 1 ? Optional.of(servers.getFirst()) : Optional.empty();
    }
}
