package cloud.yun.identity.auth;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.catalog.Catalog;
import cloud.yun.identity.project.ProjectView;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/auth/...`.
public final class AuthRoutes {
    private static final String JSON = "application/json";

    private final Authentication authentication;
    private final Tokens tokens;
    private final Catalog catalog;
    private final Reach reach;
    private final Policy policy;

    public AuthRoutes(Authentication authentication, Tokens tokens, Catalog catalog, Reach reach, Policy policy) {
        this.authentication = authentication;
        this.tokens = tokens;
        this.catalog = catalog;
        this.reach = reach;
        this.policy = policy;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/v3/auth/tokens", this::issue)
                        .schema("schema/identity/auth.json")
                        .open(),
                Route.get("/v3/auth/tokens", this::validate).policyOnObject("identity:validate_token"),
                Route.head("/v3/auth/tokens", this::validate).policyOnObject("identity:check_token"),
                Route.delete("/v3/auth/tokens", this::revoke).policyOnObject("identity:revoke_token"),
                Route.get("/v3/auth/catalog", this::catalog).policy("identity:get_auth_catalog"),
                Route.get("/v3/auth/projects", this::projects).policy("identity:get_auth_projects"),
                Route.get("/v3/auth/domains", this::domains).policy("identity:get_auth_domains"),
                // The older names of the two.
                Route.get("/v3/OS-FEDERATION/projects", this::projects).policy("identity:get_auth_projects"),
                Route.get("/v3/OS-FEDERATION/domains", this::domains).policy("identity:get_auth_domains"),
                Route.get("/v3/auth/system", this::system).policy("identity:get_auth_system"));
    }

    private Reply issue(Request request) {
        if (!(request.body().get("auth") instanceof ObjectNode auth)) throw Words.expecting("auth", "request body");
        try {
            return answer(201, authentication.authenticate(auth, request), request);
        } catch (Authentication.Unsupported e) {
            return unsupported(authentication.methods());
        } catch (Authentication.Incomplete e) {
            return incomplete(e);
        }
    }

    private Reply incomplete(Authentication.Incomplete more) {
        var body = Json.object();
        var receipt = body.putObject("receipt");
        more.receipt().methods().forEach(receipt.putArray("methods")::add);
        var user = receipt.putObject("user");
        user.put("id", more.user().id()).put("name", more.user().name());
        var domain = reach.domain(more.user().domainId());
        user.putObject("domain").put("id", domain.id()).put("name", domain.name());
        receipt.put("expires_at", Times.micros(more.receipt().expiresAt()))
                .put("issued_at", Times.micros(more.receipt().issuedAt()));
        var required = body.putArray("required_auth_methods");
        more.open().forEach(rule -> rule.forEach(required.addArray()::add));
        return Reply.json(401, body)
                .header(Authentication.RECEIPT, more.receipt().id());
    }

    private static Reply unsupported(List<String> methods) {
        var body = Json.object();
        var error = body.putObject("error");
        error.put("code", 401);
        methods.forEach(error.putObject("identity").putArray("methods")::add);
        error.put("message", "Attempted to authenticate with an unsupported method.")
                .put("title", "Unauthorized");
        return Reply.json(401, body);
    }

    private Reply answer(int status, ValidToken token, Request request) {
        boolean withCatalog = !request.query().containsKey("nocatalog");
        return Reply.text(status, token.json(catalog, withCatalog), JSON).header("X-Subject-Token", token.id());
    }

    private Reply validate(Request request) {
        var rule = request.method().equals("HEAD") ? "identity:check_token" : "identity:validate_token";
        var token = subject(request, rule);
        boolean ruled =
                token.caller().token().map(t -> !t.accessRules().isEmpty()).orElse(false);
        // Who does not say that it keeps to access rules is not told of a token that has some.
        if (ruled && request.header("OpenStack-Identity-Access-Rules").isEmpty())
            throw new NotFound("Failed to validate token");
        return answer(200, token, request);
    }

    private Reply revoke(Request request) {
        tokens.revoke(subject(request, "identity:revoke_token"));
        return Reply.noContent();
    }

    /// The token of `X-Subject-Token`.
    ///
    /// @throws NotFound it is none, or holds no longer
    private ValidToken subject(Request request, String rule) {
        var id = request.header("X-Subject-Token");
        boolean expired = request.query("allow_expired").map(AuthRoutes::truth).orElse(false);
        var found = id.flatMap(i -> expired ? tokens.validateExpired(i) : tokens.validate(i));
        // As in Keystone, what is no token is said to everybody; whose token it is, the rule decides.
        if (id.isPresent() && found.isEmpty()) throw noToken(id.get());
        var target = found.map(t -> Target.of("target.token.user_id", t.caller().userId()))
                .orElse(Target.NONE);
        policy.require(request.caller(), rule, target);
        return found.orElseThrow(() -> noToken(""));
    }

    /// As oslo.utils reads a flag.
    private static boolean truth(String text) {
        return Set.of("1", "t", "true", "on", "y", "yes").contains(text.strip().toLowerCase(Locale.ROOT));
    }

    private NotFound noToken(String id) {
        return new NotFound(tokens.unknown(id));
    }

    private Reply catalog(Request request) {
        var caller = request.caller();
        if (caller.project().isEmpty() && caller.domain().isEmpty() && !caller.systemScope())
            throw new Forbidden("A project-scoped token is required to produce a service catalog.");
        var body = Json.object();
        body.set("catalog", catalog.of(caller.project().map(Caller.Project::id), caller.userId()));
        body.putObject("links").put("self", request.url() + "/v3/auth/catalog");
        return Reply.ok(body);
    }

    private Reply projects(Request request) {
        var found = reach.projects(user(request), Filters.none());
        return Reply.ok(Links.list(
                request,
                "projects",
                found.stream().map(p -> ProjectView.of(request, p)).toList()));
    }

    private Reply domains(Request request) {
        var found = reach.domains(user(request));
        return Reply.ok(Links.list(
                request,
                "domains",
                found.stream().map(d -> ProjectView.ofDomain(request, d)).toList()));
    }

    private Reply system(Request request) {
        var body = Json.object();
        var list = body.putArray("system");
        if (reach.system(user(request))) list.addObject().put("all", true);
        body.putObject("links").put("self", request.url() + "/v3/auth/system");
        return Reply.ok(body);
    }

    private static String user(Request request) {
        return request.caller().user().map(Caller.User::id).orElseThrow(Unauthorized::new);
    }
}
