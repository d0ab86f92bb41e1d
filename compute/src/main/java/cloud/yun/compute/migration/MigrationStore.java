package cloud.yun.compute.migration;

import cloud.yun.compute.server.Shape;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of the `migration` table, and the only place where a migration's status changes.
public final class MigrationStore {
    private static final String COLUMNS =
            "number, id, server_id, type, status, source_host, dest_host, from_state, old_shape, new_shape,"
                    + " old_flavor_number, new_flavor_number, holds, project_id, user_id, request_id, created_at,"
                    + " updated_at";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM migration ";

    private final Tx tx;

    public MigrationStore(Tx tx) {
        this.tx = tx;
    }

    public void insert(Migration m) {
        tx.update(
                """
                INSERT INTO migration (id, server_id, type, status, source_host, dest_host, from_state, old_shape,
                                       new_shape, old_flavor_number, new_flavor_number, holds, project_id, user_id,
                                       request_id, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                m.id(),
                m.serverId(),
                m.type(),
                m.status(),
                m.sourceHost(),
                m.destHost(),
                m.fromState(),
                Json.text(m.oldShape()),
                Json.text(m.newShape()),
                m.oldFlavorNumber(),
                m.newFlavorNumber(),
                m.holds(),
                m.projectId(),
                m.userId(),
                m.requestId(),
                m.createdAt(),
                m.updatedAt());
    }

    public Optional<Migration> find(String id) {
        return tx.first(SELECT + "WHERE id = ?", MigrationStore::migration, id);
    }

    /// @throws NotFound in Nova's words
    public Migration require(String id) {
        return find(id).orElseThrow(() -> new NotFound("Migration " + id + " could not be found."));
    }

    /// @param id as users know it: the row's number, or the UUID
    Optional<Migration> ofServer(String serverId, String id) {
        return tx.first(
                SELECT + "WHERE server_id = ? AND (id = ? OR CAST(number AS TEXT) = ?)",
                MigrationStore::migration,
                serverId,
                id,
                id);
    }

    /// @return the one that keeps the server's old side for the way back
    public Optional<Migration> holding(String serverId) {
        return tx.first(SELECT + "WHERE server_id = ? AND holds = 1", MigrationStore::migration, serverId);
    }

    /// @return every one that keeps something, for checks
    public List<Migration> holding() {
        return tx.query(SELECT + "WHERE holds = 1 ORDER BY number", MigrationStore::migration);
    }

    /// @return those whose servers have waited for their users since `time` or longer
    public List<Migration> finishedBefore(Instant time) {
        return tx.query(
                SELECT + "WHERE status = 'FINISHED' AND updated_at <= ? ORDER BY updated_at",
                MigrationStore::migration,
                time);
    }

    /// The scheduler chose.
    public void chosen(String id, String host) {
        tx.update("UPDATE migration SET dest_host = ? WHERE id = ?", host, id);
    }

    /// @throws Conflict the table has no such move, or another writer was first
    public void move(String id, MigrationStatus.Event event, Instant now) {
        var seen = require(id);
        var to = MigrationStatus.TABLE
                .next(seen.status(), event)
                .orElseThrow(() ->
                        new Conflict("Migration " + id + " is " + seen.status().wire() + " and cannot be " + event));
        int rows = tx.update(
                "UPDATE migration SET status = ?, updated_at = ? WHERE id = ? AND status = ?",
                to,
                now,
                id,
                seen.status());
        if (rows == 0) throw new Conflict("Migration " + id + " was changed by another request.");
    }

    /// The old side is given up, or is the server's own again.
    public void letGo(String id) {
        tx.update("UPDATE migration SET holds = 0 WHERE id = ?", id);
    }

    /// What a list asks for; empty: any.
    record Filter(
            Optional<String> host,
            Optional<String> sourceHost,
            Optional<String> serverId,
            Optional<String> status,
            Optional<String> type,
            Optional<String> projectId,
            Optional<String> userId,
            Optional<Instant> changedSince,
            Optional<Instant> changedBefore) {}

    /// @return newest first; empty when there is no migration `marker`
    Optional<List<Migration>> page(Filter f, Optional<String> marker, int limit) {
        var select = Select.of(COLUMNS, "migration");
        f.host().ifPresent(h -> select.where("(source_host = ? OR dest_host = ?)", h, h));
        f.sourceHost().ifPresent(h -> select.where("source_host = ?", h));
        f.serverId().ifPresent(s -> select.where("server_id = ?", s));
        f.status().ifPresent(s -> select.where("status = ?", stored(s)));
        f.type()
                .ifPresent(t -> select.where(
                        "type = ?", Migration.Type.of(t).map(Enum::name).orElse("")));
        f.projectId().ifPresent(p -> select.where("project_id = ?", p));
        f.userId().ifPresent(u -> select.where("user_id = ?", u));
        f.changedSince().ifPresent(t -> select.where("updated_at >= ?", t));
        f.changedBefore().ifPresent(t -> select.where("updated_at <= ?", t));
        select.order(List.of(new Select.Sort("created_at", false), new Select.Sort("number", false)));
        if (marker.isPresent() && select.after(tx, "id", marker.get()).isEmpty()) return Optional.empty();
        select.limit(limit);
        return Optional.of(select.list(tx, MigrationStore::migration));
    }

    private static String stored(String wire) {
        for (var status : MigrationStatus.values()) if (status.wire().equals(wire)) return status.name();
        return "";
    }

    private static Migration migration(Row r) throws SQLException {
        return new Migration(
                r.number("number"),
                r.string("id"),
                r.string("server_id"),
                Migration.Type.valueOf(r.string("type")),
                MigrationStatus.valueOf(r.string("status")),
                r.string("source_host"),
                r.optString("dest_host"),
                VmState.valueOf(r.string("from_state")),
                Json.stored(r.string("old_shape"), Shape.class),
                Json.stored(r.string("new_shape"), Shape.class),
                r.number("old_flavor_number"),
                r.number("new_flavor_number"),
                r.bool("holds"),
                r.string("project_id"),
                r.string("user_id"),
                r.string("request_id"),
                r.instant("created_at"),
                r.instant("updated_at"));
    }
}
