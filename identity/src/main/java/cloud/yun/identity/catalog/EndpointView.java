package cloud.yun.identity.catalog;

import cloud.yun.identity.base.Links;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.kernel.http.Request;
import tools.jackson.databind.node.ObjectNode;

/// Endpoints as the API shows them.
public final class EndpointView {
    private EndpointView() {}

    public static ObjectNode of(Request request, Endpoint endpoint) {
        var node = endpoint.extra().deepCopy();
        node.put("id", endpoint.id())
                .put("interface", endpoint.endpointInterface())
                .put("region_id", endpoint.regionId().orElse(null))
                .put("service_id", endpoint.serviceId())
                .put("url", endpoint.url())
                .put("enabled", endpoint.enabled())
                .put("region", endpoint.regionId().orElse(null));
        return Links.self(request, "endpoints", endpoint.id(), node);
    }
}
