package cloud.yun.identity.catalog;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.catalog.CatalogStore.Region;
import cloud.yun.identity.catalog.CatalogStore.Service;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/services`, `/v3/endpoints` and `/v3/regions`.
public final class CatalogRoutes {
    private final Services services;

    public CatalogRoutes(Services services) {
        this.services = services;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/services", this::services).policyOnObject("identity:list_services"),
                Route.post("/v3/services", this::createService)
                        .schema("schema/identity/service-create.json")
                        .policyOnObject("identity:create_service"),
                Route.get("/v3/services/{service_id}", this::service).policyOnObject("identity:get_service"),
                Route.patch("/v3/services/{service_id}", this::updateService)
                        .schema("schema/identity/service-update.json")
                        .policyOnObject("identity:update_service"),
                Route.delete("/v3/services/{service_id}", this::deleteService)
                        .policyOnObject("identity:delete_service"),
                Route.get("/v3/endpoints", this::endpoints).policyOnObject("identity:list_endpoints"),
                Route.post("/v3/endpoints", this::createEndpoint)
                        .schema("schema/identity/endpoint-create.json")
                        .policyOnObject("identity:create_endpoint"),
                Route.get("/v3/endpoints/{endpoint_id}", this::endpoint).policyOnObject("identity:get_endpoint"),
                Route.patch("/v3/endpoints/{endpoint_id}", this::updateEndpoint)
                        .schema("schema/identity/endpoint-update.json")
                        .policyOnObject("identity:update_endpoint"),
                Route.delete("/v3/endpoints/{endpoint_id}", this::deleteEndpoint)
                        .policyOnObject("identity:delete_endpoint"),
                Route.get("/v3/regions", this::regions).policyOnObject("identity:list_regions"),
                Route.post("/v3/regions", this::createRegion)
                        .schema("schema/identity/region-create.json")
                        .policyOnObject("identity:create_region"),
                Route.put("/v3/regions/{region_id}", this::putRegion)
                        .schema("schema/identity/region-create.json")
                        .policyOnObject("identity:create_region"),
                Route.get("/v3/regions/{region_id}", this::region).policyOnObject("identity:get_region"),
                Route.patch("/v3/regions/{region_id}", this::updateRegion)
                        .schema("schema/identity/region-update.json")
                        .policyOnObject("identity:update_region"),
                Route.delete("/v3/regions/{region_id}", this::deleteRegion).policyOnObject("identity:delete_region"));
    }

    private static Reply one(int status, String key, ObjectNode value) {
        var body = Json.object();
        body.set(key, value);
        return Reply.json(status, body);
    }

    private static ObjectNode view(Request request, Service service) {
        var node = service.extra().deepCopy();
        node.put("id", service.id()).put("type", service.type()).put("enabled", service.enabled());
        return Links.self(request, "services", service.id(), node);
    }

    private static ObjectNode view(Request request, Endpoint endpoint) {
        return EndpointView.of(request, endpoint);
    }

    private static ObjectNode view(Request request, Region region) {
        var node = region.extra().deepCopy();
        node.put("id", region.id())
                .put("description", region.description())
                .put("parent_region_id", region.parentId().orElse(null));
        return Links.self(request, "regions", region.id(), node);
    }

    private Reply services(Request request) {
        var found = services.services(request.caller(), request.query("type"), request.query("name"));
        return Reply.ok(Links.list(
                request, "services", found.stream().map(s -> view(request, s)).toList()));
    }

    private Reply createService(Request request) {
        return one(201, "service", view(request, services.createService(request.caller(), request.object("service"))));
    }

    private Reply service(Request request) {
        var found = services.service(request.caller(), "identity:get_service", request.variable("service_id"));
        return one(200, "service", view(request, found));
    }

    private Reply updateService(Request request) {
        var next = services.updateService(request.caller(), request.variable("service_id"), request.object("service"));
        return one(200, "service", view(request, next));
    }

    private Reply deleteService(Request request) {
        services.deleteService(request.caller(), request.variable("service_id"));
        return Reply.noContent();
    }

    private Reply endpoints(Request request) {
        var found = services.endpoints(request.caller(), Filters.of(request, "service_id", "interface", "region_id"));
        return Reply.ok(Links.list(
                request, "endpoints", found.stream().map(e -> view(request, e)).toList()));
    }

    private Reply createEndpoint(Request request) {
        var made = services.createEndpoint(request.caller(), request.object("endpoint"));
        return one(201, "endpoint", view(request, made));
    }

    private Reply endpoint(Request request) {
        var found = services.endpoint(request.caller(), "identity:get_endpoint", request.variable("endpoint_id"));
        return one(200, "endpoint", view(request, found));
    }

    private Reply updateEndpoint(Request request) {
        var next =
                services.updateEndpoint(request.caller(), request.variable("endpoint_id"), request.object("endpoint"));
        return one(200, "endpoint", view(request, next));
    }

    private Reply deleteEndpoint(Request request) {
        services.deleteEndpoint(request.caller(), request.variable("endpoint_id"));
        return Reply.noContent();
    }

    private Reply regions(Request request) {
        var found = services.regions(request.caller(), request.query("parent_region_id"));
        return Reply.ok(Links.list(
                request, "regions", found.stream().map(r -> view(request, r)).toList()));
    }

    private Reply createRegion(Request request) {
        var made = services.createRegion(request.caller(), Optional.empty(), request.object("region"));
        return one(201, "region", view(request, made));
    }

    private Reply putRegion(Request request) {
        var made = services.createRegion(
                request.caller(), Optional.of(request.variable("region_id")), request.object("region"));
        return one(201, "region", view(request, made));
    }

    private Reply region(Request request) {
        var found = services.region(request.caller(), "identity:get_region", request.variable("region_id"));
        return one(200, "region", view(request, found));
    }

    private Reply updateRegion(Request request) {
        var next = services.updateRegion(request.caller(), request.variable("region_id"), request.object("region"));
        return one(200, "region", view(request, next));
    }

    private Reply deleteRegion(Request request) {
        services.deleteRegion(request.caller(), request.variable("region_id"));
        return Reply.noContent();
    }
}
