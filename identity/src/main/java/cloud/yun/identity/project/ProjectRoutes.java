package cloud.yun.identity.project;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.project.ProjectStore.TagFilters;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/projects`.
public final class ProjectRoutes {
    private static final Set<String> EXPANSIONS =
            Set.of("parents_as_list", "parents_as_ids", "subtree_as_list", "subtree_as_ids");

    private final Projects projects;

    public ProjectRoutes(Projects projects) {
        this.projects = projects;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/projects", this::list).policyOnObject("identity:list_projects"),
                Route.post("/v3/projects", this::create)
                        .schema("schema/identity/project-create.json")
                        .policyOnObject("identity:create_project"),
                Route.get("/v3/projects/{project_id}", this::show).policyOnObject("identity:get_project"),
                Route.patch("/v3/projects/{project_id}", this::update)
                        .schema("schema/identity/project-update.json")
                        .policyOnObject("identity:update_project"),
                Route.delete("/v3/projects/{project_id}", this::delete).policyOnObject("identity:delete_project"),
                Route.get("/v3/projects/{project_id}/tags", this::tags).policyOnObject("identity:list_project_tags"),
                Route.put("/v3/projects/{project_id}/tags", this::setTags)
                        .schema("schema/identity/project-tags.json")
                        .policyOnObject("identity:update_project_tags"),
                Route.delete("/v3/projects/{project_id}/tags", this::clearTags)
                        .policyOnObject("identity:delete_project_tags"),
                Route.get("/v3/projects/{project_id}/tags/{tag}", this::tag).policyOnObject("identity:get_project_tag"),
                Route.put("/v3/projects/{project_id}/tags/{tag}", this::addTag)
                        .policyOnObject("identity:create_project_tag"),
                Route.delete("/v3/projects/{project_id}/tags/{tag}", this::removeTag)
                        .policyOnObject("identity:delete_project_tag"));
    }

    private static Reply one(int status, ObjectNode project) {
        var body = Json.object();
        body.set("project", project);
        return Reply.json(status, body);
    }

    private static String id(Request request) {
        return request.variable("project_id");
    }

    private Reply list(Request request) {
        boolean domains = request.query("is_domain").map(Filters::truth).orElse(false);
        var page = projects.list(
                request.caller(), Filters.of(request, "domain_id", "parent_id"), domains, tagFilters(request));
        var items = page.items().stream().map(p -> ProjectView.of(request, p)).toList();
        return Reply.ok(Links.page(request, "projects", items, page.next()));
    }

    private static TagFilters tagFilters(Request request) {
        return new TagFilters(
                split(request, "tags"),
                split(request, "tags-any"),
                split(request, "not-tags"),
                split(request, "not-tags-any"));
    }

    private static List<String> split(Request request, String key) {
        return request.query(key)
                .filter(v -> !v.isEmpty())
                .map(v -> List.of(v.split(",")))
                .orElse(List.of());
    }

    private Reply create(Request request) {
        return one(201, ProjectView.of(request, projects.create(request.caller(), request.object("project"))));
    }

    private Reply show(Request request) {
        var project = projects.get(request.caller(), "identity:get_project", id(request));
        var node = ProjectView.of(request, project);
        expand(request, project, node);
        return one(200, node);
    }

    /// `?parents_as_list`, `?parents_as_ids`, `?subtree_as_list`, `?subtree_as_ids`.
    private void expand(Request request, Project project, ObjectNode node) {
        var wanted =
                EXPANSIONS.stream().filter(e -> Filters.flag(request, e)).collect(java.util.stream.Collectors.toSet());
        if (wanted.contains("parents_as_list") && wanted.contains("parents_as_ids"))
            throw new Invalid("Cannot use parents_as_list and parents_as_ids query params at the same time.");
        if (wanted.contains("subtree_as_list") && wanted.contains("subtree_as_ids"))
            throw new Invalid("Cannot use subtree_as_list and subtree_as_ids query params at the same time.");
        if (wanted.isEmpty()) return;
        var family = projects.family(request.caller(), project);
        if (wanted.contains("parents_as_list"))
            node.set("parents", wrapped(request, family.ancestors(), family.visible()));
        if (wanted.contains("subtree_as_list"))
            node.set("subtree", wrapped(request, family.descendants(), family.visible()));
        if (wanted.contains("parents_as_ids")) {
            ObjectNode chain = null;
            for (var ancestor : family.ancestors().reversed()) {
                var outer = Json.object();
                outer.set(ancestor.id(), chain);
                chain = outer;
            }
            node.set("parents", chain);
        }
        if (wanted.contains("subtree_as_ids")) node.set("subtree", tree(project.id(), family.descendants()));
    }

    private ArrayNode wrapped(Request request, List<Project> all, Set<String> visible) {
        boolean withLimits = Filters.flag(request, "include_limits");
        var list = Json.array();
        for (var project : all) {
            if (!visible.contains(project.id())) continue;
            var node = ProjectView.of(request, project);
            if (withLimits) {
                var limits = node.putArray("limits");
                projects.limits(project).forEach(l -> limits.add(l.json()));
            }
            list.addObject().set("project", node);
        }
        return list;
    }

    private static @org.jspecify.annotations.Nullable ObjectNode tree(String id, List<Project> all) {
        var children =
                all.stream().filter(p -> p.parentId().equals(Optional.of(id))).toList();
        if (children.isEmpty()) return null;
        var node = Json.object();
        for (var child : children) node.set(child.id(), tree(child.id(), all));
        return node;
    }

    private Reply update(Request request) {
        var project = projects.update(request.caller(), id(request), request.object("project"));
        return one(200, ProjectView.of(request, project));
    }

    private Reply delete(Request request) {
        projects.delete(request.caller(), id(request));
        return Reply.noContent();
    }

    private static ObjectNode tagsOf(List<String> tags, String self) {
        var body = Json.object();
        tags.forEach(body.putArray("tags")::add);
        body.putObject("links").put("self", self);
        return body;
    }

    private Reply tags(Request request) {
        var project = projects.get(request.caller(), "identity:list_project_tags", id(request));
        return Reply.ok(tagsOf(project.tags(), request.url() + request.path()));
    }

    private Reply setTags(Request request) {
        var tags = new ArrayList<String>();
        request.body().get("tags").forEach(t -> tags.add(t.stringValue()));
        var project = projects.setTags(request.caller(), id(request), tags);
        return Reply.ok(tagsOf(project.tags(), request.url() + request.path()));
    }

    private Reply clearTags(Request request) {
        projects.clearTags(request.caller(), id(request));
        return Reply.noContent();
    }

    private Reply tag(Request request) {
        var project = projects.get(request.caller(), "identity:get_project_tag", id(request));
        if (!project.tags().contains(request.variable("tag"))) throw Projects.noTag(request.variable("tag"));
        return Reply.noContent();
    }

    private Reply addTag(Request request) {
        projects.addTag(request.caller(), id(request), request.variable("tag"));
        return Reply.empty(201)
                .header("Location", request.url() + request.path())
                .header("Content-Type", "application/json");
    }

    private Reply removeTag(Request request) {
        projects.removeTag(request.caller(), id(request), request.variable("tag"));
        return Reply.noContent();
    }
}
