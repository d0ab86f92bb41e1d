package cloud.yun.network.check;

import cloud.yun.kernel.check.Invariant;
import cloud.yun.network.api.Common;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What quotas count is what is there.
public final class QuotaInvariant implements Invariant {
    private static final Map<String, String> TABLES = tables();

    private final Common common;

    public QuotaInvariant(Common common) {
        this.common = common;
    }

    private static Map<String, String> tables() {
        var tables = new LinkedHashMap<String, String>();
        tables.put("network", "network");
        tables.put("subnet", "subnet");
        tables.put("subnetpool", "subnet_pool");
        tables.put("port", "port");
        tables.put("router", "router");
        tables.put("floatingip", "floating_ip");
        tables.put("rbac_policy", "network_rbac");
        tables.put("security_group", "security_group");
        tables.put("security_group_rule", "security_group_rule");
        return tables;
    }

    @Override
    public String name() {
        return "network: quotas count what is there";
    }

    @Override
    public List<String> violations() {
        return common.db().read(tx -> {
            var rows = new TreeMap<String, Long>();
            TABLES.forEach((resource, table) -> tx.query(
                    "SELECT project_id, COUNT(*) AS n FROM " + table + " WHERE project_id <> '' GROUP BY project_id",
                    r -> rows.put(r.string("project_id") + " " + resource, r.number("n"))));
            var counted = new TreeMap<String, Long>();
            common.quotas()
                    .allUsage(tx)
                    .forEach(
                            (project, used) -> used.forEach((resource, n) -> counted.put(project + " " + resource, n)));
            var all = new TreeMap<>(rows);
            all.putAll(counted);
            var found = new ArrayList<String>();
            for (var key : all.keySet()) {
                long there = rows.getOrDefault(key, 0L);
                long said = counted.getOrDefault(key, 0L);
                if (there != said) found.add("project " + key + ": " + there + " rows, " + said + " counted");
            }
            return found;
        });
    }
}
