package cloud.yun.identity.federation.idp;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.project.Projects;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The rules of identity providers. Who may call is said by the routes: no rule here depends on the object.
public final class IdentityProviders {
    static final String KIND = "Identity Provider";
    private static final String RESOURCE = "identity_provider";

    private final Workbench bench;

    public IdentityProviders(Workbench bench) {
        this.bench = bench;
    }

    private static NotFound none(String id) {
        return Words.notFound(KIND, id);
    }

    Filters.Page<IdentityProvider> list(Filters filters) {
        return filters.cut(bench.db().read(tx -> new IdentityProviderStore(tx).list(filters)), IdentityProvider::id);
    }

    IdentityProvider get(String id) {
        return bench.db().read(tx -> new IdentityProviderStore(tx).find(id)).orElseThrow(() -> none(id));
    }

    /// Makes a provider, and a domain for its users if the body names none.
    ///
    /// @throws Conflict the id is taken, or a remote id is another provider's
    /// @throws NotFound the body's domain is not there
    IdentityProvider create(Caller caller, String id, ObjectNode body) {
        Words.fits("id", id, 64);
        return bench.epoch().change(tx -> {
            var store = new IdentityProviderStore(tx);
            if (store.find(id).isPresent()) throw Words.conflict(RESOURCE, "Duplicate entry: " + id);
            var domain = Fields.text(body, "domain_id");
            if (domain.isPresent() && new ProjectStore(tx).domain(domain.get()).isEmpty())
                throw Words.notFound("domain", domain.get());
            var remoteIds = remoteIds(body);
            free(store, id, remoteIds);
            var provider = new IdentityProvider(
                    id,
                    domain.orElseGet(() -> makeDomain(tx, caller, id)),
                    Fields.flag(body, "enabled").orElse(false),
                    Fields.text(body, "description"),
                    remoteIds,
                    ttl(body));
            store.insert(provider);
            bench.tell(tx, caller, RESOURCE, "created", id);
            return provider;
        });
    }

    private String makeDomain(Tx tx, Caller caller, String idpId) {
        var id = bench.ids().next();
        Projects.insert(
                tx,
                new Project(
                        id,
                        id,
                        "",
                        Optional.empty(),
                        true,
                        true,
                        "Auto generated federated domain for Identity Provider: " + idpId,
                        Json.object(),
                        Json.object(),
                        List.of()));
        bench.tell(tx, caller, "domain", "created", id);
        return id;
    }

    private static void free(IdentityProviderStore store, String id, List<String> remoteIds) {
        for (var remoteId : remoteIds)
            if (!store.ownerOf(remoteId).orElse(id).equals(id))
                throw Words.conflict(RESOURCE, "Duplicate remote ID: " + remoteId);
    }

    private static List<String> remoteIds(ObjectNode body) {
        return body.path("remote_ids").valueStream().map(n -> n.stringValue()).toList();
    }

    private static Optional<Long> ttl(ObjectNode body) {
        var minutes = body.path("authorization_ttl");
        return minutes.isNumber() ? Optional.of(minutes.longValue()) : Optional.empty();
    }

    IdentityProvider update(Caller caller, String id, ObjectNode body) {
        return bench.epoch().change(tx -> {
            var store = new IdentityProviderStore(tx);
            var old = store.find(id).orElseThrow(() -> none(id));
            var next = new IdentityProvider(
                    id,
                    old.domainId(),
                    Fields.flag(body, "enabled").orElse(old.enabled()),
                    body.has("description") ? Fields.text(body, "description") : old.description(),
                    body.has("remote_ids") ? remoteIds(body) : old.remoteIds(),
                    body.has("authorization_ttl") ? ttl(body) : old.authorizationTtlMinutes());
            free(store, id, next.remoteIds());
            store.update(next);
            bench.tell(tx, caller, RESOURCE, "updated", id);
            return next;
        });
    }

    /// Deletes a provider with its protocols. Its domain stays, also one that was made for it.
    void delete(Caller caller, String id) {
        bench.epoch().write(tx -> {
            if (!new IdentityProviderStore(tx).delete(id)) throw none(id);
            bench.tell(tx, caller, RESOURCE, "deleted", id);
        });
    }
}
