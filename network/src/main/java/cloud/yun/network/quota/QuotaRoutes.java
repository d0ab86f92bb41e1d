package cloud.yun.network.quota;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.api.Guard;
import cloud.yun.network.api.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// `GET|PUT|DELETE /v2.0/quotas/PROJECT` and what belongs to it.
public final class QuotaRoutes {
    private static final long LIMIT_MAX = Integer.MAX_VALUE;

    private final QuotaService quotas;
    private final Guard guard;

    public QuotaRoutes(QuotaService quotas, Guard guard) {
        this.quotas = quotas;
        this.guard = guard;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v2.0/quotas", this::list).policyOnObject("get_quota"),
                Route.get("/v2.0/quotas/tenant", this::tenant),
                Route.get("/v2.0/quotas/project", this::tenant),
                Route.get("/v2.0/quotas/{id}", this::show).policyOnObject("get_quota"),
                Route.get("/v2.0/quotas/{id}/default", this::defaults).policyOnObject("get_quota"),
                Route.get("/v2.0/quotas/{id}/details", this::details).policyOnObject("get_quota"),
                Route.get("/v2.0/quotas/{id}/details.json", this::details).policyOnObject("get_quota"),
                Route.put("/v2.0/quotas/{id}", this::update).policyOnObject("update_quota"),
                Route.delete("/v2.0/quotas/{id}", this::reset).policyOnObject("delete_quota"));
    }

    /// A project may see its own; everything else is the admin's.
    private void allowed(Request request, String rule) {
        var own = request.caller()
                .project()
                .map(p -> p.id().equals(request.variables().get("id")))
                .orElse(false);
        if (own && rule.equals("get_quota")) return;
        var project = request.variables().get("id");
        guard.require(request.caller(), rule, project == null ? Target.NONE : Target.project(project));
    }

    private static ObjectNode limits(Map<String, Long> limits) {
        var object = Json.object();
        limits.forEach(object::put);
        return object;
    }

    private static Reply quota(ObjectNode quota) {
        var body = Json.object();
        body.set("quota", quota);
        return Reply.ok(body);
    }

    private Reply list(Request request) {
        allowed(request, "get_quota");
        var body = Json.object();
        var array = body.putArray("quotas");
        quotas.own()
                .forEach((project, limits) ->
                        array.add(limits(limits).put("tenant_id", project).put("project_id", project)));
        return Reply.ok(body);
    }

    private Reply tenant(Request request) {
        var body = Json.object();
        body.putObject("tenant").put("tenant_id", request.caller().projectId());
        return Reply.ok(body);
    }

    private Reply show(Request request) {
        allowed(request, "get_quota");
        return quota(limits(quotas.limits(request.variable("id"))));
    }

    private Reply defaults(Request request) {
        allowed(request, "get_quota");
        return quota(limits(quotas.defaults()));
    }

    private Reply details(Request request) {
        allowed(request, "get_quota");
        var id = request.variable("id");
        var object = Json.object();
        var used = quotas.usage(id);
        quotas.limits(id)
                .forEach((resource, limit) -> object.putObject(resource)
                        .put("limit", limit)
                        .put("used", used.getOrDefault(resource, 0L))
                        .put("reserved", 0));
        return quota(object);
    }

    private Reply update(Request request) {
        allowed(request, "update_quota");
        if (!(request.body().get("quota") instanceof ObjectNode wanted))
            throw new Invalid("Unable to find 'quota' in request body", "HTTPBadRequest");
        var known = quotas.defaults().keySet();
        var unknown = new TreeSet<>(wanted.propertyNames());
        unknown.removeAll(known);
        unknown.removeAll(List.of("tenant_id", "project_id", "force", "check_limit"));
        if (!unknown.isEmpty())
            throw new Invalid("Unrecognized attribute(s) '" + String.join(", ", unknown) + "'", "HTTPBadRequest");
        var limits = new LinkedHashMap<String, Long>();
        for (var resource : known)
            if (wanted.has(resource))
                limits.put(
                        resource,
                        Values.integer(-1, LIMIT_MAX)
                                .apply(resource, wanted.get(resource))
                                .longValue());
        var id = request.variable("id");
        boolean checked = wanted.path("check_limit").asBoolean(false)
                && !wanted.path("force").asBoolean(false);
        return quota(limits(quotas.set(id, limits, checked)));
    }

    private Reply reset(Request request) {
        allowed(request, "delete_quota");
        quotas.reset(request.variable("id"));
        return Reply.noContent();
    }
}
