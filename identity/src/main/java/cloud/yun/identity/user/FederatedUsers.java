package cloud.yun.identity.user;

import cloud.yun.identity.base.Words;
import cloud.yun.identity.federation.idp.IdentityProviderStore;
import cloud.yun.identity.user.FederatedUserStore.Known;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The `federated` attribute of users: by which ids identity providers know them.
final class FederatedUsers {
    private final Tx tx;

    FederatedUsers(Tx tx) {
        this.tx = tx;
    }

    /// What the body says takes the place of what was; a body that says nothing changes nothing.
    ///
    /// @throws Invalid there is no such provider or protocol
    /// @throws Conflict the provider knows another user by that id
    void replace(String userId, ObjectNode body) {
        var wanted = new ArrayList<Known>();
        for (var provider : body.path("federated")) {
            var idp = provider.path("idp_id").asString("");
            var providers = new IdentityProviderStore(tx);
            if (providers.find(idp).isEmpty()) throw new Invalid("Could not find Identity Provider: " + idp);
            for (var protocol : provider.path("protocols")) {
                var id = protocol.path("protocol_id").asString("");
                if (providers.protocol(idp, id).isEmpty())
                    throw new Invalid(
                            "Could not find federated protocol " + id + " for Identity Provider: " + idp + ".");
                wanted.add(new Known(idp, id, protocol.path("unique_id").asString("")));
            }
        }
        if (wanted.isEmpty()) return;
        var store = new FederatedUserStore(tx);
        store.delete(userId);
        for (var known : wanted)
            if (!store.insert(userId, known))
                throw Words.conflict("federated_user", "Duplicate entry found with ID " + known.uniqueId());
    }

    /// As the API shows them: the protocols of each provider.
    ArrayNode of(String userId) {
        var shown = Json.array();
        ObjectNode last = Json.object();
        for (var known : new FederatedUserStore(tx).of(userId)) {
            if (!last.path("idp_id").asString("").equals(known.idpId())) {
                last = shown.addObject().put("idp_id", known.idpId());
                last.putArray("protocols");
            }
            ((ArrayNode) last.get("protocols"))
                    .addObject()
                    .put("protocol_id", known.protocolId())
                    .put("unique_id", known.uniqueId());
        }
        return shown;
    }
}
