package cloud.yun.identity.limit;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.catalog.CatalogStore;
import cloud.yun.identity.limit.RegisteredLimit.Resource;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of registered limits: one default for each resource of a service, in a region or in all.
public final class RegisteredLimits {
    private final Workbench bench;

    public RegisteredLimits(Workbench bench) {
        this.bench = bench;
    }

    Filters.Page<RegisteredLimit> list(Caller caller, Filters filters) {
        bench.policy().require(caller, "identity:list_registered_limits");
        return filters.cut(bench.db().read(tx -> new LimitStore(tx).listRegistered(filters)), RegisteredLimit::id);
    }

    /// @throws NotFound no such registered limit
    RegisteredLimit get(Caller caller, String rule, String id) {
        bench.policy().require(caller, rule);
        return bench.db().read(tx -> there(tx, id));
    }

    private static RegisteredLimit there(Tx tx, String id) {
        return new LimitStore(tx)
                .registered(id)
                .orElseThrow(() -> new NotFound("Could not find registered limit for " + id + "."));
    }

    /// Makes all or none.
    List<RegisteredLimit> create(Caller caller, JsonNode wanted) {
        bench.policy().require(caller, "identity:create_registered_limits");
        return bench.db().transaction(tx -> {
            var made = new ArrayList<RegisteredLimit>();
            for (var item : wanted) {
                var body = (ObjectNode) item;
                var next = new RegisteredLimit(
                        bench.ids().next(),
                        resource(body),
                        body.path("default_limit").asInt(),
                        Fields.text(body, "description"));
                exists(tx, next.what(), "registered_limit");
                unique(tx, next);
                new LimitStore(tx).insert(next);
                made.add(next);
            }
            return made;
        });
    }

    static Resource resource(ObjectNode body) {
        return new Resource(
                body.path("service_id").asString(),
                Fields.text(body, "region_id"),
                body.path("resource_name").asString());
    }

    static void exists(Tx tx, Resource what, String kind) {
        var catalog = new CatalogStore(tx);
        if (catalog.service(what.serviceId()).isEmpty()) throw Words.expecting("service_id", kind);
        if (what.regionId().isPresent() && catalog.region(what.regionId().get()).isEmpty())
            throw Words.expecting("region_id", kind);
    }

    private static void unique(Tx tx, RegisteredLimit next) {
        var there = new LimitStore(tx).registered(next.what());
        if (there.isPresent() && !there.get().id().equals(next.id()))
            throw Words.conflict("registered_limit", "Duplicate entry");
    }

    /// @throws Forbidden projects or domains have limits in its place
    RegisteredLimit update(Caller caller, String id, ObjectNode body) {
        bench.policy().require(caller, "identity:update_registered_limit");
        return bench.db().transaction(tx -> {
            var old = there(tx, id);
            free(tx, id);
            var what = new Resource(
                    Fields.text(body, "service_id").orElse(old.what().serviceId()),
                    body.has("region_id")
                            ? Fields.text(body, "region_id")
                            : old.what().regionId(),
                    Fields.text(body, "resource_name").orElse(old.what().name()));
            var next = new RegisteredLimit(
                    id,
                    what,
                    body.has("default_limit") ? body.path("default_limit").asInt() : old.defaultLimit(),
                    body.has("description") ? Fields.text(body, "description") : old.description());
            exists(tx, what, "registered_limit");
            unique(tx, next);
            new LimitStore(tx).update(next);
            return next;
        });
    }

    /// @throws Forbidden projects or domains have limits in its place
    void delete(Caller caller, String id) {
        bench.policy().require(caller, "identity:delete_registered_limit");
        bench.db().write(tx -> {
            there(tx, id);
            free(tx, id);
            new LimitStore(tx).deleteRegistered(id);
        });
    }

    private static void free(Tx tx, String id) {
        if (new LimitStore(tx).overridden(id))
            throw new Forbidden("Unable to update or delete registered limit " + id
                    + " because there are project limits associated with it.");
    }
}
