package cloud.yun.compute.serverapi;

import cloud.yun.compute.Part;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of what other services tell of servers. Ours tell each other in the same process and transaction; who tells
/// it here learns whether the server could be told. That a volume was extended is passed on to the guest; for the
/// rest nothing waits.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#create-external-events-os-server-external-events">API</a>
final class ExternalEventRoutes implements Part {
    private static final int MULTI_STATUS = 207;

    private final ExternalEvents events;

    ExternalEventRoutes(ExternalEvents events) {
        this.events = events;
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
        var asked = request.body().path("events").valueStream().toList();
        var codes = events.told(
                request.caller(),
                asked.stream()
                        .map(e -> new ExternalEvents.Told(
                                e.path("name").asString(),
                                e.path("server_uuid").asString(),
                                Optional.ofNullable(e.get("tag")).map(JsonNode::asString)))
                        .toList());
        var body = Json.object();
        var array = body.putArray("events");
        for (int i = 0; i < codes.size(); i++) {
            int code = codes.get(i);
            var event = array.addObject();
            event.setAll((ObjectNode) asked.get(i));
            event.put("status", code == 200 ? "completed" : "failed").put("code", code);
        }
        return Reply.json(codes.stream().allMatch(c -> c == 200) ? 200 : MULTI_STATUS, body);
    }
}
