package cloud.yun.identity.trust;

import cloud.yun.identity.base.Words;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a new trust says about being passed on.
///
/// @param allowed whether it may be passed on at all
/// @param depth how often, if the request says so
/// @param uses how many tokens it is good for, if the request says so; never together with `allowed`
record Redelegation(boolean allowed, Optional<Integer> depth, Optional<Integer> uses, int depthMax) {
    /// @throws Invalid the number of uses does not fit
    /// @throws Forbidden deeper than this cloud allows
    static Redelegation of(ObjectNode body, int depthMax) {
        var depth = number(body, "redelegation_count");
        var uses = number(body, "remaining_uses");
        boolean allowed = body.path("allow_redelegation").asBoolean(false) && depth.orElse(1) != 0;
        if (!allowed && uses.map(n -> n <= 0).orElse(false))
            throw new Invalid("remaining_uses must be a positive integer or null.");
        if (allowed && depth.map(d -> d > depthMax).orElse(false)) throw Words.forbidden();
        if (allowed && uses.isPresent()) throw new Invalid("remaining_uses must not be set if redelegation is allowed");
        return new Redelegation(allowed, depth, uses, depthMax);
    }

    private static Optional<Integer> number(ObjectNode body, String name) {
        var value = body.path(name);
        return value.isIntegralNumber() ? Optional.of(value.asInt()) : Optional.empty();
    }

    /// @param source the trust that is passed on, if it is one
    /// @return the depth that is left behind the new trust
    /// @throws Forbidden the request asks for another one than the source leaves
    int count(Optional<Trust> source) {
        int left = source.map(s -> s.redelegationCount() - 1).orElse(depthMax);
        if (source.isPresent() && allowed && depth.map(d -> d != left).orElse(false)) throw Words.forbidden();
        return allowed ? depth.orElse(left) : 0;
    }

    /// @throws Forbidden the child gives more than the parent, or for longer, or deeper
    static void within(Trust parent, Trust child, int depthMax) {
        boolean deep = parent.redelegationCount() > 0 && parent.redelegationCount() <= depthMax;
        boolean inTime = parent.expiresAt()
                .map(end -> child.expiresAt().map(e -> !e.isAfter(end)).orElse(false))
                .orElse(true);
        boolean weaker = parent.roleIds().containsAll(child.roleIds())
                && parent.projectId().equals(child.projectId())
                && (parent.impersonation() || !child.impersonation());
        if (!deep || !inTime || !weaker || child.remainingUses().isPresent()) throw Words.forbidden();
    }
}
