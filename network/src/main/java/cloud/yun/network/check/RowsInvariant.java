package cloud.yun.network.check;

import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.db.Tx;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.address.Ip;
import cloud.yun.network.api.Common;
import java.util.ArrayList;
import java.util.List;

/// No row refers to what is gone, and every allocation is somebody's.
public final class RowsInvariant implements Invariant {
    private final Common common;

    public RowsInvariant(Common common) {
        this.common = common;
    }

    @Override
    public String name() {
        return "network: rows, segments and addresses belong together";
    }

    @Override
    public List<String> violations() {
        return common.db().read(tx -> {
            var found = new ArrayList<String>();
            add(tx, found, "port %s belongs to a router that is gone", """
                    SELECT id FROM port WHERE device_owner IN ('network:router_interface', 'network:router_gateway')
                       AND device_id NOT IN (SELECT r.id FROM router r)""");
            add(tx, found, "port %s belongs to a floating IP that is gone", """
                    SELECT id FROM port WHERE device_owner = 'network:floatingip'
                       AND device_id NOT IN (SELECT f.id FROM floating_ip f)""");
            add(tx, found, "port %s serves DHCP on a network without DHCP", """
                    SELECT id FROM port WHERE device_owner = 'network:dhcp'
                       AND network_id NOT IN (SELECT s.network_id FROM subnet s WHERE s.enable_dhcp = 1)""");
            add(tx, found, "router %s has lost its gateway port", """
                    SELECT id FROM router WHERE gateway_port_id IS NOT NULL
                       AND gateway_port_id NOT IN (SELECT p.id FROM port p)""");
            add(tx, found, "port %s is not a member of its security groups with all its addresses", """
                    SELECT DISTINCT g.port_id AS id FROM port_security_group g JOIN ip_allocation a ON a.port_id = g.port_id
                     WHERE NOT EXISTS (SELECT 1 FROM security_group_member m
                         WHERE m.group_id = g.group_id AND m.address = a.ip AND m.port_id = g.port_id)""");
            add(tx, found, "port %s is a member of a security group that it is not in", """
                    SELECT DISTINCT m.port_id AS id FROM security_group_member m
                     WHERE NOT EXISTS (SELECT 1 FROM port_security_group g
                         WHERE g.group_id = m.group_id AND g.port_id = m.port_id)""");
            add(tx, found, "port %s is a member of its security groups with an address that it does not have", """
                    SELECT DISTINCT m.port_id AS id FROM security_group_member m JOIN port p ON p.id = m.port_id
                     WHERE p.address_pairs = '[]' AND NOT EXISTS (SELECT 1 FROM ip_allocation a
                         WHERE a.port_id = m.port_id AND a.ip = m.address)""");
            add(tx, found, "network %s has no segment", """
                    SELECT id FROM network WHERE network_type <> 'local'
                       AND id NOT IN (SELECT s.network_id FROM network_segment s)""");
            add(tx, found, "floating IP %s leads through a router to nowhere", """
                    SELECT id FROM floating_ip WHERE (router_id IS NULL) <> (port_id IS NULL)""");
            add(tx, found, "floating IP %s leads to an address that its port does not have", """
                    SELECT f.id FROM floating_ip f WHERE f.port_id IS NOT NULL AND NOT EXISTS
                       (SELECT 1 FROM ip_allocation a WHERE a.port_id = f.port_id AND a.ip = f.fixed_address)""");
            add(tx, found, "tags of %s, which is gone", """
                    SELECT DISTINCT t.resource_id AS id FROM network_tag t
                     WHERE t.resource_id NOT IN (SELECT id FROM network UNION SELECT id FROM subnet
                         UNION SELECT id FROM port UNION SELECT id FROM router UNION SELECT id FROM floating_ip
                         UNION SELECT id FROM security_group UNION SELECT id FROM subnet_pool)""");
            add(tx, found, "grants on %s, which is gone", """
                    SELECT DISTINCT b.object_id AS id FROM network_rbac b
                     WHERE b.object_id NOT IN (SELECT id FROM network UNION SELECT id FROM security_group)""");
            outside(tx, found);
            return found;
        });
    }

    private static void add(Tx tx, List<String> found, String sentence, String sql) {
        for (var id : tx.query(sql, r -> r.string("id"))) found.add(sentence.formatted(id));
    }

    private static void outside(Tx tx, List<String> found) {
        tx
                .query(
                        "SELECT a.ip, a.port_id, s.cidr FROM ip_allocation a JOIN subnet s ON s.id = a.subnet_id",
                        r -> Cidr.of(r.string("cidr")).contains(Ip.of(r.string("ip")))
                                ? ""
                                : "port " + r.string("port_id") + " has " + r.string("ip") + ", which is not in "
                                        + r.string("cidr"))
                .stream()
                .filter(s -> !s.isEmpty())
                .forEach(found::add);
    }
}
