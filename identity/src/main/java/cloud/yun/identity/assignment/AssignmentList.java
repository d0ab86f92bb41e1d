package cloud.yun.identity.assignment;

import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.Assignment.Target;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.group.GroupStore;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Lists assignments: as they are stored, or as they work out.
public final class AssignmentList {
    /// What to list.
    ///
    /// @param effective groups as their members, inherited ones as the projects below, implied roles too
    /// @param subtree the project of `target` and all below it
    record Wanted(
            Optional<Actor> actor,
            Optional<Target> target,
            Optional<String> roleId,
            Optional<Boolean> inherited,
            boolean effective,
            boolean subtree) {}

    /// An assignment, and where it comes from if it is not stored so.
    ///
    /// @param from the assignment that is stored
    /// @param priorRole the role that implies this one
    record Line(Assignment assignment, Assignment from, Optional<String> priorRole) {
        boolean byGroup() {
            return assignment.actor().kind() == Actor.Kind.USER && from.actor().kind() == Actor.Kind.GROUP;
        }
    }

    private final Workbench bench;

    public AssignmentList(Workbench bench) {
        this.bench = bench;
    }

    List<Line> list(Caller caller, Wanted wanted) {
        permit(caller, wanted);
        check(wanted);
        return bench.db().read(tx -> {
            var lines = wanted.effective() ? effective(tx, wanted) : stored(tx, wanted);
            return caller.domain().map(d -> within(tx, lines, d.id())).orElse(lines);
        });
    }

    private void permit(Caller caller, Wanted wanted) {
        var target = Workbench.listTarget(caller);
        var rule = "identity:list_role_assignments";
        if (wanted.subtree()) {
            rule = "identity:list_role_assignments_for_tree";
            var named = wanted.target().filter(t -> t.kind() == Target.Kind.PROJECT);
            var project = named.flatMap(t -> bench.db().read(tx -> new ProjectStore(tx).find(t.id())));
            if (named.isPresent() && project.isEmpty())
                throw Words.notFound("project", named.get().id());
            target = cloud.yun.identity.project.Projects.target(project)
                    .with(
                            "target.domain_id",
                            project.map(Project::owningDomainId).orElse(null));
        } else {
            target = target.with(
                            "target.project.id",
                            wanted.target()
                                    .filter(t -> t.kind() == Target.Kind.PROJECT)
                                    .map(Target::id)
                                    .orElse(null))
                    .with("target.inherited", false);
        }
        bench.policy().require(caller, rule, target);
    }

    private static void check(Wanted wanted) {
        if (wanted.subtree()
                && wanted.target().map(t -> t.kind() != Target.Kind.PROJECT).orElse(true))
            throw new Invalid("scope.project.id must be specified if include_subtree is also specified");
        if (!wanted.effective()) return;
        if (wanted.actor().map(a -> a.kind() == Actor.Kind.GROUP).orElse(false))
            throw new Invalid("Combining effective and group filter will always result in an empty list.");
        if (wanted.inherited().orElse(false)
                && wanted.target().map(t -> t.kind() == Target.Kind.DOMAIN).orElse(false))
            throw new Invalid("Combining effective, domain and inherited filters will always result in an empty list.");
    }

    private static List<Line> stored(Tx tx, Wanted wanted) {
        var found = new ArrayList<Line>();
        var store = new AssignmentStore(tx);
        for (var target : targets(tx, wanted))
            for (var a : store.list(wanted.actor(), wanted.roleId(), target, wanted.inherited()))
                found.add(new Line(a, a, Optional.empty()));
        found.sort(java.util.Comparator.comparing(l -> l.assignment().target().kind()));
        return found;
    }

    private static List<Optional<Target>> targets(Tx tx, Wanted wanted) {
        var all = new ArrayList<Optional<Target>>();
        all.add(wanted.target());
        if (wanted.subtree())
            for (var below : new ProjectStore(tx)
                    .descendants(wanted.target().orElseThrow().id())) all.add(Optional.of(Target.project(below.id())));
        return all;
    }

    private static List<Line> effective(Tx tx, Wanted wanted) {
        var lines = new LinkedHashSet<Line>();
        var store = new AssignmentStore(tx);
        // System assignments are effective as they are stored; upstream lists them only when asked for the system.
        boolean system =
                wanted.target().map(t -> t.kind() == Target.Kind.SYSTEM).orElse(false);
        var raw = wanted.actor().isPresent()
                ? store.ofUserAndGroups(wanted.actor().get().id())
                : store.list(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        for (var a : raw) {
            if ((a.target().kind() == Target.Kind.SYSTEM) != system) continue;
            for (var actor : actors(tx, a, wanted))
                for (var place : places(tx, a)) lines.addAll(roles(tx, a, actor, place));
        }
        var places = targets(tx, wanted);
        return lines.stream()
                .filter(l -> wanted.target().isEmpty()
                        || places.contains(Optional.of(l.assignment().target())))
                .filter(l -> wanted.roleId()
                        .map(r -> r.equals(l.assignment().roleId()))
                        .orElse(true))
                .filter(l ->
                        wanted.inherited().map(i -> i == l.from().inherited()).orElse(true))
                .sorted(java.util.Comparator.comparing(
                        l -> l.assignment().target().kind()))
                .toList();
    }

    private static List<Actor> actors(Tx tx, Assignment a, Wanted wanted) {
        if (a.actor().kind() == Actor.Kind.USER) return List.of(a.actor());
        if (wanted.actor().isPresent()) return List.of(wanted.actor().get());
        return new GroupStore(tx)
                .members(a.actor().id()).stream().map(Actor::user).toList();
    }

    private static List<Target> places(Tx tx, Assignment a) {
        if (!a.inherited()) return List.of(a.target());
        var store = new ProjectStore(tx);
        var below = a.target().kind() == Target.Kind.DOMAIN
                ? store.ofDomain(a.target().id())
                : store.descendants(a.target().id());
        return below.stream().map(p -> Target.project(p.id())).toList();
    }

    private static List<Line> roles(Tx tx, Assignment from, Actor actor, Target place) {
        var store = new RoleStore(tx);
        var lines = new ArrayList<Line>();
        var rules = store.inferences();
        Set<String> seen = new LinkedHashSet<>();
        record Open(String role, Optional<String> prior) {}
        var open = new java.util.ArrayDeque<Open>(List.of(new Open(from.roleId(), Optional.empty())));
        while (!open.isEmpty()) {
            var next = open.poll();
            if (!seen.add(next.role())) continue;
            if (store.find(next.role()).map(Role::global).orElse(false))
                lines.add(new Line(new Assignment(actor, place, next.role(), false), from, next.prior()));
            for (var implied : rules.getOrDefault(next.role(), List.of()))
                open.add(new Open(implied, Optional.of(next.role())));
        }
        return lines;
    }

    /// Only what lies in one domain: the domain itself and its projects.
    private static List<Line> within(Tx tx, List<Line> lines, String domainId) {
        var store = new ProjectStore(tx);
        return lines.stream()
                .filter(l -> switch (l.assignment().target().kind()) {
                    case DOMAIN -> l.assignment().target().id().equals(domainId);
                    case PROJECT ->
                        store.find(l.assignment().target().id())
                                .map(p -> p.owningDomainId().equals(domainId))
                                .orElse(false);
                    case SYSTEM -> false;
                })
                .toList();
    }
}
