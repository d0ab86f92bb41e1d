package cloud.yun.identity.federation.idp;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.federation.idp.IdentityProvider.Protocol;
import cloud.yun.identity.federation.mapping.MappingStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The rules of protocols: each belongs to one identity provider and names the mapping for its assertions.
public final class Protocols {
    private static final String RESOURCE = "federation_protocol";

    private final Workbench bench;

    public Protocols(Workbench bench) {
        this.bench = bench;
    }

    private static NotFound none(String idpId, String id) {
        return new NotFound(
                "Could not find federated protocol " + id + " for " + IdentityProviders.KIND + ": " + idpId + ".");
    }

    /// @return nothing too for a provider that is not there, as in Keystone
    List<Protocol> list(String idpId) {
        return bench.db().read(tx -> new IdentityProviderStore(tx).protocols(idpId));
    }

    Protocol get(String idpId, String id) {
        return bench.db()
                .read(tx -> new IdentityProviderStore(tx).protocol(idpId, id))
                .orElseThrow(() -> none(idpId, id));
    }

    /// @throws Invalid there is no such mapping
    /// @throws NotFound there is no such identity provider
    /// @throws Conflict the provider has this protocol already
    Protocol create(Caller caller, String idpId, String id, ObjectNode body) {
        Words.fits("id", id, 64);
        var protocol =
                new Protocol(idpId, id, body.path("mapping_id").asString(), Fields.text(body, "remote_id_attribute"));
        bench.epoch().write(tx -> {
            mappingIsThere(tx, protocol);
            var store = new IdentityProviderStore(tx);
            if (store.find(idpId).isEmpty()) throw Words.notFound(IdentityProviders.KIND, idpId);
            if (store.protocol(idpId, id).isPresent())
                throw Words.conflict(RESOURCE, "Duplicate entry found with ID " + id);
            store.insert(protocol);
            bench.tell(tx, caller, RESOURCE, "created", id);
        });
        return protocol;
    }

    Protocol update(Caller caller, String idpId, String id, ObjectNode body) {
        return bench.epoch().change(tx -> {
            var store = new IdentityProviderStore(tx);
            var old = store.protocol(idpId, id);
            var next = new Protocol(
                    idpId,
                    id,
                    body.path("mapping_id").asString(),
                    Fields.text(body, "remote_id_attribute").or(() -> old.flatMap(Protocol::remoteIdAttribute)));
            mappingIsThere(tx, next);
            if (old.isEmpty()) throw none(idpId, id);
            store.update(next);
            bench.tell(tx, caller, RESOURCE, "updated", id);
            return next;
        });
    }

    private static void mappingIsThere(Tx tx, Protocol protocol) {
        if (new MappingStore(tx).find(protocol.mappingId()).isEmpty())
            throw new Invalid("Invalid mapping id: " + protocol.mappingId());
    }

    void delete(Caller caller, String idpId, String id) {
        bench.epoch().write(tx -> {
            if (!new IdentityProviderStore(tx).deleteProtocol(idpId, id)) throw none(idpId, id);
            bench.tell(tx, caller, RESOURCE, "deleted", id);
        });
    }
}
