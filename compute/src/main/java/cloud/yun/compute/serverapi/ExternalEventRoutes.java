package cloud.yun.compute.serverapi;

import cloud.yun.compute.Part;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of what other services tell of servers. Ours tell each other in the same process and transaction; who tells
/// it here learns whether the server could be told, and nothing waits for it.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#create-external-events-os-server-external-events">API</a>
final class ExternalEventRoutes implements Part {
    private static final Set<String> WITH_TAG = Set.of("volume-extended", "power-update", "accelerator-request-bound");
    private static final int MULTI_STATUS = 207;

    private final Database db;

    ExternalEventRoutes(Database db) {
        this.db = db;
    }

    @Override
    public List<Route> routes() {
        var schema = "schema/compute/server-external-events";
        return List.of(Route.post("/v2.1/os-server-external-events", this::create)
                .policy("os_compute_api:os-server-external-events:create")
                .schema(schema + ".json")
                .schema(schema + "-2.51.json", "2.51")
                .schema(schema + "-2.76.json", "2.76")
                .schema(schema + "-2.82.json", "2.82")
                .schema(schema + "-2.93.json", "2.93"));
    }

    private Reply create(Request request) {
        var body = Json.object();
        var events = body.putArray("events");
        boolean all = db.read(tx -> {
            boolean told = true;
            for (var asked : request.body().path("events")) {
                var event = events.addObject();
                event.setAll((ObjectNode) asked);
                int code = code(tx, event);
                event.put("status", code == 200 ? "completed" : "failed").put("code", code);
                told &= code == 200;
            }
            return told;
        });
        return Reply.json(all ? 200 : MULTI_STATUS, body);
    }

    private static int code(Tx tx, ObjectNode event) {
        var server = new ServerStore(tx).find(event.path("server_uuid").asString());
        if (server.isEmpty()) return 404;
        if (WITH_TAG.contains(event.path("name").asString()) && !event.has("tag")) return 400;
        return server.get().host().isEmpty() ? 422 : 200;
    }
}
