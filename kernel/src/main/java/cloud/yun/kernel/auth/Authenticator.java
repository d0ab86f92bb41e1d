package cloud.yun.kernel.auth;

import java.util.Optional;

/// Tells who a token belongs to. Identity implements it; the HTTP pipeline asks it once for each request.
@FunctionalInterface
public interface Authenticator {
    /// @return the caller, or empty when the token is unknown, malformed, expired or revoked
    Optional<Caller> authenticate(String token);

    /// As [#authenticate], but a token will do that expired not long ago. For a request that a service vouches for by a
    /// token of its own in `X-Service-Token`: what was begun while the token held may so be finished.
    default Optional<Caller> authenticateExpired(String token) {
        return authenticate(token);
    }
}
