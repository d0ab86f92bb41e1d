package cloud.yun.identity.project;

import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import tools.jackson.databind.node.ObjectNode;

/// Projects and domains as the API shows them.
public final class ProjectView {
    private ProjectView() {}

    public static ObjectNode of(Request request, Project project) {
        var node = project.extra().deepCopy();
        node.put("id", project.id())
                .put("name", project.name())
                .put("domain_id", project.domainId().isEmpty() ? null : project.domainId())
                .put("description", project.description())
                .put("enabled", project.enabled())
                .put("parent_id", project.parentId().orElse(null))
                .put("is_domain", project.isDomain());
        rest(node, project);
        return Links.self(request, "projects", project.id(), node);
    }

    public static ObjectNode ofDomain(Request request, Project domain) {
        var node = domain.extra().deepCopy();
        node.put("id", domain.id())
                .put("name", domain.name())
                .put("description", domain.description())
                .put("enabled", domain.enabled());
        rest(node, domain);
        return Links.self(request, "domains", domain.id(), node);
    }

    private static void rest(ObjectNode node, Project project) {
        project.tags().forEach(node.putArray("tags")::add);
        node.set("options", project.options().isEmpty() ? Json.object() : project.options());
    }
}
