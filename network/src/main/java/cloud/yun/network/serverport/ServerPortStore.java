package cloud.yun.network.serverport;

import cloud.yun.kernel.db.Tx;
import java.util.List;

/// SQL over ports, addresses and floating IPs that finds servers.
final class ServerPortStore {
    private final Tx tx;

    ServerPortStore(Tx tx) {
        this.tx = tx;
    }

    /// @return servers that have an address with this in it
    List<String> byAddress(String fragment) {
        var like = "%" + fragment.replace("%", "").replace("_", "") + "%";
        return tx.query("""
                SELECT DISTINCT p.device_id
                  FROM port p
                 WHERE p.device_owner LIKE 'compute:%'
                   AND (EXISTS (SELECT 1 FROM ip_allocation a WHERE a.port_id = p.id AND a.ip LIKE ?)
                        OR EXISTS (SELECT 1 FROM floating_ip f WHERE f.port_id = p.id AND f.floating_address LIKE ?))
                """, r -> r.string("device_id"), like, like);
    }

    /// @param networkId empty: any
    /// @param routerId that the server's network must have an interface of; empty: any
    List<String> at(String address, String networkId, String routerId) {
        return tx.query("""
                SELECT DISTINCT p.device_id
                  FROM port p
                  JOIN ip_allocation a ON a.port_id = p.id
                 WHERE a.ip = ? AND p.device_owner LIKE 'compute:%'
                   AND (? = '' OR p.network_id = ?)
                   AND (? = '' OR p.network_id IN (SELECT i.network_id FROM port i WHERE i.device_id = ?
                                                      AND i.device_owner = 'network:router_interface'))
                """, r -> r.string("device_id"), address, networkId, networkId, routerId, routerId);
    }
}
