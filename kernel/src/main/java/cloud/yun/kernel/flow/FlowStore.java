package cloud.yun.kernel.flow;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.kernel.flow.FlowRecord.TaskRecord;
import cloud.yun.kernel.flow.FlowState.Event;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The log of flows: a row per flow, a row per task that has begun.
final class FlowStore {
    private static final String COLUMNS =
            "SELECT id, name, params, state, project_id, user_id, resource_id, request_id,"
                    + " error, detail, created_at, finished_at FROM flow";

    private final Tx tx;

    FlowStore(Tx tx) {
        this.tx = tx;
    }

    void insert(String id, String name, String params, Origin origin, String owner, Instant now, Instant leaseUntil) {
        tx.update(
                """
                INSERT INTO flow (id, name, params, state, project_id, user_id, resource_id, request_id,
                                  owner, lease_until, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                id,
                name,
                params,
                FlowState.PENDING,
                origin.projectId(),
                origin.userId(),
                origin.resourceId(),
                origin.requestId(),
                owner,
                leaseUntil,
                now,
                now);
    }

    /// The only place where a flow's state changes.
    ///
    /// @throws Conflict the lease went to another process, which now does the work
    void move(String id, FlowState from, Event event, String owner, Instant now) {
        var to = FlowState.TABLE
                .next(from, event)
                .orElseThrow(() -> new IllegalStateException("a flow in " + from + " has no move " + event));
        int rows = tx.update(
                "UPDATE flow SET state = ?, updated_at = ?, finished_at = ? WHERE id = ? AND state = ? AND owner = ?",
                to,
                now,
                FlowState.ENDED.contains(to) ? Optional.of(now) : Optional.empty(),
                id,
                from,
                owner);
        if (rows == 0) throw new Conflict("Flow " + id + " is another process's now.");
    }

    void taskStarted(String id, int position, String name, Instant now) {
        tx.update("""
                INSERT INTO flow_task (flow_id, position, name, state, started_at) VALUES (?, ?, ?, 'RUNNING', ?)
                ON CONFLICT (flow_id, position) DO NOTHING
                """, id, position, name, now);
    }

    void taskSucceeded(String id, int position, Instant now) {
        tx.update(
                "UPDATE flow_task SET state = 'SUCCESS', finished_at = ?, error = NULL WHERE flow_id = ? AND position = ?",
                now,
                id,
                position);
    }

    void taskFailed(String id, int position, String error, Instant now) {
        tx.update(
                "UPDATE flow_task SET state = 'FAILURE', finished_at = ?, error = ? WHERE flow_id = ? AND position = ?",
                now,
                error,
                id,
                position);
    }

    void taskReverted(String id, int position, Instant now) {
        tx.update(
                "UPDATE flow_task SET state = 'REVERTED', reverted_at = ? WHERE flow_id = ? AND position = ?",
                now,
                id,
                position);
    }

    void failed(String id, Failure why) {
        tx.update(
                "UPDATE flow SET error = ?, detail = ? WHERE id = ?",
                why.message(),
                why.task() + ": " + why.detail(),
                id);
    }

    /// Nobody's until `until`; then whoever sees it first takes it over.
    void release(String id, Instant until) {
        tx.update("UPDATE flow SET owner = NULL, lease_until = ? WHERE id = ?", until, id);
    }

    void renew(String owner, Instant now, Instant until) {
        tx.update(
                "UPDATE flow SET lease_until = ? WHERE finished_at IS NULL AND owner = ? AND lease_until >= ?",
                until,
                owner,
                now);
    }

    /// Takes over flows that nobody works on.
    List<String> claim(String owner, Instant now, Instant until, int max) {
        var ids = tx.query(
                "SELECT id FROM flow WHERE finished_at IS NULL AND state <> 'STUCK' AND lease_until < ?"
                        + " ORDER BY lease_until LIMIT " + max + tx.dialect().skipLocked(),
                r -> r.string("id"),
                now);
        for (var id : ids) tx.update("UPDATE flow SET owner = ?, lease_until = ? WHERE id = ?", owner, until, id);
        return ids;
    }

    /// In an embedded database no other process can be alive: what it holds was left by a crash.
    void breakLeases() {
        tx.update("UPDATE flow SET lease_until = 0 WHERE finished_at IS NULL");
    }

    Optional<FlowRecord> find(String id) {
        return tx.first(COLUMNS + " WHERE id = ?", r -> record(r, List.of()), id)
                .map(this::withTasks);
    }

    List<FlowRecord> ofResource(String resourceId) {
        return tx
                .query(
                        COLUMNS + " WHERE resource_id = ? ORDER BY created_at, id",
                        r -> record(r, List.of()),
                        resourceId)
                .stream()
                .map(this::withTasks)
                .toList();
    }

    List<FlowRecord> ofRequest(String requestId) {
        return tx
                .query(COLUMNS + " WHERE request_id = ? ORDER BY created_at, id", r -> record(r, List.of()), requestId)
                .stream()
                .map(this::withTasks)
                .toList();
    }

    /// Newest first.
    List<FlowRecord> list(Optional<FlowState> state, Optional<FlowRecord> after, int limit) {
        var sql = new StringBuilder(COLUMNS + " WHERE 1 = 1");
        var arguments = new ArrayList<Object>();
        state.ifPresent(s -> {
            sql.append(" AND state = ?");
            arguments.add(s);
        });
        after.ifPresent(m -> {
            sql.append(" AND (created_at, id) < (?, ?)");
            arguments.add(m.createdAt());
            arguments.add(m.id());
        });
        sql.append(" ORDER BY created_at DESC, id DESC LIMIT ").append(limit);
        return tx.query(sql.toString(), r -> record(r, List.of()), arguments.toArray()).stream()
                .map(this::withTasks)
                .toList();
    }

    List<String> unfinishedResources() {
        return tx.query("SELECT resource_id FROM flow WHERE finished_at IS NULL", r -> r.string("resource_id"));
    }

    int forget(Instant before, int max) {
        return tx.update(
                "DELETE FROM flow WHERE id IN (SELECT id FROM flow WHERE finished_at IS NOT NULL AND finished_at < ? LIMIT "
                        + max + ")",
                before);
    }

    private FlowRecord withTasks(FlowRecord f) {
        var tasks = tx.query(
                """
                SELECT position, name, state, started_at, finished_at, reverted_at, error
                  FROM flow_task
                 WHERE flow_id = ?
                 ORDER BY position
                """,
                r -> new TaskRecord(
                        r.integer("position"),
                        r.string("name"),
                        r.string("state"),
                        r.optInstant("started_at"),
                        r.optInstant("finished_at"),
                        r.optInstant("reverted_at"),
                        r.optString("error")),
                f.id());
        return new FlowRecord(
                f.id(),
                f.name(),
                f.params(),
                f.state(),
                f.origin(),
                f.error(),
                f.detail(),
                f.createdAt(),
                f.finishedAt(),
                tasks);
    }

    private static FlowRecord record(Row r, List<TaskRecord> tasks) throws SQLException {
        return new FlowRecord(
                r.string("id"),
                r.string("name"),
                r.string("params"),
                FlowState.valueOf(r.string("state")),
                new Origin(
                        r.string("project_id"), r.string("user_id"), r.string("resource_id"), r.string("request_id")),
                r.optString("error"),
                r.optString("detail"),
                r.instant("created_at"),
                r.optInstant("finished_at"),
                tasks);
    }
}
