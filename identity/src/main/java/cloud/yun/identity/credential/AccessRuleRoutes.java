package cloud.yun.identity.credential;

import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/users/{user_id}/access_rules`.
public final class AccessRuleRoutes {
    private static final String ALL = "/v3/users/{user_id}/access_rules";
    private static final String ONE = ALL + "/{access_rule_id}";

    private final AccessRules rules;

    public AccessRuleRoutes(AccessRules rules) {
        this.rules = rules;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::list).policyOnObject("identity:list_access_rules"),
                Route.get(ONE, this::show).policyOnObject("identity:get_access_rule"),
                Route.delete(ONE, this::delete).policyOnObject("identity:delete_access_rule"));
    }

    private static ObjectNode view(Request request, AccessRule rule) {
        return Links.self(request, "access_rules", rule.id(), rule.view());
    }

    private Reply list(Request request) {
        var filters = new LinkedHashMap<String, String>();
        for (var name : List.of("service", "path", "method"))
            request.query(name).ifPresent(value -> filters.put(name, value));
        var found = rules.list(request.caller(), request.variable("user_id"), filters);
        return Reply.ok(Links.list(
                request,
                "access_rules",
                found.stream().map(r -> view(request, r)).toList()));
    }

    private Reply show(Request request) {
        var rule = rules.get(
                request.caller(),
                "identity:get_access_rule",
                request.variable("user_id"),
                request.variable("access_rule_id"));
        var body = Json.object();
        body.set("access_rule", view(request, rule));
        return Reply.ok(body);
    }

    private Reply delete(Request request) {
        rules.delete(request.caller(), request.variable("user_id"), request.variable("access_rule_id"));
        return Reply.noContent();
    }
}
