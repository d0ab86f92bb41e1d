package cloud.yun.identity.trust;

import cloud.yun.identity.assignment.EffectiveRoles;
import cloud.yun.identity.base.Expiry;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.token.DelegationBounds;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The rules of trusts.
///
/// Only the trustor makes one, of roles that it has. A trustee may pass it on, if the trust says so, and never for
/// longer, for more, or to a greater depth than it was given.
public final class Trusts {
    private static final Set<String> KNOWN = Set.of(
            "id",
            "trustor_user_id",
            "trustee_user_id",
            "project_id",
            "impersonation",
            "expires_at",
            "remaining_uses",
            "deleted_at",
            "redelegated_trust_id",
            "redelegation_count",
            "allow_redelegation",
            "roles",
            "roles_links",
            "links");

    /// @param depthMax longest chain of trusts that may follow one trust
    /// @param byAppCredential whether an unrestricted application credential may manage trusts: upstream found this
    ///     to be a way to more than the credential was made for
    public record Limits(int depthMax, boolean byAppCredential) {}

    /// A trust with its roles spelled out.
    record Shown(Trust trust, List<Role> roles) {}

    private final Workbench bench;
    private final DelegationBounds bounds;
    private final Limits limits;

    public Trusts(Workbench bench, DelegationBounds bounds, Limits limits) {
        this.bench = bench;
        this.bounds = bounds;
        this.limits = limits;
    }

    private void permit(Caller caller, String rule, Target target) {
        bench.policy().require(caller, rule, target);
        if (limits.byAppCredential()) bounds.requireUnrestricted(caller);
        else bounds.requireNoAppCredential(caller);
    }

    /// @throws NotFound no such trust, or it has ended: said before the rule is asked, as in Keystone
    Shown get(Caller caller, String rule, String id) {
        var shown = bench.db().read(tx -> {
            var trust = TrustChain.usable(tx, id, bench.now()).trust();
            return new Shown(trust, new RoleStore(tx).among(trust.roleIds()));
        });
        permit(caller, rule, target(shown.trust().trustorId(), shown.trust().trusteeId()));
        return shown;
    }

    private static Target target(String trustor, String trustee) {
        return Target.of("target.trust.trustor_user_id", trustor).with("target.trust.trustee_user_id", trustee);
    }

    List<Trust> list(Caller caller, Optional<String> trustor, Optional<String> trustee) {
        if (trustor.isPresent())
            permit(
                    caller,
                    "identity:list_trusts_for_trustor",
                    Target.of("target.trust.trustor_user_id", trustor.get()));
        else if (trustee.isPresent())
            permit(
                    caller,
                    "identity:list_trusts_for_trustee",
                    Target.of("target.trust.trustee_user_id", trustee.get()));
        else permit(caller, "identity:list_trusts", Target.NONE);
        return bench.db().read(tx -> new TrustStore(tx).list(trustor, trustee));
    }

    /// @throws Forbidden the caller is not the trustor, or passes on more than it was given
    /// @throws NotFound no such trustee, project or role, or the trustor does not have the role there
    /// @throws Invalid a time that is past, or a number of uses that does not go with redelegation
    Shown create(Caller caller, ObjectNode body) {
        var trustor = Fields.text(body, "trustor_user_id").orElse("");
        permit(caller, "identity:create_trust", Target.of("target.trust.trustor_user_id", trustor));
        var projectId = Fields.text(body, "project_id").filter(p -> !p.isEmpty());
        if (projectId.isPresent() && body.path("roles").isEmpty())
            throw Words.forbidden("At least one role should be specified");
        if (!caller.userId().equals(trustor)) throw Words.forbidden("The authenticated user should match the trustor");
        var asked = Redelegation.of(body, limits.depthMax());
        var expires = Fields.text(body, "expires_at").map(text -> Expiry.parse(text, bench.now()));
        var source = bounds.redelegatedFrom(caller);
        return bench.db().transaction(tx -> {
            var trustee = Fields.text(body, "trustee_user_id").orElse("");
            if (new UserStore(tx).find(trustee).isEmpty()) throw Words.notFound("user", trustee);
            var roles = roles(tx, body);
            var chain = source.map(id -> TrustChain.usable(tx, id, bench.now()));
            owned(tx, chain.map(TrustChain::originalTrustorId).orElse(trustor), projectId, roles);
            var trust = new Trust(
                    bench.ids().next(),
                    trustor,
                    trustee,
                    projectId,
                    body.path("impersonation").asBoolean(false),
                    expires.or(() -> chain.flatMap(c -> c.trust().expiresAt())),
                    asked.uses(),
                    source,
                    asked.count(chain.map(TrustChain::trust)),
                    Fields.extra(body, KNOWN),
                    roles);
            chain.ifPresent(c -> c.trusts().forEach(parent -> Redelegation.within(parent, trust, limits.depthMax())));
            var store = new TrustStore(tx);
            if (store.same(trust)) throw Words.conflict("trust", "Duplicate entry");
            store.insert(trust, bench.now());
            bench.tell(tx, caller, "OS-TRUST:trust", "created", trust.id());
            return new Shown(trust, new RoleStore(tx).among(roles));
        });
    }

    private static List<String> roles(Tx tx, ObjectNode body) {
        var ids = new LinkedHashSet<String>();
        for (var role : body.path("roles")) {
            var id = role.path("id").asString("");
            var name = role.path("name").asString("");
            ids.add(
                    !id.isEmpty()
                            ? id
                            : new RoleStore(tx)
                                    .byName("", name)
                                    .orElseThrow(() -> Words.notFound("role", name))
                                    .id());
        }
        return List.copyOf(ids);
    }

    private static void owned(Tx tx, String trustor, Optional<String> projectId, List<String> roles) {
        var owned = projectId
                .map(id -> new ProjectStore(tx).find(id).orElseThrow(() -> Words.notFound("project", id)))
                .map(p -> new EffectiveRoles(tx).idsOnProject(trustor, p))
                .orElse(List.of());
        for (var role : roles) if (!owned.contains(role)) throw Words.notFound("role", role);
    }

    void delete(Caller caller, String id) {
        get(caller, "identity:delete_trust", id);
        bench.epoch().write(tx -> {
            new TrustStore(tx).delete(id, bench.now());
            bench.tell(tx, caller, "OS-TRUST:trust", "deleted", id);
        });
    }

    /// Forgets trusts that ended long enough ago for no token of theirs to be alive.
    void purge() {
        bench.db().write(tx -> new TrustStore(tx).purge(bench.now().minus(bench.tokenLife())));
    }
}
