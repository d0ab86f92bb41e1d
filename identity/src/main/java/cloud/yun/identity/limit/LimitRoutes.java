package cloud.yun.identity.limit;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/registered_limits` and `/v3/limits`.
public final class LimitRoutes {
    private static final String REGISTERED = "/v3/registered_limits/{registered_limit_id}";
    private static final String LIMIT = "/v3/limits/{limit_id}";

    private final RegisteredLimits registered;
    private final Limits limits;

    public LimitRoutes(RegisteredLimits registered, Limits limits) {
        this.registered = registered;
        this.limits = limits;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/registered_limits", this::listRegistered)
                        .policyOnObject("identity:list_registered_limits"),
                Route.post("/v3/registered_limits", this::createRegistered)
                        .schema("schema/identity/registered-limits-create.json")
                        .policyOnObject("identity:create_registered_limits"),
                Route.get(REGISTERED, this::showRegistered).policyOnObject("identity:get_registered_limit"),
                Route.patch(REGISTERED, this::updateRegistered)
                        .schema("schema/identity/registered-limit-update.json")
                        .policyOnObject("identity:update_registered_limit"),
                Route.delete(REGISTERED, this::deleteRegistered).policyOnObject("identity:delete_registered_limit"),
                Route.get("/v3/limits", this::list).policyOnObject("identity:list_limits"),
                Route.post("/v3/limits", this::create)
                        .schema("schema/identity/limits-create.json")
                        .policyOnObject("identity:create_limits"),
                Route.get("/v3/limits/model", this::model).policyOnObject("identity:get_limit_model"),
                Route.get(LIMIT, this::show).policyOnObject("identity:get_limit"),
                Route.patch(LIMIT, this::update)
                        .schema("schema/identity/limit-update.json")
                        .policyOnObject("identity:update_limit"),
                Route.delete(LIMIT, this::delete).policyOnObject("identity:delete_limit"));
    }

    private static ObjectNode view(Request request, RegisteredLimit limit) {
        var node = Json.object()
                .put("id", limit.id())
                .put("service_id", limit.what().serviceId())
                .put("region_id", limit.what().regionId().orElse(null))
                .put("resource_name", limit.what().name())
                .put("default_limit", limit.defaultLimit())
                .put("description", limit.description().orElse(null));
        return Links.self(request, "registered_limits", limit.id(), node);
    }

    private static ObjectNode view(Request request, Limit limit) {
        return Links.self(request, "limits", limit.id(), limit.json());
    }

    private static Reply one(String key, ObjectNode value) {
        var body = Json.object();
        body.set(key, value);
        return Reply.ok(body);
    }

    private Reply listRegistered(Request request) {
        var page = registered.list(request.caller(), Filters.of(request, "service_id", "region_id", "resource_name"));
        var items = page.items().stream().map(r -> view(request, r)).toList();
        return Reply.ok(Links.page(request, "registered_limits", items, page.next()));
    }

    private Reply createRegistered(Request request) {
        var body = Json.object();
        var list = body.putArray("registered_limits");
        registered
                .create(request.caller(), request.body().path("registered_limits"))
                .forEach(r -> list.add(view(request, r)));
        return Reply.created(body);
    }

    private Reply showRegistered(Request request) {
        var found = registered.get(
                request.caller(), "identity:get_registered_limit", request.variable("registered_limit_id"));
        return one("registered_limit", view(request, found));
    }

    private Reply updateRegistered(Request request) {
        var next = registered.update(
                request.caller(), request.variable("registered_limit_id"), request.object("registered_limit"));
        return one("registered_limit", view(request, next));
    }

    private Reply deleteRegistered(Request request) {
        registered.delete(request.caller(), request.variable("registered_limit_id"));
        return Reply.noContent();
    }

    private Reply list(Request request) {
        var filters = Filters.of(request, "service_id", "region_id", "resource_name", "project_id", "domain_id");
        var page = limits.list(request.caller(), filters);
        var items = page.items().stream().map(l -> view(request, l)).toList();
        return Reply.ok(Links.page(request, "limits", items, page.next()));
    }

    private Reply create(Request request) {
        var body = Json.object();
        var list = body.putArray("limits");
        limits.create(request.caller(), request.body().path("limits")).forEach(l -> list.add(view(request, l)));
        return Reply.created(body);
    }

    private Reply model(Request request) {
        var model = limits.model(request.caller());
        return one("model", Json.object().put("name", model.wire()).put("description", model.description()));
    }

    private Reply show(Request request) {
        return one("limit", view(request, limits.get(request.caller(), request.variable("limit_id"))));
    }

    private Reply update(Request request) {
        var next = limits.update(request.caller(), request.variable("limit_id"), request.object("limit"));
        return one("limit", view(request, next));
    }

    private Reply delete(Request request) {
        limits.delete(request.caller(), request.variable("limit_id"));
        return Reply.noContent();
    }
}
