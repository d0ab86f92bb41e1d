package cloud.yun.objectstore.object;

import cloud.yun.kernel.db.Tx;
import cloud.yun.objectstore.base.Bounds;
import cloud.yun.objectstore.base.Stamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// SQL of the table `object_version`: what was current once, and the marks of deletions.
public final class VersionStore {
    private static final String COLUMNS = StoredObjectStore.COLUMNS + ", marker";

    private final Tx tx;

    public VersionStore(Tx tx) {
        this.tx = tx;
    }

    /// @param marker whether it only says that the object was deleted
    /// @param latest whether it is what a client gets who names no version
    public record Version(StoredObject object, boolean marker, boolean latest) {}

    void insert(StoredObject o, boolean marker) {
        var values = new ArrayList<@Nullable Object>(Arrays.asList(StoredObjectStore.values(o)));
        values.add(marker);
        tx.update("INSERT INTO object_version (" + COLUMNS + ") VALUES (" + Tx.marks(14) + ")", values.toArray());
    }

    /// @param versionId `null` for what was there before the container kept versions
    public Optional<Version> find(long containerId, String name, String versionId) {
        var select = "SELECT " + COLUMNS + " FROM object_version WHERE container_id = ? AND name = ? AND ";
        if (versionId.equals("null"))
            return tx.first(
                    select + "versioned = 0 ORDER BY stamp DESC LIMIT 1",
                    r -> new Version(StoredObjectStore.object(r), r.bool("marker"), false),
                    containerId,
                    name);
        return Stamp.parse(versionId)
                .flatMap(stamp -> tx.first(
                        select + "stamp = ?",
                        r -> new Version(StoredObjectStore.object(r), r.bool("marker"), false),
                        containerId,
                        name,
                        stamp.micros()));
    }

    Optional<Version> at(long containerId, String name, Stamp stamp) {
        return find(containerId, name, stamp.text());
    }

    void delete(StoredObject o) {
        tx.update(
                "DELETE FROM object_version WHERE container_id = ? AND name = ? AND stamp = ?",
                o.containerId(),
                o.name(),
                o.stamp().micros());
    }

    public boolean any(long containerId) {
        return tx.exists("SELECT 1 FROM object_version WHERE container_id = ? LIMIT 1", containerId);
    }

    /// All versions by name and, of one name, the newest first.
    ///
    /// @param within versions of the name at which `bounds` begins, older than this, come first
    public List<Version> list(long containerId, Bounds bounds, Optional<Stamp> within, int limit) {
        var conditions = new StringBuilder();
        var values = new ArrayList<@Nullable Object>();
        values.add(containerId);
        if (bounds.from().isPresent() && within.isPresent()) {
            conditions.append(" AND (name > ? OR (name = ? AND stamp < ?))");
            values.add(bounds.from().get());
            values.add(bounds.from().get());
            values.add(within.get().micros());
        } else if (bounds.from().isPresent()) {
            conditions.append(bounds.inclusive() ? " AND name >= ?" : " AND name > ?");
            values.add(bounds.from().get());
        }
        if (bounds.before().isPresent()) {
            conditions.append(" AND name < ?");
            values.add(bounds.before().get());
        }
        var order = " ORDER BY name " + (bounds.reverse() ? "DESC" : "ASC") + ", stamp DESC LIMIT " + limit;
        var both = new ArrayList<@Nullable Object>(values);
        both.addAll(values);
        var current = "SELECT " + StoredObjectStore.COLUMNS + ", 0 AS marker, 1 AS latest FROM stored_object";
        var older = "SELECT " + COLUMNS
                + ", CASE WHEN marker = 1 AND NOT EXISTS (SELECT 1 FROM stored_object o WHERE o.container_id ="
                + " v.container_id AND o.name = v.name) AND NOT EXISTS (SELECT 1 FROM object_version n WHERE"
                + " n.container_id = v.container_id AND n.name = v.name AND n.stamp > v.stamp) THEN 1 ELSE 0 END AS"
                + " latest FROM object_version v";
        return tx.query(
                current + " WHERE container_id = ?" + conditions + " UNION ALL " + older + " WHERE container_id = ?"
                        + conditions + order,
                r -> new Version(StoredObjectStore.object(r), r.bool("marker"), r.bool("latest")),
                both.toArray());
    }
}
