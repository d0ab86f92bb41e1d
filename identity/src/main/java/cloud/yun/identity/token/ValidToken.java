package cloud.yun.identity.token;

import cloud.yun.identity.catalog.Catalog;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.json.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A token that holds, with all that it says. Its answer is rendered once and then remembered.
public final class ValidToken {
    private final String id;
    private final TokenPayload payload;
    private final Caller caller;
    private final ObjectNode body;
    private volatile @Nullable String bare;
    private volatile @Nullable String full;

    /// @param body the token object of the API, without a catalog
    ValidToken(String id, TokenPayload payload, Caller caller, ObjectNode body) {
        this.id = id;
        this.payload = payload;
        this.caller = caller;
        this.body = body;
    }

    /// The token itself: a secret.
    public String id() {
        return id;
    }

    public TokenPayload payload() {
        return payload;
    }

    public Caller caller() {
        return caller;
    }

    public Optional<String> projectId() {
        return caller.project().map(Caller.Project::id);
    }

    /// @return the token object of the API, without a catalog; not to be changed
    public ObjectNode body() {
        return body;
    }

    /// @return `{"token": {...}}` as JSON text
    public String json(Catalog catalog, boolean withCatalog) {
        if (!withCatalog || payload.scope() instanceof Scope.Unscoped) {
            var text = bare;
            if (text == null) bare = text = wrapped(body);
            return text;
        }
        var text = full;
        if (text == null) {
            var all = body.deepCopy();
            all.set("catalog", catalog.of(projectId(), payload.userId()));
            full = text = wrapped(all);
        }
        return text;
    }

    private static String wrapped(ObjectNode token) {
        var outer = Json.object();
        outer.set("token", token);
        return Json.text(outer);
    }
}
