package cloud.yun.identity.oauth2;

import cloud.yun.identity.auth.Authentication;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/OS-OAUTH2/token`: a form comes in, and errors are OAuth's own.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5.2">RFC 6749, 5.2</a>
public final class OAuth2Routes {
    private static final String TOKEN = "/v3/OS-OAUTH2/token";
    private static final int FORM_BYTES_MAX = 65_536;

    private final Authentication authentication;
    private final Duration life;

    /// @param life of a token
    public OAuth2Routes(Authentication authentication, Duration life) {
        this.authentication = authentication;
        this.life = life;
    }

    public List<Route> routes() {
        var all = new ArrayList<Route>();
        all.add(Route.post(TOKEN, this::token).stream().open());
        for (var method : List.of("GET", "HEAD", "PUT", "PATCH", "DELETE"))
            all.add(Route.of(method, TOKEN, this::wrongMethod).stream().open());
        return all;
    }

    private record Client(String id, String secret) {
        @Override
        public String toString() {
            return "Client[" + id + "]";
        }
    }

    private static Reply error(Request request, int status, String error, String description) {
        var reply = Reply.json(status, Json.object().put("error", error).put("error_description", description));
        return status == 401 ? reply.header("WWW-Authenticate", "Keystone uri=\"" + request.url() + "/v3\"") : reply;
    }

    private Reply wrongMethod(Request request) {
        return error(request, 405, "other_error", "The method is not allowed for the requested URL.");
    }

    private Reply token(Request request) {
        var form = form(request);
        var grant = Optional.ofNullable(form.get("grant_type"));
        if (grant.isEmpty()) return error(request, 400, "invalid_request", "The parameter grant_type is required.");
        if (!grant.get().equals("client_credentials"))
            return error(
                    request,
                    400,
                    "unsupported_grant_type",
                    "The parameter grant_type " + grant.get() + " is not supported.");
        var client = basic(request).or(() -> inForm(form));
        if (client.isEmpty()
                || client.get().id().isEmpty()
                || client.get().secret().isEmpty())
            return error(request, 401, "invalid_client", "Client authentication failed.");
        try {
            return issued(authentication.authenticate(auth(client.get()), request));
        } catch (Authentication.Unsupported | Authentication.Incomplete e) {
            return error(request, 401, "invalid_client", "Client authentication failed.");
        } catch (Unauthorized e) {
            return error(request, 401, "invalid_client", e.userMessage());
        } catch (Invalid e) {
            return error(request, 400, "invalid_request", e.userMessage());
        } catch (CloudException.Forbidden e) {
            return error(
                    request,
                    403,
                    "other_error",
                    "An unknown error occurred and failed to get an OAuth2.0 access token.");
        }
    }

    private Reply issued(ValidToken token) {
        return Reply.ok(Json.object()
                        .put("access_token", token.id())
                        .put("token_type", "Bearer")
                        .put("expires_in", life.toSeconds()))
                // RFC 6749, section 5.1
                .header("Cache-Control", "no-store");
    }

    private static ObjectNode auth(Client client) {
        var auth = Json.object();
        var identity = auth.putObject("identity");
        identity.putArray("methods").add("application_credential");
        identity.putObject("application_credential").put("id", client.id()).put("secret", client.secret());
        return auth;
    }

    private static Optional<Client> inForm(Map<String, String> form) {
        var id = form.getOrDefault("client_id", "");
        return id.isEmpty() ? Optional.empty() : Optional.of(new Client(id, form.getOrDefault("client_secret", "")));
    }

    private static Optional<Client> basic(Request request) {
        return request.header("Authorization")
                .filter(h -> h.regionMatches(true, 0, "Basic ", 0, 6))
                .flatMap(h -> decoded(h.substring(6).strip()))
                .map(pair -> pair.split(":", 2))
                .filter(parts -> parts.length == 2)
                .map(parts -> new Client(parts[0], parts[1]));
    }

    private static Optional<String> decoded(String base64) {
        try {
            return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Map<String, String> form(Request request) {
        byte[] bytes;
        try {
            bytes = request.stream().readNBytes(FORM_BYTES_MAX);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var found = new HashMap<String, String>();
        for (var pair : new String(bytes, StandardCharsets.UTF_8).split("&", -1)) {
            var parts = pair.split("=", 2);
            if (parts.length < 2) continue;
            try {
                found.putIfAbsent(
                        URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                        URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new Invalid("The form is not well encoded.");
            }
        }
        return found;
    }
}
