package cloud.yun.identity.oauth1;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// SQL of consumers.
final class ConsumerStore {
    private static final String COLUMNS = "id, description, secret, extra";

    private final Tx tx;

    ConsumerStore(Tx tx) {
        this.tx = tx;
    }

    private static Consumer consumer(Row r) throws SQLException {
        return new Consumer(
                r.string("id"), r.optString("description"), r.string("secret"), Json.storedObject(r.string("extra")));
    }

    Optional<Consumer> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM identity_consumer WHERE id = ?", ConsumerStore::consumer, id);
    }

    List<Consumer> list() {
        return tx.query("SELECT " + COLUMNS + " FROM identity_consumer ORDER BY id", ConsumerStore::consumer);
    }

    void insert(Consumer c) {
        tx.update(
                "INSERT INTO identity_consumer (" + COLUMNS + ") VALUES (?, ?, ?, ?)",
                c.id(),
                c.description(),
                c.secret(),
                c.extra());
    }

    void update(Consumer c) {
        tx.update(
                "UPDATE identity_consumer SET description = ?, extra = ? WHERE id = ?",
                c.description(),
                c.extra(),
                c.id());
    }

    /// With its tokens of both kinds.
    boolean delete(String id) {
        return tx.update("DELETE FROM identity_consumer WHERE id = ?", id) > 0;
    }
}
