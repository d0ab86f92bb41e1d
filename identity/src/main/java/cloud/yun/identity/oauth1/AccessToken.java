package cloud.yun.identity.oauth1;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a consumer acts with.
record AccessToken(
        String id,
        String consumerId,
        String secret,
        String projectId,
        String authorizingUserId,
        List<String> roleIds,
        Optional<Instant> expiresAt) {
    @Override
    public String toString() {
        return "AccessToken[" + id + "]";
    }
}
