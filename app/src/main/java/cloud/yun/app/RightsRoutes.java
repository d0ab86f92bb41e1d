package cloud.yun.app;

import cloud.yun.app.EffectiveRights.Right;
import cloud.yun.identity.Standing;
import cloud.yun.identity.Standing.Place;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/yun/v1/rights`: what may somebody do in a place, and who may do something there.
final class RightsRoutes {
    private static final int USERS_MAX = 1000;

    private final EffectiveRights rights;
    private final Standing standing;
    private final Policy policy;

    /// @param policy the one that has [#rules]
    RightsRoutes(EffectiveRights rights, Standing standing, Policy policy) {
        this.rights = rights;
        this.standing = standing;
        this.policy = policy;
    }

    static Map<String, String> rules() {
        var admins = "role:admin or (role:reader and system_scope:all)"
                + " or (role:project_admin and project_id:%(project_id)s)";
        return Map.of("yun:rights:show", admins + " or user_id:%(user_id)s", "yun:rights:list", admins);
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/rights", this::show).policyOnObject("yun:rights:show"),
                Route.get("/v1/rights/{rule}", this::who).policyOnObject("yun:rights:list"));
    }

    private static Place place(Request request) {
        var asked = Stream.of("project_id", "domain_id", "system")
                .filter(name -> request.query(name).isPresent())
                .toList();
        if (asked.size() != 1) throw new Invalid("One of project_id, domain_id and system=all must be given.");
        var value = request.query(asked.getFirst()).orElse("");
        return switch (asked.getFirst()) {
            case "project_id" -> new Place.OfProject(value);
            case "domain_id" -> new Place.OfDomain(value);
            default -> new Place.OfSystem();
        };
    }

    private static Target target(Place place) {
        return place instanceof Place.OfProject p ? Target.project(p.id()) : Target.NONE;
    }

    private static ObjectNode view(Caller.Domain domain) {
        return Json.object().put("id", domain.id()).put("name", domain.name());
    }

    private static ObjectNode head(Caller caller) {
        var node = Json.object();
        caller.user()
                .ifPresent(u -> node.putObject("user")
                        .put("id", u.id())
                        .put("name", u.name())
                        .set("domain", view(u.domain())));
        names(node.putArray("roles"), caller);
        return node;
    }

    private static void names(ArrayNode roles, Caller caller) {
        caller.roles().stream().map(Caller.Role::name).sorted().forEach(roles::add);
    }

    /// `?user_id=U&project_id=P`: the rules that U passes in P; `all=true` names the others too.
    private Reply show(Request request) {
        var place = place(request);
        var user = request.query("user_id").orElseGet(request.caller()::userId);
        policy.require(request.caller(), "yun:rights:show", target(place).with("user_id", user));
        var caller = standing.of(user, place);
        boolean all = request.query("all").map("true"::equals).orElse(false);
        var node = head(caller);
        var list = node.putArray("rules");
        for (var right : rights.of(caller)) if (all || right.allowed()) list.add(view(right));
        var body = Json.object();
        body.set("rights", node);
        return Reply.ok(body);
    }

    private static ObjectNode view(Right right) {
        var node = Json.object()
                .put("service", right.service())
                .put("rule", right.rule())
                .put("allowed", right.allowed())
                .put("check", right.check());
        right.operations().forEach(node.putArray("operations")::add);
        return node;
    }

    /// `/v1/rights/RULE?project_id=P`: roles that are enough, and users who have them there.
    private Reply who(Request request) {
        var place = place(request);
        policy.require(request.caller(), "yun:rights:list", target(place));
        var rule = request.variable("rule");
        var room = rights.owner(rule).orElseThrow(() -> new NotFound("There is no rule " + rule + "."));
        var node = Json.object()
                .put("service", room.service().type())
                .put("rule", rule)
                .put("check", room.policy().texts().getOrDefault(rule, ""));
        EffectiveRights.operations(room).getOrDefault(rule, List.of()).forEach(node.putArray("operations")::add);
        var enough = node.putArray("roles");
        for (var role : standing.eachRole(place))
            if (!role.roles().isEmpty() && rights.may(role, room, rule))
                enough.add(role.roles().getFirst().name());
        var users = node.putArray("users");
        var asked = standing.everybody(place, request.query("marker").orElse(""), USERS_MAX);
        for (var caller : asked)
            if (!caller.roles().isEmpty() && rights.may(caller, room, rule)) users.add(head(caller));
        if (asked.size() == USERS_MAX) node.put("next_marker", asked.getLast().userId());
        var body = Json.object();
        body.set("right", node);
        return Reply.ok(body);
    }
}
