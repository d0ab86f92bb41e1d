package cloud.yun.identity;

import cloud.yun.identity.assignment.Assignment;
import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.AssignmentStore;
import cloud.yun.identity.assignment.Grants;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.project.Projects;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.identity.user.Users;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.SchemaCheck;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// A project, its users and their roles there in one call, all of it or nothing. With Keystone's API these are
/// three calls
/// and more, and who forgets the last has users who cannot come in.
///
/// May be repeated: what is there stays as it is, passwords too, and only what is missing is made.
public final class Enrolment {
    /// @param made by this call; else it was there
    public record Part(String id, String name, boolean made) {}

    public record Member(Part user, List<Part> roles) {}

    public record Enrolled(Part project, List<Member> members) {}

    /// @param user as in `POST /v3/users`
    /// @param roles names of roles of the whole cloud
    public record Wanted(ObjectNode user, List<String> roles) {}

    private final Workbench bench;
    private final Projects projects;
    private final Users users;
    private final Grants grants;
    private final SchemaCheck schemas = new SchemaCheck(FaultDialect.IDENTITY);

    Enrolment(Workbench bench, Projects projects, Users users, Grants grants) {
        this.bench = bench;
        this.projects = projects;
        this.users = users;
        this.grants = grants;
    }

    /// What makes something that was not there, or finds it.
    private record Step<T>(boolean makes, Function<Tx, T> in) {}

    /// @param project as in `POST /v3/projects`
    /// @throws Forbidden the caller may not make what is missing, or not give a role
    /// @throws Invalid project or user would be refused by Keystone's calls as well
    /// @throws NotFound there is no such role or domain
    public Enrolled enrol(Caller caller, ObjectNode project, List<Wanted> wanted) {
        check("project", project);
        wanted.forEach(w -> check("user", w.user));
        var place = projectStep(caller, project);
        var members = wanted.stream().map(w -> userStep(caller, w.user)).toList();
        return bench.epoch().change(tx -> {
            var there = place.in.apply(tx);
            var enrolled = new ArrayList<Member>();
            for (int i = 0; i < wanted.size(); i++) {
                var user = members.get(i).in.apply(tx);
                var roles = wanted.get(i).roles.stream()
                        .map(name -> role(tx, caller, user, there, name))
                        .toList();
                enrolled.add(new Member(new Part(user.id(), user.name(), members.get(i).makes), roles));
            }
            return new Enrolled(new Part(there.id(), there.name(), place.makes), enrolled);
        });
    }

    private void check(String kind, ObjectNode object) {
        var body = Json.object();
        body.set(kind, object);
        schemas.check("schema/identity/" + kind + "-create.json", body);
    }

    private Step<Project> projectStep(Caller caller, ObjectNode body) {
        var domain = Workbench.domainOf(body, caller);
        var name = Fields.text(body, "name").orElseThrow().strip();
        var found = bench.db().read(tx -> new ProjectStore(tx).byName(domain, name));
        return found.map(p -> new Step<>(false, _ -> p))
                .orElseGet(() -> new Step<>(true, projects.creation(caller, body)));
    }

    private Step<User> userStep(Caller caller, ObjectNode body) {
        var domain = Workbench.domainOf(body, caller);
        var name = Fields.text(body, "name").orElseThrow().strip();
        var found = bench.db().read(tx -> new UserStore(tx).byName(domain, name));
        return found.map(u -> new Step<>(false, _ -> u))
                .orElseGet(() -> new Step<>(true, users.creation(caller, body)));
    }

    private Part role(Tx tx, Caller caller, User user, Project project, String name) {
        var role = new RoleStore(tx).byName("", name).orElseThrow(() -> Words.notFound("role", name));
        var wanted = new Assignment(Actor.user(user.id()), Assignment.Target.project(project.id()), role.id(), false);
        boolean missing = !new AssignmentStore(tx).exists(wanted);
        if (missing) grants.give(tx, caller, wanted);
        return new Part(role.id(), role.name(), missing);
    }
}
