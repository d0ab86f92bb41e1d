package cloud.yun.identity.oauth1;

import cloud.yun.identity.base.Links;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleView;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/OS-OAUTH1/...` but consumers, and the access tokens of a user.
public final class OAuth1Routes {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String ALL = "/v3/users/{user_id}/OS-OAUTH1/access_tokens";
    private static final String ONE = ALL + "/{access_token_id}";
    private static final int FORM_BYTES_MAX = 65_536;

    private final OAuthTokens tokens;

    public OAuth1Routes(OAuthTokens tokens) {
        this.tokens = tokens;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/v3/OS-OAUTH1/request_token", this::request).stream()
                        .open(),
                Route.post("/v3/OS-OAUTH1/access_token", this::access).stream().open(),
                Route.put("/v3/OS-OAUTH1/authorize/{request_token_id}", this::authorize)
                        .schema("schema/identity/request-token-authorize.json")
                        .policy("identity:authorize_request_token"),
                Route.get(ALL, this::list).policy("identity:list_access_tokens"),
                Route.get(ONE, this::show).policy("identity:get_access_token"),
                Route.delete(ONE, this::delete).policy("identity:delete_access_token"),
                Route.get(ONE + "/roles", this::roles).policy("identity:list_access_token_roles"),
                Route.get(ONE + "/roles/{role_id}", this::role).policy("identity:get_access_token_role"));
    }

    private static SignedRequest signed(Request request) {
        if (!request.header("Content-Type").map(t -> t.startsWith(FORM)).orElse(false))
            return SignedRequest.of(request, "");
        try {
            var bytes = request.stream().readNBytes(FORM_BYTES_MAX + 1);
            if (bytes.length > FORM_BYTES_MAX) throw new Refused(413, "The form is too long.");
            return SignedRequest.of(request, new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Reply token(String id, String secret, Optional<Instant> expiresAt) {
        var end = expiresAt.map(t -> "&oauth_expires_at=" + Times.micros(t)).orElse("");
        return Reply.text(201, "oauth_token=" + id + "&oauth_token_secret=" + secret + end, FORM);
    }

    private Reply request(Request request) {
        var signed = signed(request);
        var project = request.header("Requested-Project-Id")
                .orElseThrow(() -> Words.expecting("Requested-Project-Id", "request"));
        var token = tokens.request(signed, project);
        return token(token.id(), token.secret(), token.expiresAt());
    }

    private Reply access(Request request) {
        var token = tokens.access(signed(request));
        return token(token.id(), token.secret(), token.expiresAt());
    }

    private Reply authorize(Request request) {
        var verifier = tokens.authorize(
                request.caller(),
                request.variable("request_token_id"),
                request.body().path("roles"));
        var body = Json.object();
        body.putObject("token").put("oauth_verifier", verifier);
        return Reply.ok(body);
    }

    private static ObjectNode view(Request request, AccessToken token) {
        var path = "users/" + token.authorizingUserId() + "/OS-OAUTH1/access_tokens";
        var node = Json.object()
                .put("id", token.id())
                .put("consumer_id", token.consumerId())
                .put("project_id", token.projectId())
                .put("authorizing_user_id", token.authorizingUserId())
                .put("expires_at", token.expiresAt().map(Times::micros).orElse(null));
        var self = Links.href(request, path, token.id());
        node.putObject("links").put("roles", self + "/roles").put("self", self);
        return node;
    }

    private static ObjectNode view(Request request, Role role) {
        var node = RoleView.of(request, role);
        node.remove("description");
        return node;
    }

    private Reply list(Request request) {
        var found = tokens.list(request.caller(), request.variable("user_id"));
        return Reply.ok(Links.list(
                request,
                "access_tokens",
                found.stream().map(t -> view(request, t)).toList()));
    }

    private Reply show(Request request) {
        var token = tokens.get(
                request.caller(),
                "identity:get_access_token",
                request.variable("user_id"),
                request.variable("access_token_id"));
        var body = Json.object();
        body.set("access_token", view(request, token));
        return Reply.ok(body);
    }

    private Reply delete(Request request) {
        tokens.delete(request.caller(), request.variable("user_id"), request.variable("access_token_id"));
        return Reply.noContent();
    }

    private List<Role> roles(Request request, String rule) {
        return tokens.roles(request.caller(), rule, request.variable("user_id"), request.variable("access_token_id"));
    }

    private Reply roles(Request request) {
        var found = roles(request, "identity:list_access_token_roles");
        return Reply.ok(Links.list(
                request, "roles", found.stream().map(r -> view(request, r)).toList()));
    }

    private Reply role(Request request) {
        var id = request.variable("role_id");
        var role = roles(request, "identity:get_access_token_role").stream()
                .filter(r -> r.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Words.notFound("role", id));
        var body = Json.object();
        body.set("role", view(request, role));
        return Reply.ok(body);
    }
}
