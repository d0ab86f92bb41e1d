package cloud.yun.identity.federation.idp;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.federation.idp.IdentityProvider.Protocol;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of identity providers, their remote ids and their protocols.
public final class IdentityProviderStore {
    private static final String COLUMNS = "id, domain_id, enabled, description, authorization_ttl";
    private static final String PROTOCOL = "idp_id, id, mapping_id, remote_id_attribute";

    private final Tx tx;

    public IdentityProviderStore(Tx tx) {
        this.tx = tx;
    }

    private static IdentityProvider provider(Row r) throws SQLException {
        return new IdentityProvider(
                r.string("id"),
                r.string("domain_id"),
                r.bool("enabled"),
                r.optString("description"),
                List.of(),
                r.optNumber("authorization_ttl"));
    }

    private static Protocol protocol(Row r) throws SQLException {
        return new Protocol(
                r.string("idp_id"), r.string("id"), r.string("mapping_id"), r.optString("remote_id_attribute"));
    }

    /// @param filters `id`, `enabled`
    List<IdentityProvider> list(Filters filters) {
        var columns = Map.of("id", "id", "enabled", "enabled");
        var select = filters.apply(Select.of(COLUMNS, "identity_idp"), columns);
        return named(filters.page(tx, select).list(tx, IdentityProviderStore::provider));
    }

    public Optional<IdentityProvider> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM identity_idp WHERE id = ?", IdentityProviderStore::provider, id)
                .map(p -> named(List.of(p)).getFirst());
    }

    private List<IdentityProvider> named(List<IdentityProvider> providers) {
        var remoteIds = new HashMap<String, List<String>>();
        for (int from = 0; from < providers.size(); from += 500) {
            var ids = providers.subList(from, Math.min(providers.size(), from + 500)).stream()
                    .map(IdentityProvider::id)
                    .toArray();
            tx.query(
                            "SELECT idp_id, remote_id FROM identity_idp_remote_id WHERE idp_id IN ("
                                    + Tx.marks(ids.length) + ") ORDER BY idp_id, remote_id",
                            r -> Map.entry(r.string("idp_id"), r.string("remote_id")),
                            ids)
                    .forEach(e -> remoteIds
                            .computeIfAbsent(e.getKey(), _ -> new ArrayList<>())
                            .add(e.getValue()));
        }
        return providers.stream()
                .map(p -> p.withRemoteIds(remoteIds.getOrDefault(p.id(), List.of())))
                .toList();
    }

    /// @return the provider that this remote id belongs to
    Optional<String> ownerOf(String remoteId) {
        return tx.first(
                "SELECT idp_id FROM identity_idp_remote_id WHERE remote_id = ?", r -> r.string("idp_id"), remoteId);
    }

    void insert(IdentityProvider provider) {
        tx.update(
                "INSERT INTO identity_idp (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?)",
                provider.id(),
                provider.domainId(),
                provider.enabled(),
                provider.description(),
                provider.authorizationTtlMinutes());
        remoteIds(provider);
    }

    void update(IdentityProvider provider) {
        tx.update(
                "UPDATE identity_idp SET enabled = ?, description = ?, authorization_ttl = ? WHERE id = ?",
                provider.enabled(),
                provider.description(),
                provider.authorizationTtlMinutes(),
                provider.id());
        tx.update("DELETE FROM identity_idp_remote_id WHERE idp_id = ?", provider.id());
        remoteIds(provider);
    }

    private void remoteIds(IdentityProvider provider) {
        for (var remoteId : provider.remoteIds())
            tx.update("INSERT INTO identity_idp_remote_id (remote_id, idp_id) VALUES (?, ?)", remoteId, provider.id());
    }

    /// @return whether there was one; its remote ids and protocols go with it
    boolean delete(String id) {
        return tx.update("DELETE FROM identity_idp WHERE id = ?", id) > 0;
    }

    List<Protocol> protocols(String idpId) {
        return tx.query(
                "SELECT " + PROTOCOL + " FROM identity_idp_protocol WHERE idp_id = ? ORDER BY id",
                IdentityProviderStore::protocol,
                idpId);
    }

    public Optional<Protocol> protocol(String idpId, String id) {
        return tx.first(
                "SELECT " + PROTOCOL + " FROM identity_idp_protocol WHERE idp_id = ? AND id = ?",
                IdentityProviderStore::protocol,
                idpId,
                id);
    }

    void insert(Protocol protocol) {
        tx.update(
                "INSERT INTO identity_idp_protocol (" + PROTOCOL + ") VALUES (?, ?, ?, ?)",
                protocol.idpId(),
                protocol.id(),
                protocol.mappingId(),
                protocol.remoteIdAttribute());
    }

    void update(Protocol protocol) {
        tx.update(
                "UPDATE identity_idp_protocol SET mapping_id = ?, remote_id_attribute = ? WHERE idp_id = ? AND id = ?",
                protocol.mappingId(),
                protocol.remoteIdAttribute(),
                protocol.idpId(),
                protocol.id());
    }

    /// @return whether there was one
    boolean deleteProtocol(String idpId, String id) {
        return tx.update("DELETE FROM identity_idp_protocol WHERE idp_id = ? AND id = ?", idpId, id) > 0;
    }
}
