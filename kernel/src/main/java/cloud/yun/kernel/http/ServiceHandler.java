package cloud.yun.kernel.http;

import cloud.yun.kernel.auth.Authenticator;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Negotiation.Result.Agreed;
import cloud.yun.kernel.http.Negotiation.Result.Failed;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// One service's way from a request to an answer. The order of the steps is the order in which OpenStack's services
/// refuse: version, token, path, method, body, rule.
public final class ServiceHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceHandler.class);

    private final ApiService service;
    private final RouteTable table;
    private final Policy policy;
    private final Authenticator authenticator;
    private final SchemaCheck schemas;
    private final AccessCheck access;
    private final boolean timing;

    public ServiceHandler(ApiService service, List<Route> routes, Policy policy, Authenticator authenticator) {
        this(service, routes, policy, authenticator, false);
    }

    /// @param timing whether each answer tells in `Server-Timing` what its steps took
    public ServiceHandler(
            ApiService service, List<Route> routes, Policy policy, Authenticator authenticator, boolean timing) {
        this.timing = timing;
        this.service = service;
        this.table = new RouteTable(routes);
        this.policy = policy;
        this.authenticator = authenticator;
        this.schemas = new SchemaCheck(service.dialect());
        this.access = new AccessCheck(service, authenticator);
        for (var route : routes)
            if (route.rule().isPresent() && !policy.knows(route.rule().get()))
                throw new IllegalStateException(route.method() + " " + route.path() + " names the unknown rule "
                        + route.rule().get());
    }

    public ApiService service() {
        return service;
    }

    public List<Route> routes() {
        return table.routes();
    }

    public Policy policy() {
        return policy;
    }

    void handle(Exchange exchange) {
        var requestId = requestId();
        var headers = new LinkedHashMap<String, String>();
        headers.put("x-openstack-request-id", requestId);
        if (service.dialect() == FaultDialect.OBJECT_STORE) headers.put("X-Trans-Id", requestId);
        if (service.dialect() == FaultDialect.COMPUTE || service.dialect() == FaultDialect.BLOCK_STORAGE)
            headers.put("x-compute-request-id", requestId);
        if (service.dialect() == FaultDialect.IDENTITY) headers.put("Vary", "X-Auth-Token");
        var steps = Steps.of(timing);
        Reply reply;
        try {
            reply = answer(exchange, requestId, headers, steps);
        } catch (CloudException e) {
            log(e, exchange, requestId);
            reply = Faults.of(e, service.dialect(), requestId);
            if (service.dialect() == FaultDialect.IDENTITY && e instanceof CloudException.Unauthorized)
                reply = Faults.challenge(reply, identityUrl(exchange));
        } catch (RuntimeException | Error e) {
            LOG.error("{} {} {} failed", requestId, exchange.method(), exchange.path(), e);
            reply = Faults.internal(service.dialect(), requestId);
        }
        if (service.dialect() == FaultDialect.PLACEMENT) reply = Faults.codeSince123(reply, headers);
        steps.show(headers);
        send(exchange, reply, headers, requestId);
    }

    /// Swift's ids of transactions have a form of their own, which its clients know: `tx`, 21 digits, the time.
    private String requestId() {
        if (service.dialect() != FaultDialect.OBJECT_STORE) return "req-" + UUID.randomUUID();
        var random = UUID.randomUUID().toString().replace("-", "").substring(0, 21);
        return "tx%s-%010x".formatted(random, System.currentTimeMillis() / 1000);
    }

    private void send(Exchange exchange, Reply reply, Map<String, String> headers, String requestId) {
        try {
            exchange.send(reply, headers);
        } catch (IOException e) {
            LOG.info("{} the client went away: {}", requestId, e.getMessage());
            exchange.broken(e);
        } catch (RuntimeException e) {
            LOG.error("{} {} {} broke while answering", requestId, exchange.method(), exchange.path(), e);
            exchange.broken(e);
        }
    }

    /// One line that says why. Only what the operator must act on is louder than INFO.
    private static void log(CloudException e, Exchange exchange, String requestId) {
        if (e instanceof CloudException.Unavailable)
            LOG.error("{} {} {}: {}", requestId, exchange.method(), exchange.path(), e.detail(), e);
        else
            LOG.info(
                    "{} {} {}: {} {} {}",
                    requestId,
                    exchange.method(),
                    exchange.path(),
                    e.getClass().getSimpleName(),
                    e.userMessage().replace('\n', ' '),
                    e.detail());
    }

    private Reply answer(Exchange exchange, String requestId, Map<String, String> headers, Steps steps) {
        var path = canonical(exchange.path());
        var match = table.match(path.path());
        boolean open = match.isPresent()
                && methodRoutes(match.get(), exchange.method()).stream().anyMatch(r -> r.access() == Route.Access.OPEN);
        steps.done("request", Optional.empty());
        var caller = caller(exchange, requestId);
        steps.done("token", caller.map(ServiceHandler::confirmed));
        // Keystone's router looks for the path before anybody asks for a token.
        if (match.isEmpty() && service.dialect() == FaultDialect.IDENTITY)
            return Faults.noRoute(service.dialect(), requestId);
        if (!open && caller.isEmpty()) return Faults.unauthorized(service.dialect(), identityUrl(exchange), requestId);

        var negotiated = Negotiation.of(service, exchange);
        if (negotiated instanceof Failed failed) {
            headers.putAll(Negotiation.headers(service, failed.asked()));
            return Faults.body(failed.status(), failed.message(), "", service.dialect(), requestId);
        }
        Optional<Microversion> version =
                negotiated instanceof Agreed agreed ? Optional.of(agreed.version()) : Optional.empty();
        if (match.isEmpty()) return Faults.noRoute(service.dialect(), requestId);
        var routes = methodRoutes(match.get(), exchange.method());
        if (routes.isEmpty()) {
            headers.putAll(Negotiation.headers(service, version));
            return Faults.noMethod(
                    service.dialect(), exchange.method(), match.get().allow(), requestId);
        }
        headers.putAll(Negotiation.headers(service, version));
        var who = caller.orElse(Caller.anonymous(requestId));
        if (path.projectId().isPresent()) checkProject(who, path.projectId().get());
        return dispatch(exchange, who, version, match.get(), routes, steps);
    }

    private static String confirmed(Caller caller) {
        return caller.user().map(u -> "user " + u.id()).orElse("no user")
                + caller.project().map(p -> ", project " + p.id()).orElse("");
    }

    /// A HEAD without a route of its own is a GET whose body is not sent.
    private static List<Route> methodRoutes(RouteTable.Match match, String method) {
        var routes = match.of(method);
        return routes.isEmpty() && method.equals("HEAD") ? match.of("GET") : routes;
    }

    private Reply dispatch(
            Exchange exchange,
            Caller caller,
            Optional<Microversion> version,
            RouteTable.Match match,
            List<Route> candidates,
            Steps steps) {
        boolean streaming = candidates.getFirst().streaming();
        JsonNode body = streaming ? MissingNode.getInstance() : body(exchange);
        var route = select(candidates, version, body);
        boolean policyFirst = service.dialect() == FaultDialect.IDENTITY || service.dialect() == FaultDialect.PLACEMENT;
        if (!policyFirst) schema(route, version, body);
        steps.done("body", Optional.empty());
        policyBefore(route, caller);
        steps.done("policy", route.rule());
        if (policyFirst) schema(route, version, body);
        var request = new Request(
                caller,
                exchange.method(),
                exchange.url(),
                exchange.path(),
                match.variables(),
                exchange.query(),
                exchange.headers(),
                version,
                body,
                streaming ? exchange.stream() : java.io.InputStream.nullInputStream());
        try {
            return route.handler().handle(request);
        } finally {
            steps.done("method", Optional.of(route.method() + " " + route.path()));
        }
    }

    /// For a caller inside the house, whose token was judged already. Speaks the first microversion.
    Reply call(
            Caller caller,
            String method,
            String path,
            Map<String, List<String>> query,
            Map<String, String> headers,
            JsonNode body) {
        var match =
                table.match(path).orElseThrow(() -> new CloudException.NotFound("The resource could not be found."));
        var version = service.microversions().map(ApiService.Microversions::min);
        var candidates = methodRoutes(match, method);
        if (candidates.isEmpty()) throw new CloudException.NotFound("The resource could not be found.");
        var route = select(candidates, version, body);
        schema(route, version, body);
        policyBefore(route, caller);
        return route.handler()
                .handle(new Request(
                        caller,
                        method,
                        "",
                        path,
                        match.variables(),
                        query,
                        headers,
                        version,
                        body,
                        java.io.InputStream.nullInputStream()));
    }

    private void policyBefore(Route route, Caller caller) {
        if (route.access() == Route.Access.BEFORE && route.rule().isPresent())
            policy.require(caller, route.rule().get());
    }

    private void schema(Route route, Optional<Microversion> version, JsonNode body) {
        var schema = route.schemaFor(version);
        if (schema.isEmpty()) return;
        if (body.isMissingNode() && service.dialect() == FaultDialect.IDENTITY) body = Json.object();
        if (body.isMissingNode())
            throw new Invalid(
                    service.dialect() == FaultDialect.IMAGE ? "Body expected in request." : "Malformed request body");
        schemas.check(schema.get().resource(), body);
    }

    private JsonNode body(Exchange exchange) {
        var bytes = exchange.body(service.bodyBytesMax());
        if (bytes.length == 0) return MissingNode.getInstance();
        var type = exchange.header("Content-Type").orElse("application/json");
        if (service.dialect() == FaultDialect.PLACEMENT
                && exchange.header("Content-Type").isEmpty())
            throw new Invalid("content-type header required when content-length > 0");
        if (service.dialect() == FaultDialect.PLACEMENT && !type.startsWith("application/json"))
            throw new Refused(
                    415,
                    "The request media type " + type + " is not supported by this server. \n\n The media type " + type
                            + " is not supported, use application/json");
        try {
            return Json.parse(bytes);
        } catch (Invalid e) {
            throw new Invalid(
                    switch (service.dialect()) {
                        case IDENTITY ->
                            "Expecting to find valid JSON in request body. The server could not comply with the request"
                                    + " since it is either malformed or otherwise incorrect. The client is assumed to"
                                    + " be in error.";
                        case COMPUTE, BLOCK_STORAGE -> "Malformed request body";
                        case NETWORK -> "Body contains invalid data";
                        case IMAGE -> "Malformed JSON in request body.";
                        case PLACEMENT -> e.userMessage().replace("Malformed request body", "Malformed JSON");
                        case OBJECT_STORE, YUN -> e.userMessage();
                    });
        }
    }

    private Route select(List<Route> candidates, Optional<Microversion> version, JsonNode body) {
        var named = candidates.stream()
                .filter(r -> r.action().isEmpty() || body.has(r.action().get()))
                .toList();
        if (named.isEmpty()) {
            var keys = body.propertyNames();
            if (keys.isEmpty()) throw new Invalid("Malformed request body");
            throw new Invalid("There is no such action: " + keys.iterator().next()
                    + (service.dialect() == FaultDialect.BLOCK_STORAGE
                            ? ". Verify the request body and Content-Type header and try again."
                            : ""));
        }
        if (named.getFirst().action().isPresent() && body.size() > 1)
            throw new Invalid(
                    service.dialect() == FaultDialect.BLOCK_STORAGE ? "Malformed request body" : "Multiple body keys");
        return named.stream()
                .filter(r -> r.serves(version))
                .findFirst()
                .orElseThrow(() -> new CloudException.NotFound("The resource could not be found."));
    }

    private record Canonical(String path, Optional<String> projectId) {}

    /// Takes the project id out of `/v2.1/PROJECT/servers`, so that one table serves both forms.
    private Canonical canonical(String raw) {
        boolean drop = !service.strictSlash() && raw.length() > 1 && raw.endsWith("/");
        var path = drop && table.match(raw).isEmpty() ? raw.substring(0, raw.length() - 1) : raw;
        for (var prefix : service.projectPrefixes()) {
            if (!path.startsWith(prefix + "/")) continue;
            var rest = path.substring(prefix.length() + 1);
            int slash = rest.indexOf('/');
            if (slash <= 0 || table.literalBelow(prefix, rest.substring(0, slash))) continue;
            return new Canonical(prefix + rest.substring(slash), Optional.of(rest.substring(0, slash)));
        }
        return new Canonical(path, Optional.empty());
    }

    private void checkProject(Caller caller, String projectId) {
        if (!caller.authenticated()) return;
        var own = caller.project().map(Caller.Project::id).orElse("");
        if (projectId.equals(own)) return;
        throw new Invalid(
                service.dialect() == FaultDialect.COMPUTE
                        ? "Malformed request URL: URL's project_id '" + projectId
                                + "' doesn't match Context's project_id '" + own + "'"
                        : "Malformed request url");
    }

    private Optional<Caller> caller(Exchange exchange, String requestId) {
        var token = exchange.header("X-Auth-Token")
                .or(() -> exchange.header("X-Storage-Token"))
                .or(() -> bearer(exchange));
        return token.flatMap(authenticator::authenticate)
                .or(() -> token.filter(_ -> access.fromService(exchange.header("X-Service-Token")))
                        .flatMap(authenticator::authenticateExpired))
                .filter(c -> access.allows(c, exchange))
                .map(c -> c.withRequestId(requestId));
    }

    /// RFC 6750: how clients of OAuth 2.0 send their token.
    private static Optional<String> bearer(Exchange exchange) {
        return exchange.header("Authorization")
                .filter(h -> h.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(h -> h.substring(7).strip());
    }

    private String identityUrl(Exchange exchange) {
        var url = exchange.url();
        if (service.dialect() == FaultDialect.IDENTITY) return url + "/v3"; // on a classic port there is no mount
        var host = url.endsWith(service.mount())
                ? url.substring(0, url.length() - service.mount().length())
                : url;
        return host + "/identity";
    }
}
