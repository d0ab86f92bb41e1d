package cloud.yun.blockstorage;

import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.image.Images.Image;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.auth.Authenticator;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.kernel.http.ServiceHandler;
import cloud.yun.kernel.json.Json;
import cloud.yun.testing.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// The room behind its API, with a back end in memory, for tests. Two callers: admin and demo, of a project each.
public final class TestCloud implements AutoCloseable {
    public static final String ADMIN_PROJECT = "3636239ab9f04797b9b908963c0a76be";
    public static final String DEMO_PROJECT = "c2f1458f38ce4ddeac8471c0a22727ee";
    public static final String IMAGE = "41163c11-9ed2-4d81-b1b0-5cf629d9a37c";

    public final Database db;
    public Flows flows;
    public final FakeImages images;
    public final Map<String, VolumeDriver> drivers;
    public BlockStorageModule module;
    public FlowProbe probe = FlowProbe.NONE;
    private final Path data;
    private final String options;
    private Gateway gateway;
    private HttpClient http;

    /// @param dialect `sqlite` or `postgresql`
    public static TestCloud on(String dialect, Path directory, VolumeDriver driver) {
        return on(dialect, directory, Map.of(BlockStorageModule.BACKEND, driver), "");
    }

    public static TestCloud on(String dialect, Path directory, Map<String, VolumeDriver> drivers, String options) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var db = dialect.equals("sqlite")
                ? Database.sqlite(directory)
                : Database.postgresql(PostgresServer.newDatabase(), 8);
        db.migrate(List.of("kernel", "block-storage"));
        var cloud = new TestCloud(db, directory, drivers, options);
        cloud.start();
        return cloud;
    }

    public static TestCloud simulated(Path directory) {
        return on("sqlite", directory, new SimulatedVolumeDriver(1000));
    }

    private TestCloud(Database db, Path data, Map<String, VolumeDriver> drivers, String options) {
        this.db = db;
        this.data = data;
        this.drivers = drivers;
        this.options = options;
        this.images = new FakeImages(data);
        images.add(
                new Image(
                        IMAGE,
                        "tiny",
                        "active",
                        ADMIN_PROJECT,
                        "public",
                        1024,
                        Optional.empty(),
                        Optional.of("70fb4eead35b3b335e70f9cc2689dd58"),
                        "raw",
                        "bare",
                        0,
                        0,
                        Map.of()),
                new byte[1024]);
    }

    public SimulatedVolumeDriver driver() {
        return (SimulatedVolumeDriver) drivers.values().iterator().next();
    }

    /// A new process over the same database and back ends.
    private void start() {
        flows = new Flows(db, Clock.systemUTC());
        var kernel = new Kernel(
                db,
                flows,
                new Events(db, Clock.systemUTC()),
                new InProcessBus(),
                Config.parse(BlockStorageModule.options(), options),
                Clock.systemUTC(),
                UUID::randomUUID,
                data,
                "ref1");
        module = new BlockStorageModule(kernel, images, drivers);
        module.start();
        flows.probe(probe);
        flows.begin();
        var handler = new ServiceHandler(module.service(), module.routes(), module.policy(), authenticator());
        gateway = new Gateway(new Gateway.Listen("127.0.0.1", 0, false), List.of(handler), Map.of());
        gateway.start();
        http = HttpClient.newHttpClient();
    }

    /// As after `kill -9`: what ran is gone, the rows and the back ends are as they were.
    public void restart() {
        http.close();
        gateway.close();
        flows.close();
        module.stop();
        db.write(tx -> tx.update("UPDATE flow SET lease_until = 0 WHERE finished_at IS NULL"));
        start();
    }

    /// Waits until no flow runs, also those that others started.
    public void settle() {
        try {
            if (!flows.awaitIdle(Duration.ofSeconds(30))) throw new AssertionError("flows still run");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @return how many files all backups have
    public long backupFiles() {
        var backups = data.resolve("block-storage/backups");
        if (!Files.exists(backups)) return 0;
        try (var all = Files.walk(backups)) {
            return all.filter(Files::isRegularFile).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<String> violations() {
        var all = new ArrayList<String>();
        for (Invariant i : module.invariants()) all.addAll(i.violations());
        return all;
    }

    public void probe(FlowProbe newProbe) {
        probe = newProbe;
        flows.probe(newProbe);
    }

    public static Caller admin() {
        return caller("admin", ADMIN_PROJECT, "admin", "member", "reader");
    }

    public static Caller demo() {
        return caller("demo", DEMO_PROJECT, "member", "reader");
    }

    private static Caller caller(String name, String project, String... roles) {
        var domain = new Caller.Domain("default", "Default");
        return new Caller(
                Optional.of(new Caller.User(name + "-user", name, domain)),
                Optional.of(new Caller.Project(project, name, domain)),
                Optional.empty(),
                false,
                List.of(roles).stream().map(r -> new Caller.Role(r, r)).toList(),
                Optional.of(new Caller.Token(
                        name, Instant.EPOCH, Instant.now().plusSeconds(3600), List.of("password"), List.of())),
                "req-test");
    }

    private static Authenticator authenticator() {
        return token -> switch (token) {
            case "admin" -> Optional.of(admin());
            case "demo" -> Optional.of(demo());
            default -> Optional.empty();
        };
    }

    /// @param body null for none
    public record Answer(int status, JsonNode body, Map<String, List<String>> headers) {
        public String text(String pointer) {
            return body.at(pointer).asString("");
        }
    }

    /// As admin at the newest microversion.
    public Answer call(String method, String path, String body) {
        return call("admin", "3.71", method, path, body);
    }

    public Answer call(String token, String version, String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/volume" + path))
                .header("Accept", "application/json");
        if (!token.isEmpty()) request.header("X-Auth-Token", token);
        if (!version.isEmpty()) request.header("OpenStack-API-Version", "volume " + version);
        if (body != null) request.header("Content-Type", "application/json");
        request.method(
                method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        try {
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            var text = answer.body();
            return new Answer(
                    answer.statusCode(),
                    text.isEmpty() ? Json.object() : Json.stored(text),
                    answer.headers().map());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @return id of a volume that was asked for, whatever became of it
    public String create(String inner) {
        var answer = call("POST", "/v3/volumes", "{\"volume\": {" + inner + "}}");
        if (answer.status() != 202) throw new AssertionError(answer.status() + " " + answer.body());
        return answer.text("/volume/id");
    }

    public String available(String inner) {
        var id = create(inner);
        settle();
        if (!status(id).equals("available")) throw new AssertionError(id + " is " + status(id));
        return id;
    }

    /// @return `gone` when there is no such volume
    public String status(String volumeId) {
        var answer = call("GET", "/v3/volumes/" + volumeId, null);
        return answer.status() == 404 ? "gone" : answer.text("/volume/status");
    }

    public int act(String volumeId, String action) {
        return call("POST", "/v3/volumes/" + volumeId + "/action", "{" + action + "}")
                .status();
    }

    @Override
    public void close() {
        http.close();
        gateway.close();
        flows.close();
        module.stop();
        db.close();
    }
}
