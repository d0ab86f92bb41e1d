package cloud.yun.compute.serverapi;

import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import java.util.List;
import java.util.Set;

/// What other services tell of servers: whether each could be told.
final class ExternalEvents {
    private static final Set<String> WITH_TAG = Set.of("volume-extended", "power-update", "accelerator-request-bound");

    /// @param tagged whether it names the part of the server that it is about
    record Told(String name, String serverId, boolean tagged) {}

    private final Database db;

    ExternalEvents(Database db) {
        this.db = db;
    }

    /// @return a code for each, in the order in which they were told: 200, 400 without the tag that it needs, 404 no
    /// such
    ///     server, 422 a server that is on no host
    List<Integer> codes(List<Told> events) {
        return db.read(tx -> events.stream().map(e -> code(tx, e)).toList());
    }

    private static int code(Tx tx, Told event) {
        var server = new ServerStore(tx).find(event.serverId());
        if (server.isEmpty()) return 404;
        if (WITH_TAG.contains(event.name()) && !event.tagged()) return 400;
        return server.get().host().isEmpty() ? 422 : 200;
    }
}
