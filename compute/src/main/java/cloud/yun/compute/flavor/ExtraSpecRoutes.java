package cloud.yun.compute.flavor;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of flavors' extra specs.
final class ExtraSpecRoutes {
    static final String INDEX = "os_compute_api:os-flavor-extra-specs:index";

    private static final String SPECS = "/v2.1/flavors/{flavor_id}/os-extra_specs";
    private static final String SPEC = SPECS + "/{key}";

    private final FlavorService flavors;

    ExtraSpecRoutes(FlavorService flavors) {
        this.flavors = flavors;
    }

    List<Route> routes() {
        return List.of(
                Route.get(SPECS, this::index).policy(INDEX),
                Route.post(SPECS, this::create)
                        .policy("os_compute_api:os-flavor-extra-specs:create")
                        .schema("schema/compute/flavor-extra-specs.json"),
                Route.get(SPEC, this::show).policy("os_compute_api:os-flavor-extra-specs:show"),
                Route.put(SPEC, this::update)
                        .policy("os_compute_api:os-flavor-extra-specs:update")
                        .schema("schema/compute/flavor-extra-spec.json"),
                Route.delete(SPEC, this::delete).policy("os_compute_api:os-flavor-extra-specs:delete"));
    }

    static ObjectNode view(Map<String, String> specs) {
        var view = Json.object();
        specs.forEach(view::put);
        return view;
    }

    private Reply index(Request request) {
        var body = Json.object();
        body.set("extra_specs", view(specs(request)));
        return Reply.ok(body);
    }

    private Map<String, String> specs(Request request) {
        return flavors.show(request.caller(), request.variable("flavor_id"))
                .flavor()
                .extraSpecs();
    }

    private Reply show(Request request) {
        var key = request.variable("key");
        var value = Optional.ofNullable(specs(request).get(key))
                .orElseThrow(() -> FlavorService.noSpec(request.variable("flavor_id"), key));
        return Reply.ok(Json.object().put(key, value));
    }

    private Reply create(Request request) {
        var specs = texts(request.object("extra_specs"));
        check(request, specs);
        var body = Json.object();
        body.set("extra_specs", view(flavors.setSpecs(request.variable("flavor_id"), specs)));
        return Reply.ok(body);
    }

    private Reply update(Request request) {
        var key = request.variable("key");
        var specs = texts((ObjectNode) request.body());
        if (!specs.keySet().equals(java.util.Set.of(key))) throw new Invalid("Request body and URI mismatch");
        check(request, specs);
        return Reply.ok(view(flavors.setSpecs(request.variable("flavor_id"), specs)));
    }

    private Reply delete(Request request) {
        flavors.deleteSpec(request.variable("flavor_id"), request.variable("key"));
        return Reply.empty(200);
    }

    private static void check(Request request, Map<String, String> specs) {
        if (request.microversion().atLeast(86)) specs.forEach(ExtraSpecs::check);
    }

    private static Map<String, String> texts(ObjectNode node) {
        var texts = new LinkedHashMap<String, String>();
        node.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asString()));
        return texts;
    }
}
