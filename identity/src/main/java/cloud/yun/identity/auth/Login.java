package cloud.yun.identity.auth;

import cloud.yun.kernel.http.Request;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A request for a token.
///
/// @param auth its `auth` object, checked by the schema
/// @param request the request itself, whose headers some methods read
/// @param at the moment before anything was looked at
public record Login(ObjectNode auth, Request request, Instant at) {
    public ObjectNode identity() {
        return (ObjectNode) auth.path("identity");
    }

    /// @return missing when the request names none
    public JsonNode scope() {
        return auth.path("scope");
    }
}
