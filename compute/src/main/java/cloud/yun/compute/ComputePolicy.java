package cloud.yun.compute;

import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The room's policy: upstream's base rules and what each resource adds.
///
/// @see <a href="https://docs.openstack.org/nova/latest/configuration/policy.html">Nova policies</a>
public final class ComputePolicy {
    /// Rule texts as upstream's defaults write them.
    public static final String ADMIN = "rule:context_is_admin";

    public static final String MEMBER_OR_ADMIN = "rule:project_member_or_admin";
    public static final String READER_OR_ADMIN = "rule:project_reader_or_admin";
    public static final String MANAGER_OR_ADMIN = "rule:project_manager_or_admin";
    public static final String ANY = "@";

    private static final Map<String, String> BASE = Map.ofEntries(
            Map.entry("context_is_admin", "role:admin"),
            Map.entry("admin_or_owner", "is_admin:True or project_id:%(project_id)s"),
            Map.entry("admin_api", "is_admin:True"),
            Map.entry("project_manager_api", "role:manager and project_id:%(project_id)s"),
            Map.entry("project_member_api", "role:member and project_id:%(project_id)s"),
            Map.entry("project_reader_api", "role:reader and project_id:%(project_id)s"),
            Map.entry("project_manager_or_admin", "rule:project_manager_api or rule:context_is_admin"),
            Map.entry("project_member_or_admin", "rule:project_member_api or rule:context_is_admin"),
            Map.entry("project_reader_or_admin", "rule:project_reader_api or rule:context_is_admin"));

    private ComputePolicy() {}

    /// @param rules of each resource, rule name to rule text
    static Policy of(PolicyFile file, List<Map<String, String>> rules) {
        var all = new LinkedHashMap<>(BASE);
        rules.forEach(all::putAll);
        return new Policy(all, file);
    }
}
