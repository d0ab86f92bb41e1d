package cloud.yun.objectstore.container;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.objectstore.base.Bounds;
import cloud.yun.objectstore.base.Metadata;
import cloud.yun.objectstore.base.Stamp;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of the table `object_container`.
public final class ContainerStore {
    private final Tx tx;

    public ContainerStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Container> find(String account, String name) {
        return tx.first(
                "SELECT * FROM object_container WHERE account = ? AND name = ?",
                ContainerStore::container,
                account,
                name);
    }

    public Optional<Container> find(long id) {
        return tx.first("SELECT * FROM object_container WHERE id = ?", ContainerStore::container, id);
    }

    /// The row stays as it is until the transaction ends: who changes the container's objects holds it.
    public Optional<Container> lock(String account, String name) {
        return tx.first(
                "SELECT * FROM object_container WHERE account = ? AND name = ?"
                        + tx.dialect().forUpdate(),
                ContainerStore::container,
                account,
                name);
    }

    private static Container container(Row r) throws SQLException {
        return new Container(
                r.number("id"),
                r.string("account"),
                r.string("name"),
                new Stamp(r.number("created_at")),
                new Stamp(r.number("updated_at")),
                r.number("objects"),
                r.number("bytes"),
                Metadata.read(r.json("headers")));
    }

    public List<Container> list(String account, Bounds bounds, int limit) {
        return bounds.apply(Select.of("*", "object_container").where("account = ?", account))
                .limit(limit)
                .list(tx, ContainerStore::container);
    }

    /// @return whether it was not there before
    public boolean create(String account, String name, Stamp at) {
        return tx.update("""
                        INSERT INTO object_container (account, name, created_at, updated_at, objects, bytes, headers)
                        VALUES (?, ?, ?, ?, 0, 0, '{}') ON CONFLICT (account, name) DO NOTHING
                        """, account, name, at.micros(), at.micros()) > 0;
    }

    public void headers(long id, Map<String, String> headers, Stamp at) {
        tx.update(
                "UPDATE object_container SET headers = ?, updated_at = ? WHERE id = ?",
                Metadata.stored(headers),
                at.micros(),
                id);
    }

    /// Each number is a change, not a sum.
    public void add(long id, long objects, long bytes) {
        tx.update(
                "UPDATE object_container SET objects = objects + ?, bytes = bytes + ? WHERE id = ?",
                objects,
                bytes,
                id);
    }

    public void delete(long id) {
        tx.update("DELETE FROM object_container WHERE id = ?", id);
    }

    /// @return one sentence for each container whose sums are not those of its objects
    public List<String> drift() {
        return tx.query(
                """
                SELECT c.account, c.name, c.objects, c.bytes, COALESCE(o.objects, 0) AS oo,
                       COALESCE(o.bytes, 0) + COALESCE(v.bytes, 0) AS ob
                  FROM object_container c
                  LEFT JOIN (SELECT container_id, COUNT(*) AS objects, SUM(bytes) AS bytes
                               FROM stored_object GROUP BY container_id) o ON o.container_id = c.id
                  LEFT JOIN (SELECT container_id, SUM(bytes) AS bytes
                               FROM object_version GROUP BY container_id) v ON v.container_id = c.id
                 WHERE c.objects <> COALESCE(o.objects, 0)
                    OR c.bytes <> COALESCE(o.bytes, 0) + COALESCE(v.bytes, 0)
                 LIMIT 100
                """,
                r -> "container " + r.string("account") + "/" + r.string("name") + " counts " + r.number("objects")
                        + " objects, " + r.number("bytes") + " bytes; there are " + r.number("oo") + ", "
                        + r.number("ob"));
    }
}
