package cloud.yun.identity.trust;

import cloud.yun.identity.assignment.EffectiveRoles;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// A trust and the trusts that it was redelegated from: it holds only as long as all of them do.
///
/// @param trusts the trust itself, then the one that it was made by, and so on to the first
public record TrustChain(List<Trust> trusts) {
    /// @throws NotFound the trust, or one that it was made by, is deleted or has expired
    /// @throws Forbidden it gives more than the trust before it, or one of the agents in between is disabled
    public static TrustChain find(Tx tx, String id, Instant now) {
        var trusts = new ArrayList<Trust>();
        for (var next = Optional.of(id);
                next.isPresent();
                next = trusts.getLast().redelegatedFrom()) {
            var key = next.get();
            trusts.add(new TrustStore(tx)
                    .find(key)
                    .filter(t -> !t.expired(now))
                    .orElseThrow(() -> Words.notFound("trust", key)));
        }
        for (var parent : trusts.subList(1, trusts.size()))
            if (!new UserStore(tx).find(parent.trusteeId()).map(User::enabled).orElse(false)) throw Words.forbidden();
        return new TrustChain(trusts);
    }

    /// As [#find], and good for one more token at least.
    ///
    /// @throws NotFound also when it is used up
    public static TrustChain usable(Tx tx, String id, Instant now) {
        var chain = find(tx, id, now);
        if (chain.trust().usedUp()) throw Words.notFound("trust", id);
        return chain;
    }

    public Trust trust() {
        return trusts.getFirst();
    }

    /// @return whose roles it gives in the end
    public String originalTrustorId() {
        return trusts.getLast().trustorId();
    }

    /// The roles that the trust gives with all that they imply, domains' own roles among them.
    ///
    /// @return empty when the original trustor lacks one of them by now: the trust is then void as a whole
    public Optional<List<String>> roles(Tx tx, Project project) {
        var given = new RoleStore(tx).closure(trust().roleIds());
        var owned = new HashSet<>(new EffectiveRoles(tx).idsOnProject(originalTrustorId(), project));
        return given.isEmpty() || !owned.containsAll(given) ? Optional.empty() : Optional.of(List.copyOf(given));
    }
}
