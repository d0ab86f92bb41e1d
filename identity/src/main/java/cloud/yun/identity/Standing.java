package cloud.yun.identity;

import cloud.yun.identity.assignment.Assignment;
import cloud.yun.identity.assignment.AssignmentStore;
import cloud.yun.identity.assignment.EffectiveRoles;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How users stand to projects, domains and the system: as whom a policy would see each of them there. For those who
/// ask what somebody may do; nobody is logged in by it.
public final class Standing {
    /// Where somebody stands.
    public sealed interface Place {
        record OfProject(String id) implements Place {}

        record OfDomain(String id) implements Place {}

        record OfSystem() implements Place {}
    }

    private final Database db;

    Standing(Database db) {
        this.db = db;
    }

    /// @return the user with its roles there, implied ones included; without roles when it has none
    /// @throws NotFound no such user or place
    public Caller of(String userId, Place place) {
        return db.read(tx -> {
            var user = new UserStore(tx).find(userId).orElseThrow(() -> Words.notFound("user", userId));
            return caller(tx, user, place, roles(tx, user, place));
        });
    }

    /// @param after only users whose ids come behind this one
    /// @return enabled users who have a role there, in the order of their ids
    /// @throws NotFound no such place
    public List<Caller> everybody(Place place, String after, int max) {
        return db.read(tx -> {
            var found = new ArrayList<Caller>();
            var users = new UserStore(tx);
            for (var id : new AssignmentStore(tx).usersOn(target(place), above(tx, place), after, max))
                users.find(id)
                        .filter(User::enabled)
                        .ifPresent(u -> found.add(caller(tx, u, place, roles(tx, u, place))));
            return found;
        });
    }

    /// @return for each role of the cloud somebody who has this role there and what it implies, and is nobody
    public List<Caller> eachRole(Place place) {
        return db.read(tx -> new RoleStore(tx)
                .list(Filters.none().with("domain_id", "")).stream()
                        .map(r -> nobody(tx, place, new EffectiveRoles(tx).implied(List.of(r.id()))))
                        .toList());
    }

    private static Assignment.Target target(Place place) {
        return switch (place) {
            case Place.OfProject p -> Assignment.Target.project(p.id());
            case Place.OfDomain d -> Assignment.Target.domain(d.id());
            case Place.OfSystem _ -> Assignment.Target.SYSTEM;
        };
    }

    private static List<String> above(Tx tx, Place place) {
        if (!(place instanceof Place.OfProject p)) return List.of();
        return new ProjectStore(tx)
                .ancestors(project(tx, p.id())).stream().map(Project::id).toList();
    }

    private static Project project(Tx tx, String id) {
        return new ProjectStore(tx)
                .find(id)
                .filter(p -> !p.isDomain())
                .orElseThrow(() -> Words.notFound("project", id));
    }

    private static Project domain(Tx tx, String id) {
        return new ProjectStore(tx).domain(id).orElseThrow(() -> Words.notFound("domain", id));
    }

    private static List<Role> roles(Tx tx, User user, Place place) {
        var effective = new EffectiveRoles(tx);
        return switch (place) {
            case Place.OfProject p -> effective.onProject(user.id(), project(tx, p.id()));
            case Place.OfDomain d ->
                effective.onDomain(user.id(), domain(tx, d.id()).id());
            case Place.OfSystem _ -> effective.onSystem(user.id());
        };
    }

    private static Caller nobody(Tx tx, Place place, List<Role> roles) {
        var user = new Caller.User("nobody", "nobody", new Caller.Domain("", ""));
        return caller(tx, Optional.of(user), place, roles);
    }

    private static Caller caller(Tx tx, User user, Place place, List<Role> roles) {
        return caller(
                tx,
                Optional.of(new Caller.User(user.id(), user.name(), named(domain(tx, user.domainId())))),
                place,
                roles);
    }

    private static Caller caller(Tx tx, Optional<Caller.User> user, Place place, List<Role> roles) {
        var project = place instanceof Place.OfProject p ? Optional.of(project(tx, p.id())) : Optional.<Project>empty();
        return new Caller(
                user,
                project.map(p -> new Caller.Project(p.id(), p.name(), named(domain(tx, p.owningDomainId())))),
                place instanceof Place.OfDomain d ? Optional.of(named(domain(tx, d.id()))) : Optional.empty(),
                place instanceof Place.OfSystem,
                roles.stream().map(r -> new Caller.Role(r.id(), r.name())).toList(),
                Optional.empty(),
                "");
    }

    private static Caller.Domain named(Project domain) {
        return new Caller.Domain(domain.id(), domain.name());
    }
}
