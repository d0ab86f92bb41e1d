package cloud.yun.compute.keypair;

import cloud.yun.compute.keypair.Keypairs.Keypair;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of keypairs.
final class KeypairStore {
    private static final String COLUMNS = "number, user_id, name, type, public_key, fingerprint, created_at";

    /// A keypair and what only its own API shows.
    record Entry(Keypair keypair, long number, Instant createdAt) {}

    private final Tx tx;

    KeypairStore(Tx tx) {
        this.tx = tx;
    }

    /// @return false when the user has one of that name
    boolean insert(Keypair keypair, Instant now) {
        return tx.update(
                        """
                        INSERT INTO keypair (user_id, name, type, public_key, fingerprint, created_at)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                        keypair.userId(),
                        keypair.name(),
                        keypair.type(),
                        keypair.publicKey(),
                        keypair.fingerprint(),
                        now)
                == 1;
    }

    long count(String userId) {
        return tx.number("SELECT COUNT(*) AS n FROM keypair WHERE user_id = ?", userId);
    }

    Optional<Entry> find(String userId, String name) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM keypair WHERE user_id = ? AND name = ?", KeypairStore::map, userId, name);
    }

    /// @return in the order of their names
    List<Entry> list(String userId, Optional<String> marker, int limit) {
        var select = Select.of(COLUMNS, "keypair").where("user_id = ?", userId).order(Sort.asc("name"));
        return select.where("name > ?", marker).limit(limit).list(tx, KeypairStore::map);
    }

    boolean delete(String userId, String name) {
        return tx.update("DELETE FROM keypair WHERE user_id = ? AND name = ?", userId, name) == 1;
    }

    private static Entry map(Row r) throws SQLException {
        return new Entry(
                new Keypair(
                        r.string("user_id"),
                        r.string("name"),
                        r.string("type"),
                        r.string("public_key"),
                        r.string("fingerprint")),
                r.number("number"),
                r.instant("created_at"));
    }
}
