package cloud.yun.identity.project;

import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.AssignmentStore;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.group.GroupStore;
import cloud.yun.identity.project.ProjectStore.TagFilters;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.user.UserStore;
import cloud.yun.identity.user.Users;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The rules of domains.
public final class Domains {
    private static final Set<String> KNOWN =
            Set.of("id", "name", "enabled", "description", "options", "tags", "links", "explicit_domain_id");

    private final Workbench bench;
    private final Projects projects;

    public Domains(Workbench bench, Projects projects) {
        this.bench = bench;
        this.projects = projects;
    }

    private static Target target(Optional<Project> domain) {
        return domain.map(d -> Target.of("target.domain.id", d.id())).orElse(Target.NONE);
    }

    /// @throws NotFound no such domain, said only to a caller whom the rule lets see it
    public Project get(Caller caller, String rule, String id) {
        var found = bench.db().read(tx -> new ProjectStore(tx).domain(id));
        bench.policy().require(caller, rule, target(found));
        return found.orElseThrow(() -> Words.notFound("domain", id));
    }

    /// As Keystone does before a change: a domain that is not there is so for everybody.
    private Project existing(Caller caller, String rule, String id) {
        var found =
                bench.db().read(tx -> new ProjectStore(tx).domain(id)).orElseThrow(() -> Words.notFound("domain", id));
        bench.policy().require(caller, rule, target(Optional.of(found)));
        return found;
    }

    Filters.Page<Project> list(Caller caller, Filters filters) {
        var own = caller.domain().map(Caller.Domain::id);
        bench.policy()
                .require(
                        caller,
                        "identity:list_domains",
                        own.map(d -> Target.of("target.domain.id", d)).orElse(Target.NONE));
        var found = bench.db().read(tx -> new ProjectStore(tx).list(filters, true, TagFilters.NONE));
        // A domain's token sees that domain alone, whatever its roles.
        if (own.isPresent())
            found = found.stream().filter(d -> d.id().equals(own.get())).toList();
        return filters.cut(found, Project::id);
    }

    Project create(Caller caller, ObjectNode body) {
        bench.policy().require(caller, "identity:create_domain");
        var domain = new Project(
                Fields.text(body, "explicit_domain_id").orElseGet(bench.ids()::next),
                Fields.text(body, "name").orElseThrow().strip(),
                "",
                Optional.empty(),
                true,
                Fields.bool(body, "enabled").orElse(true),
                Fields.text(body, "description").orElse(""),
                Fields.extra(body, KNOWN),
                Fields.mergeOptions(Json.object(), body),
                Projects.tags(body).orElse(List.of()));
        bench.epoch().write(tx -> {
            if (new ProjectStore(tx).find(domain.id()).isPresent())
                throw Words.conflict("domain", "Duplicate ID, " + domain.id() + ".");
            Projects.insert(tx, domain);
            bench.tell(tx, caller, "domain", "created", domain.id());
        });
        return domain;
    }

    Project update(Caller caller, String id, ObjectNode body) {
        return projects.change(caller, existing(caller, "identity:update_domain", id), body, "domain");
    }

    /// Deletes a disabled domain with its users, groups, roles and projects.
    void delete(Caller caller, String id) {
        existing(caller, "identity:delete_domain", id);
        bench.epoch().write(tx -> {
            remove(tx, id);
            bench.tell(tx, caller, "domain", "deleted", id);
        });
    }

    /// @throws Forbidden it is enabled, or it or a project in it is immutable
    static void remove(Tx tx, String id) {
        var domain = new ProjectStore(tx).domain(id).orElseThrow(() -> Words.notFound("domain", id));
        Workbench.mutable("domain", id, domain.options(), Optional.empty());
        if (domain.enabled()) throw new Forbidden("Cannot delete a domain that is enabled, please disable it first.");
        empty(tx, id);
        Projects.remove(tx, id);
    }

    private static void empty(Tx tx, String id) {
        for (var user : new UserStore(tx).idsOfDomain(id)) Users.remove(tx, user);
        var groups = new GroupStore(tx);
        for (var group : groups.idsOfDomain(id)) {
            new AssignmentStore(tx).removeActor(Actor.group(group));
            groups.delete(group);
        }
        new RoleStore(tx).deleteOfDomain(id);
        for (var project : new ProjectStore(tx).descendants(id).reversed()) {
            Workbench.mutable("project", project.id(), project.options(), Optional.empty());
            Projects.remove(tx, project.id());
        }
    }
}
