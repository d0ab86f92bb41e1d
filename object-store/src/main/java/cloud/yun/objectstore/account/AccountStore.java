package cloud.yun.objectstore.account;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.objectstore.base.Metadata;
import cloud.yun.objectstore.base.Stamp;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of the table `object_account`.
public final class AccountStore {
    private final Tx tx;

    public AccountStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Account> find(String name) {
        return tx.first("SELECT * FROM object_account WHERE name = ?", AccountStore::account, name);
    }

    /// The row stays as it is until the transaction ends.
    public Optional<Account> lock(String name) {
        return tx.first(
                "SELECT * FROM object_account WHERE name = ?" + tx.dialect().forUpdate(), AccountStore::account, name);
    }

    private static Account account(Row r) throws SQLException {
        return new Account(
                r.string("name"),
                new Stamp(r.number("created_at")),
                r.string("domain_id"),
                r.number("containers"),
                r.number("objects"),
                r.number("bytes"),
                Metadata.read(r.json("headers")));
    }

    /// Succeeds when it is already there.
    ///
    /// @return whether it was not
    public boolean create(String name, Stamp at, String domainId) {
        return tx.update("""
                        INSERT INTO object_account (name, created_at, domain_id, containers, objects, bytes, headers)
                        VALUES (?, ?, ?, 0, 0, 0, '{}') ON CONFLICT (name) DO NOTHING
                        """, name, at.micros(), domainId) > 0;
    }

    public void headers(String name, Map<String, String> headers) {
        tx.update("UPDATE object_account SET headers = ? WHERE name = ?", Metadata.stored(headers), name);
    }

    /// Each number is a change, not a sum.
    public void add(String name, long containers, long objects, long bytes) {
        tx.update("""
                UPDATE object_account
                   SET containers = containers + ?, objects = objects + ?, bytes = bytes + ?
                 WHERE name = ?
                """, containers, objects, bytes, name);
    }

    public void delete(String name) {
        tx.update("DELETE FROM object_account WHERE name = ?", name);
    }

    List<String> deleted() {
        return tx.query(
                "SELECT name FROM object_account WHERE headers LIKE '%\"X-Account-Status\":%' LIMIT 100",
                r -> r.string("name"));
    }

    /// @return one sentence for each account whose sums are not those of its containers
    public List<String> drift() {
        return tx.query(
                """
                SELECT a.name, a.containers, a.objects, a.bytes, c.containers AS cc, c.objects AS co, c.bytes AS cb
                  FROM object_account a
                  LEFT JOIN (SELECT account, COUNT(*) AS containers, SUM(objects) AS objects, SUM(bytes) AS bytes
                               FROM object_container GROUP BY account) c ON c.account = a.name
                 WHERE a.containers <> COALESCE(c.containers, 0) OR a.objects <> COALESCE(c.objects, 0)
                    OR a.bytes <> COALESCE(c.bytes, 0)
                 LIMIT 100
                """,
                r -> "account " + r.string("name") + " counts " + r.number("containers") + " containers, "
                        + r.number("objects") + " objects, " + r.number("bytes") + " bytes; its containers have "
                        + r.number("cc") + ", " + r.number("co") + ", " + r.number("cb"));
    }
}
