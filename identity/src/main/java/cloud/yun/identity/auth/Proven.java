package cloud.yun.identity.auth;

import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.Scope;
import cloud.yun.identity.token.Tokens.Proof;
import cloud.yun.identity.user.User;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who asks, and what the token will rest on.
///
/// @param at the moment before the proof was looked at
/// @param expiresAt the token must not live longer
/// @param chainId audit id of the first token of the chain, if this one is made from another
/// @param scope the only one that this proof can have; empty when the request chooses
public record Proven(
        User user,
        List<String> methods,
        Instant at,
        Optional<Instant> expiresAt,
        Optional<String> chainId,
        Delegation delegation,
        Optional<Scope> scope) {
    /// A user who acts for itself and chooses the scope.
    public static Proven of(User user, String method, Instant at) {
        return new Proven(
                user, List.of(method), at, Optional.empty(), Optional.empty(), Delegation.NONE, Optional.empty());
    }

    public Proven on(Delegation rest, Optional<Scope> onlyScope, Optional<Instant> until) {
        return new Proven(user, methods, at, earlier(expiresAt, until), chainId, rest, onlyScope);
    }

    /// The same, by these methods.
    Proven by(List<String> all) {
        return new Proven(user, all, at, expiresAt, chainId, delegation, scope);
    }

    /// Two methods of one request: the same user, all methods, the earlier end.
    ///
    /// @throws Unauthorized they do not fit together
    Proven and(Proven other) {
        if (!user.id().equals(other.user.id())) throw Authentication.refused("the methods name different users");
        if (delegation != Delegation.NONE
                && other.delegation != Delegation.NONE
                && !delegation.equals(other.delegation))
            throw Authentication.refused("the methods rest on different delegations");
        var all = new ArrayList<>(methods);
        for (var method : other.methods) if (!all.contains(method)) all.add(method);
        return new Proven(
                user,
                all,
                at.isBefore(other.at) ? at : other.at,
                earlier(expiresAt, other.expiresAt),
                chainId.or(other::chainId),
                delegation == Delegation.NONE ? other.delegation : delegation,
                scope.or(other::scope));
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        if (one.isEmpty()) return other;
        return other.filter(o -> o.isBefore(one.get())).or(() -> one);
    }

    Proof proof() {
        return new Proof(user.id(), methods, delegation, at, expiresAt, chainId);
    }
}
