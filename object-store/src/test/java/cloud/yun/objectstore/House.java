package cloud.yun.objectstore;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.kernel.http.ServiceHandler;
import cloud.yun.testing.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A kernel with this room alone, on a database of its own, and its HTTP side on a free port.
final class House implements AutoCloseable {
    static final String DEMO_PROJECT = "c2f1458f38ce4ddeac8471c0a22727ee";
    static final String OTHER_PROJECT = "0123456789abcdef0123456789abcdef";
    static final String DEMO = "AUTH_" + DEMO_PROJECT;
    static final String OTHER = "AUTH_" + OTHER_PROJECT;

    final Database db;
    final ObjectStoreModule module;
    final Path data;
    final TestClock clock = new TestClock();
    private final Gateway gateway;

    /// A clock that can be moved on.
    static final class TestClock extends Clock {
        private volatile long aheadSeconds;

        void advance(long seconds) {
            aheadSeconds += seconds;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.now().plusSeconds(aheadSeconds);
        }
    }

    /// @param kind `sqlite` or `postgresql`
    House(String kind, Path directory) {
        this(kind, directory, "");
    }

    House(String kind, Path directory, String config) {
        db = kind.equals("sqlite") ? Database.sqlite(directory) : Database.postgresql(PostgresServer.newDatabase(), 8);
        db.migrate(List.of("kernel", "object-store"));
        data = directory.resolve("object-store");
        module = new ObjectStoreModule(new Kernel(
                db,
                new Flows(db, clock),
                new Events(db, clock),
                new InProcessBus(),
                Config.parse(ObjectStoreModule.options(), config),
                clock,
                UUID::randomUUID,
                directory,
                "host1"));
        module.start();
        var tokens = Map.of(
                "demo", caller("demo", DEMO_PROJECT, "member", "reader"),
                "reader", caller("looker", DEMO_PROJECT, "reader"),
                "nobody", caller("nobody", DEMO_PROJECT, "guest"),
                "other", caller("other", OTHER_PROJECT, "member", "reader"),
                "reseller", caller("reseller", OTHER_PROJECT, "ResellerAdmin"));
        gateway = new Gateway(
                new Gateway.Listen("127.0.0.1", 0, false),
                List.of(new ServiceHandler(
                        module.service(),
                        module.routes(),
                        module.policy(),
                        token -> Optional.ofNullable(tokens.get(token)))),
                Map.of());
        gateway.start();
    }

    private static Caller caller(String name, String project, String... roles) {
        var domain = new Caller.Domain("default", "Default");
        return new Caller(
                Optional.of(new Caller.User(name + "-id", name, domain)),
                Optional.of(new Caller.Project(project, name + "-project", domain)),
                Optional.empty(),
                false,
                List.of(roles).stream().map(r -> new Caller.Role(r, r)).toList(),
                Optional.empty(),
                "req-test");
    }

    String root() {
        return "http://127.0.0.1:" + gateway.port();
    }

    /// @param token a caller's name; empty for nobody
    Client as(String token) {
        return new Client(root() + "/object-store/v1/", token);
    }

    void reconcile() {
        module.reconcilers().forEach(cloud.yun.kernel.reconcile.Reconciler::reconcile);
    }

    List<String> violations() {
        return module.invariants().stream()
                .flatMap(i -> i.violations().stream())
                .toList();
    }

    /// All files of objects, whole or not.
    List<Path> files() {
        try (var files = Files.walk(data.resolve("objects"))) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        gateway.close();
        db.close();
    }
}
