package cloud.yun.identity.oauth1;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a consumer asks a user to authorise.
///
/// @param verifier set when it is authorised: proof for the consumer that it was
record RequestToken(
        String id,
        String consumerId,
        String secret,
        String projectId,
        Optional<String> verifier,
        Optional<String> authorizingUserId,
        List<String> roleIds,
        Optional<Instant> expiresAt) {
    boolean expired(Instant now) {
        return expiresAt.map(now::isAfter).orElse(false);
    }

    @Override
    public String toString() {
        return "RequestToken[" + id + "]";
    }
}
