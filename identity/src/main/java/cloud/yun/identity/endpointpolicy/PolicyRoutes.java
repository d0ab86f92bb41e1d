package cloud.yun.identity.endpointpolicy;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.catalog.EndpointView;
import cloud.yun.identity.endpointpolicy.PolicyDocument.Association;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/policies` and what OS-ENDPOINT-POLICY adds to it.
public final class PolicyRoutes {
    private static final String POLICY = "/v3/policies/{policy_id}";
    private static final String BELOW = POLICY + "/OS-ENDPOINT-POLICY";

    private final Policies policies;
    private final PolicyAssociations associations;

    public PolicyRoutes(Policies policies, PolicyAssociations associations) {
        this.policies = policies;
        this.associations = associations;
    }

    public List<Route> routes() {
        var all = new ArrayList<>(List.of(
                Route.get("/v3/policies", this::list).policyOnObject("identity:list_policies"),
                Route.post("/v3/policies", this::create)
                        .schema("schema/identity/policy-create.json")
                        .policyOnObject("identity:create_policy"),
                Route.get(POLICY, this::show).policyOnObject("identity:get_policy"),
                Route.patch(POLICY, this::update)
                        .schema("schema/identity/policy-update.json")
                        .policyOnObject("identity:update_policy"),
                Route.delete(POLICY, this::delete).policyOnObject("identity:delete_policy"),
                Route.get(BELOW + "/endpoints", this::endpoints).policyOnObject("identity:list_endpoints_for_policy"),
                Route.get("/v3/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy", this::effective)
                        .policyOnObject("identity:get_policy_for_endpoint")));
        associations(
                all, "/endpoints/{endpoint_id}", "endpoint", r -> Association.ofEndpoint(r.variable("endpoint_id")));
        associations(all, "/services/{service_id}", "service", r -> Association.ofService(r.variable("service_id")));
        associations(
                all,
                "/services/{service_id}/regions/{region_id}",
                "region_and_service",
                r -> Association.ofServiceIn(r.variable("service_id"), r.variable("region_id")));
        return all;
    }

    private void associations(List<Route> all, String path, String kind, Function<Request, Association> of) {
        var end = "_policy_association_for_" + kind;
        var create = "identity:create" + end;
        var check = "identity:check" + end;
        var delete = "identity:delete" + end;
        all.add(Route.put(BELOW + path, r -> {
                    associations.put(r.caller(), create, r.variable("policy_id"), of.apply(r));
                    return Reply.noContent();
                })
                .policyOnObject(create));
        all.add(Route.get(BELOW + path, r -> {
                    associations.check(r.caller(), check, r.variable("policy_id"), of.apply(r));
                    return Reply.noContent();
                })
                .policyOnObject(check));
        all.add(Route.delete(BELOW + path, r -> {
                    associations.delete(r.caller(), delete, r.variable("policy_id"), of.apply(r));
                    return Reply.noContent();
                })
                .policyOnObject(delete));
    }

    private static Reply one(int status, ObjectNode policy) {
        var body = Json.object();
        body.set("policy", policy);
        return Reply.json(status, body);
    }

    private Reply list(Request request) {
        var page = policies.list(request.caller(), Filters.of(request, "type"));
        var items = page.items().stream().map(p -> p.view(request)).toList();
        return Reply.ok(Links.page(request, "policies", items, page.next()));
    }

    private Reply create(Request request) {
        return one(
                201, policies.create(request.caller(), request.object("policy")).view(request));
    }

    private Reply show(Request request) {
        return one(
                200,
                policies.get(request.caller(), request.variable("policy_id")).view(request));
    }

    private Reply update(Request request) {
        var next = policies.update(request.caller(), request.variable("policy_id"), request.object("policy"));
        return one(200, next.view(request));
    }

    private Reply delete(Request request) {
        policies.delete(request.caller(), request.variable("policy_id"));
        return Reply.noContent();
    }

    private Reply endpoints(Request request) {
        var found = associations.endpoints(request.caller(), request.variable("policy_id"));
        return Reply.ok(Links.list(
                request,
                "endpoints",
                found.stream().map(e -> EndpointView.of(request, e)).toList()));
    }

    private Reply effective(Request request) {
        return one(
                200,
                associations
                        .effective(request.caller(), request.variable("endpoint_id"))
                        .view(request));
    }
}
