package cloud.yun.identity.auth;

import cloud.yun.identity.token.ValidToken;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import tools.jackson.databind.JsonNode;

/// A kind of scope besides project, domain and system: for example `OS-TRUST:trust`.
public interface ScopeKind {
    /// The key in the request's `scope`.
    String name();

    /// @param value what stands under the key
    /// @return with a scope, and what the token then rests on
    /// @throws Unauthorized there is no such thing for this user
    Proven choose(JsonNode value, Proven who);

    /// The token was issued: what is used up by that is counted now.
    default void issued(ValidToken token) {}
}
