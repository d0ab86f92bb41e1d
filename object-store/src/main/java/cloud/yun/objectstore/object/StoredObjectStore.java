package cloud.yun.objectstore.object;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.objectstore.base.Bounds;
import cloud.yun.objectstore.base.Metadata;
import cloud.yun.objectstore.base.Stamp;
import cloud.yun.objectstore.container.Container;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// SQL of the table `stored_object`: what is current.
public final class StoredObjectStore {
    static final String COLUMNS =
            "container_id, name, data_id, bytes, etag, content_type, stamp, updated_at, delete_at, slo_bytes, slo_etag,"
                    + " versioned, headers";

    private final Tx tx;

    public StoredObjectStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<StoredObject> find(long containerId, String name) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM stored_object WHERE container_id = ? AND name = ?",
                StoredObjectStore::object,
                containerId,
                name);
    }

    static StoredObject object(Row r) throws SQLException {
        var sloBytes = r.optNumber("slo_bytes");
        var sloEtag = r.optString("slo_etag");
        return new StoredObject(
                r.number("container_id"),
                r.string("name"),
                r.string("data_id"),
                r.number("bytes"),
                r.string("etag"),
                r.string("content_type"),
                new Stamp(r.number("stamp")),
                new Stamp(r.number("updated_at")),
                r.optNumber("delete_at"),
                sloBytes.map(b -> new StoredObject.Slo(b, sloEtag.orElse(""))),
                r.bool("versioned"),
                Metadata.read(r.json("headers")));
    }

    public List<StoredObject> list(long containerId, Bounds bounds, int limit) {
        return bounds.apply(Select.of(COLUMNS, "stored_object").where("container_id = ?", containerId))
                .limit(limit)
                .list(tx, StoredObjectStore::object);
    }

    static Object[] values(StoredObject o) {
        return new Object[] {
            o.containerId(),
            o.name(),
            o.dataId(),
            o.bytes(),
            o.etag(),
            o.contentType(),
            o.stamp().micros(),
            o.updatedAt().micros(),
            o.deleteAt(),
            o.slo().map(StoredObject.Slo::bytes),
            o.slo().map(StoredObject.Slo::etag),
            o.versioned(),
            Metadata.stored(o.headers())
        };
    }

    void insert(StoredObject o) {
        tx.update("INSERT INTO stored_object (" + COLUMNS + ") VALUES (" + Tx.marks(13) + ")", values(o));
    }

    void delete(long containerId, String name) {
        tx.update("DELETE FROM stored_object WHERE container_id = ? AND name = ?", containerId, name);
    }

    public boolean any(long containerId) {
        return tx.exists("SELECT 1 FROM stored_object WHERE container_id = ? LIMIT 1", containerId);
    }

    /// @param now seconds since 1970
    List<StoredObject> expired(long now, int limit) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM stored_object WHERE delete_at <= ? ORDER BY delete_at LIMIT " + limit,
                StoredObjectStore::object,
                now);
    }

    /// @return those of the ids that a row, of an object or of a version, refers to
    public Set<String> referred(Collection<String> dataIds) {
        var found = new HashSet<String>();
        if (dataIds.isEmpty()) return found;
        var marks = Tx.marks(dataIds.size());
        var ids = dataIds.toArray();
        found.addAll(tx.query(
                "SELECT data_id FROM stored_object WHERE data_id IN (" + marks + ")", r -> r.string("data_id"), ids));
        found.addAll(tx.query(
                "SELECT data_id FROM object_version WHERE marker = 0 AND data_id IN (" + marks + ")",
                r -> r.string("data_id"),
                ids));
        return found;
    }

    /// One row that has data, as the auditor sees it.
    ///
    /// @param version whether it is no longer current
    public record Data(
            String dataId, long bytes, String etag, long containerId, String name, Stamp stamp, boolean version) {}

    Optional<Data> ofData(String dataId) {
        return tx.first("""
                SELECT data_id, bytes, etag, container_id, name, stamp, 0 AS version
                  FROM stored_object WHERE data_id = ?
                 UNION ALL
                SELECT data_id, bytes, etag, container_id, name, stamp, 1 AS version
                  FROM object_version WHERE marker = 0 AND data_id = ?
                """, StoredObjectStore::data, dataId, dataId);
    }

    void quarantined(String dataId, Container container, String name, String reason, Instant at) {
        tx.update("""
                INSERT INTO object_quarantine (data_id, account, container, name, reason, created_at)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (data_id) DO NOTHING
                """, dataId, container.account(), container.name(), name, reason, at);
    }

    private static Data data(Row r) throws SQLException {
        return new Data(
                r.string("data_id"),
                r.number("bytes"),
                r.string("etag"),
                r.number("container_id"),
                r.string("name"),
                new Stamp(r.number("stamp")),
                r.bool("version"));
    }

    /// @param after the id after which to go on; empty: from the first
    public List<Data> data(String after, int limit) {
        return tx.query("""
                SELECT data_id, bytes, etag, container_id, name, stamp, 0 AS version
                  FROM stored_object WHERE data_id > ?
                 UNION ALL
                SELECT data_id, bytes, etag, container_id, name, stamp, 1 AS version
                  FROM object_version WHERE marker = 0 AND data_id > ?
                 ORDER BY data_id LIMIT\
                """ + " " + limit, StoredObjectStore::data, after, after);
    }
}
