package cloud.yun.identity.user;

import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Times;
import tools.jackson.databind.node.ObjectNode;

/// Users as the API shows them.
public final class UserView {
    private UserView() {}

    public static ObjectNode of(Request request, User user) {
        return of(request, user, false);
    }

    /// @param withExtra Keystone's answer to an update repeats the free attributes under `extra`
    static ObjectNode of(Request request, User user, boolean withExtra) {
        var node = user.extra().deepCopy();
        node.put("id", user.id())
                .put("name", user.name())
                .put("domain_id", user.domainId())
                .put("enabled", user.enabled());
        user.defaultProjectId().ifPresent(p -> node.put("default_project_id", p));
        node.put(
                "password_expires_at",
                user.passwordExpiresAt().map(Times::microsWithoutZone).orElse(null));
        if (withExtra) node.set("extra", user.extra());
        node.set("options", user.options());
        return Links.self(request, "users", user.id(), node);
    }
}
