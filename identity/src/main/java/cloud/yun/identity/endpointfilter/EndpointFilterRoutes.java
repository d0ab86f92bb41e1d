package cloud.yun.identity.endpointfilter;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.catalog.EndpointView;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectView;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/OS-EP-FILTER/...`.
public final class EndpointFilterRoutes {
    private static final String ROOT = "/v3/OS-EP-FILTER";
    private static final String GROUP = ROOT + "/endpoint_groups/{endpoint_group_id}";
    private static final String GROUP_IN_PROJECT = GROUP + "/projects/{project_id}";
    private static final String PROJECT = ROOT + "/projects/{project_id}";
    private static final String ENDPOINT_IN_PROJECT = PROJECT + "/endpoints/{endpoint_id}";

    private final EndpointFilters filters;
    private final EndpointGroups groups;

    public EndpointFilterRoutes(EndpointFilters filters, EndpointGroups groups) {
        this.filters = filters;
        this.groups = groups;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ROOT + "/endpoint_groups", this::list).policyOnObject("identity:list_endpoint_groups"),
                Route.post(ROOT + "/endpoint_groups", this::create)
                        .schema("schema/identity/endpoint-group-create.json")
                        .policyOnObject("identity:create_endpoint_group"),
                Route.get(GROUP, this::show).policyOnObject("identity:get_endpoint_group"),
                Route.patch(GROUP, this::update)
                        .schema("schema/identity/endpoint-group-update.json")
                        .policyOnObject("identity:update_endpoint_group"),
                Route.delete(GROUP, this::delete).policyOnObject("identity:delete_endpoint_group"),
                Route.get(GROUP + "/endpoints", this::endpointsOfGroup)
                        .policyOnObject("identity:list_endpoints_associated_with_endpoint_group"),
                Route.get(GROUP + "/projects", this::projectsOfGroup)
                        .policyOnObject("identity:list_projects_associated_with_endpoint_group"),
                Route.get(GROUP_IN_PROJECT, this::showGroupInProject)
                        .policyOnObject("identity:get_endpoint_group_in_project"),
                Route.put(GROUP_IN_PROJECT, this::addGroup).policyOnObject("identity:add_endpoint_group_to_project"),
                Route.delete(GROUP_IN_PROJECT, this::removeGroup)
                        .policyOnObject("identity:remove_endpoint_group_from_project"),
                Route.get(PROJECT + "/endpoint_groups", this::groupsOfProject)
                        .policyOnObject("identity:list_endpoint_groups_for_project"),
                Route.get(PROJECT + "/endpoints", this::endpointsOfProject)
                        .policyOnObject("identity:list_endpoints_for_project"),
                Route.get(ENDPOINT_IN_PROJECT, this::checkEndpoint)
                        .policyOnObject("identity:check_endpoint_in_project"),
                Route.put(ENDPOINT_IN_PROJECT, this::addEndpoint).policyOnObject("identity:add_endpoint_to_project"),
                Route.delete(ENDPOINT_IN_PROJECT, this::removeEndpoint)
                        .policyOnObject("identity:remove_endpoint_from_project"),
                Route.get(ROOT + "/endpoints/{endpoint_id}/projects", this::projectsOfEndpoint)
                        .policyOnObject("identity:list_projects_for_endpoint"));
    }

    private static Reply one(int status, String key, ObjectNode value) {
        var body = Json.object();
        body.set(key, value);
        return Reply.json(status, body);
    }

    private static Reply endpoints(Request request, List<Endpoint> found) {
        return Reply.ok(Links.list(
                request,
                "endpoints",
                found.stream().map(e -> EndpointView.of(request, e)).toList()));
    }

    private static Reply projects(Request request, List<Project> found) {
        return Reply.ok(Links.list(
                request,
                "projects",
                found.stream().map(p -> ProjectView.of(request, p)).toList()));
    }

    private static String group(Request request) {
        return request.variable("endpoint_group_id");
    }

    private static String project(Request request) {
        return request.variable("project_id");
    }

    private static String endpoint(Request request) {
        return request.variable("endpoint_id");
    }

    private Reply list(Request request) {
        var page = groups.list(request.caller(), Filters.of(request));
        var items = page.items().stream().map(g -> g.view(request)).toList();
        return Reply.ok(Links.page(request, "endpoint_groups", items, page.next()));
    }

    private Reply create(Request request) {
        var made = groups.create(request.caller(), request.object("endpoint_group"));
        return one(201, "endpoint_group", made.view(request));
    }

    private Reply show(Request request) {
        return one(
                200,
                "endpoint_group",
                groups.get(request.caller(), group(request)).view(request));
    }

    private Reply update(Request request) {
        var next = groups.update(request.caller(), group(request), request.object("endpoint_group"));
        return one(200, "endpoint_group", next.view(request));
    }

    private Reply delete(Request request) {
        groups.delete(request.caller(), group(request));
        return Reply.noContent();
    }

    private Reply endpointsOfGroup(Request request) {
        return endpoints(request, groups.endpoints(request.caller(), group(request)));
    }

    private Reply projectsOfGroup(Request request) {
        return projects(request, groups.projects(request.caller(), group(request)));
    }

    private Reply showGroupInProject(Request request) {
        groups.check(request.caller(), group(request), project(request));
        var node = Json.object().put("endpoint_group_id", group(request)).put("project_id", project(request));
        Links.self(request, "OS-EP-FILTER/endpoint_groups/" + group(request) + "/projects", project(request), node);
        return one(200, "project_endpoint_group", node);
    }

    private Reply addGroup(Request request) {
        groups.add(request.caller(), group(request), project(request));
        return Reply.noContent();
    }

    private Reply removeGroup(Request request) {
        groups.remove(request.caller(), group(request), project(request));
        return Reply.noContent();
    }

    private Reply groupsOfProject(Request request) {
        var found = groups.ofProject(request.caller(), project(request));
        return Reply.ok(Links.list(
                request,
                "endpoint_groups",
                found.stream().map(g -> g.view(request)).toList()));
    }

    private Reply endpointsOfProject(Request request) {
        return endpoints(request, filters.endpoints(request.caller(), project(request)));
    }

    private Reply checkEndpoint(Request request) {
        filters.check(request.caller(), project(request), endpoint(request));
        return Reply.noContent();
    }

    private Reply addEndpoint(Request request) {
        filters.add(request.caller(), project(request), endpoint(request));
        return Reply.noContent();
    }

    private Reply removeEndpoint(Request request) {
        filters.remove(request.caller(), project(request), endpoint(request));
        return Reply.noContent();
    }

    private Reply projectsOfEndpoint(Request request) {
        return projects(request, filters.projects(request.caller(), endpoint(request)));
    }
}
