package cloud.yun.image.task;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Tasks over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/image/v2/#tasks">Tasks</a>
public final class TaskRoutes {
    private static final Set<String> STATUSES = Set.of("pending", "processing", "success", "failure");

    private final TaskService service;
    private final int listStandard;
    private final int listMax;

    public TaskRoutes(TaskService service, int listStandard, int listMax) {
        this.service = service;
        this.listStandard = listStandard;
        this.listMax = listMax;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v2/tasks", this::list).policy("get_tasks"),
                Route.get("/v2/tasks/{task_id}", this::show).policy("get_task"),
                Route.get("/v2/images/{image_id}/tasks", this::ofImage).policyOnObject("get_image"));
    }

    private Reply list(Request request) {
        request.query("status").ifPresent(s -> {
            if (!STATUSES.contains(s)) throw new Invalid("Invalid status value: " + s);
        });
        int limit = Math.min(request.query("limit").map(TaskRoutes::limit).orElse(listStandard), listMax);
        var direction = request.query("sort_dir").orElse("desc");
        if (!direction.equals("asc") && !direction.equals("desc"))
            throw new Invalid("Invalid sort direction: " + direction);
        var found = service.list(
                request.caller(),
                new TaskService.Query(
                        request.query("type"),
                        request.query("status"),
                        request.query("marker"),
                        limit,
                        request.query("sort_key").orElse("created_at"),
                        direction.equals("asc")));
        var out = Json.object();
        var array = out.putArray("tasks");
        found.forEach(t -> array.add(brief(t)));
        out.put("first", link(request, Optional.empty()));
        out.put("schema", "/v2/schemas/tasks");
        if (!found.isEmpty() && found.size() == limit)
            out.put("next", link(request, Optional.of(found.getLast().id())));
        return Reply.ok(out);
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit < 0) throw new Invalid("limit param must be positive");
            return limit;
        } catch (NumberFormatException e) {
            throw new Invalid("limit param must be an integer");
        }
    }

    private static String link(Request request, Optional<String> marker) {
        var query = new ArrayList<String>();
        request.query().forEach((name, values) -> {
            if (!name.equals("marker")) values.forEach(v -> query.add(name + "=" + encode(v)));
        });
        marker.ifPresent(m -> query.add("marker=" + encode(m)));
        return "/v2/tasks" + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Reply show(Request request) {
        return Reply.ok(whole(service.show(request.caller(), request.variable("task_id"))));
    }

    private Reply ofImage(Request request) {
        var out = Json.object();
        var array = out.putArray("tasks");
        for (var task : service.ofImage(request.caller(), request.variable("image_id"))) {
            var one = whole(task);
            one.remove(List.of("self", "schema"));
            one.put("deleted", false).putNull("deleted_at");
            array.add(one);
        }
        return Reply.ok(out);
    }

    private static ObjectNode brief(Task t) {
        var out = Json.object();
        out.put("id", t.id());
        out.put("type", t.type());
        out.put("status", t.state().wire());
        out.put("owner", t.owner());
        out.put("image_id", t.imageId());
        out.put("request_id", t.requestId());
        out.put("user_id", t.userId());
        out.put("created_at", Times.seconds(t.createdAt()));
        out.put("updated_at", Times.seconds(t.updatedAt()));
        t.expiresAt().ifPresent(at -> out.put("expires_at", Times.seconds(at)));
        out.put("self", "/v2/tasks/" + t.id());
        out.put("schema", "/v2/schemas/task");
        return out;
    }

    private static ObjectNode whole(Task t) {
        var out = brief(t);
        out.set("input", t.input());
        if (t.result().isPresent()) out.set("result", t.result().get());
        else out.putNull("result");
        out.put("message", t.message());
        if (t.expiresAt().isEmpty()) out.putNull("expires_at");
        return out;
    }
}
