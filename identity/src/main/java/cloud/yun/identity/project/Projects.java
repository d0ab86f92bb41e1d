package cloud.yun.identity.project;

import cloud.yun.identity.assignment.AssignmentStore;
import cloud.yun.identity.auth.Reach;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.credential.AppCredentialStore;
import cloud.yun.identity.credential.CredentialStore;
import cloud.yun.identity.limit.Limit;
import cloud.yun.identity.limit.LimitStore;
import cloud.yun.identity.oauth1.OAuthTokenStore;
import cloud.yun.identity.project.ProjectStore.TagFilters;
import cloud.yun.identity.token.RevocationStore;
import cloud.yun.identity.trust.TrustStore;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// The rules of projects: a tree under each domain.
///
/// A disabled project refuses its tokens at once, those it had before also after it is enabled again.
public final class Projects {
    private static final Set<String> KNOWN = Set.of(
            "id", "name", "domain_id", "parent_id", "is_domain", "enabled", "description", "options", "tags", "links");

    private final Workbench bench;
    private final int depthMax;

    /// @param depthMax levels of projects below a domain
    public Projects(Workbench bench, int depthMax) {
        this.bench = bench;
        this.depthMax = depthMax;
    }

    /// @return the attributes that rules speak of
    public static Target target(Optional<Project> project) {
        return project.map(p -> Target.of("target.project.id", p.id())
                        .with("project_id", p.id())
                        .with("target.project.domain_id", p.isDomain() ? "None" : p.domainId()))
                .orElse(Target.NONE);
    }

    /// @throws NotFound no such project, said only to a caller whom the rule lets see it
    public Project get(Caller caller, String rule, String id) {
        var found = bench.db().read(tx -> new ProjectStore(tx).find(id));
        bench.policy().require(caller, rule, target(found));
        return found.orElseThrow(() -> Words.notFound("project", id));
    }

    Filters.Page<Project> list(Caller caller, Filters filters, boolean domains, TagFilters tags) {
        bench.policy().require(caller, "identity:list_projects", Workbench.listTarget(caller));
        var own = domains ? filters : Workbench.ownDomain(caller, filters);
        return own.cut(bench.db().read(tx -> new ProjectStore(tx).list(own, domains, tags)), Project::id);
    }

    /// The tree around a project.
    ///
    /// @param visible ids of the projects on which the caller has a role: lists show no others
    /// @param ancestors nearest first
    /// @param descendants each behind its parent
    record Family(List<Project> ancestors, List<Project> descendants, Set<String> visible) {}

    Family family(Caller caller, Project project) {
        return bench.db().read(tx -> {
            var store = new ProjectStore(tx);
            return new Family(
                    store.ancestors(project), store.descendants(project.id()), Reach.projectIds(tx, caller.userId()));
        });
    }

    List<Limit> limits(Project project) {
        return bench.db().read(tx -> new LimitStore(tx).ofProject(project.id()));
    }

    Project create(Caller caller, ObjectNode body) {
        return bench.epoch().change(creation(caller, body));
    }

    /// Looks at all that needs no transaction.
    ///
    /// @return what is left to do in one
    public Function<Tx, Project> creation(Caller caller, ObjectNode body) {
        boolean isDomain = Fields.bool(body, "is_domain").orElse(false);
        var parentId = Fields.text(body, "parent_id");
        var parent = parentId.flatMap(id -> bench.db().read(tx -> new ProjectStore(tx).find(id)));
        var domainId = isDomain
                ? ""
                : Fields.text(body, "domain_id")
                        .or(() -> parent.map(Project::owningDomainId))
                        .orElseGet(() -> Workbench.domainOf(body, caller));
        bench.policy()
                .require(
                        caller,
                        "identity:create_project",
                        Target.of("target.project.domain_id", isDomain ? "None" : domainId));
        if (parentId.isPresent() && parent.isEmpty())
            throw new Invalid("Could not find project: " + parentId.get() + ".");
        if (isDomain && parentId.isPresent()) throw new Invalid("only root projects are allowed to act as domains.");
        var project = new Project(
                bench.ids().next(),
                Fields.text(body, "name").orElseThrow().strip(),
                domainId,
                isDomain ? Optional.empty() : Optional.of(parentId.orElse(domainId)),
                isDomain,
                Fields.bool(body, "enabled").orElse(true),
                Fields.text(body, "description").orElse(""),
                Fields.extra(body, KNOWN),
                Fields.mergeOptions(Json.object(), body),
                tags(body).orElse(List.of()));
        return tx -> {
            if (!isDomain) place(tx, project);
            insert(tx, project);
            bench.tell(tx, caller, isDomain ? "domain" : "project", "created", project.id());
            return project;
        };
    }

    /// @throws Conflict its domain, or the cloud if it is a domain, has one of this name
    public static void insert(Tx tx, Project project) {
        var store = new ProjectStore(tx);
        if (store.byName(project.domainId(), project.name()).isPresent()) throw duplicate(project);
        store.insert(project);
    }

    private void place(Tx tx, Project project) {
        var store = new ProjectStore(tx);
        var domain = store.domain(project.domainId())
                .orElseThrow(() -> new Invalid("Could not find domain: " + project.domainId() + "."));
        var above = new ArrayList<Project>(store.ancestors(project));
        var parent = above.getFirst();
        if (parent.isDomain() && !parent.id().equals(domain.id()))
            throw new Invalid("Cannot create project, the parent (" + parent.id()
                    + ") is acting as a domain, but this project's domain id (" + domain.id()
                    + ") does not match the parent's id.");
        if (!parent.owningDomainId().equals(domain.id()))
            throw new Invalid("Cannot create project, since it specifies its domain_id " + domain.id()
                    + ", but specifies a parent in a different domain (" + parent.owningDomainId() + ").");
        for (var ancestor : above)
            if (!ancestor.enabled())
                throw new Invalid(
                        "cannot create a project in a branch containing a disabled project: " + ancestor.id());
        if (above.size() > depthMax) throw new Forbidden("Max hierarchy depth reached for " + parent.id() + " branch.");
    }

    Project update(Caller caller, String id, ObjectNode body) {
        var seen = get(caller, "identity:update_project", id);
        return change(caller, seen, body, "project");
    }

    /// @param kind what the caller takes it for: `project` or `domain`
    Project change(Caller caller, Project seen, ObjectNode body, String kind) {
        if (!seen.isDomain()) Workbench.sameDomain(body, seen.domainId());
        if (body.has("parent_id") && !Fields.text(body, "parent_id").equals(seen.parentId()))
            throw new Forbidden("Update of `parent_id` is not allowed.");
        if (Fields.bool(body, "is_domain").map(d -> d != seen.isDomain()).orElse(false))
            throw new Invalid("Update of `is_domain` is not allowed.");
        return bench.epoch().change(tx -> {
            var store = new ProjectStore(tx);
            var old = store.find(seen.id()).orElseThrow(() -> Words.notFound(kind, seen.id()));
            Workbench.mutable(kind, old.id(), old.options(), Optional.of(body));
            boolean enabled = Fields.bool(body, "enabled").orElse(old.enabled());
            if (enabled != old.enabled()) switchable(store, old, enabled);
            var next = old.with(
                            Fields.text(body, "name").map(String::strip).orElse(old.name()),
                            enabled,
                            body.has("description")
                                    ? Fields.text(body, "description").orElse("")
                                    : old.description(),
                            Fields.merge(old.extra(), Fields.extra(body, KNOWN)),
                            Fields.mergeOptions(old.options(), body))
                    .withTags(tags(body).orElse(old.tags()));
            if (!next.name().equals(old.name())
                    && store.byName(old.domainId(), next.name()).isPresent()) throw duplicate(next);
            store.update(next);
            if (body.has("tags")) store.setTags(next.id(), next.tags());
            if (old.enabled() && !enabled) new RevocationStore(tx).project(old.id(), bench.now(), bench.tokenLife());
            bench.tell(tx, caller, kind, "updated", next.id());
            return next;
        });
    }

    private static void switchable(ProjectStore store, Project project, boolean on) {
        if (on && store.ancestors(project).stream().anyMatch(p -> !p.enabled()))
            throw new Forbidden("Cannot enable project " + project.id() + " since it has disabled parents");
        if (!on
                && !project.isDomain()
                && store.descendants(project.id()).stream().anyMatch(Project::enabled))
            throw new Forbidden(
                    "Cannot disable project " + project.id() + " since its subtree contains enabled projects.");
    }

    /// Deletes a project without projects below it, or a disabled domain with all that is in it.
    void delete(Caller caller, String id) {
        var seen = get(caller, "identity:delete_project", id);
        bench.epoch().write(tx -> {
            if (seen.isDomain()) {
                Domains.remove(tx, id);
                bench.tell(tx, caller, "domain", "deleted", id);
                return;
            }
            Workbench.mutable("project", id, seen.options(), Optional.empty());
            if (!new ProjectStore(tx).children(id).isEmpty())
                throw new Forbidden("Cannot delete the project " + id + " since it is not a leaf in the hierarchy. Use"
                        + " the cascade option if you want to delete a whole subtree.");
            remove(tx, id);
            bench.tell(tx, caller, "project", "deleted", id);
        });
    }

    /// Takes a project away with what hangs on it in this room.
    static void remove(Tx tx, String id) {
        new AssignmentStore(tx).removeTarget(id);
        new AppCredentialStore(tx).deleteOfProject(id);
        new CredentialStore(tx).deleteOfProject(id);
        new TrustStore(tx).deleteOfProject(id);
        new OAuthTokenStore(tx).deleteOfProject(id);
        new UserStore(tx).forgetDefaultProject(id);
        new ProjectStore(tx).delete(id);
    }

    Project setTags(Caller caller, String id, List<String> tags) {
        var seen = get(caller, "identity:update_project_tags", id);
        mutable(seen, "update");
        var stripped = tags.stream().map(String::strip).distinct().toList();
        bench.db().write(tx -> new ProjectStore(tx).setTags(id, stripped));
        return seen.withTags(stripped);
    }

    void clearTags(Caller caller, String id) {
        var seen = get(caller, "identity:delete_project_tags", id);
        mutable(seen, "update");
        bench.db().write(tx -> new ProjectStore(tx).setTags(id, List.of()));
    }

    private static void mutable(Project project, String verb) {
        if (project.immutable())
            throw new Forbidden("Cannot " + verb + " project tags for " + project.id()
                    + ", project is immutable. Set \"immutable\" option to false before creating project tags.");
    }

    /// @throws Invalid the tag is not one, or there are too many
    void addTag(Caller caller, String id, String tag) {
        var seen = get(caller, "identity:create_project_tag", id);
        mutable(seen, "create");
        if (tag.isEmpty() || tag.length() > 255 || tag.contains(",") || tag.contains("/"))
            throw new Invalid("Invalid input for field 'tags': '" + tag + "' does not match '^[^,/]*$'");
        if (seen.tags().size() >= 80 && !seen.tags().contains(tag))
            throw new Invalid("Invalid input for field 'tags': too many tags");
        bench.db().write(tx -> new ProjectStore(tx).addTag(id, tag.strip()));
    }

    void removeTag(Caller caller, String id, String tag) {
        mutable(get(caller, "identity:delete_project_tag", id), "delete");
        if (!bench.db().transaction(tx -> new ProjectStore(tx).removeTag(id, tag))) throw noTag(tag);
    }

    static NotFound noTag(String tag) {
        return Words.notFound("project tag", tag);
    }

    static Optional<List<String>> tags(ObjectNode body) {
        if (!body.has("tags")) return Optional.empty();
        return Optional.of(body.get("tags")
                .valueStream()
                .map(t -> t.stringValue())
                .distinct()
                .sorted()
                .toList());
    }

    private static Conflict duplicate(Project project) {
        return Words.conflict(
                "project",
                project.isDomain()
                        ? "it is not permitted to have two projects acting as domains with the same name: "
                                + project.name()
                        : "it is not permitted to have two projects with either the same name or same id in the same"
                                + " domain: name is " + project.name() + ", project id " + project.id());
    }
}
