package cloud.yun.image;

import java.util.LinkedHashMap;
import java.util.Map;

/// Upstream's rule names and defaults.
///
/// @see <a href="https://docs.openstack.org/glance/latest/configuration/glance_policy.html">Glance policies</a>
final class ImagePolicies {
    private static final String MEMBER = "rule:context_is_admin or (role:member and project_id:%(project_id)s)";
    private static final String READER = "rule:context_is_admin or (role:reader and project_id:%(project_id)s)";
    private static final String SEEN =
            " and (project_id:%(project_id)s or project_id:%(member_id)s or 'community':%(visibility)s or"
                    + " 'public':%(visibility)s or 'shared':%(visibility)s))";
    private static final String SHARED_MEMBER = "rule:context_is_admin or (role:member and project_id:%(member_id)s)";
    private static final String SHARED_READER =
            "rule:context_is_admin or (role:reader and (project_id:%(project_id)s or project_id:%(member_id)s))";
    private static final String ADMIN = "rule:context_is_admin";

    private ImagePolicies() {}

    static Map<String, String> defaults() {
        var rules = new LinkedHashMap<String, String>();
        rules.put("default", "");
        rules.put("context_is_admin", "role:admin");
        rules.put(
                "add_image",
                "rule:context_is_admin or (role:member and project_id:%(project_id)s and project_id:%(owner)s)");
        rules.put("delete_image", MEMBER);
        rules.put("get_image", "rule:context_is_admin or (role:reader" + SEEN);
        rules.put("get_images", READER);
        rules.put("modify_image", MEMBER);
        rules.put("publicize_image", ADMIN);
        rules.put("communitize_image", MEMBER);
        rules.put("download_image", "rule:context_is_admin or (role:member" + SEEN);
        rules.put("upload_image", MEMBER);
        rules.put("delete_image_location", ADMIN);
        rules.put("get_image_location", READER);
        rules.put("set_image_location", MEMBER);
        rules.put("add_member", MEMBER);
        rules.put("delete_member", MEMBER);
        rules.put("get_member", SHARED_READER);
        rules.put("get_members", SHARED_READER);
        rules.put("modify_member", SHARED_MEMBER);
        rules.put("manage_image_cache", ADMIN);
        rules.put("deactivate", MEMBER);
        rules.put("reactivate", MEMBER);
        rules.put("copy_image", ADMIN);
        rules.put("get_task", "rule:default");
        rules.put("get_tasks", "rule:default");
        rules.put("add_task", "rule:default");
        rules.put("modify_task", "rule:default");
        rules.put("tasks_api_access", ADMIN);
        rules.put("stores_info_detail", ADMIN);
        rules.put("cache_image", ADMIN);
        rules.put("cache_list", ADMIN);
        rules.put("cache_delete", ADMIN);
        return rules;
    }
}
