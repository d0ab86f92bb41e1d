package cloud.yun.network.serverport;

import cloud.yun.kernel.db.Tx;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;

/// SQL over ports, addresses and floating IPs that finds servers.
final class ServerPortStore {
    private final Tx tx;

    ServerPortStore(Tx tx) {
        this.tx = tx;
    }

    /// @param like pattern of LIKE
    /// @param matches looks at an address again
    /// @return servers that have such an address
    List<String> byAddress(String like, Predicate<String> matches) {
        var found = new LinkedHashSet<String>();
        tx.query("""
                SELECT a.ip AS address, p.device_id
                  FROM ip_allocation a JOIN port p ON p.id = a.port_id
                 WHERE a.ip LIKE ? AND p.device_owner LIKE 'compute:%'
                UNION
                SELECT f.floating_address AS address, p.device_id
                  FROM floating_ip f JOIN port p ON p.id = f.port_id
                 WHERE f.floating_address LIKE ? AND p.device_owner LIKE 'compute:%'
                """, r -> matches.test(r.string("address")) && found.add(r.string("device_id")), like, like);
        return List.copyOf(found);
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
