package cloud.yun.identity.trust;

import cloud.yun.identity.assignment.EffectiveRoles;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.DelegationRule;
import cloud.yun.identity.token.RevocationStore;
import cloud.yun.identity.token.TokenPayload;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A token of a trust gives the trust's roles, as long as the trustor has all of them. Such a token outlives the last
/// use of its trust, not the trust.
public final class TrustRule implements DelegationRule<Delegation.Trust> {
    @Override
    public Class<Delegation.Trust> kind() {
        return Delegation.Trust.class;
    }

    @Override
    public Delegated read(Tx tx, Delegation.Trust delegation, TokenPayload payload, User bearer, Instant now) {
        var chain = chain(tx, delegation.id(), now);
        var trust = chain.trust();
        if (!trust.trusteeId().equals(bearer.id())) throw refused("the user is not the trustee");
        var trustor = enabledTrustor(tx, trust).orElseThrow(() -> refused("the trustor is disabled"));
        if (new RevocationStore(tx).userRevoked(trustor.id(), payload.issuedAt()))
            throw refused("the tokens of the trustor were revoked");
        var project = trust.projectId()
                .flatMap(new ProjectStore(tx)::find)
                .orElseThrow(() -> refused("the trust has no project"));
        var roles = chain.roles(tx, project).orElseThrow(() -> refused("the trustor has lost a role of the trust"));
        return new Delegated(
                trust.impersonation() ? trustor : bearer,
                new EffectiveRoles(tx).implied(roles),
                token -> show(token, trust));
    }

    private static TrustChain chain(Tx tx, String id, Instant now) {
        try {
            return TrustChain.find(tx, id, now);
        } catch (NotFound | Forbidden e) {
            throw refused(e.userMessage());
        }
    }

    /// @return the trustor, if it and its domain are enabled
    static Optional<User> enabledTrustor(Tx tx, Trust trust) {
        return new UserStore(tx)
                .find(trust.trustorId())
                .filter(User::enabled)
                .filter(u -> new ProjectStore(tx)
                        .domain(u.domainId())
                        .map(Project::enabled)
                        .orElse(false));
    }

    private static void show(ObjectNode token, Trust trust) {
        // A trust-scoped token does not say whether its project is a domain.
        token.remove("is_domain");
        var shown = token.putObject("OS-TRUST:trust").put("id", trust.id());
        shown.putObject("trustor_user").put("id", trust.trustorId());
        shown.putObject("trustee_user").put("id", trust.trusteeId());
        shown.put("impersonation", trust.impersonation());
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized("The request you have made requires authentication.", detail);
    }
}
