package cloud.yun.image.info;

import cloud.yun.image.store.ImageFiles;
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

/// Versions, schemas, stores and import methods.
///
/// @see <a href="https://docs.openstack.org/api-ref/image/versions/">Image API versions</a>
public final class InfoRoutes {
    private static final List<String> VERSIONS = List.of(
            "v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2",
            "v2.1", "v2.0");

    private final ImageFiles files;

    private final List<String> importMethods;
    private final List<String> diskFormats;
    private final List<String> containerFormats;

    /// @param importMethods those that are on, as the formats
    public InfoRoutes(
            ImageFiles files, List<String> importMethods, List<String> diskFormats, List<String> containerFormats) {
        this.files = files;
        this.importMethods = List.copyOf(importMethods);
        this.diskFormats = List.copyOf(diskFormats);
        this.containerFormats = List.copyOf(containerFormats);
    }

    public List<Route> routes() {
        var routes = new ArrayList<Route>();
        routes.add(Route.get("/", r -> versions(r, 300)).open());
        routes.add(Route.get("/versions", r -> versions(r, 200)).open());
        for (var other : List.of("/v1", "/v3")) {
            routes.add(Route.get(other, r -> versions(r, 300)).open());
            routes.add(Route.get(other + "/{rest*}", r -> versions(r, 300)).open());
        }
        routes.add(Route.get("/v2/schemas/image", _ -> Reply.ok(image())));
        routes.add(Route.get("/v2/schemas/images", _ -> Reply.ok(images())));
        routes.add(Route.get("/v2/schemas/member", _ -> Reply.ok(schema("member"))));
        routes.add(Route.get("/v2/schemas/members", _ -> Reply.ok(members())));
        routes.add(Route.get("/v2/info/import", _ -> importMethods()));
        routes.add(Route.get("/v2/info/stores", _ -> stores()));
        routes.add(Route.get("/v2/info/stores/detail", _ -> storesDetail()).policy("stores_info_detail"));
        routes.add(Route.get("/v2/info/usage", _ -> Reply.ok(Json.object().set("usage", Json.object()))));
        routes.add(Route.get("/v2/schemas/task", _ -> Reply.ok(schema("task"))));
        routes.add(Route.get("/v2/schemas/tasks", _ -> Reply.ok(plain("tasks", listedTask()))));
        routes.addAll(MetadefSchemas.routes());
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

    /// As the file says, with the formats that are on.
    private ObjectNode image() {
        var schema = schema("image");
        var properties = (ObjectNode) schema.path("properties");
        formats(properties, "disk_format", diskFormats);
        formats(properties, "container_format", containerFormats);
        return schema;
    }

    private static void formats(ObjectNode properties, String name, List<String> enabled) {
        var words = ((ObjectNode) properties.path(name)).putArray("enum");
        words.addNull();
        enabled.forEach(words::add);
    }

    /// A list leaves out what was asked and what came of it.
    private static ObjectNode listedTask() {
        var schema = schema("task");
        ((ObjectNode) schema.path("properties")).remove(List.of("input", "result", "message"));
        return schema;
    }

    static ObjectNode schema(String name) {
        try (var in = InfoRoutes.class.getClassLoader().getResourceAsStream("schema/image/" + name + ".json")) {
            if (in == null) throw new IllegalStateException("no schema " + name);
            return Json.storedObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode images() {
        var out = Json.object().put("name", "images");
        var properties = out.putObject("properties");
        properties.putObject("images").put("type", "array").set("items", image());
        for (var link : List.of("first", "next", "schema"))
            properties.putObject(link).put("type", "string");
        var links = out.putArray("links");
        links.addObject().put("rel", "first").put("href", "{first}");
        links.addObject().put("rel", "next").put("href", "{next}");
        links.addObject().put("rel", "describedby").put("href", "{schema}");
        return out;
    }

    private static JsonNode members() {
        return plain("members", schema("member"));
    }

    /// A list that is not paged.
    static ObjectNode plain(String name, ObjectNode item) {
        var out = Json.object().put("name", name);
        var properties = out.putObject("properties");
        properties.putObject(name).put("type", "array").set("items", item);
        properties.putObject("schema").put("type", "string");
        out.putArray("links").addObject().put("rel", "describedby").put("href", "{schema}");
        return out;
    }

    private Reply importMethods() {
        var out = Json.object();
        var methods = out.putObject("import-methods");
        methods.put("description", "Import methods available.").put("type", "array");
        var value = methods.putArray("value");
        importMethods.forEach(value::add);
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
}
