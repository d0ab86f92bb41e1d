package cloud.yun.identity;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.kernel.http.ServiceHandler;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Identity alone, with its HTTP, on a database of its own.
public final class House implements AutoCloseable {
    public static final String ADMIN_PASSWORD = "refpw";
    public static final String DEMO_PASSWORD = "demopw";

    public record Answer(int status, Map<String, List<String>> headers, JsonNode body) {
        public String header(String name) {
            return headers.entrySet().stream()
                    .filter(e -> e.getKey().equalsIgnoreCase(name))
                    .map(e -> e.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }

        public String message() {
            return body.path("error").path("message").asString("");
        }
    }

    public final Database db;
    public final IdentityModule module;
    private final Gateway gateway;
    private final HttpClient client = HttpClient.newHttpClient();

    private House(Database db, Path directory, String config, Clock clock) {
        this.db = db;
        db.migrate(List.of("kernel", "identity"));
        var events = new Events(db, clock);
        var kernel = new Kernel(
                db,
                new Flows(db, clock),
                events,
                new InProcessBus(),
                Config.parse(IdentityModule.options(), "[identity]\npassword_hash_rounds = 4\n" + config),
                clock,
                UUID::randomUUID,
                directory,
                "test");
        module = new IdentityModule(kernel);
        module.bootstrap(bootstrap());
        var handler = new ServiceHandler(module.service(), module.routes(), module.policy(), module.authenticator());
        gateway = new Gateway(new Gateway.Listen("127.0.0.1", 0, false), List.of(handler), Map.of());
        gateway.start();
    }

    public static Bootstrap bootstrap() {
        return new Bootstrap(
                "admin",
                ADMIN_PASSWORD,
                "demo",
                DEMO_PASSWORD,
                "RegionOne",
                List.of(
                        entry("identity", "keystone", "/identity"),
                        entry("compute", "nova", "/compute/v2.1"),
                        entry("volumev3", "cinderv3", "/volume/v3/$(project_id)s")));
    }

    private static Bootstrap.Entry entry(String type, String name, String path) {
        var url = "http://cloud.example" + path;
        return new Bootstrap.Entry(type, name, url, url, url);
    }

    public static House sqlite(Path directory) {
        return new House(Database.sqlite(directory), directory, "", Clock.systemUTC());
    }

    public static House sqlite(Path directory, String config) {
        return new House(Database.sqlite(directory), directory, config, Clock.systemUTC());
    }

    public static House postgresql(Path directory) {
        return postgresql(directory, "", Clock.systemUTC());
    }

    private static House postgresql(Path directory, String config, Clock clock) {
        var database = Database.postgresql(cloud.yun.testing.PostgresServer.newDatabase(), 8);
        return new House(database, directory, config, clock);
    }

    /// @param kind `sqlite` or `postgresql`
    public static House on(String kind, Path directory) {
        return kind.equals("sqlite") ? sqlite(directory) : postgresql(directory);
    }

    /// @param config in the form of the configuration file
    public static House on(String kind, Path directory, String config, Clock clock) {
        return kind.equals("sqlite")
                ? new House(Database.sqlite(directory), directory, config, clock)
                : postgresql(directory, config, clock);
    }

    public String url() {
        return "http://127.0.0.1:" + gateway.port() + "/identity";
    }

    public Answer send(String method, String path, String body, String... headers) {
        var builder = HttpRequest.newBuilder(URI.create(url() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) builder.header("Content-Type", "application/json");
        for (int i = 0; i < headers.length; i += 2) builder.header(headers[i], headers[i + 1]);
        try {
            var response = client.send(builder.build(), HttpResponse.BodyHandlers.ofString());
            var type = response.headers().firstValue("Content-Type").orElse("");
            JsonNode tree = response.body().isEmpty()
                    ? Json.object()
                    : type.startsWith("application/json") ? Json.stored(response.body()) : Json.tree(response.body());
            return new Answer(response.statusCode(), response.headers().map(), tree);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// With a token.
    public Answer as(String token, String method, String path, String body) {
        return send(method, path, body, "X-Auth-Token", token);
    }

    public Answer as(String token, String method, String path) {
        return as(token, method, path, "");
    }

    public static ObjectNode password(String user, String password) {
        var auth = Json.object();
        var identity = auth.putObject("auth").putObject("identity");
        identity.putArray("methods").add("password");
        var named = identity.putObject("password")
                .putObject("user")
                .put("name", user)
                .put("password", password);
        named.putObject("domain").put("id", "default");
        return auth;
    }

    public static ObjectNode withProject(ObjectNode auth, String name) {
        ((ObjectNode) auth.get("auth"))
                .putObject("scope")
                .putObject("project")
                .put("name", name)
                .putObject("domain")
                .put("id", "default");
        return auth;
    }

    public Answer login(ObjectNode auth) {
        return send("POST", "/v3/auth/tokens", auth.toString());
    }

    /// @return a token scoped to the project of that name
    public String token(String user, String password, String project) {
        var answer = login(withProject(password(user, password), project));
        if (answer.status() != 201) throw new IllegalStateException(answer.toString());
        return answer.header("X-Subject-Token");
    }

    public String admin() {
        return token("admin", ADMIN_PASSWORD, "admin");
    }

    public String demo() {
        return token("demo", DEMO_PASSWORD, "demo");
    }

    public Answer validate(String by, String subject) {
        return send("GET", "/v3/auth/tokens", "", "X-Auth-Token", by, "X-Subject-Token", subject);
    }

    @Override
    public void close() {
        client.close();
        gateway.close();
        db.close();
    }
}
