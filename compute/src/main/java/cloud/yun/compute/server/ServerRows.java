package cloud.yun.compute.server;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.flavor.Flavors.Flavor;
import cloud.yun.compute.server.Server.Fault;
import cloud.yun.compute.server.Server.Wanted;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Makes servers of rows. Servers of one list are often alike: what several say in the same words is read once.
final class ServerRows {
    private final Map<String, Wanted> wanted = new HashMap<>();
    private final Map<String, Flavor> flavors = new HashMap<>();
    private final Map<String, Map<String, String>> metadata = new HashMap<>();

    Server server(Row r) throws SQLException {
        return new Server(
                r.number("number"),
                r.string("id"),
                r.string("project_id"),
                r.string("user_id"),
                r.string("name"),
                r.string("hostname"),
                r.optString("description"),
                VmState.valueOf(r.string("vm_state")),
                TaskState.valueOf(r.string("task_state")),
                PowerState.valueOf(r.string("power_state")),
                r.optString("host"),
                r.optString("zone"),
                wanted.computeIfAbsent(r.string("wanted"), t -> Json.stored(t, Wanted.class)),
                flavors.computeIfAbsent(r.string("flavor"), t -> Json.stored(t, Flavor.class)),
                r.optString("image_id"),
                r.optString("key_name"),
                r.bool("config_drive"),
                r.string("reservation_id"),
                r.integer("launch_index"),
                metadata.computeIfAbsent(r.string("metadata"), t -> strings(Json.stored(t))),
                r.optString("access_v4"),
                r.optString("access_v6"),
                r.optString("locked_by"),
                r.optString("locked_reason"),
                r.optString("fault").map(f -> Json.stored(f, Fault.class)),
                r.string("password"),
                r.instant("created_at"),
                r.instant("updated_at"),
                r.optInstant("launched_at"),
                r.optInstant("terminated_at"),
                r.optInstant("deleted_at"),
                r.integer("generation"));
    }

    private static Map<String, String> strings(JsonNode object) {
        var found = new LinkedHashMap<String, String>();
        object.properties().forEach(e -> found.put(e.getKey(), e.getValue().asString()));
        return found;
    }
}
