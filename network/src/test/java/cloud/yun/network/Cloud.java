package cloud.yun.network;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.auth.Authenticator;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.kernel.http.ServiceHandler;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.driver.SimulatedNetworkDriver;
import cloud.yun.testing.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The room alone, behind its real HTTP pipeline, with the simulated driver and two users: `admin` and `demo`.
public final class Cloud implements AutoCloseable {
    public static final String ADMIN = "3636239ab9f04797b9b908963c0a76be";
    public static final String DEMO = "c2f1458f38ce4ddeac8471c0a22727ee";
    public static final String HOST = "host1";

    public final Database db;
    public final Flows flows;
    public final InProcessBus bus = new InProcessBus();
    public final SimulatedNetworkDriver driver;
    public final NetworkModule module;
    public final Kernel kernel;
    private final Gateway gateway;
    private final HttpClient http = HttpClient.newHttpClient();
    private final boolean ownDb;
    private final Path directory;
    private final String[] options;
    private final Shifted clock;

    /// A clock that tests can move on.
    private static final class Shifted extends Clock {
        private volatile Duration offset = Duration.ZERO;

        @Override
        public java.time.ZoneId getZone() {
            return java.time.ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(offset);
        }
    }

    /// What a call came back with.
    public record Answer(int status, JsonNode body, Map<String, List<String>> headers) {
        public JsonNode at(String path) {
            return body.at(path);
        }
    }

    public static Cloud sqlite(Path directory, String... options) {
        return on("sqlite", directory, options);
    }

    /// @param kind `sqlite` or `postgresql`
    public static Cloud on(String kind, Path directory, String... options) {
        var db = kind.equals("sqlite")
                ? Database.sqlite(directory)
                : Database.postgresql(PostgresServer.newDatabase(), 12);
        db.migrate(List.of("kernel", "network"));
        return new Cloud(db, directory, new SimulatedNetworkDriver(Optional.of("192.0.2.1")), true, true, options);
    }

    public static Cloud without(Path directory, String... options) {
        var db = Database.sqlite(directory);
        db.migrate(List.of("kernel", "network"));
        return new Cloud(db, directory, new SimulatedNetworkDriver(), true, false, options);
    }

    /// The process ends without a word and starts again on the same rows and the same host.
    public Cloud restarted() {
        stop();
        return new Cloud(db, directory, driver, true, true, options);
    }

    /// @param agents whether the host's agent runs
    public Cloud(
            Database db,
            Path directory,
            SimulatedNetworkDriver driver,
            boolean ownDb,
            boolean agents,
            String... options) {
        this.db = db;
        this.driver = driver;
        this.ownDb = ownDb;
        this.directory = directory;
        this.options = options;
        clock = new Shifted();
        flows = new Flows(db, clock);
        kernel = new Kernel(
                db,
                flows,
                new Events(db, clock),
                bus,
                Config.parse(NetworkModule.options(), String.join("\n", options)),
                clock,
                UUID::randomUUID,
                directory,
                HOST);
        module = new NetworkModule(kernel, driver);
        if (agents) module.start();
        flows.begin();
        gateway = new Gateway(
                new Gateway.Listen("127.0.0.1", 0, false),
                List.of(new ServiceHandler(module.service(), module.routes(), module.policy(), users())),
                Map.of());
        gateway.start();
    }

    private static Authenticator users() {
        return token -> switch (token) {
            case "admin" -> Optional.of(caller("admin", ADMIN, List.of("admin", "member", "reader")));
            case "demo" -> Optional.of(caller("demo", DEMO, List.of("member", "reader")));
            case "reader" -> Optional.of(caller("reader", DEMO, List.of("reader")));
            default -> Optional.empty();
        };
    }

    public static Caller caller(String name, String project, List<String> roles) {
        var domain = new Caller.Domain("default", "Default");
        return new Caller(
                Optional.of(new Caller.User("u-" + name, name, domain)),
                Optional.of(new Caller.Project(project, name, domain)),
                Optional.empty(),
                false,
                roles.stream().map(r -> new Caller.Role("r-" + r, r)).toList(),
                Optional.of(new Caller.Token(
                        name, Instant.EPOCH, Instant.now().plusSeconds(3600), List.of("password"), List.of("a"))),
                "req-" + UUID.randomUUID());
    }

    public Answer call(String user, String method, String path, @Nullable String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/networking" + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .header("X-Auth-Token", user);
        if (headers.length > 0) request.headers(headers);
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            var bytes = response.body();
            return new Answer(
                    response.statusCode(),
                    bytes.length == 0 ? Json.object() : Json.parse(bytes),
                    response.headers().map());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + gateway.port() + "/networking";
    }

    public Answer get(String user, String path) {
        return call(user, "GET", path, null);
    }

    public Answer delete(String user, String path) {
        return call(user, "DELETE", path, null);
    }

    public Answer post(String user, String path, String body) {
        return call(user, "POST", path, body.replace('\'', '"'));
    }

    public Answer put(String user, String path, String body) {
        return call(user, "PUT", path, body.replace('\'', '"'));
    }

    /// Creates one object and returns it.
    public ObjectNode make(String user, String plural, String member, String attributes) {
        var answer = post(user, "/v2.0/" + plural, "{'" + member + "': {" + attributes + "}}");
        if (answer.status() != 201) throw new AssertionError(answer.toString());
        return (ObjectNode) answer.body().get(member);
    }

    /// Waits until every flow has ended and every host has been told everything. Pauses pass at once.
    public void settled() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    long open = db.read(tx -> tx.number("SELECT COUNT(*) AS n FROM flow WHERE finished_at IS NULL")
                            + tx.number("SELECT COUNT(*) AS n FROM network_dirty"));
                    if (open == 0) return true;
                    clock.offset = clock.offset.plusSeconds(2);
                    module.reconcilers().getFirst().reconcile(); // the agent's heartbeat
                    flows.reconciler().reconcile();
                    module.apply();
                    return false;
                });
    }

    public List<String> violations() {
        return module.invariants().stream()
                .flatMap(i -> i.violations().stream())
                .toList();
    }

    private void stop() {
        gateway.close();
        flows.close();
        module.stop();
    }

    @Override
    public void close() {
        stop();
        if (ownDb) db.close();
    }
}
