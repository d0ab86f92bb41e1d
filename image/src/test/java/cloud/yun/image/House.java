package cloud.yun.image;

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
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A kernel with this room alone, on a database of its own, and its HTTP side on a free port.
final class House implements AutoCloseable {
    static final String ADMIN_PROJECT = "3636239ab9f04797b9b908963c0a76be";
    static final String DEMO_PROJECT = "c2f1458f38ce4ddeac8471c0a22727ee";
    static final String OTHER_PROJECT = "0123456789abcdef0123456789abcdef";
    static final Caller ADMIN = caller("admin", ADMIN_PROJECT, "admin", "member", "reader");
    static final Caller DEMO = caller("demo", DEMO_PROJECT, "member", "reader");
    static final Caller OTHER = caller("other", OTHER_PROJECT, "member", "reader");

    final Database db;
    final Kernel kernel;
    final ImageModule module;
    private Optional<Gateway> gateway = Optional.empty();

    /// @param kind `sqlite` or `postgresql`
    House(String kind, Path directory) {
        this(kind, directory, "");
    }

    House(String kind, Path directory, String config) {
        db = kind.equals("sqlite") ? Database.sqlite(directory) : Database.postgresql(PostgresServer.newDatabase(), 8);
        db.migrate(List.of("kernel", "image"));
        var clock = Clock.systemUTC();
        kernel = new Kernel(
                db,
                new Flows(db, clock),
                new Events(db, clock),
                new InProcessBus(),
                Config.parse(ImageModule.options(), config),
                clock,
                UUID::randomUUID,
                directory,
                "host1");
        module = new ImageModule(kernel);
        module.start();
        kernel.flows().begin();
    }

    private static Caller caller(String name, String project, String... roles) {
        var domain = new Caller.Domain("default", "Default");
        return new Caller(
                Optional.of(new Caller.User(name, name, domain)),
                Optional.of(new Caller.Project(project, name, domain)),
                Optional.empty(),
                false,
                List.of(roles).stream().map(r -> new Caller.Role(r, r)).toList(),
                Optional.empty(),
                "req-test");
    }

    /// @return address of the service, without a slash at the end
    String serve() {
        var tokens = Map.of("admin-token", ADMIN, "demo-token", DEMO, "other-token", OTHER);
        var handler = new ServiceHandler(
                module.service(), module.routes(), module.policy(), token -> Optional.ofNullable(tokens.get(token)));
        var started = new Gateway(new Gateway.Listen("127.0.0.1", 0, false), List.of(handler), Map.of());
        started.start();
        gateway = Optional.of(started);
        return "http://127.0.0.1:" + started.port() + "/image";
    }

    List<String> violations() {
        return module.invariants().stream()
                .flatMap(i -> i.violations().stream())
                .toList();
    }

    @Override
    public void close() {
        gateway.ifPresent(Gateway::close);
        kernel.flows().close();
        db.close();
    }
}
