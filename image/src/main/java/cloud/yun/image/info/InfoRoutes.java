package cloud.yun.image.info;

import cloud.yun.image.store.ImageFiles;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Versions, schemas, stores, import methods and the (always empty) list of tasks.
///
/// @see <a href="https://docs.openstack.org/api-ref/image/versions/">Image API versions</a>
public final class InfoRoutes {
    private static final List<String> VERSIONS = List.of(
            "v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2",
            "v2.1", "v2.0");

    private final ImageFiles files;

    public InfoRoutes(ImageFiles files) {
        this.files = files;
    }

    public List<Route> routes() {
        var routes = new ArrayList<Route>();
        routes.add(Route.get("/", r -> versions(r, 300)).open());
        routes.add(Route.get("/versions", r -> versions(r, 200)).open());
        for (var other : List.of("/v1", "/v3")) {
            routes.add(Route.get(other, r -> versions(r, 300)).open());
            routes.add(Route.get(other + "/{rest*}", r -> versions(r, 300)).open());
        }
        routes.add(Route.get("/v2/schemas/image", _ -> Reply.ok(schema("image"))));
        routes.add(Route.get("/v2/schemas/images", _ -> Reply.ok(images())));
        routes.add(Route.get("/v2/schemas/member", _ -> Reply.ok(schema("member"))));
        routes.add(Route.get("/v2/schemas/members", _ -> Reply.ok(members())));
        routes.add(Route.get("/v2/info/import", _ -> importMethods()));
        routes.add(Route.get("/v2/info/stores", _ -> stores()));
        routes.add(Route.get("/v2/info/stores/detail", _ -> storesDetail()).policy("stores_info_detail"));
        routes.add(Route.get("/v2/info/usage", _ -> Reply.ok(Json.object().set("usage", Json.object()))));
        routes.add(Route.get("/v2/tasks", _ -> tasks()).policy("get_tasks"));
        routes.add(Route.get("/v2/tasks/{task_id}", InfoRoutes::task).policy("get_task"));
        return routes;
    }

    private static Reply versions(Request request, int status) {
        var out = Json.object();
        var array = out.putArray("versions");
        for (var id : VERSIONS) {
            var one = array.addObject()
                    .put("id", id)
                    .put("status", id.equals(VERSIONS.getFirst()) ? "CURRENT" : "SUPPORTED");
            one.putArray("links").addObject().put("rel", "self").put("href", request.url() + "/v2/");
        }
        return Reply.json(status, out);
    }

    private static ObjectNode schema(String name) {
        try (var in = InfoRoutes.class.getClassLoader().getResourceAsStream("schema/image/" + name + ".json")) {
            if (in == null) throw new IllegalStateException("no schema " + name);
            return Json.storedObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode images() {
        var out = Json.object().put("name", "images");
        var properties = out.putObject("properties");
        properties.putObject("images").put("type", "array").set("items", schema("image"));
        for (var link : List.of("first", "next", "schema"))
            properties.putObject(link).put("type", "string");
        var links = out.putArray("links");
        links.addObject().put("rel", "first").put("href", "{first}");
        links.addObject().put("rel", "next").put("href", "{next}");
        links.addObject().put("rel", "describedby").put("href", "{schema}");
        return out;
    }

    private static JsonNode members() {
        var out = Json.object().put("name", "members");
        var properties = out.putObject("properties");
        properties.putObject("members").put("type", "array").set("items", schema("member"));
        properties.putObject("schema").put("type", "string");
        out.putArray("links").addObject().put("rel", "describedby").put("href", "{schema}");
        return out;
    }

    /// Data comes by `PUT .../file` only.
    private static Reply importMethods() {
        var out = Json.object();
        out.putObject("import-methods")
                .put("description", "Import methods available.")
                .put("type", "array")
                .putArray("value");
        return Reply.ok(out);
    }

    private static Reply stores() {
        var out = Json.object();
        out.putArray("stores").addObject().put("id", "file").put("default", "true");
        return Reply.ok(out);
    }

    private Reply storesDetail() {
        var out = Json.object();
        var store = out.putArray("stores").addObject();
        store.put("id", "file").put("default", "true").put("type", "file");
        store.putObject("properties")
                .put("data_dir", files.directory().toString())
                .put("chunk_size", 65536)
                .put("thin_provisioning", false);
        return Reply.ok(out);
    }

    private static Reply tasks() {
        var out = Json.object();
        out.putArray("tasks");
        return Reply.ok(out.put("first", "/v2/tasks").put("schema", "/v2/schemas/tasks"));
    }

    private static Reply task(Request request) {
        throw new NotFound("Could not find task " + request.variable("task_id"));
    }
}
