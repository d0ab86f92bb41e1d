package cloud.yun.identity.endpointfilter;

import cloud.yun.identity.base.Links;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.kernel.http.Request;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// @param filters `service_id`, `region_id`, `interface`, each with the value that an endpoint must have
record EndpointGroup(String id, String name, Optional<String> description, ObjectNode filters) {
    boolean holds(Endpoint endpoint) {
        return filters.properties().stream().allMatch(f -> switch (f.getKey()) {
            case "service_id" -> is(f.getValue(), Optional.of(endpoint.serviceId()));
            case "region_id" -> is(f.getValue(), endpoint.regionId());
            case "interface" -> is(f.getValue(), Optional.of(endpoint.endpointInterface()));
            default -> false;
        });
    }

    private static boolean is(JsonNode wanted, Optional<String> value) {
        return wanted.isNull() ? value.isEmpty() : value.equals(Optional.of(wanted.asString("")));
    }

    ObjectNode view(Request request) {
        var node = cloud.yun.kernel.json.Json.object()
                .put("id", id)
                .put("name", name)
                .put("description", description.orElse(null));
        node.set("filters", filters);
        return Links.self(request, "OS-EP-FILTER/endpoint_groups", id, node);
    }
}
