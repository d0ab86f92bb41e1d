package cloud.yun.network.quota;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// `GET|PUT|DELETE /v2.0/quotas/PROJECT` and what belongs to it.
public final class QuotaRoutes {
    private static final long LIMIT_MAX = Integer.MAX_VALUE;

    private final Common common;

    public QuotaRoutes(Common common) {
        this.common = common;
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
        common.guard().require(request.caller(), rule, cloud.yun.kernel.policy.Target.NONE);
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
        return Reply.ok(common.db().read(tx -> {
            var body = Json.object();
            var array = body.putArray("quotas");
            for (var project : tx.query(
                    "SELECT DISTINCT project_id FROM quota_limit WHERE service = 'network' AND project_id <> ''"
                            + " ORDER BY project_id",
                    r -> r.string("project_id")))
                array.add(limits(common.quotas().limits(tx, project))
                        .put("tenant_id", project)
                        .put("project_id", project));
            return body;
        }));
    }

    private Reply tenant(Request request) {
        var body = Json.object();
        body.putObject("tenant").put("tenant_id", request.caller().projectId());
        return Reply.ok(body);
    }

    private Reply show(Request request) {
        allowed(request, "get_quota");
        return quota(common.db().read(tx -> limits(common.quotas().limits(tx, request.variable("id")))));
    }

    private Reply defaults(Request request) {
        allowed(request, "get_quota");
        return quota(limits(common.quotas().defaults()));
    }

    private Reply details(Request request) {
        allowed(request, "get_quota");
        var id = request.variable("id");
        return quota(common.db().read(tx -> {
            var object = Json.object();
            var used = common.quotas().usage(tx, id);
            common.quotas()
                    .limits(tx, id)
                    .forEach((resource, limit) -> object.putObject(resource)
                            .put("limit", limit)
                            .put("used", used.getOrDefault(resource, 0L))
                            .put("reserved", 0));
            return object;
        }));
    }

    private Reply update(Request request) {
        allowed(request, "update_quota");
        if (!(request.body().get("quota") instanceof ObjectNode wanted))
            throw new Invalid("Unable to find 'quota' in request body", "HTTPBadRequest");
        var known = common.quotas().defaults().keySet();
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
        return quota(common.db().transaction(tx -> {
            if (checked) fits(tx, id, limits);
            limits.forEach((resource, limit) -> common.quotas().setLimit(tx, id, resource, limit));
            return limits(common.quotas().limits(tx, id));
        }));
    }

    private void fits(Tx tx, String id, Map<String, Long> limits) {
        var used = common.quotas().usage(tx, id);
        limits.forEach((resource, limit) -> {
            if (limit >= 0 && used.getOrDefault(resource, 0L) > limit)
                throw new Invalid(
                        "Quota limit " + limit + " for " + resource + " is below what is in use: " + used.get(resource)
                                + ".",
                        "InvalidQuotaValue");
        });
    }

    private Reply reset(Request request) {
        allowed(request, "delete_quota");
        common.db().write(tx -> common.quotas().clearLimits(tx, request.variable("id")));
        return Reply.noContent();
    }
}
