package cloud.yun.identity.role;

import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Request;
import tools.jackson.databind.node.ObjectNode;

/// Roles as the API shows them.
public final class RoleView {
    private RoleView() {}

    public static ObjectNode of(Request request, Role role) {
        return Links.self(request, "roles", role.id(), bare(role));
    }

    /// Without links, as it stands inside other objects.
    public static ObjectNode bare(Role role) {
        var node = role.extra().deepCopy();
        node.put("id", role.id())
                .put("name", role.name())
                .put("domain_id", role.global() ? null : role.domainId())
                .put("description", role.description().orElse(null));
        node.set("options", role.options());
        return node;
    }

    /// Id, name and link only, as inference rules show roles.
    static ObjectNode brief(Request request, Role role) {
        var node = cloud.yun.kernel.json.Json.object().put("id", role.id());
        Links.self(request, "roles", role.id(), node);
        return node.put("name", role.name());
    }
}
