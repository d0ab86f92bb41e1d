package cloud.yun.identity.catalog;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.catalog.CatalogStore.Region;
import cloud.yun.identity.catalog.CatalogStore.Service;
import cloud.yun.identity.limit.LimitStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// The rules of services, endpoints and regions. A change shows in the catalog of the next answer.
public final class Services {
    private static final Set<String> SERVICE = Set.of("id", "type", "enabled", "links");
    private static final Set<String> ENDPOINT =
            Set.of("id", "service_id", "interface", "region_id", "region", "url", "enabled", "links");
    private static final Set<String> REGION = Set.of("id", "description", "parent_region_id", "links");

    /// `$(name)s` and `%(name)s`, and any other dollar or percent sign with a parenthesis behind it.
    private static final Pattern VARIABLE = Pattern.compile("[$%]\\(([^)]*)\\)?(.?)");

    private static final Set<String> VARIABLES = Set.of("project_id", "tenant_id", "user_id");

    private final Workbench bench;

    public Services(Workbench bench) {
        this.bench = bench;
    }

    private <T> T there(Optional<T> found, String kind, String id) {
        return found.orElseThrow(() -> Words.notFound(kind, id));
    }

    List<Service> services(Caller caller, Optional<String> type, Optional<String> name) {
        bench.policy().require(caller, "identity:list_services");
        return bench.db().read(tx -> new CatalogStore(tx).services(type)).stream()
                .filter(s -> name.map(n -> n.equals(s.name())).orElse(true))
                .toList();
    }

    Service service(Caller caller, String rule, String id) {
        bench.policy().require(caller, rule);
        return there(bench.db().read(tx -> new CatalogStore(tx).service(id)), "service", id);
    }

    Service createService(Caller caller, ObjectNode body) {
        bench.policy().require(caller, "identity:create_service");
        var service = new Service(
                bench.ids().next(),
                body.path("type").asString(),
                Fields.bool(body, "enabled").orElse(true),
                Fields.extra(body, SERVICE));
        bench.epoch().write(tx -> {
            new CatalogStore(tx).insert(service);
            bench.tell(tx, caller, "service", "created", service.id());
        });
        return service;
    }

    Service updateService(Caller caller, String id, ObjectNode body) {
        service(caller, "identity:update_service", id);
        return bench.epoch().change(tx -> {
            var old = there(new CatalogStore(tx).service(id), "service", id);
            var next = new Service(
                    id,
                    Fields.text(body, "type").orElse(old.type()),
                    Fields.bool(body, "enabled").orElse(old.enabled()),
                    Fields.merge(old.extra(), Fields.extra(body, SERVICE)));
            new CatalogStore(tx).update(next);
            bench.tell(tx, caller, "service", "updated", id);
            return next;
        });
    }

    /// Deletes a service and its endpoints.
    ///
    /// @throws Forbidden it has registered limits: their projects' limits would be lost unasked
    void deleteService(Caller caller, String id) {
        service(caller, "identity:delete_service", id);
        bench.epoch().write(tx -> {
            if (new LimitStore(tx).ofService(id))
                throw new Forbidden("Unable to delete service " + id + " because it has registered limits.");
            new CatalogStore(tx).deleteService(id);
            bench.tell(tx, caller, "service", "deleted", id);
        });
    }

    List<Endpoint> endpoints(Caller caller, Filters filters) {
        bench.policy().require(caller, "identity:list_endpoints");
        return bench.db().read(tx -> new CatalogStore(tx).endpoints(filters));
    }

    Endpoint endpoint(Caller caller, String rule, String id) {
        bench.policy().require(caller, rule);
        return there(bench.db().read(tx -> new CatalogStore(tx).endpoint(id)), "endpoint", id);
    }

    Endpoint createEndpoint(Caller caller, ObjectNode body) {
        bench.policy().require(caller, "identity:create_endpoint");
        var endpoint = new Endpoint(
                bench.ids().next(),
                body.path("service_id").asString(),
                body.path("interface").asString(),
                Fields.text(body, "region_id").or(() -> Fields.text(body, "region")),
                url(body.path("url").asString()),
                Fields.bool(body, "enabled").orElse(true),
                Fields.extra(body, ENDPOINT));
        return bench.epoch().change(tx -> {
            references(tx, endpoint, Fields.text(body, "region_id").isEmpty());
            new CatalogStore(tx).insert(endpoint);
            bench.tell(tx, caller, "endpoint", "created", endpoint.id());
            return endpoint;
        });
    }

    Endpoint updateEndpoint(Caller caller, String id, ObjectNode body) {
        endpoint(caller, "identity:update_endpoint", id);
        return bench.epoch().change(tx -> {
            var old = there(new CatalogStore(tx).endpoint(id), "endpoint", id);
            var next = new Endpoint(
                    id,
                    Fields.text(body, "service_id").orElse(old.serviceId()),
                    Fields.text(body, "interface").orElse(old.endpointInterface()),
                    body.has("region_id") || body.has("region")
                            ? Fields.text(body, "region_id").or(() -> Fields.text(body, "region"))
                            : old.regionId(),
                    Fields.text(body, "url").map(Services::url).orElse(old.url()),
                    Fields.bool(body, "enabled").orElse(old.enabled()),
                    Fields.merge(old.extra(), Fields.extra(body, ENDPOINT)));
            references(tx, next, body.has("region") && !body.has("region_id"));
            new CatalogStore(tx).update(next);
            bench.tell(tx, caller, "endpoint", "updated", id);
            return next;
        });
    }

    void deleteEndpoint(Caller caller, String id) {
        endpoint(caller, "identity:delete_endpoint", id);
        bench.epoch().write(tx -> {
            new CatalogStore(tx).deleteEndpoint(id);
            bench.tell(tx, caller, "endpoint", "deleted", id);
        });
    }

    /// @param makeRegion the older attribute `region` makes the region that it names
    private static void references(Tx tx, Endpoint endpoint, boolean makeRegion) {
        var store = new CatalogStore(tx);
        if (store.service(endpoint.serviceId()).isEmpty())
            throw Words.expecting("endpoint service_id", "service table");
        if (endpoint.regionId().isEmpty()
                || store.region(endpoint.regionId().get()).isPresent()) return;
        if (!makeRegion) throw Words.expecting("endpoint region_id", "region table");
        store.insert(new Region(endpoint.regionId().get(), "", Optional.empty(), Json.object()));
    }

    /// @throws Invalid a variable in it is malformed or none that the catalog knows
    private static String url(String url) {
        var matcher = VARIABLE.matcher(url);
        while (matcher.find())
            if (!VARIABLES.contains(matcher.group(1)) || !matcher.group(2).equals("s"))
                throw new Invalid("Malformed endpoint URL (" + url + "), see ERROR log for details.");
        return url;
    }

    List<Region> regions(Caller caller, Optional<String> parent) {
        bench.policy().require(caller, "identity:list_regions");
        return bench.db().read(tx -> new CatalogStore(tx).regions(parent));
    }

    Region region(Caller caller, String rule, String id) {
        bench.policy().require(caller, rule);
        return there(bench.db().read(tx -> new CatalogStore(tx).region(id)), "region", id);
    }

    /// @param id from the path of a PUT; else the body's, else a new one
    Region createRegion(Caller caller, Optional<String> id, ObjectNode body) {
        bench.policy().require(caller, "identity:create_region");
        var named = Fields.text(body, "id").filter(i -> !i.isEmpty());
        if (id.isPresent() && named.isPresent() && !named.equals(id))
            throw new Invalid("Conflicting region IDs specified: \"" + id.get() + "\" != \"" + named.get() + "\"");
        var region = new Region(
                id.or(() -> named).orElseGet(bench.ids()::next),
                Fields.text(body, "description").orElse(""),
                Fields.text(body, "parent_region_id"),
                Fields.extra(body, REGION));
        bench.epoch().write(tx -> {
            var store = new CatalogStore(tx);
            if (store.region(region.id()).isPresent())
                throw Words.conflict("region", "Duplicate ID, " + region.id() + ".");
            region.parentId().ifPresent(p -> there(store.region(p), "region", p));
            store.insert(region);
            bench.tell(tx, caller, "region", "created", region.id());
        });
        return region;
    }

    Region updateRegion(Caller caller, String id, ObjectNode body) {
        region(caller, "identity:update_region", id);
        return bench.epoch().change(tx -> {
            var store = new CatalogStore(tx);
            var old = there(store.region(id), "region", id);
            var next = new Region(
                    id,
                    body.has("description") ? Fields.text(body, "description").orElse("") : old.description(),
                    body.has("parent_region_id") ? Fields.text(body, "parent_region_id") : old.parentId(),
                    Fields.merge(old.extra(), Fields.extra(body, REGION)));
            next.parentId().ifPresent(p -> noCircle(store, id, p));
            store.update(next);
            bench.tell(tx, caller, "region", "updated", id);
            return next;
        });
    }

    private void noCircle(CatalogStore store, String id, String parentId) {
        Optional<String> above = Optional.of(parentId);
        while (above.isPresent()) {
            if (above.get().equals(id))
                throw new Invalid("Unable to update region " + id + " because it would create a circular reference.");
            above = there(store.region(above.get()), "region", above.get()).parentId();
        }
    }

    /// @throws NotFound no such region
    void deleteRegion(Caller caller, String id) {
        region(caller, "identity:delete_region", id);
        bench.epoch().write(tx -> {
            var store = new CatalogStore(tx);
            if (store.regionInUse(id) || !store.regions(Optional.of(id)).isEmpty())
                throw new Forbidden("Unable to delete region " + id
                        + " because it or its child regions have associated endpoints.");
            if (new LimitStore(tx).ofRegion(id))
                throw new Forbidden("Unable to delete region " + id + " because it has registered limits.");
            store.deleteRegion(id);
            bench.tell(tx, caller, "region", "deleted", id);
        });
    }
}
