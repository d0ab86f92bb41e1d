package cloud.yun.identity.role;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.role.Roles.Inference;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/roles` and `/v3/role_inferences`.
public final class RoleRoutes {
    private static final String IMPLIED = "/v3/roles/{role_id}/implies/{implied_role_id}";

    private final Roles roles;

    public RoleRoutes(Roles roles) {
        this.roles = roles;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/roles", this::list).policyOnObject("identity:list_roles"),
                Route.post("/v3/roles", this::create)
                        .schema("schema/identity/role-create.json")
                        .policyOnObject("identity:create_role"),
                Route.get("/v3/roles/{role_id}", this::show).policyOnObject("identity:get_role"),
                Route.patch("/v3/roles/{role_id}", this::update)
                        .schema("schema/identity/role-update.json")
                        .policyOnObject("identity:update_role"),
                Route.delete("/v3/roles/{role_id}", this::delete).policyOnObject("identity:delete_role"),
                Route.get("/v3/role_inferences", this::inferences).policyOnObject("identity:list_role_inference_rules"),
                Route.get("/v3/roles/{role_id}/implies", this::implied).policyOnObject("identity:list_implied_roles"),
                Route.put(IMPLIED, this::addImplied).policyOnObject("identity:create_implied_role"),
                Route.get(IMPLIED, this::showImplied).policyOnObject("identity:get_implied_role"),
                Route.head(IMPLIED, this::checkImplied).policyOnObject("identity:check_implied_role"),
                Route.delete(IMPLIED, this::removeImplied).policyOnObject("identity:delete_implied_role"));
    }

    private static Reply one(int status, ObjectNode role) {
        var body = Json.object();
        body.set("role", role);
        return Reply.json(status, body);
    }

    private Reply list(Request request) {
        var page = roles.list(request.caller(), Filters.of(request, "domain_id"));
        var items = page.items().stream().map(r -> RoleView.of(request, r)).toList();
        return Reply.ok(Links.page(request, "roles", items, page.next()));
    }

    private Reply create(Request request) {
        return one(201, RoleView.of(request, roles.create(request.caller(), request.object("role"))));
    }

    private Reply show(Request request) {
        return one(200, RoleView.of(request, roles.get(request.caller(), request.variable("role_id"))));
    }

    private Reply update(Request request) {
        var role = roles.update(request.caller(), request.variable("role_id"), request.object("role"));
        return one(200, RoleView.of(request, role));
    }

    private Reply delete(Request request) {
        roles.delete(request.caller(), request.variable("role_id"));
        return Reply.noContent();
    }

    private static ObjectNode many(Request request, Inference inference) {
        var node = Json.object();
        node.set("prior_role", RoleView.brief(request, inference.prior()));
        var implies = node.putArray("implies");
        inference.implied().forEach(r -> implies.add(RoleView.brief(request, r)));
        return node;
    }

    private static ObjectNode withSelf(Request request, ObjectNode inference) {
        var body = Json.object();
        body.set("role_inference", inference);
        body.putObject("links").put("self", request.url() + request.path());
        return body;
    }

    private Reply inferences(Request request) {
        var body = Json.object();
        var list = body.putArray("role_inferences");
        roles.inferences(request.caller()).forEach(i -> list.add(many(request, i)));
        return Reply.ok(body);
    }

    private Reply implied(Request request) {
        var found = roles.implied(request.caller(), request.variable("role_id"));
        return Reply.ok(withSelf(request, many(request, found)));
    }

    private static ObjectNode single(Request request, Inference inference) {
        var node = Json.object();
        node.set("prior_role", RoleView.brief(request, inference.prior()));
        node.set("implies", RoleView.brief(request, inference.implied().getFirst()));
        return withSelf(request, node);
    }

    private Reply addImplied(Request request) {
        var made = roles.addImplied(request.caller(), request.variable("role_id"), request.variable("implied_role_id"));
        return Reply.created(single(request, made));
    }

    private Reply showImplied(Request request) {
        var found = roles.implied(
                request.caller(),
                "identity:get_implied_role",
                request.variable("role_id"),
                request.variable("implied_role_id"));
        return Reply.ok(single(request, found));
    }

    private Reply checkImplied(Request request) {
        roles.implied(
                request.caller(),
                "identity:check_implied_role",
                request.variable("role_id"),
                request.variable("implied_role_id"));
        return Reply.noContent();
    }

    private Reply removeImplied(Request request) {
        roles.removeImplied(request.caller(), request.variable("role_id"), request.variable("implied_role_id"));
        return Reply.noContent();
    }
}
