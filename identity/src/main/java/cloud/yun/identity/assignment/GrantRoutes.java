package cloud.yun.identity.assignment;

import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.Assignment.Target;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.role.RoleView;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.util.ArrayList;
import java.util.List;

/// `/v3/{projects|domains|system}/.../{users|groups}/.../roles`, and the same below `/v3/OS-INHERIT`.
public final class GrantRoutes {
    private final Grants grants;

    public GrantRoutes(Grants grants) {
        this.grants = grants;
    }

    public List<Route> routes() {
        var all = new ArrayList<Route>();
        for (var actor : Actor.Kind.values()) {
            for (var target : Target.Kind.values()) {
                var place = switch (target) {
                    case PROJECT -> "projects/{project_id}";
                    case DOMAIN -> "domains/{domain_id}";
                    case SYSTEM -> "system";
                };
                var who = actor.wire() + "s/{" + actor.wire() + "_id}";
                add(all, new Kind(actor, target, false), "/v3/" + place + "/" + who + "/roles", "");
                if (target != Target.Kind.SYSTEM)
                    add(
                            all,
                            new Kind(actor, target, true),
                            "/v3/OS-INHERIT/" + place + "/" + who + "/roles",
                            "/inherited_to_projects");
            }
        }
        return all;
    }

    /// Which of the many paths a request came on.
    private record Kind(Actor.Kind actor, Target.Kind target, boolean inherited) {
        Actor actor(Request request) {
            return new Actor(actor, request.variable(actor.wire() + "_id"));
        }

        Target target(Request request) {
            return target == Target.Kind.SYSTEM
                    ? Target.SYSTEM
                    : new Target(target, request.variable(target.wire() + "_id"));
        }

        Assignment assignment(Request request) {
            return new Assignment(actor(request), target(request), request.variable("role_id"), inherited);
        }
    }

    private void add(List<Route> all, Kind kind, String roles, String end) {
        var role = roles + "/{role_id}" + end;
        all.add(Route.get(roles + end, r -> list(r, kind)).policyOnObject(rule("list", kind)));
        all.add(Route.put(role, r -> give(r, kind)).policyOnObject(rule("create", kind)));
        all.add(Route.get(role, r -> check(r, kind)).policyOnObject(rule("check", kind)));
        all.add(Route.delete(role, r -> take(r, kind)).policyOnObject(rule("revoke", kind)));
    }

    private static String rule(String verb, Kind kind) {
        return Grants.rule(verb, kind.actor(), kind.target());
    }

    private Reply list(Request request, Kind kind) {
        var roles = grants.list(request.caller(), kind.actor(request), kind.target(request), kind.inherited());
        return Reply.ok(Links.list(
                request,
                "roles",
                roles.stream().map(r -> RoleView.of(request, r)).toList()));
    }

    private Reply give(Request request, Kind kind) {
        grants.give(request.caller(), kind.assignment(request));
        return Reply.noContent();
    }

    private Reply check(Request request, Kind kind) {
        grants.check(request.caller(), kind.assignment(request));
        return Reply.noContent();
    }

    private Reply take(Request request, Kind kind) {
        grants.take(request.caller(), kind.assignment(request));
        return Reply.noContent();
    }
}
