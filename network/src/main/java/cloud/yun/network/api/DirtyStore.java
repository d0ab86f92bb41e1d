package cloud.yun.network.api;

import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.Dirty.Kind;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of the table `network_dirty`.
public final class DirtyStore {
    /// @param serial grows with each mark: what changed while it was applied stays dirty
    /// @param attempts that failed
    public record Row(Kind kind, String objectId, String host, String detail, long serial, int attempts) {
        public String key() {
            return kind + " " + objectId + " " + host;
        }
    }

    private static final String THIS = " WHERE kind = ? AND object_id = ? AND host = ? AND serial = ?";

    private final Tx tx;

    public DirtyStore(Tx tx) {
        this.tx = tx;
    }

    void mark(Kind kind, String objectId, String host, String detail) {
        tx.update("""
                INSERT INTO network_dirty (kind, object_id, host, detail, serial, attempts, retry_at)
                VALUES (?, ?, ?, ?, 1, 0, 0)
                ON CONFLICT (kind, object_id, host)
                DO UPDATE SET serial = network_dirty.serial + 1, retry_at = 0
                """, kind, objectId, host, detail);
    }

    /// @return what may be tried now, the longest waiting first
    public List<Row> due(Instant now, int most) {
        return tx.query(
                """
                SELECT kind, object_id, host, detail, serial, attempts
                  FROM network_dirty
                 WHERE retry_at <= ?
                 ORDER BY retry_at, kind, object_id
                 LIMIT\s""" + most,
                r -> new Row(
                        Kind.valueOf(r.string("kind")),
                        r.string("object_id"),
                        r.string("host"),
                        r.string("detail"),
                        r.number("serial"),
                        r.integer("attempts")),
                now);
    }

    /// It was applied as it was when `row` was read.
    public void done(Row row) {
        tx.update("DELETE FROM network_dirty" + THIS, row.kind(), row.objectId(), row.host(), row.serial());
    }

    public void failed(Row row, Instant retry, String error) {
        tx.update(
                "UPDATE network_dirty SET attempts = attempts + 1, retry_at = ?, error = ?" + THIS,
                retry,
                error,
                row.kind(),
                row.objectId(),
                row.host(),
                row.serial());
    }

    /// @return kinds by object
    public Map<String, String> pending() {
        var found = new LinkedHashMap<String, String>();
        tx.query("SELECT object_id, kind FROM network_dirty", r -> found.put(r.string("object_id"), r.string("kind")));
        return found;
    }

    /// @return the network of a port that is gone while its host has not heard yet
    public Optional<String> networkOf(String portId) {
        return tx.first(
                "SELECT detail FROM network_dirty WHERE kind = 'PORT' AND object_id = ?",
                r -> r.string("detail"),
                portId);
    }
}
