package cloud.yun.identity.federation.mapping;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/OS-FEDERATION/mappings`.
public final class MappingRoutes {
    private static final String COLLECTION = "OS-FEDERATION/mappings";
    private static final String MAPPING = "/v3/" + COLLECTION + "/{mapping_id}";

    private final Mappings mappings;

    public MappingRoutes(Mappings mappings) {
        this.mappings = mappings;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/" + COLLECTION, this::list).policy("identity:list_mappings"),
                Route.get(MAPPING, this::show).policy("identity:get_mapping"),
                Route.put(MAPPING, this::create).policy("identity:create_mapping"),
                Route.patch(MAPPING, this::update).policy("identity:update_mapping"),
                Route.delete(MAPPING, this::delete).policy("identity:delete_mapping"));
    }

    private static ObjectNode view(Request request, Mapping mapping) {
        var node = Json.object();
        node.put("id", mapping.id())
                .put("schema_version", mapping.schemaVersion().wire());
        node.set("rules", mapping.rules());
        return Links.self(request, COLLECTION, mapping.id(), node);
    }

    private static Reply one(int status, ObjectNode mapping) {
        var body = Json.object();
        body.set("mapping", mapping);
        return Reply.json(status, body);
    }

    /// Keystone takes a body without the object for an empty object, in which the rules are then missing.
    private static ObjectNode body(Request request) {
        return request.body().get("mapping") instanceof ObjectNode object ? object : Json.object();
    }

    private Reply list(Request request) {
        var page = mappings.list(Filters.of(request));
        var items = page.items().stream().map(m -> view(request, m)).toList();
        return Reply.ok(Links.page(request, "mappings", items, page.next()));
    }

    private Reply show(Request request) {
        return one(200, view(request, mappings.get(request.variable("mapping_id"))));
    }

    private Reply create(Request request) {
        var made = mappings.create(request.caller(), request.variable("mapping_id"), body(request));
        return one(201, view(request, made));
    }

    private Reply update(Request request) {
        var next = mappings.update(request.caller(), request.variable("mapping_id"), body(request));
        return one(200, view(request, next));
    }

    private Reply delete(Request request) {
        mappings.delete(request.caller(), request.variable("mapping_id"));
        return Reply.noContent();
    }
}
