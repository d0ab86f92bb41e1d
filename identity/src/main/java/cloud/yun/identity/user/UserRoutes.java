package cloud.yun.identity.user;

import cloud.yun.identity.auth.Reach;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.project.ProjectView;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/users`.
public final class UserRoutes {
    private final Users users;
    private final Reach reach;

    public UserRoutes(Users users, Reach reach) {
        this.users = users;
        this.reach = reach;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/users", this::list).policyOnObject("identity:list_users"),
                Route.post("/v3/users", this::create)
                        .schema("schema/identity/user-create.json")
                        .policyOnObject("identity:create_user"),
                Route.get("/v3/users/{user_id}", this::show).policyOnObject("identity:get_user"),
                Route.patch("/v3/users/{user_id}", this::update)
                        .schema("schema/identity/user-update.json")
                        .policyOnObject("identity:update_user"),
                Route.delete("/v3/users/{user_id}", this::delete).policyOnObject("identity:delete_user"),
                Route.post("/v3/users/{user_id}/password", this::password)
                        .schema("schema/identity/user-password.json")
                        .open(),
                Route.get("/v3/users/{user_id}/projects", this::projects)
                        .policyOnObject("identity:list_user_projects"));
    }

    private Reply one(int status, ObjectNode user) {
        var federated = users.federated(user.path("id").asString());
        if (!federated.isEmpty()) user.set("federated", federated);
        var body = Json.object();
        body.set("user", user);
        return Reply.json(status, body);
    }

    private Reply list(Request request) {
        var page = users.list(request.caller(), UserFilters.of(request));
        var items = page.items().stream().map(u -> UserView.of(request, u)).toList();
        var body = Links.page(request, "users", items, page.next());
        if (page.next().isPresent()) body.put("truncated", true);
        return Reply.ok(body);
    }

    private Reply create(Request request) {
        return one(201, UserView.of(request, users.create(request.caller(), request.object("user"))));
    }

    private Reply show(Request request) {
        var user = users.get(request.caller(), "identity:get_user", request.variable("user_id"));
        return one(200, UserView.of(request, user));
    }

    private Reply update(Request request) {
        var user = users.update(request.caller(), request.variable("user_id"), request.object("user"));
        return one(200, UserView.of(request, user, true));
    }

    private Reply delete(Request request) {
        users.delete(request.caller(), request.variable("user_id"));
        return Reply.noContent();
    }

    private Reply password(Request request) {
        var user = request.object("user");
        users.changePassword(
                request.caller(),
                request.variable("user_id"),
                user.path("original_password").asString(),
                user.path("password").asString());
        return Reply.noContent();
    }

    private Reply projects(Request request) {
        var id = request.variable("user_id");
        users.get(request.caller(), "identity:list_user_projects", id);
        var found = reach.projects(id, Filters.of(request, "domain_id"));
        return Reply.ok(Links.list(
                request,
                "projects",
                found.stream().map(p -> ProjectView.of(request, p)).toList()));
    }
}
