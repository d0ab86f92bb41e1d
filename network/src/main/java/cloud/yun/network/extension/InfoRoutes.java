package cloud.yun.network.extension;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What needs no resource of its own.
public final class InfoRoutes {
    private static final List<List<String>> RESOURCES = List.of(
            List.of("network", "networks"),
            List.of("subnet", "subnets"),
            List.of("subnetpool", "subnetpools"),
            List.of("port", "ports"));

    private final Supplier<List<String>> zones;

    /// @param zones kinds of resources for which there is the one zone
    public InfoRoutes(Supplier<List<String>> zones) {
        this.zones = zones;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/", InfoRoutes::versions).open(),
                Route.get("/v2.0", InfoRoutes::resources),
                Route.get("/v2.0/extensions", r -> extensions()),
                Route.get("/v2.0/extensions/{alias}", InfoRoutes::extension),
                Route.get("/v2.0/availability_zones", this::zones).policyOnObject("get_availability_zone"),
                Route.get("/v2.0/service-providers", r -> providers()).policyOnObject("get_service_provider"));
    }

    private static Reply versions(Request request) {
        var body = Json.object();
        var version = body.putArray("versions").addObject().put("id", "v2.0").put("status", "CURRENT");
        version.putArray("links").addObject().put("rel", "self").put("href", request.url() + "/v2.0/");
        return Reply.ok(body);
    }

    private static Reply resources(Request request) {
        var body = Json.object();
        var array = body.putArray("resources");
        for (var resource : RESOURCES) {
            var one = array.addObject().put("name", resource.getFirst()).put("collection", resource.getLast());
            one.putArray("links")
                    .addObject()
                    .put("rel", "self")
                    .put("href", request.url() + "/v2.0/" + resource.getLast());
        }
        return Reply.ok(body);
    }

    private static ObjectNode render(Extensions.Extension e) {
        var object = Json.object()
                .put("name", e.name())
                .put("alias", e.alias())
                .put("description", e.description())
                .put("updated", e.updated());
        object.putArray("links");
        return object;
    }

    private static Reply extensions() {
        var body = Json.object();
        ArrayNode array = body.putArray("extensions");
        for (var extension : Extensions.ALL) array.add(render(extension));
        return Reply.ok(body);
    }

    private static Reply extension(Request request) {
        var alias = request.variable("alias");
        for (var extension : Extensions.ALL)
            if (extension.alias().equals(alias)) {
                var body = Json.object();
                body.set("extension", render(extension));
                return Reply.ok(body);
            }
        // Neutron's extension controller answers in WebOb's form, not in its own.
        return Reply.json(
                404,
                Json.object()
                        .put(
                                "message",
                                "The resource could not be found.<br /><br />\nExtension with alias " + alias
                                        + " does not exist\n\n")
                        .put("code", "404 Not Found")
                        .put("title", "Not Found"));
    }

    private Reply zones(Request request) {
        var body = Json.object();
        var array = body.putArray("availability_zones");
        for (var resource : zones.get())
            if (asked(request, "name", "nova")
                    && asked(request, "resource", resource)
                    && asked(request, "state", "available"))
                array.addObject().put("name", "nova").put("resource", resource).put("state", "available");
        return Reply.ok(body);
    }

    private static boolean asked(Request request, String filter, String value) {
        var values = request.queryAll(filter);
        return values.isEmpty() || values.contains(value);
    }

    private static Reply providers() {
        var body = Json.object();
        body.putArray("service_providers")
                .addObject()
                .put("service_type", "L3_ROUTER_NAT")
                .put("name", "single_node")
                .put("default", true);
        return Reply.ok(body);
    }
}
