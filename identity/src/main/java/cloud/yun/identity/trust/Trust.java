package cloud.yun.identity.trust;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param trustorId who gives
/// @param trusteeId who may use it
/// @param projectId where; a trust without a project gives nothing
/// @param impersonation whether a token of it shows the trustor as its user
/// @param remainingUses tokens that it is still good for; empty for any number
/// @param redelegatedFrom the trust by whose token this one was made
/// @param redelegationCount how long a chain of trusts may still follow
/// @param roleIds the roles given, without what they imply
public record Trust(
        String id,
        String trustorId,
        String trusteeId,
        Optional<String> projectId,
        boolean impersonation,
        Optional<Instant> expiresAt,
        Optional<Integer> remainingUses,
        Optional<String> redelegatedFrom,
        int redelegationCount,
        ObjectNode extra,
        List<String> roleIds) {
    boolean expired(Instant now) {
        return expiresAt.map(now::isAfter).orElse(false);
    }

    boolean usedUp() {
        return remainingUses.map(n -> n <= 0).orElse(false);
    }

    Trust with(List<String> roles) {
        return new Trust(
                id,
                trustorId,
                trusteeId,
                projectId,
                impersonation,
                expiresAt,
                remainingUses,
                redelegatedFrom,
                redelegationCount,
                extra,
                roles);
    }
}
