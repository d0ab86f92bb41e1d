package cloud.yun.placement;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Upstream's rule names and defaults.
///
/// @see <a href="https://docs.openstack.org/placement/latest/configuration/policy.html">Placement policies</a>
final class PlacementPolicies {
    private static final List<String> FOR_SERVICES = List.of(
            "placement:resource_providers:list",
            "placement:resource_providers:create",
            "placement:resource_providers:show",
            "placement:resource_providers:update",
            "placement:resource_providers:delete",
            "placement:resource_classes:list",
            "placement:resource_classes:create",
            "placement:resource_classes:show",
            "placement:resource_classes:update",
            "placement:resource_classes:delete",
            "placement:resource_providers:inventories:list",
            "placement:resource_providers:inventories:create",
            "placement:resource_providers:inventories:show",
            "placement:resource_providers:inventories:update",
            "placement:resource_providers:inventories:delete",
            "placement:resource_providers:aggregates:list",
            "placement:resource_providers:aggregates:update",
            "placement:resource_providers:usages",
            "placement:traits:list",
            "placement:traits:show",
            "placement:traits:update",
            "placement:traits:delete",
            "placement:resource_providers:traits:list",
            "placement:resource_providers:traits:update",
            "placement:resource_providers:traits:delete",
            "placement:allocations:manage",
            "placement:allocations:list",
            "placement:allocations:update",
            "placement:allocations:delete",
            "placement:resource_providers:allocations:list",
            "placement:allocation_candidates:list",
            "placement:reshaper:reshape");

    private PlacementPolicies() {}

    static Map<String, String> defaults() {
        var rules = new LinkedHashMap<String, String>();
        rules.put("admin_api", "role:admin");
        rules.put("service_api", "role:service");
        rules.put("admin_or_service_api", "role:admin or role:service");
        rules.put(
                "admin_or_project_reader_or_service_api",
                "role:admin or role:service or (role:reader and project_id:%(project_id)s)");
        for (var name : FOR_SERVICES) rules.put(name, "rule:admin_or_service_api");
        rules.put("placement:usages", "rule:admin_or_project_reader_or_service_api");
        return rules;
    }
}
