package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of volumes and their metadata.
public final class VolumeStore {
    static final String COLUMNS = "id, project_id, user_id, name, description, size_gib, pending_gib, status, type_id,"
            + " availability_zone, host, snapshot_id, source_volume_id, image_id, bootable, multiattach,"
            + " consumes_quota, created_at, updated_at, launched_at, migration_status, group_id, pending_type_id";

    /// Whose metadata: the project's own, the cloud's (`readonly`, `attached_mode`), the image's.
    public enum Scope {
        USER("user"),
        ADMIN("admin"),
        IMAGE("image");

        private final String wire;

        Scope(String wire) {
            this.wire = wire;
        }

        String wire() {
            return wire;
        }
    }

    private final Tx tx;

    public VolumeStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Volume> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM volume WHERE id = ?", VolumeStore::volume, id);
    }

    /// Reads a volume that this transaction is about to change: others wait.
    public Optional<Volume> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM volume WHERE id = ?" + tx.dialect().forUpdate(), VolumeStore::volume, id);
    }

    public void insert(Volume v) {
        tx.update(
                "INSERT INTO volume (" + COLUMNS + ") VALUES (" + Tx.marks(23) + ")",
                v.id(),
                v.projectId(),
                v.userId(),
                v.name(),
                v.description(),
                v.sizeGib(),
                v.pendingGib(),
                v.status().wire(),
                v.typeId(),
                v.zone(),
                v.host(),
                v.snapshotId(),
                v.sourceVolumeId(),
                v.imageId(),
                v.bootable(),
                v.multiattach(),
                v.consumesQuota(),
                v.createdAt(),
                v.updatedAt(),
                v.launchedAt(),
                v.migrationStatus(),
                v.groupId(),
                v.pendingTypeId());
    }

    /// The only place where a volume's status changes, but for an operator's [#reset].
    ///
    /// @return where it went; empty when the table has no such move
    /// @throws Conflict the volume is no longer as it was seen
    public Optional<VolumeStatus> move(Volume seen, Event event, Instant now) {
        var to = VolumeStatus.TABLE.next(seen.status(), event);
        if (to.isEmpty()) return to;
        int rows = tx.update(
                "UPDATE volume SET status = ?, previous_status = ?, updated_at = ? WHERE id = ? AND status = ?",
                to.get().wire(),
                seen.status().wire(),
                now,
                seen.id(),
                seen.status().wire());
        if (rows == 0) throw new Conflict("Volume " + seen.id() + " was changed by another request.");
        return to;
    }

    /// An operator says what the status is, whatever it was.
    void reset(String id, VolumeStatus status, Instant now) {
        tx.update("UPDATE volume SET status = ?, updated_at = ? WHERE id = ?", status.wire(), now, id);
    }

    public void describe(String id, Optional<String> name, Optional<String> description, Instant now) {
        tx.update(
                "UPDATE volume SET name = ?, description = ?, updated_at = ? WHERE id = ?", name, description, now, id);
    }

    public void bootable(String id, boolean bootable, Instant now) {
        tx.update("UPDATE volume SET bootable = ?, updated_at = ? WHERE id = ?", bootable, now, id);
    }

    /// The volume is another project's from now on.
    public void owner(String id, String projectId, String userId) {
        tx.update("UPDATE volume SET project_id = ?, user_id = ? WHERE id = ?", projectId, userId, id);
    }

    /// @param status empty: it does not move
    public void migrating(String id, Optional<String> status) {
        tx.update("UPDATE volume SET migration_status = ? WHERE id = ?", status, id);
    }

    /// @param groupId empty: of none
    public void group(String id, Optional<String> groupId, Instant now) {
        tx.update("UPDATE volume SET group_id = ?, updated_at = ? WHERE id = ?", groupId, now, id);
    }

    public List<Volume> ofGroup(String groupId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM volume WHERE group_id = ? ORDER BY id", VolumeStore::volume, groupId);
    }

    void pendingType(String id, Optional<String> typeId) {
        tx.update("UPDATE volume SET pending_type_id = ? WHERE id = ?", typeId, id);
    }

    void type(String id, String typeId, boolean multiattach) {
        tx.update("UPDATE volume SET type_id = ?, multiattach = ? WHERE id = ?", typeId, multiattach, id);
    }

    void consumesQuota(String id) {
        tx.update("UPDATE volume SET consumes_quota = 1 WHERE id = ?", id);
    }

    /// @param host empty: it waits for another pool
    public void place(String id, Optional<String> host, Instant now) {
        tx.update("UPDATE volume SET host = ?, updated_at = ? WHERE id = ?", host, now, id);
    }

    public void launched(String id, Instant now) {
        tx.update("UPDATE volume SET launched_at = ?, updated_at = ? WHERE id = ?", now, now, id);
    }

    void pending(String id, int moreGib) {
        tx.update("UPDATE volume SET pending_gib = ? WHERE id = ?", moreGib, id);
    }

    /// What was pending is there.
    void grown(String id, Instant now) {
        tx.update(
                "UPDATE volume SET size_gib = size_gib + pending_gib, pending_gib = 0, updated_at = ? WHERE id = ?",
                now,
                id);
    }

    public void delete(String id) {
        tx.update("DELETE FROM volume WHERE id = ?", id);
    }

    /// @return GiB that volumes and their snapshots hold in a pool
    public Map<String, Long> allocatedGibByHost() {
        var found = new LinkedHashMap<String, Long>();
        tx.query("""
                SELECT host, SUM(gib) AS n FROM (
                    SELECT host, size_gib + pending_gib AS gib FROM volume WHERE host IS NOT NULL
                    UNION ALL
                    SELECT v.host, s.size_gib FROM snapshot s JOIN volume v ON v.id = s.volume_id
                     WHERE v.host IS NOT NULL) held
                 GROUP BY host
                """, r -> found.put(r.string("host"), r.number("n")));
        return found;
    }

    /// What a project has on a storage host.
    public record HostUse(String projectId, long volumes, long volumeGib, long snapshots, long snapshotGib) {
        public HostUse plus(HostUse other) {
            return new HostUse(
                    projectId,
                    volumes + other.volumes,
                    volumeGib + other.volumeGib,
                    snapshots + other.snapshots,
                    snapshotGib + other.snapshotGib);
        }
    }

    /// @param host `HOST@BACKEND`
    public List<HostUse> useOfHost(String host) {
        return tx.query(
                """
                SELECT project_id, SUM(volumes) AS v, SUM(gib) AS g, SUM(snapshots) AS s, SUM(snapshot_gib) AS sg
                  FROM (SELECT project_id, 1 AS volumes, size_gib AS gib, 0 AS snapshots, 0 AS snapshot_gib
                          FROM volume WHERE host LIKE ?
                        UNION ALL
                        SELECT s.project_id, 0, 0, 1, s.size_gib
                          FROM snapshot s JOIN volume v ON v.id = s.volume_id WHERE v.host LIKE ?) used
                 GROUP BY project_id ORDER BY project_id
                """,
                r -> new HostUse(r.string("project_id"), r.number("v"), r.number("g"), r.number("s"), r.number("sg")),
                host + "#%",
                host + "#%");
    }

    public long countOfType(String typeId) {
        return tx.number("SELECT COUNT(*) AS n FROM volume WHERE type_id = ? OR pending_type_id = ?", typeId, typeId);
    }

    public Map<String, String> metadata(String id, Scope scope) {
        var found = new LinkedHashMap<String, String>();
        tx.query(
                "SELECT key, value FROM volume_metadata WHERE volume_id = ? AND scope = ? ORDER BY key",
                r -> found.put(r.string("key"), r.string("value")),
                id,
                scope.wire());
        return found;
    }

    /// @return volume id to scope to metadata
    public Map<String, Map<Scope, Map<String, String>>> metadata(Collection<String> ids) {
        var found = new LinkedHashMap<String, Map<Scope, Map<String, String>>>();
        if (ids.isEmpty()) return found;
        tx.query(
                "SELECT volume_id, scope, key, value FROM volume_metadata WHERE volume_id IN (" + Tx.marks(ids.size())
                        + ") ORDER BY key",
                r -> found.computeIfAbsent(r.string("volume_id"), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(scope(r.string("scope")), _ -> new LinkedHashMap<>())
                        .put(r.string("key"), r.string("value")),
                ids.toArray());
        return found;
    }

    public void putMetadata(String id, Scope scope, Map<String, String> metadata) {
        metadata.forEach((key, value) -> tx.update("""
                INSERT INTO volume_metadata (volume_id, scope, key, value) VALUES (?, ?, ?, ?)
                ON CONFLICT (volume_id, scope, key) DO UPDATE SET value = excluded.value
                """, id, scope.wire(), key, value));
    }

    /// @param mode empty takes it away
    public void attachedMode(String id, String readonly, Optional<String> mode) {
        if (mode.isPresent()) putMetadata(id, Scope.ADMIN, Map.of("readonly", readonly, "attached_mode", mode.get()));
        else deleteMetadata(id, Scope.ADMIN, "attached_mode");
    }

    public void replaceMetadata(String id, Scope scope, Map<String, String> metadata) {
        tx.update("DELETE FROM volume_metadata WHERE volume_id = ? AND scope = ?", id, scope.wire());
        putMetadata(id, scope, metadata);
    }

    boolean deleteMetadata(String id, Scope scope, String key) {
        return tx.update(
                        "DELETE FROM volume_metadata WHERE volume_id = ? AND scope = ? AND key = ?",
                        id,
                        scope.wire(),
                        key)
                > 0;
    }

    List<Volume> list(Select select) {
        return select.list(tx, VolumeStore::volume);
    }

    /// @return every volume's id, for the invariant check
    public List<Volume> all() {
        return tx.query("SELECT " + COLUMNS + " FROM volume ORDER BY id", VolumeStore::volume);
    }

    public record Summary(long count, long sizeGib) {}

    /// @param projectId empty: of all projects
    Summary summary(Optional<String> projectId) {
        return Select.of("COUNT(*) AS c, COALESCE(SUM(size_gib), 0) AS s", "volume")
                .where("project_id = ?", projectId)
                .list(tx, r -> new Summary(r.number("c"), r.number("s")))
                .getFirst();
    }

    /// @return key to all values in use, for the summary of 3.36
    Map<String, List<String>> summaryMetadata(Optional<String> projectId) {
        var found = new LinkedHashMap<String, List<String>>();
        Select.of("DISTINCT m.key AS key, m.value AS value", "volume_metadata m JOIN volume v ON v.id = m.volume_id")
                .where("m.scope = 'user'")
                .where("v.project_id = ?", projectId)
                .list(
                        tx,
                        r -> found.computeIfAbsent(r.string("key"), _ -> new java.util.ArrayList<>())
                                .add(r.string("value")));
        return found;
    }

    private static Scope scope(String wire) {
        return switch (wire) {
            case "user" -> Scope.USER;
            case "admin" -> Scope.ADMIN;
            default -> Scope.IMAGE;
        };
    }

    private static Volume volume(Row r) throws SQLException {
        var status = r.string("status");
        return new Volume(
                r.string("id"),
                r.string("project_id"),
                r.string("user_id"),
                r.optString("name"),
                r.optString("description"),
                r.integer("size_gib"),
                r.integer("pending_gib"),
                VolumeStatus.of(status).orElseThrow(() -> new SQLException("unknown volume status " + status)),
                r.string("type_id"),
                r.string("availability_zone"),
                r.optString("host"),
                r.optString("snapshot_id"),
                r.optString("source_volume_id"),
                r.optString("image_id"),
                r.bool("bootable"),
                r.bool("multiattach"),
                r.bool("consumes_quota"),
                r.instant("created_at"),
                r.optInstant("updated_at"),
                r.optInstant("launched_at"),
                r.optString("migration_status"),
                r.optString("group_id"),
                r.optString("pending_type_id"));
    }
}
