package cloud.yun.identity.group;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.user.UserView;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/groups` and `/v3/users/{user_id}/groups`.
public final class GroupRoutes {
    private static final String MEMBER = "/v3/groups/{group_id}/users/{user_id}";

    private final Groups groups;

    public GroupRoutes(Groups groups) {
        this.groups = groups;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/groups", this::list).policyOnObject("identity:list_groups"),
                Route.post("/v3/groups", this::create)
                        .schema("schema/identity/group-create.json")
                        .policyOnObject("identity:create_group"),
                Route.get("/v3/groups/{group_id}", this::show).policyOnObject("identity:get_group"),
                Route.patch("/v3/groups/{group_id}", this::update)
                        .schema("schema/identity/group-update.json")
                        .policyOnObject("identity:update_group"),
                Route.delete("/v3/groups/{group_id}", this::delete).policyOnObject("identity:delete_group"),
                Route.get("/v3/users/{user_id}/groups", this::ofUser).policyOnObject("identity:list_groups_for_user"),
                Route.get("/v3/groups/{group_id}/users", this::members).policyOnObject("identity:list_users_in_group"),
                Route.put(MEMBER, this::add).policyOnObject("identity:add_user_to_group"),
                Route.get(MEMBER, this::check).policyOnObject("identity:check_user_in_group"),
                Route.delete(MEMBER, this::remove).policyOnObject("identity:remove_user_from_group"));
    }

    private static ObjectNode view(Request request, Group group) {
        var node = group.extra().deepCopy();
        node.put("id", group.id())
                .put("name", group.name())
                .put("domain_id", group.domainId())
                .put("description", group.description());
        return Links.self(request, "groups", group.id(), node);
    }

    private static Reply one(int status, ObjectNode group) {
        var body = Json.object();
        body.set("group", group);
        return Reply.json(status, body);
    }

    private Reply list(Request request) {
        var page = groups.list(request.caller(), Filters.of(request, "domain_id"));
        var items = page.items().stream().map(g -> view(request, g)).toList();
        return Reply.ok(Links.page(request, "groups", items, page.next()));
    }

    private Reply create(Request request) {
        return one(201, view(request, groups.create(request.caller(), request.object("group"))));
    }

    private Reply show(Request request) {
        return one(200, view(request, groups.get(request.caller(), "identity:get_group", id(request))));
    }

    private Reply update(Request request) {
        return one(200, view(request, groups.update(request.caller(), id(request), request.object("group"))));
    }

    private Reply delete(Request request) {
        groups.delete(request.caller(), id(request));
        return Reply.noContent();
    }

    private Reply ofUser(Request request) {
        var found = groups.ofUser(request.caller(), request.variable("user_id"), Filters.of(request));
        return Reply.ok(Links.list(
                request, "groups", found.stream().map(g -> view(request, g)).toList()));
    }

    private Reply members(Request request) {
        var found = groups.members(request, id(request));
        return Reply.ok(Links.list(
                request,
                "users",
                found.stream().map(u -> UserView.of(request, u)).toList()));
    }

    private Reply add(Request request) {
        groups.addMember(request.caller(), id(request), request.variable("user_id"));
        return Reply.noContent();
    }

    private Reply check(Request request) {
        groups.checkMember(request.caller(), id(request), request.variable("user_id"));
        return Reply.noContent();
    }

    private Reply remove(Request request) {
        groups.removeMember(request.caller(), id(request), request.variable("user_id"));
        return Reply.noContent();
    }

    private static String id(Request request) {
        return request.variable("group_id");
    }
}
