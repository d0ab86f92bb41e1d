package cloud.yun.identity.assignment;

import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.credential.AppCredentialStore;
import cloud.yun.identity.group.Group;
import cloud.yun.identity.group.GroupStore;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Optional;

/// Gives and takes roles. A role that is taken is gone from all tokens at once.
public final class Grants {
    private final Workbench bench;

    public Grants(Workbench bench) {
        this.bench = bench;
    }

    /// Who and what a grant speaks of, as far as they are there.
    private record Parties(
            Optional<User> user, Optional<Group> group, Optional<Project> place, Optional<Role> role, Target target) {}

    private static Parties parties(
            Tx tx, Actor actor, Assignment.Target on, Optional<String> roleId, boolean inherited) {
        boolean isUser = actor.kind() == Actor.Kind.USER;
        Optional<User> user = isUser ? new UserStore(tx).find(actor.id()) : Optional.empty();
        Optional<Group> group = isUser ? Optional.empty() : new GroupStore(tx).find(actor.id());
        var projects = new ProjectStore(tx);
        Optional<Project> place = switch (on.kind()) {
            case PROJECT -> projects.find(on.id());
            case DOMAIN -> projects.domain(on.id());
            case SYSTEM -> Optional.empty();
        };
        var role = roleId.flatMap(new RoleStore(tx)::find);
        boolean onDomain = on.kind() == Assignment.Target.Kind.DOMAIN;
        var target = Target.of("target.inherited", inherited)
                .with("target.user.domain_id", user.map(User::domainId).orElse(null))
                .with("target.group.domain_id", group.map(Group::domainId).orElse(null))
                .with("target.role.name", role.map(Role::name).orElse(null))
                .with(
                        "target.role.domain_id",
                        role.map(r -> r.global() ? "None" : r.domainId()).orElse(null));
        if (onDomain)
            target = target.with("target.domain.id", place.map(Project::id).orElse(null));
        else
            target = target.with("target.project.id", place.map(Project::id).orElse(null))
                    .with(
                            "target.project.domain_id",
                            place.map(Project::owningDomainId).orElse(null));
        return new Parties(user, group, place, role, target);
    }

    /// As Keystone does, looks for all that the path names before it asks the rule; a role can be taken from a user
    /// or group that is no longer there.
    private Parties permitted(
            Caller caller, String rule, Actor actor, Assignment.Target on, Optional<String> roleId, boolean inherited) {
        var found = bench.db().read(tx -> parties(tx, actor, on, roleId, inherited));
        placeThere(on, roleId, found);
        if (!rule.startsWith("identity:revoke_")) actorThere(actor, found);
        bench.policy().require(caller, rule, found.target());
        return found;
    }

    private static void placeThere(Assignment.Target on, Optional<String> roleId, Parties found) {
        if (roleId.isPresent() && found.role().isEmpty()) throw Words.notFound("role", roleId.get());
        if (on.kind() != Assignment.Target.Kind.SYSTEM && found.place().isEmpty())
            throw Words.notFound(on.kind().wire(), on.id());
    }

    private static void there(Assignment a, Parties found) {
        placeThere(a.target(), Optional.of(a.roleId()), found);
        actorThere(a.actor(), found);
    }

    private static void actorThere(Actor actor, Parties found) {
        if (actor.kind() == Actor.Kind.USER && found.user().isEmpty()) throw Words.notFound("user", actor.id());
        if (actor.kind() == Actor.Kind.GROUP && found.group().isEmpty()) throw Words.notFound("group", actor.id());
    }

    /// `identity:create_grant`, but `identity:create_system_grant_for_user` on the system.
    static String rule(String verb, Actor.Kind actor, Assignment.Target.Kind on) {
        var many = verb.equals("list") ? "s" : "";
        return on == Assignment.Target.Kind.SYSTEM
                ? "identity:" + verb + "_system_grant" + many + "_for_" + actor.wire()
                : "identity:" + verb + "_grant" + many;
    }

    private static String rule(String verb, Assignment a) {
        return rule(verb, a.actor().kind(), a.target().kind());
    }

    void give(Caller caller, Assignment a) {
        var found = permitted(caller, rule("create", a), a.actor(), a.target(), Optional.of(a.roleId()), a.inherited());
        var role = found.role().orElseThrow();
        if (!role.global()) domainRole(role, a.target(), found);
        bench.epoch().write(tx -> {
            // Once more: a user or project that was deleted meanwhile must not leave its roles behind.
            there(a, parties(tx, a.actor(), a.target(), Optional.of(a.roleId()), a.inherited()));
            new AssignmentStore(tx).add(a);
            tell(tx, caller, "created", a);
        });
    }

    /// As the other one, in a transaction that may just have made the parties.
    public void give(Tx tx, Caller caller, Assignment a) {
        var found = parties(tx, a.actor(), a.target(), Optional.of(a.roleId()), a.inherited());
        there(a, found);
        bench.policy().require(caller, rule("create", a), found.target());
        var role = found.role().orElseThrow();
        if (!role.global()) domainRole(role, a.target(), found);
        new AssignmentStore(tx).add(a);
        tell(tx, caller, "created", a);
    }

    private static void domainRole(Role role, Assignment.Target target, Parties found) {
        var domain = found.place().map(Project::owningDomainId).orElse("");
        switch (target.kind()) {
            case SYSTEM ->
                throw new Invalid("Role " + role.id() + " is a domain-specific role. Unable to use a domain-specific"
                        + " role in a system assignment.");
            case PROJECT -> {
                if (!role.domainId().equals(domain))
                    throw new Forbidden("Project " + target.id() + " must be in the same domain as the role "
                            + role.id() + " being assigned.");
            }
            case DOMAIN -> {} // as in Keystone: it works out to nothing there
        }
    }

    /// @throws NotFound there is no such assignment
    void check(Caller caller, Assignment a) {
        permitted(caller, rule("check", a), a.actor(), a.target(), Optional.of(a.roleId()), a.inherited());
        if (!bench.db().read(tx -> new AssignmentStore(tx).exists(a))) throw none(a);
    }

    void take(Caller caller, Assignment a) {
        permitted(caller, rule("revoke", a), a.actor(), a.target(), Optional.of(a.roleId()), a.inherited());
        bench.epoch().write(tx -> {
            if (!new AssignmentStore(tx).remove(a)) throw none(a);
            if (a.actor().kind() == Actor.Kind.USER && a.target().kind() == Assignment.Target.Kind.PROJECT)
                new AppCredentialStore(tx)
                        .deleteOfUserOnProject(a.actor().id(), a.target().id());
            tell(tx, caller, "deleted", a);
        });
    }

    private void tell(Tx tx, Caller caller, String operation, Assignment a) {
        var about = Json.object()
                .put("role", a.roleId())
                .put(a.actor().kind().wire(), a.actor().id())
                .put(a.target().kind().wire(), a.target().id())
                .put("inherited_to_projects", a.inherited());
        bench.tell(tx, caller, "role_assignment", operation, a.actor().id(), about);
    }

    private static NotFound none(Assignment a) {
        return new NotFound("Could not find role assignment with role: " + a.roleId() + ", user or group: "
                + a.actor().id() + ", project, domain, or system: " + a.target().id() + ".");
    }

    List<Role> list(Caller caller, Actor actor, Assignment.Target on, boolean inherited) {
        permitted(caller, rule("list", actor.kind(), on.kind()), actor, on, Optional.empty(), inherited);
        return bench.db().read(tx -> new RoleStore(tx).among(new AssignmentStore(tx).roles(actor, on, inherited)));
    }
}
