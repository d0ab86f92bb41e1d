package cloud.yun.compute.serverapi;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.lifecycle.ExtendVolume;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What other services tell of servers: whether each could be told, and what follows from it.
final class ExternalEvents {
    private static final String VOLUME_EXTENDED = "volume-extended";
    private static final Set<String> WITH_TAG = Set.of(VOLUME_EXTENDED, "power-update", "accelerator-request-bound");

    /// @param tag the part of the server that it is about, for instance a volume's id
    record Told(String name, String serverId, Optional<String> tag) {}

    private final Database db;
    private final ServerVolumes volumes;
    private final ExtendVolume extend;

    ExternalEvents(Database db, ServerVolumes volumes, ExtendVolume extend) {
        this.db = db;
        this.volumes = volumes;
        this.extend = extend;
    }

    /// @return a code for each, in the order in which they were told: 200, 400 without the tag that it needs, 404 no
    /// such
    ///     server, 422 a server that is on no host
    List<Integer> told(Caller caller, List<Told> events) {
        return db.transaction(tx -> {
            var codes = new ArrayList<Integer>();
            for (var event : events) {
                codes.add(code(tx, event));
                if (codes.getLast() == 200 && event.name().equals(VOLUME_EXTENDED)) extend(tx, caller, event);
            }
            return codes;
        });
    }

    private void extend(Tx tx, Caller caller, Told event) {
        var server = new ServerStore(tx).require(event.serverId());
        event.tag()
                .flatMap(id -> volumes.find(tx, caller, id))
                .ifPresent(v -> extend.begin(tx, caller, server, v.id(), v.sizeGib()));
    }

    private static int code(Tx tx, Told event) {
        var server = new ServerStore(tx).find(event.serverId());
        if (server.isEmpty()) return 404;
        if (WITH_TAG.contains(event.name()) && event.tag().isEmpty()) return 400;
        return server.get().host().isEmpty() ? 422 : 200;
    }
}
