package cloud.yun.identity.federation.sp;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import tools.jackson.databind.node.ObjectNode;

/// The rules of service providers. Who may call is said by the routes: no rule here depends on the object.
public final class ServiceProviders {
    static final String KIND = "Service Provider";
    private static final String RESOURCE = "service_provider";

    private final Workbench bench;
    private final String relayStatePrefix;

    /// @param relayStatePrefix of a provider that says none itself
    public ServiceProviders(Workbench bench, String relayStatePrefix) {
        this.bench = bench;
        this.relayStatePrefix = relayStatePrefix;
    }

    /// Writes the enabled providers into the body of a token, nothing if there are none.
    public static void show(Tx tx, ObjectNode token) {
        var enabled = new ServiceProviderStore(tx).enabled();
        if (enabled.isEmpty()) return;
        var list = token.putArray("service_providers");
        for (var provider : enabled)
            list.addObject()
                    .put("auth_url", provider.authUrl())
                    .put("id", provider.id())
                    .put("sp_url", provider.spUrl());
    }

    private static NotFound none(String id) {
        return Words.notFound(KIND, id);
    }

    Filters.Page<ServiceProvider> list(Filters filters) {
        return filters.cut(bench.db().read(tx -> new ServiceProviderStore(tx).list(filters)), ServiceProvider::id);
    }

    ServiceProvider get(String id) {
        return bench.db().read(tx -> new ServiceProviderStore(tx).find(id)).orElseThrow(() -> none(id));
    }

    /// @throws Conflict the id is taken
    ServiceProvider create(Caller caller, String id, ObjectNode body) {
        Words.fits("id", id, 64);
        var provider = new ServiceProvider(
                id,
                Fields.flag(body, "enabled").orElse(false),
                Fields.text(body, "description"),
                body.path("auth_url").asString(),
                body.path("sp_url").asString(),
                Fields.text(body, "relay_state_prefix").orElse(relayStatePrefix));
        bench.epoch().write(tx -> {
            var store = new ServiceProviderStore(tx);
            if (store.find(id).isPresent()) throw Words.conflict(RESOURCE, "Duplicate entry found with ID " + id);
            store.insert(provider);
            bench.tell(tx, caller, RESOURCE, "created", id);
        });
        return provider;
    }

    ServiceProvider update(Caller caller, String id, ObjectNode body) {
        return bench.epoch().change(tx -> {
            var store = new ServiceProviderStore(tx);
            var old = store.find(id).orElseThrow(() -> none(id));
            var next = new ServiceProvider(
                    id,
                    Fields.flag(body, "enabled").orElse(old.enabled()),
                    body.has("description") ? Fields.text(body, "description") : old.description(),
                    Fields.text(body, "auth_url").orElse(old.authUrl()),
                    Fields.text(body, "sp_url").orElse(old.spUrl()),
                    Fields.text(body, "relay_state_prefix").orElse(old.relayStatePrefix()));
            store.update(next);
            bench.tell(tx, caller, RESOURCE, "updated", id);
            return next;
        });
    }

    void delete(Caller caller, String id) {
        bench.epoch().write(tx -> {
            if (!new ServiceProviderStore(tx).delete(id)) throw none(id);
            bench.tell(tx, caller, RESOURCE, "deleted", id);
        });
    }
}
