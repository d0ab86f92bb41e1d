package cloud.yun.kernel;

import cloud.yun.kernel.bus.Bus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;

/// The parts of the house that every room's module is wired with. A class inside a room takes only those it needs.
///
/// @param data directory of this cloud's files; each room keeps to a folder named as the room
/// @param host name of this host, as `openstack compute service list` shows it
public record Kernel(
        Database db,
        Flows flows,
        Events events,
        Bus bus,
        Config config,
        Clock clock,
        Supplier<UUID> ids,
        Path data,
        String host) {}
