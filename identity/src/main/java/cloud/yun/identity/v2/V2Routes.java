package cloud.yun.identity.v2;

import cloud.yun.identity.auth.Authentication;
import cloud.yun.identity.auth.Reach;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.catalog.Catalog;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v2.0/tokens` and `GET /v2.0/tenants`. The old API knows one domain, the default one.
public final class V2Routes {
    private final Authentication authentication;
    private final Tokens tokens;
    private final Catalog catalog;
    private final Reach reach;
    private final boolean on;

    /// @param on if not, every call answers 410 and points to v3
    public V2Routes(Authentication authentication, Tokens tokens, Catalog catalog, Reach reach, boolean on) {
        this.authentication = authentication;
        this.tokens = tokens;
        this.catalog = catalog;
        this.reach = reach;
        this.on = on;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/v2.0/tokens", r -> on ? token(r) : gone(r)).open(),
                Route.get("/v2.0/tenants", r -> on ? tenants(r) : gone(r)).open());
    }

    private static Reply gone(Request request) {
        throw new Refused(
                410,
                "The Identity API v2.0 is switched off here. Use v3: POST " + request.url() + "/v3/auth/tokens and GET "
                        + request.url() + "/v3/auth/projects.");
    }

    private Reply token(Request request) {
        if (!(request.body().get("auth") instanceof ObjectNode auth)) throw Words.expecting("auth", "request body");
        try {
            return Reply.ok(access(authentication.authenticate(v3(auth), request)));
        } catch (Authentication.Unsupported | Authentication.Incomplete e) {
            throw new Unauthorized();
        }
    }

    /// The same login in the words of v3.
    private static ObjectNode v3(ObjectNode auth) {
        var to = Json.object();
        var identity = to.putObject("identity");
        if (auth.get("passwordCredentials") instanceof ObjectNode given) {
            identity.putArray("methods").add("password");
            var user = identity.putObject("password").putObject("user");
            text(given, "userId").ifPresentOrElse(id -> user.put("id", id), () -> {
                user.put("name", text(given, "username").orElseThrow(() -> missing("username or userId")));
                user.putObject("domain").put("id", "default");
            });
            user.put("password", text(given, "password").orElseThrow(() -> missing("password")));
        } else if (auth.get("token") instanceof ObjectNode given) {
            identity.putArray("methods").add("token");
            identity.putObject("token").put("id", text(given, "id").orElseThrow(() -> missing("id")));
        } else {
            throw Words.expecting("passwordCredentials or token", "auth");
        }
        var id = text(auth, "tenantId");
        var name = text(auth, "tenantName");
        if (id.isPresent()) to.putObject("scope").putObject("project").put("id", id.get());
        else if (name.isPresent())
            to.putObject("scope")
                    .putObject("project")
                    .put("name", name.get())
                    .putObject("domain")
                    .put("id", "default");
        return to;
    }

    private static Optional<String> text(ObjectNode node, String name) {
        return Optional.ofNullable(node.get(name))
                .filter(JsonNode::isString)
                .flatMap(_ -> Fields.text(node, name))
                .filter(t -> !t.isEmpty());
    }

    private static RuntimeException missing(String what) {
        return Words.expecting(what, "auth");
    }

    private ObjectNode access(ValidToken token) {
        var body = Json.object();
        var access = body.putObject("access");
        var payload = token.payload();
        var shown = access.putObject("token")
                .put("issued_at", Times.seconds(payload.issuedAt()))
                .put("expires", Times.seconds(payload.expiresAt()))
                .put("id", token.id());
        payload.auditIds().forEach(shown.putArray("audit_ids")::add);
        var caller = token.caller();
        caller.project()
                .ifPresent(p -> shown.putObject("tenant")
                        .put("id", p.id())
                        .put("name", p.name())
                        .put("enabled", true)
                        .putNull("description"));
        var services = access.putArray("serviceCatalog");
        if (caller.project().isPresent()) services(catalog.of(token.projectId(), payload.userId()), services);
        var user = access.putObject("user");
        caller.user()
                .ifPresent(u -> user.put("id", u.id()).put("name", u.name()).put("username", u.name()));
        user.putArray("roles_links");
        var roles = user.putArray("roles");
        caller.roles().forEach(r -> roles.addObject().put("name", r.name()));
        var metadata = access.putObject("metadata").put("is_admin", 0);
        var ids = metadata.putArray("roles");
        caller.roles().forEach(r -> ids.add(r.id()));
        return body;
    }

    /// v2.0 has one endpoint per region with three addresses, where v3 has three endpoints.
    private static void services(ArrayNode v3, ArrayNode to) {
        for (var service : v3) {
            var entry = to.addObject();
            var regions = new java.util.LinkedHashMap<String, ObjectNode>();
            for (var endpoint : service.get("endpoints")) {
                var region = endpoint.path("region").asString("");
                regions.computeIfAbsent(region, r -> Json.object().put("region", r))
                        .put("id", endpoint.path("id").asString())
                        .put(
                                endpoint.path("interface").asString() + "URL",
                                endpoint.path("url").asString());
            }
            entry.putArray("endpoints").addAll(regions.values());
            entry.putArray("endpoints_links");
            entry.put("type", service.path("type").asString())
                    .put("name", service.path("name").asString());
        }
    }

    private Reply tenants(Request request) {
        var user = request.header("X-Auth-Token")
                .flatMap(tokens::validate)
                .map(ValidToken::caller)
                .flatMap(Caller::user)
                .orElseThrow(Unauthorized::new);
        var body = Json.object();
        var list = body.putArray("tenants");
        for (Project project : reach.projects(user.id(), Filters.none()))
            list.addObject()
                    .put("id", project.id())
                    .put("name", project.name())
                    .put("enabled", project.enabled())
                    .put("description", project.description());
        body.putArray("tenants_links");
        return Reply.ok(body);
    }
}
