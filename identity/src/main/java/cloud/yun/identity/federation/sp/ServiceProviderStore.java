package cloud.yun.identity.federation.sp;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of service providers.
final class ServiceProviderStore {
    private static final String COLUMNS = "id, enabled, description, auth_url, sp_url, relay_state_prefix";

    private final Tx tx;

    ServiceProviderStore(Tx tx) {
        this.tx = tx;
    }

    private static ServiceProvider provider(Row r) throws SQLException {
        return new ServiceProvider(
                r.string("id"),
                r.bool("enabled"),
                r.optString("description"),
                r.string("auth_url"),
                r.string("sp_url"),
                r.string("relay_state_prefix"));
    }

    /// @param filters `id`, `enabled`
    List<ServiceProvider> list(Filters filters) {
        var columns = Map.of("id", "id", "enabled", "enabled");
        var select = filters.apply(Select.of(COLUMNS, "identity_service_provider"), columns);
        return filters.page(tx, select).list(tx, ServiceProviderStore::provider);
    }

    List<ServiceProvider> enabled() {
        return tx.query(
                "SELECT " + COLUMNS + " FROM identity_service_provider WHERE enabled = ? ORDER BY id",
                ServiceProviderStore::provider,
                true);
    }

    Optional<ServiceProvider> find(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM identity_service_provider WHERE id = ?",
                ServiceProviderStore::provider,
                id);
    }

    void insert(ServiceProvider provider) {
        tx.update(
                "INSERT INTO identity_service_provider (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?)",
                provider.id(),
                provider.enabled(),
                provider.description(),
                provider.authUrl(),
                provider.spUrl(),
                provider.relayStatePrefix());
    }

    void update(ServiceProvider provider) {
        tx.update(
                """
                UPDATE identity_service_provider
                   SET enabled = ?, description = ?, auth_url = ?, sp_url = ?, relay_state_prefix = ?
                 WHERE id = ?
                """,
                provider.enabled(),
                provider.description(),
                provider.authUrl(),
                provider.spUrl(),
                provider.relayStatePrefix(),
                provider.id());
    }

    /// @return whether there was one
    boolean delete(String id) {
        return tx.update("DELETE FROM identity_service_provider WHERE id = ?", id) > 0;
    }
}
