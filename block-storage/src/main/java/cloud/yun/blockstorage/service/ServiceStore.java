package cloud.yun.blockstorage.service;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// SQL of the storage services.
public final class ServiceStore {
    private static final String COLUMNS = "SELECT id, binary_name, host, zone, disabled, disabled_reason, capabilities,"
            + " frozen, created_at, updated_at FROM volume_service";

    private final Tx tx;

    public ServiceStore(Tx tx) {
        this.tx = tx;
    }

    public List<StorageService> all() {
        return tx.query(COLUMNS + " ORDER BY created_at, binary_name, host", ServiceStore::service);
    }

    public List<StorageService> volumeServices() {
        return tx.query(COLUMNS + " WHERE binary_name = ? ORDER BY host", ServiceStore::service, StorageService.VOLUME);
    }

    public Optional<StorageService> find(String binary, String host) {
        return tx.first(COLUMNS + " WHERE binary_name = ? AND host = ?", ServiceStore::service, binary, host);
    }

    /// Writes what a service says of itself; whether an admin disabled it stays.
    void report(String id, String binary, String host, String zone, ObjectNode capabilities, Instant now) {
        tx.update("""
                INSERT INTO volume_service (id, binary_name, host, zone, disabled, capabilities, created_at, updated_at)
                VALUES (?, ?, ?, ?, 0, ?, ?, ?)
                ON CONFLICT (binary_name, host) DO UPDATE
                   SET zone = excluded.zone, capabilities = excluded.capabilities, updated_at = excluded.updated_at
                """, id, binary, host, zone, capabilities, now, now);
    }

    boolean disable(String binary, String host, boolean disabled, Optional<String> reason) {
        return tx.update(
                        "UPDATE volume_service SET disabled = ?, disabled_reason = ? WHERE binary_name = ? AND host = ?",
                        disabled,
                        reason,
                        binary,
                        host)
                > 0;
    }

    /// @return whether there is such a back end
    boolean freeze(String host, boolean frozen) {
        return tx.update(
                        "UPDATE volume_service SET frozen = ?, disabled = ?, disabled_reason = ?"
                                + " WHERE binary_name = ? AND host = ?",
                        frozen,
                        frozen,
                        frozen ? Optional.of("frozen") : Optional.empty(),
                        StorageService.VOLUME,
                        host)
                > 0;
    }

    private static StorageService service(Row r) throws SQLException {
        return new StorageService(
                r.string("id"),
                r.string("binary_name"),
                r.string("host"),
                r.string("zone"),
                r.bool("disabled"),
                r.optString("disabled_reason"),
                Json.storedObject(r.string("capabilities")),
                r.bool("frozen"),
                r.instant("created_at"),
                r.instant("updated_at"));
    }
}
