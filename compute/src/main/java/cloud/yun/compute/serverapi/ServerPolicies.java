package cloud.yun.compute.serverapi;

import static cloud.yun.compute.ComputePolicy.ADMIN;
import static cloud.yun.compute.ComputePolicy.MEMBER_OR_ADMIN;
import static cloud.yun.compute.ComputePolicy.READER_OR_ADMIN;

import cloud.yun.compute.ComputePolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Upstream's rules of servers and their defaults.
public final class ServerPolicies {
    static final String PREFIX = "os_compute_api:";

    private static final List<String> READ = List.of(
            "servers:index",
            "servers:detail",
            "servers:show",
            "servers:show:flavor-extra-specs",
            "server-metadata:index",
            "server-metadata:show",
            "os-server-tags:index",
            "os-server-tags:show",
            "ips:index",
            "ips:show",
            "os-instance-actions:list",
            "os-instance-actions:show",
            "os-attach-interfaces:list",
            "os-attach-interfaces:show",
            "os-volumes-attachments:index",
            "os-volumes-attachments:show",
            "os-security-groups:list",
            "os-server-password:show");
    private static final List<String> WRITE = List.of(
            "servers:create",
            "servers:create:attach_volume",
            "servers:create:attach_network",
            "servers:create:trusted_certs",
            "servers:create_image",
            "servers:create_image:allow_volume_backed",
            "servers:delete",
            "servers:update",
            "servers:start",
            "servers:stop",
            "servers:reboot",
            "os-lock-server:lock",
            "os-lock-server:unlock",
            "os-pause-server:pause",
            "os-pause-server:unpause",
            "os-suspend-server:suspend",
            "os-suspend-server:resume",
            "os-deferred-delete:force",
            "os-deferred-delete:restore",
            "os-console-output",
            "server-metadata:create",
            "server-metadata:update",
            "server-metadata:update_all",
            "server-metadata:delete",
            "os-server-tags:update",
            "os-server-tags:update_all",
            "os-server-tags:delete",
            "os-server-tags:delete_all",
            "os-attach-interfaces:create",
            "os-attach-interfaces:delete",
            "os-volumes-attachments:create",
            "os-volumes-attachments:update",
            "os-volumes-attachments:delete",
            "os-security-groups:add",
            "os-security-groups:remove",
            "os-server-password:clear");
    private static final List<String> OPERATE = List.of(
            "servers:index:get_all_tenants",
            "servers:detail:get_all_tenants",
            "servers:allow_all_filters",
            "servers:show:host_status",
            "servers:show:host_status:unknown-only",
            "servers:create:forced_host",
            "servers:create:zero_disk_flavor",
            "os-extended-server-attributes",
            "os-lock-server:unlock:unlock_override",
            "os-admin-actions:reset_state",
            "os-admin-actions:inject_network_info",
            "os-instance-actions:events",
            "os-instance-actions:events:details",
            "os-server-diagnostics");

    public static final Map<String, String> RULES = rules();

    private ServerPolicies() {}

    /// @param rule without `os_compute_api:`, or whole when it begins with another word
    static String name(String rule) {
        return rule.startsWith("compute:") ? rule : PREFIX + rule;
    }

    private static Map<String, String> rules() {
        var all = new LinkedHashMap<String, String>();
        READ.forEach(r -> all.put(PREFIX + r, READER_OR_ADMIN));
        WRITE.forEach(r -> all.put(PREFIX + r, MEMBER_OR_ADMIN));
        OPERATE.forEach(r -> all.put(PREFIX + r, ADMIN));
        all.put("compute:servers:create:requested_destination", ADMIN);
        all.put("network:attach_external_network", ADMIN);
        all.putAll(ComputePolicy.upstream()); // where it says something, that holds
        return Map.copyOf(all);
    }
}
