package cloud.yun.placement.inventory;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.placement.Placement.Inventory;
import cloud.yun.placement.Placement.Resource;
import cloud.yun.placement.inventory.InventoryService.Stock;
import cloud.yun.placement.web.Answers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Inventories over HTTP, and what is used of them.
///
/// @see <a href="https://docs.openstack.org/api-ref/placement/#resource-provider-inventories">Inventories</a>
public final class InventoryRoutes {
    private static final long UNITS_MAX = Integer.MAX_VALUE;
    private static final String ALL = "/resource_providers/{uuid}/inventories";
    private static final String ONE = ALL + "/{resource_class}";

    private final InventoryService service;
    private final Answers answers;

    public InventoryRoutes(InventoryService service, Answers answers) {
        this.service = service;
        this.answers = answers;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::list).policy("placement:resource_providers:inventories:list"),
                Route.post(ALL, this::create)
                        .policy("placement:resource_providers:inventories:create")
                        .schema("schema/placement/inventory-post.json"),
                Route.put(ALL, this::set)
                        .policy("placement:resource_providers:inventories:update")
                        .schema("schema/placement/inventories-put.json"),
                Route.delete(ALL, this::deleteAll)
                        .policy("placement:resource_providers:inventories:delete")
                        .since("1.5"),
                Route.get(ONE, this::show).policy("placement:resource_providers:inventories:show"),
                Route.put(ONE, this::update)
                        .policy("placement:resource_providers:inventories:update")
                        .schema("schema/placement/inventory-put.json"),
                Route.delete(ONE, this::delete).policy("placement:resource_providers:inventories:delete"),
                Route.get("/resource_providers/{uuid}/usages", this::usages)
                        .policy("placement:resource_providers:usages"));
    }

    /// @param body an inventory that the schema has accepted
    private static Inventory inventory(JsonNode body) {
        return new Inventory(
                body.path("total").longValue(),
                body.path("reserved").asLong(0),
                body.path("min_unit").asLong(1),
                body.path("max_unit").asLong(UNITS_MAX),
                body.path("step_size").asLong(1),
                body.path("allocation_ratio").asDouble(1.0));
    }

    /// @param body `{"VCPU": {...}}`
    public static Map<String, Inventory> inventories(JsonNode body) {
        var found = new LinkedHashMap<String, Inventory>();
        body.propertyStream().forEach(e -> found.put(e.getKey(), inventory(e.getValue())));
        return found;
    }

    private static ObjectNode view(Resource resource) {
        var i = resource.inventory();
        return Json.object()
                .put("total", i.total())
                .put("reserved", i.reserved())
                .put("min_unit", i.minUnit())
                .put("max_unit", i.maxUnit())
                .put("step_size", i.stepSize())
                .put("allocation_ratio", i.allocationRatio());
    }

    private Reply all(Request request, Stock stock) {
        var out = Json.object()
                .put("resource_provider_generation", stock.provider().generation());
        var inventories = out.putObject("inventories");
        stock.resources().forEach((name, resource) -> inventories.set(name, view(resource)));
        var reply = Reply.ok(out);
        return stock.resources().isEmpty() ? answers.undated(request, reply) : answers.fresh(request, reply);
    }

    private Reply one(Request request, int status, Stock stock, String resourceClass) {
        var resource = Optional.ofNullable(stock.resources().get(resourceClass)).orElseThrow();
        var out = view(resource)
                .put("resource_provider_generation", stock.provider().generation());
        return answers.fresh(request, Reply.json(status, out));
    }

    private static boolean fullyReserved(Request request) {
        return request.microversion().atLeast(26);
    }

    private Reply list(Request request) {
        return all(request, service.list(request.variable("uuid")));
    }

    private Reply set(Request request) {
        var body = request.body();
        return all(
                request,
                service.set(
                        request.variable("uuid"),
                        inventories(body.path("inventories")),
                        body.path("resource_provider_generation").longValue(),
                        fullyReserved(request)));
    }

    private Reply create(Request request) {
        var body = request.body();
        var name = body.path("resource_class").stringValue();
        var uuid = request.variable("uuid");
        var seen = body.path("resource_provider_generation");
        var stock = service.create(
                uuid,
                name,
                inventory(body),
                seen.isNumber() ? Optional.of(seen.longValue()) : Optional.empty(),
                fullyReserved(request));
        return one(request, 201, stock, name)
                .header("Location", request.url() + "/resource_providers/" + uuid + "/inventories/" + name);
    }

    private Reply show(Request request) {
        var name = request.variable("resource_class");
        return one(request, 200, service.show(request.variable("uuid"), name), name);
    }

    private Reply update(Request request) {
        var body = request.body();
        var name = request.variable("resource_class");
        var stock = service.update(
                request.variable("uuid"),
                name,
                inventory(body),
                body.path("resource_provider_generation").longValue(),
                fullyReserved(request));
        return one(request, 200, stock, name);
    }

    private Reply delete(Request request) {
        service.delete(request.variable("uuid"), request.variable("resource_class"));
        return Reply.noContent();
    }

    private Reply deleteAll(Request request) {
        service.deleteAll(request.variable("uuid"));
        return Reply.noContent();
    }

    private Reply usages(Request request) {
        var stock = service.list(request.variable("uuid"));
        var out = Json.object()
                .put("resource_provider_generation", stock.provider().generation());
        var usages = out.putObject("usages");
        stock.resources().forEach((name, resource) -> usages.put(name, resource.used()));
        return answers.fresh(request, Reply.ok(out));
    }
}
