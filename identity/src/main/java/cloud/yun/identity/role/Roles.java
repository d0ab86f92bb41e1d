package cloud.yun.identity.role;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The rules of roles and of what they imply.
public final class Roles {
    private static final Set<String> KNOWN = Set.of("id", "name", "domain_id", "description", "options", "links");

    private final Workbench bench;
    private final Set<String> neverImplied;

    /// @param neverImplied names of roles that no role may imply: that would make admins by a side door
    public Roles(Workbench bench, Set<String> neverImplied) {
        this.bench = bench;
        this.neverImplied = Set.copyOf(neverImplied);
    }

    /// A domain's role has rules of its own: `identity:get_domain_role` beside `identity:get_role`.
    private static String rule(String verb, boolean domainRole) {
        return "identity:" + verb + (domainRole ? "_domain_role" : "_role");
    }

    private static Target target(Optional<Role> role) {
        return role.map(r -> Target.of("target.role.id", r.id())
                        .with("target.role.name", r.name())
                        .with("target.role.domain_id", r.global() ? "None" : r.domainId()))
                .orElse(Target.NONE);
    }

    private Role get(Caller caller, String verb, String id) {
        // Keystone looks for the role before it asks the rule: one that is not there is so for everybody
        var found = bench.db().read(tx -> new RoleStore(tx).find(id)).orElseThrow(() -> Words.notFound("role", id));
        bench.policy().require(caller, rule(verb, !found.global()), target(Optional.of(found)));
        return found;
    }

    /// @throws NotFound no such role
    Role get(Caller caller, String id) {
        return get(caller, "get", id);
    }

    Filters.Page<Role> list(Caller caller, Filters filters) {
        boolean domainRoles = filters.equal().containsKey("domain_id");
        bench.policy().require(caller, domainRoles ? "identity:list_domain_roles" : "identity:list_roles");
        var own = domainRoles ? filters : filters.with("domain_id", "");
        return own.cut(bench.db().read(tx -> new RoleStore(tx).list(own)), Role::id);
    }

    Role create(Caller caller, ObjectNode body) {
        var domainId = Fields.text(body, "domain_id").orElse("");
        bench.policy().require(caller, rule("create", !domainId.isEmpty()));
        var role = new Role(
                bench.ids().next(),
                Fields.text(body, "name").orElseThrow(),
                domainId,
                Fields.text(body, "description"),
                Fields.extra(body, KNOWN),
                Fields.mergeOptions(Json.object(), body));
        bench.epoch().write(tx -> {
            if (!role.global() && new ProjectStore(tx).domain(domainId).isEmpty())
                throw Words.notFound("domain", domainId);
            unique(tx, role);
            new RoleStore(tx).insert(role);
            bench.tell(tx, caller, "role", "created", role.id());
        });
        return role;
    }

    private static void unique(Tx tx, Role role) {
        var there = new RoleStore(tx).byName(role.domainId(), role.name());
        if (there.isPresent() && !there.get().id().equals(role.id())) throw duplicate(role);
    }

    private static Conflict duplicate(Role role) {
        return Words.duplicateName("role", role.name());
    }

    Role update(Caller caller, String id, ObjectNode body) {
        var seen = get(caller, "update", id);
        Workbench.sameDomain(body, seen.domainId());
        return bench.epoch().change(tx -> {
            var old = new RoleStore(tx).find(id).orElseThrow(() -> Words.notFound("role", id));
            Workbench.mutable("role", id, old.options(), Optional.of(body));
            var next = new Role(
                    id,
                    Fields.text(body, "name").orElse(old.name()),
                    old.domainId(),
                    body.has("description") ? Fields.text(body, "description") : old.description(),
                    Fields.merge(old.extra(), Fields.extra(body, KNOWN)),
                    Fields.mergeOptions(old.options(), body));
            unique(tx, next);
            new RoleStore(tx).update(next);
            bench.tell(tx, caller, "role", "updated", id);
            return next;
        });
    }

    /// Deletes a role; whoever had it has it no more.
    void delete(Caller caller, String id) {
        var role = get(caller, "delete", id);
        Workbench.mutable("role", id, role.options(), Optional.empty());
        bench.epoch().write(tx -> {
            new RoleStore(tx).delete(id);
            bench.tell(tx, caller, "role", "deleted", id);
        });
    }

    /// A role and the roles that it implies directly.
    record Inference(Role prior, List<Role> implied) {}

    List<Inference> inferences(Caller caller) {
        bench.policy().require(caller, "identity:list_role_inference_rules");
        return bench.db().read(tx -> {
            var store = new RoleStore(tx);
            return store.inferences().entrySet().stream()
                    .map(e -> inference(store, e))
                    .toList();
        });
    }

    private static Inference inference(RoleStore store, Map.Entry<String, List<String>> rule) {
        var prior = store.find(rule.getKey()).orElseThrow(() -> Words.notFound("role", rule.getKey()));
        return new Inference(prior, store.among(rule.getValue()));
    }

    Inference implied(Caller caller, String id) {
        var found = bench.db().read(tx -> {
            var store = new RoleStore(tx);
            if (store.find(id).isEmpty()) throw Words.notFound("role", id);
            return inference(store, Map.entry(id, store.inferences().getOrDefault(id, List.of())));
        });
        bench.policy().require(caller, "identity:list_implied_roles");
        return found;
    }

    /// @throws NotFound one of the roles is not there, or the one does not imply the other
    Inference implied(Caller caller, String rule, String prior, String implied) {
        looked(caller, rule, prior, implied);
        return bench.db().read(tx -> {
            var pair = pair(tx, prior, implied);
            if (!new RoleStore(tx).implies(prior, implied)) throw noRule(prior, implied);
            return pair;
        });
    }

    /// Both roles are looked for before the rule is asked, as Keystone does.
    private void looked(Caller caller, String rule, String prior, String implied) {
        bench.db().read(tx -> pair(tx, prior, implied));
        bench.policy().require(caller, rule);
    }

    private static Inference pair(Tx tx, String prior, String implied) {
        var store = new RoleStore(tx);
        var first = store.find(prior).orElseThrow(() -> Words.notFound("role", prior));
        var second = store.find(implied).orElseThrow(() -> Words.notFound("role", implied));
        return new Inference(first, List.of(second));
    }

    private static NotFound noRule(String prior, String implied) {
        return new NotFound(prior + " does not imply " + implied + ".");
    }

    /// @throws Forbidden the role may not be implied, or a role of the whole cloud would imply a domain's
    Inference addImplied(Caller caller, String prior, String implied) {
        looked(caller, "identity:create_implied_role", prior, implied);
        return bench.epoch().change(tx -> {
            var pair = pair(tx, prior, implied);
            var role = pair.implied().getFirst();
            if (neverImplied.contains(role.name())) throw new Forbidden(role.id() + " cannot be an implied roles.");
            if (pair.prior().global() && !role.global())
                throw new Forbidden("Global role cannot imply a domain-specific role");
            new RoleStore(tx).addImplied(prior, implied);
            return pair;
        });
    }

    void removeImplied(Caller caller, String prior, String implied) {
        looked(caller, "identity:delete_implied_role", prior, implied);
        bench.epoch().write(tx -> {
            if (!new RoleStore(tx).removeImplied(prior, implied)) throw noRule(prior, implied);
        });
    }
}
