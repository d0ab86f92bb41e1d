package cloud.yun.placement;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.testing.PostgresServer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/// A kernel with this room alone, on a database of its own.
final class House implements AutoCloseable {
    final Database db;
    final Kernel kernel;
    final PlacementModule module;

    /// @param kind `sqlite` or `postgresql`
    House(String kind, Path directory) {
        db = kind.equals("sqlite") ? Database.sqlite(directory) : Database.postgresql(PostgresServer.newDatabase(), 16);
        db.migrate(List.of("kernel", "placement"));
        var clock = Clock.systemUTC();
        kernel = new Kernel(
                db,
                new Flows(db, clock),
                new Events(db, clock),
                new InProcessBus(),
                Config.parse(PlacementModule.options(), ""),
                clock,
                UUID::randomUUID,
                directory,
                "host1");
        module = new PlacementModule(kernel);
        module.start();
    }

    List<String> violations() {
        return module.invariants().stream()
                .flatMap(i -> i.violations().stream())
                .toList();
    }

    @Override
    public void close() {
        db.close();
    }
}
