package cloud.yun.identity.assignment;

import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.Assignment.Target;
import cloud.yun.identity.assignment.AssignmentList.Line;
import cloud.yun.identity.assignment.AssignmentList.Wanted;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.group.GroupStore;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/role_assignments`.
public final class AssignmentRoutes {
    private final AssignmentList assignments;
    private final Database db;

    public AssignmentRoutes(AssignmentList assignments, Database db) {
        this.assignments = assignments;
        this.db = db;
    }

    public List<Route> routes() {
        return List.of(Route.get("/v3/role_assignments", this::list).policyOnObject("identity:list_role_assignments"));
    }

    private Reply list(Request request) {
        var lines = assignments.list(request.caller(), wanted(request));
        boolean names = Filters.flag(request, "include_names");
        List<ObjectNode> items = db.read(
                tx -> lines.stream().map(l -> view(tx, request, l, names)).toList());
        return Reply.ok(Links.list(request, "role_assignments", items));
    }

    private static Wanted wanted(Request request) {
        var user = request.query("user.id").map(Actor::user);
        var group = request.query("group.id").map(Actor::group);
        var project = request.query("scope.project.id").map(Target::project);
        var domain = request.query("scope.domain.id").map(Target::domain);
        var system = request.query("scope.system").map(_ -> Target.SYSTEM);
        if (user.isPresent() && group.isPresent()) throw new Invalid("Specify a user or group, not both");
        if (domain.isPresent() && project.isPresent()) throw new Invalid("Specify a domain or project, not both");
        if (domain.isPresent() && system.isPresent()) throw new Invalid("Specify system or domain, not both");
        if (project.isPresent() && system.isPresent()) throw new Invalid("Specify system or project, not both");
        return new Wanted(
                user.or(() -> group),
                project.or(() -> domain).or(() -> system),
                request.query("role.id"),
                request.query("scope.OS-INHERIT:inherited_to").map("projects"::equals),
                Filters.flag(request, "effective"),
                Filters.flag(request, "include_subtree"));
    }

    private static ObjectNode view(Tx tx, Request request, Line line, boolean names) {
        var a = line.assignment();
        var node = Json.object();
        links(request, line, node.putObject("links"));
        var scope = node.putObject("scope");
        switch (a.target().kind()) {
            case SYSTEM -> scope.putObject("system").put("all", true);
            case PROJECT, DOMAIN -> place(tx, a, scope, names);
        }
        if (line.from().inherited()) scope.put("OS-INHERIT:inherited_to", "projects");
        var actor = node.putObject(a.actor().kind().wire()).put("id", a.actor().id());
        var role = node.putObject("role").put("id", a.roleId());
        if (names) {
            name(tx, a, actor);
            new RoleStore(tx).find(a.roleId()).ifPresent(r -> {
                role.put("name", r.name());
                if (!r.global()) domain(tx, role, r.domainId());
            });
        }
        return node;
    }

    private static void place(Tx tx, Assignment a, ObjectNode scope, boolean names) {
        var place =
                scope.putObject(a.target().kind().wire()).put("id", a.target().id());
        if (!names) return;
        new ProjectStore(tx).find(a.target().id()).ifPresent(p -> {
            place.put("name", p.name());
            if (a.target().kind() == Target.Kind.PROJECT && !p.isDomain()) domain(tx, place, p.domainId());
        });
    }

    private static void name(Tx tx, Assignment a, ObjectNode actor) {
        switch (a.actor().kind()) {
            case USER ->
                new UserStore(tx).find(a.actor().id()).ifPresent(u -> {
                    actor.put("name", u.name());
                    domain(tx, actor, u.domainId());
                });
            case GROUP ->
                new GroupStore(tx).find(a.actor().id()).ifPresent(g -> {
                    actor.put("name", g.name());
                    domain(tx, actor, g.domainId());
                });
        }
    }

    private static void domain(Tx tx, ObjectNode node, String domainId) {
        var domain = node.putObject("domain").put("id", domainId);
        new ProjectStore(tx).domain(domainId).ifPresent(d -> domain.put("name", d.name()));
    }

    private static void links(Request request, Line line, ObjectNode links) {
        var from = line.from();
        var path = new StringBuilder(request.url()).append("/v3");
        if (from.inherited()) path.append("/OS-INHERIT");
        path.append(
                switch (from.target().kind()) {
                    case PROJECT -> "/projects/" + from.target().id();
                    case DOMAIN -> "/domains/" + from.target().id();
                    case SYSTEM -> "/system";
                });
        path.append('/')
                .append(from.actor().kind().wire())
                .append("s/")
                .append(from.actor().id());
        path.append("/roles/").append(from.roleId());
        if (from.inherited()) path.append("/inherited_to_projects");
        links.put("assignment", path.toString());
        if (line.byGroup())
            links.put(
                    "membership",
                    request.url() + "/v3/groups/" + from.actor().id() + "/users/"
                            + line.assignment().actor().id());
        Optional<String> prior = line.priorRole();
        prior.ifPresent(p -> links.put(
                "prior_role",
                request.url() + "/v3/prior_role/" + p + "/implies/"
                        + line.assignment().roleId()));
    }
}
