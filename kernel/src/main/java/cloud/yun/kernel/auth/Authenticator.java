package cloud.yun.kernel.auth;

import java.util.Optional;

/// Tells who a token belongs to. Identity implements it; the HTTP pipeline asks it once for each request.
@FunctionalInterface
public interface Authenticator {
    /// @return the caller, or empty when the token is unknown, malformed, expired or revoked
    Optional<Caller> authenticate(String token);
}
