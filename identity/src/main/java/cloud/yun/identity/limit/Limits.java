package cloud.yun.identity.limit;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of limits: what a project or a domain has in place of a registered limit.
public final class Limits {
    private final Workbench bench;
    private final EnforcementModel model;

    public Limits(Workbench bench, EnforcementModel model) {
        this.bench = bench;
        this.model = model;
    }

    EnforcementModel model(Caller caller) {
        bench.policy().require(caller, "identity:get_limit_model");
        return model;
    }

    /// Admins, services and system readers see all; a domain's token sees what is in the domain; a project's token
    /// sees the project's own.
    Filters.Page<Limit> list(Caller caller, Filters filters) {
        bench.policy().require(caller, "identity:list_limits");
        var page = filters.cut(bench.db().read(tx -> new LimitStore(tx).list(filters)), Limit::id);
        if (caller.systemScope() || caller.hasRole("admin") || caller.hasRole("service")) return page;
        var own = bench.db()
                .read(tx ->
                        page.items().stream().filter(l -> within(tx, caller, l)).toList());
        return new Filters.Page<>(own, page.next());
    }

    private static boolean within(Tx tx, Caller caller, Limit limit) {
        if (caller.domain().isPresent()) {
            var domain = caller.domain().get().id();
            var owner = limit.domainId()
                    .or(() -> limit.projectId()
                            .flatMap(new ProjectStore(tx)::find)
                            .map(Project::owningDomainId));
            return owner.equals(Optional.of(domain));
        }
        return caller.project().isPresent()
                && limit.projectId().equals(caller.project().map(Caller.Project::id));
    }

    private record Seen(Optional<Limit> limit, Optional<Project> owner) {}

    /// @throws NotFound no such limit, said only to a caller whom the rule lets see it
    Limit get(Caller caller, String id) {
        var seen = bench.db().read(tx -> {
            var limit = new LimitStore(tx).find(id);
            return new Seen(
                    limit, limit.flatMap(l -> l.projectId().or(l::domainId)).flatMap(new ProjectStore(tx)::find));
        });
        bench.policy().require(caller, "identity:get_limit", target(seen));
        return seen.limit().orElseThrow(() -> none(id));
    }

    private static Target target(Seen seen) {
        if (seen.limit().isEmpty()) return Target.NONE;
        var limit = seen.limit().get();
        var target = Target.of("target.limit.project_id", limit.projectId().orElse("None"));
        var domain = seen.owner().map(Project::owningDomainId).orElse(null);
        return limit.projectId().isPresent()
                ? target.with("target.limit.project.domain_id", domain)
                : target.with("target.limit.domain.id", domain);
    }

    private static NotFound none(String id) {
        return new NotFound("Could not find limit for " + id + ".");
    }

    /// Makes all or none.
    ///
    /// @throws Forbidden a resource has no registered limit, or the model does not allow the value
    List<Limit> create(Caller caller, JsonNode wanted) {
        bench.policy().require(caller, "identity:create_limits");
        return bench.db().transaction(tx -> {
            var made = new ArrayList<Limit>();
            for (var item : wanted) made.add(read(tx, (ObjectNode) item));
            model.check(tx, made);
            for (var limit : made) insert(tx, limit);
            return made;
        });
    }

    private Limit read(Tx tx, ObjectNode body) {
        var what = RegisteredLimits.resource(body);
        RegisteredLimits.exists(tx, what, "limit");
        var projects = new ProjectStore(tx);
        var named = Fields.text(body, "project_id");
        var project = named.map(id -> projects.find(id).orElseThrow(() -> Words.expecting("project_id", "limit")));
        // A domain is a project too: its limit is the domain's, however it was named.
        var domain = project.filter(Project::isDomain).map(Project::id).or(() -> Fields.text(body, "domain_id"));
        if (domain.isPresent() && projects.domain(domain.get()).isEmpty()) throw Words.expecting("domain_id", "limit");
        if (project.isEmpty() && domain.isEmpty()) throw Words.expecting("project_id", "limit");
        return new Limit(
                bench.ids().next(),
                what,
                project.filter(p -> !p.isDomain()).map(Project::id),
                domain,
                body.path("resource_limit").asInt(),
                Fields.text(body, "description"));
    }

    private static void insert(Tx tx, Limit limit) {
        var store = new LimitStore(tx);
        var registered = store.registered(limit.what())
                .orElseThrow(
                        () -> new Forbidden("Unable to create a limit that has no corresponding registered limit."));
        var owner = limit.projectId().or(limit::domainId).orElseThrow();
        if (store.of(owner, limit.what()).isPresent()) throw Words.conflict("limit", "Duplicate entry");
        store.insert(limit, registered.id());
    }

    Limit update(Caller caller, String id, ObjectNode body) {
        bench.policy().require(caller, "identity:update_limit");
        return bench.db().transaction(tx -> {
            var store = new LimitStore(tx);
            var old = store.find(id).orElseThrow(() -> none(id));
            var next = new Limit(
                    id,
                    old.what(),
                    old.projectId(),
                    old.domainId(),
                    body.has("resource_limit") ? body.path("resource_limit").asInt() : old.resourceLimit(),
                    body.has("description") ? Fields.text(body, "description") : old.description());
            model.check(tx, List.of(next));
            store.update(next);
            return next;
        });
    }

    void delete(Caller caller, String id) {
        bench.policy().require(caller, "identity:delete_limit");
        bench.db().write(tx -> {
            var store = new LimitStore(tx);
            if (store.find(id).isEmpty()) throw none(id);
            store.delete(id);
        });
    }
}
