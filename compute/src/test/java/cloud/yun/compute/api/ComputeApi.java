package cloud.yun.compute.api;

import cloud.yun.compute.ComputePolicyForTests;
import cloud.yun.compute.Part;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.ServiceHandler;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.testing.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Some resources of the compute API on a real socket and database, with two users whose tokens are `admin` and
/// `demo`.
public final class ComputeApi implements AutoCloseable {
    public static final String ADMIN_PROJECT = "a".repeat(32);
    public static final String DEMO_PROJECT = "d".repeat(32);
    public static final String ADMIN_USER = "1".repeat(32);
    public static final String DEMO_USER = "2".repeat(32);

    public record Answer(int status, JsonNode body, Map<String, List<String>> headers) {
        /// @return the text of a fault
        public String message() {
            for (var fault : body)
                if (fault.has("message")) return fault.path("message").asString();
            return body.path("message").asString("");
        }

        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(java.util.Locale.ROOT)))
                    .map(List::getFirst);
        }
    }

    private final Database db;
    private final Gateway gateway;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /// With upstream's rules.
    ///
    /// @param parts what the API consists of, made on the database and the policy
    public ComputeApi(Database db, BiFunction<Database, Policy, List<Part>> parts) {
        this(db, Map.of(), parts);
    }

    /// @param rules over upstream's
    /// @param parts what the API consists of, made on the database and the policy
    public ComputeApi(Database db, Map<String, String> rules, BiFunction<Database, Policy, List<Part>> parts) {
        this.db = db;
        var policy = ComputePolicyForTests.of(rules);
        var wired = parts.apply(db, policy);
        var service = new ApiService(
                        "compute",
                        "/compute",
                        List.of(),
                        FaultDialect.COMPUTE,
                        Optional.of(new Microversions(
                                "compute",
                                Microversion.of("2.1"),
                                Microversion.of("2.103"),
                                Optional.of("X-OpenStack-Nova-API-Version"),
                                List.of("/v2.1"))))
                .withProjectPrefixes("/v2.1");
        var routes = wired.stream().flatMap(p -> p.routes().stream()).toList();
        gateway = new Gateway(
                new Gateway.Listen("127.0.0.1", 0, false),
                List.of(new ServiceHandler(service, routes, policy, ComputeApi::authenticate)),
                Map.of());
        wired.forEach(Part::start);
        gateway.start();
    }

    public static Database sqlite() {
        try {
            var db = Database.sqlite(Files.createTempDirectory("yun-compute"));
            db.migrate(List.of("kernel", "compute"));
            return db;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public static Database postgresql() {
        var db = Database.postgresql(PostgresServer.newDatabase(), 4);
        db.migrate(List.of("kernel", "compute"));
        return db;
    }

    public static Caller caller(String user, String project, String... roles) {
        var domain = new Caller.Domain("default", "Default");
        var all = new ArrayList<Caller.Role>();
        for (var role : roles) all.add(new Caller.Role(role, role));
        return new Caller(
                Optional.of(new Caller.User(user, user, domain)),
                Optional.of(new Caller.Project(project, project, domain)),
                Optional.empty(),
                false,
                all,
                Optional.empty(),
                "req-test");
    }

    public static Caller admin() {
        return caller(ADMIN_USER, ADMIN_PROJECT, "admin", "manager", "member", "reader");
    }

    public static Caller demo() {
        return caller(DEMO_USER, DEMO_PROJECT, "member", "reader");
    }

    private static Optional<Caller> authenticate(String token) {
        return switch (token) {
            case "admin" -> Optional.of(admin());
            case "demo" -> Optional.of(demo());
            case "reader" -> Optional.of(caller(DEMO_USER, DEMO_PROJECT, "reader"));
            default -> Optional.empty();
        };
    }

    public Database db() {
        return db;
    }

    /// @return `http://127.0.0.1:PORT/compute`
    public String url() {
        return "http://127.0.0.1:" + gateway.port() + "/compute";
    }

    public Answer get(String token, String version, String path) {
        return send(token, version, "GET", path, null);
    }

    public Answer delete(String token, String version, String path) {
        return send(token, version, "DELETE", path, null);
    }

    /// @param body JSON, with `'` for `"`
    public Answer post(String token, String version, String path, String body) {
        return send(token, version, "POST", path, body);
    }

    public Answer put(String token, String version, String path, String body) {
        return send(token, version, "PUT", path, body);
    }

    public Answer send(String token, String version, String method, String path, @Nullable String body) {
        return send(url(), token, version, method, path, body);
    }

    /// To any compute API.
    public static Answer send(
            String url, String token, String version, String method, String path, @Nullable String body) {
        return plain(url, token, method, path, body, "OpenStack-API-Version", "compute " + version);
    }

    /// @param headers name and value, in turn
    public static Answer plain(
            String url, String token, String method, String path, @Nullable String body, String... headers) {
        var builder = HttpRequest.newBuilder(URI.create(url + path));
        if (headers.length > 0) builder.headers(headers);
        var request = builder.header("X-Auth-Token", token)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        try {
            var response = CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
            var bytes = response.body();
            JsonNode tree = bytes.length == 0
                    ? MissingNode.getInstance()
                    : Json.stored(new String(bytes, StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), tree, response.headers().map());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        gateway.close();
        db.close();
    }
}
