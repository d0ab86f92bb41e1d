package cloud.yun.compute.lifecycle;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of the `server_shelf` table: what shelved servers are kept as.
final class ShelfStore {
    /// @param imageId of the disk; empty for a server that boots from a volume
    record Shelved(String serverId, Optional<String> imageId, Instant shelvedAt) {}

    private static final String SELECT = "SELECT server_id, image_id, shelved_at FROM server_shelf ";

    private final Tx tx;

    ShelfStore(Tx tx) {
        this.tx = tx;
    }

    void put(Shelved shelved) {
        tx.update("""
                INSERT INTO server_shelf (server_id, image_id, shelved_at) VALUES (?, ?, ?)
                ON CONFLICT (server_id) DO UPDATE SET image_id = excluded.image_id, shelved_at = excluded.shelved_at
                """, shelved.serverId(), shelved.imageId(), shelved.shelvedAt());
    }

    Optional<Shelved> find(String serverId) {
        return tx.first(SELECT + "WHERE server_id = ?", ShelfStore::shelved, serverId);
    }

    List<Shelved> before(Instant time) {
        return tx.query(SELECT + "WHERE shelved_at <= ? ORDER BY shelved_at, server_id", ShelfStore::shelved, time);
    }

    List<Shelved> all() {
        return tx.query(SELECT + "ORDER BY server_id", ShelfStore::shelved);
    }

    void delete(String serverId) {
        tx.update("DELETE FROM server_shelf WHERE server_id = ?", serverId);
    }

    private static Shelved shelved(Row r) throws SQLException {
        return new Shelved(r.string("server_id"), r.optString("image_id"), r.instant("shelved_at"));
    }
}
