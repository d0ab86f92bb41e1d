package cloud.yun.app;

import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.simulation.Conditions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Delays and faults of the simulated drivers, set while the cloud runs. What is set is gone after a restart; then
/// the configuration holds again.
final class SimulatedRoutes {
    private final Optional<Conditions> conditions;

    /// @param conditions empty: the drivers are real
    SimulatedRoutes(Optional<Conditions> conditions) {
        this.conditions = conditions;
    }

    static Map<String, String> rules() {
        return Map.of("yun:simulated:show", "role:admin", "yun:simulated:update", "role:admin");
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/simulated", _ -> show()).policy("yun:simulated:show"),
                Route.put("/v1/simulated", this::update)
                        .policy("yun:simulated:update")
                        .schema("schema/yun/simulated.json"));
    }

    private Conditions conditions() {
        return conditions.orElseThrow(
                () -> new NotFound("The drivers of this cloud are real; they take no delays and faults."));
    }

    private Reply show() {
        var now = conditions().settings();
        var answer = Json.object();
        var node = answer.putObject("simulated").put("delay", now.delaySeconds());
        var delays = node.putObject("delays");
        now.delays().forEach(delays::put);
        node.put("fault_probability", now.faultProbability());
        var faults = node.putObject("faults");
        now.faults().forEach(faults::put);
        var operations = node.putArray("operations");
        conditions().operations().forEach(operations::add);
        return Reply.ok(answer);
    }

    /// The whole of it: what is left out is zero.
    private Reply update(Request request) {
        var wanted = request.object("simulated");
        conditions()
                .set(new Conditions.Settings(
                        wanted.path("delay").asDouble(0),
                        numbers(wanted.path("delays")),
                        wanted.path("fault_probability").asDouble(0),
                        numbers(wanted.path("faults"))));
        return show();
    }

    private static Map<String, Double> numbers(JsonNode node) {
        var found = new LinkedHashMap<String, Double>();
        node.properties().forEach(e -> found.put(e.getKey(), e.getValue().asDouble()));
        return found;
    }
}
