package cloud.yun.identity.auth;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Finds what a request names by `id`, or by `name` and `domain`.
public final class Named {
    private final Tx tx;

    public Named(Tx tx) {
        this.tx = tx;
    }

    /// @param named for example `{"name": "demo", "domain": {"id": "default"}}`
    /// @throws Invalid it has neither an id nor a name with a domain
    public Optional<User> user(ObjectNode named) {
        var users = new UserStore(tx);
        var id = Fields.text(named, "id");
        if (id.isPresent()) return users.find(id.get());
        var name = Fields.text(named, "name").orElseThrow(() -> Words.expecting("id or name", "user"));
        return domainOf(named, "user").flatMap(d -> users.byName(d.id(), name));
    }

    public Optional<Project> project(JsonNode value) {
        var named = (ObjectNode) value;
        var projects = new ProjectStore(tx);
        var id = Fields.text(named, "id");
        if (id.isPresent()) return projects.find(id.get());
        var name = Fields.text(named, "name").orElseThrow(() -> Words.expecting("id or name", "project"));
        return domainOf(named, "project").flatMap(d -> projects.byName(d.id(), name));
    }

    private Optional<Project> domainOf(ObjectNode holder, String target) {
        if (!(holder.get("domain") instanceof ObjectNode domain)) throw Words.expecting("domain", target);
        return domain(domain);
    }

    public Optional<Project> domain(JsonNode value) {
        var domain = (ObjectNode) value;
        var id = Fields.text(domain, "id");
        if (id.isPresent()) return new ProjectStore(tx).domain(id.get());
        var name = Fields.text(domain, "name").orElseThrow(() -> Words.expecting("id or name", "domain"));
        return new ProjectStore(tx).domainByName(name);
    }
}
