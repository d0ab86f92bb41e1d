package cloud.yun.image;

import java.util.LinkedHashMap;
import java.util.List;
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
        metadefs(rules);
        return rules;
    }

    private static void metadefs(Map<String, String> rules) {
        var seen = "rule:context_is_admin or (role:reader and (project_id:%(project_id)s or 'public':%(visibility)s))";
        rules.put("metadef_default", "");
        rules.put("metadef_admin", "role:admin");
        rules.put("get_metadef_namespaces", READER);
        for (var name : List.of(
                "get_metadef_namespace",
                "get_metadef_object",
                "get_metadef_objects",
                "get_metadef_property",
                "get_metadef_properties",
                "get_metadef_tag",
                "get_metadef_tags",
                "list_metadef_resource_types",
                "get_metadef_resource_type")) rules.put(name, seen);
        for (var name : List.of(
                "modify_metadef_namespace",
                "add_metadef_namespace",
                "delete_metadef_namespace",
                "modify_metadef_object",
                "add_metadef_object",
                "delete_metadef_object",
                "add_metadef_resource_type_association",
                "remove_metadef_resource_type_association",
                "modify_metadef_property",
                "add_metadef_property",
                "remove_metadef_property",
                "modify_metadef_tag",
                "add_metadef_tag",
                "add_metadef_tags",
                "delete_metadef_tag",
                "delete_metadef_tags")) rules.put(name, "rule:metadef_admin");
    }
}
