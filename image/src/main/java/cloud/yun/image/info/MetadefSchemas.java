package cloud.yun.image.info;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The schemas of metadata definitions, one by one and as lists.
///
/// @see <a
///     href="https://docs.openstack.org/api-ref/image/v2/metadefs-index.html#metadata-definition-schemas">Schemas</a>
final class MetadefSchemas {
    private MetadefSchemas() {}

    static List<Route> routes() {
        var routes = new ArrayList<Route>();
        add(routes, "namespace", one("namespace"));
        add(routes, "namespaces", paged("namespaces", "namespace"));
        add(routes, "object", one("object"));
        add(routes, "objects", paged("objects", "object"));
        add(routes, "property", one("property"));
        add(routes, "properties", properties());
        add(routes, "resource_type", one("resource_type"));
        add(routes, "resource_types", paged("resource_type_associations", "resource_type"));
        add(routes, "tag", one("tag"));
        add(routes, "tags", paged("tags", "tag"));
        return routes;
    }

    private static void add(List<Route> routes, String name, ObjectNode schema) {
        routes.add(Route.get("/v2/schemas/metadefs/" + name, _ -> Reply.ok(schema)));
    }

    private static ObjectNode one(String name) {
        return InfoRoutes.schema("metadefs/" + name);
    }

    private static ObjectNode paged(String name, String item) {
        return page(name, one(item), Json.object().put("type", "array"), "items");
    }

    private static ObjectNode properties() {
        return page("properties", one("property"), Json.object().put("type", "object"), "additionalProperties");
    }

    /// What the items refer to stands beside them, so that the references of the whole document hold.
    private static ObjectNode page(String name, ObjectNode item, ObjectNode list, String under) {
        var out = Json.object().put("name", name);
        var properties = out.putObject("properties");
        var definitions = item.remove("definitions");
        list.set(under, item);
        properties.set(name, list);
        for (var link : List.of("first", "next", "schema"))
            properties.putObject(link).put("type", "string");
        var links = out.putArray("links");
        links.addObject().put("rel", "first").put("href", "{first}");
        links.addObject().put("rel", "next").put("href", "{next}");
        links.addObject().put("rel", "describedby").put("href", "{schema}");
        if (definitions != null) out.set("definitions", definitions);
        return out;
    }
}
