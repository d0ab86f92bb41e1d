package cloud.yun.compute.lifecycle;

import cloud.yun.kernel.db.Tx;
import java.util.List;
import java.util.Optional;

/// SQL of the `server_rescue` table: what servers under rescue run from.
public final class RescueStore {
    /// @param password of the rescue system's administrator, until the rescue ends
    public record Rescued(String serverId, String imageId, String password) {
        @Override
        public String toString() {
            return "Rescued[" + serverId + "]"; // holds a password
        }
    }

    private final Tx tx;

    public RescueStore(Tx tx) {
        this.tx = tx;
    }

    void put(Rescued rescued) {
        tx.update("""
                INSERT INTO server_rescue (server_id, image_id, password) VALUES (?, ?, ?)
                ON CONFLICT (server_id) DO UPDATE SET image_id = excluded.image_id, password = excluded.password
                """, rescued.serverId(), rescued.imageId(), rescued.password());
    }

    public Optional<Rescued> find(String serverId) {
        return tx.first(
                "SELECT server_id, image_id, password FROM server_rescue WHERE server_id = ?",
                r -> new Rescued(r.string("server_id"), r.string("image_id"), r.string("password")),
                serverId);
    }

    List<String> servers() {
        return tx.query("SELECT server_id FROM server_rescue ORDER BY server_id", r -> r.string("server_id"));
    }

    void delete(String serverId) {
        tx.update("DELETE FROM server_rescue WHERE server_id = ?", serverId);
    }
}
