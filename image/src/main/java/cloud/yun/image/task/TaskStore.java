package cloud.yun.image.task;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// SQL of tasks.
public final class TaskStore {
    static final String COLUMNS = "t.id, t.type, t.status, t.owner, t.image_id, t.user_id, t.request_id, t.input,"
            + " t.result, t.message, t.created_at, t.updated_at, t.expires_at";
    static final String FROM = "image_task t";

    private final Tx tx;

    public TaskStore(Tx tx) {
        this.tx = tx;
    }

    private static Task task(Row r) throws SQLException {
        return new Task(
                r.string("id"),
                r.string("type"),
                TaskState.valueOf(r.string("status").toUpperCase(Locale.ROOT)),
                r.string("owner"),
                r.string("image_id"),
                r.string("user_id"),
                r.string("request_id"),
                Json.storedObject(r.string("input")),
                r.optString("result").map(Json::storedObject),
                r.string("message"),
                r.instant("created_at"),
                r.instant("updated_at"),
                r.optInstant("expires_at"));
    }

    public void insert(Task t) {
        tx.update(
                """
                INSERT INTO image_task (id, type, status, owner, image_id, user_id, request_id, input, message,
                                        created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                t.id(),
                t.type(),
                t.state().wire(),
                t.owner(),
                t.imageId(),
                t.userId(),
                t.requestId(),
                t.input(),
                t.message(),
                t.createdAt(),
                t.updatedAt());
    }

    Optional<Task> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM " + FROM + " WHERE t.id = ?", TaskStore::task, id);
    }

    /// @return newest first
    List<Task> ofImage(String imageId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM " + FROM + " WHERE t.image_id = ? ORDER BY t.created_at DESC, t.id",
                TaskStore::task,
                imageId);
    }

    List<Task> list(Select select) {
        return select.list(tx, TaskStore::task);
    }

    public void begin(String id, Instant now) {
        move(id, TaskState.PENDING, TaskState.Event.BEGIN, Optional.empty(), "", now, Optional.empty());
    }

    /// @param keep how long it can be asked for
    public void succeed(String id, ObjectNode result, Instant now, Duration keep) {
        move(
                id,
                TaskState.PROCESSING,
                TaskState.Event.SUCCEED,
                Optional.of(result),
                "",
                now,
                Optional.of(now.plus(keep)));
    }

    public void fail(String id, String message, Instant now, Duration keep) {
        for (var from : List.of(TaskState.PENDING, TaskState.PROCESSING))
            move(id, from, TaskState.Event.FAIL, Optional.empty(), message, now, Optional.of(now.plus(keep)));
    }

    private void move(
            String id,
            TaskState from,
            TaskState.Event event,
            Optional<ObjectNode> result,
            String message,
            Instant now,
            Optional<Instant> expires) {
        var to = TaskState.TABLE.next(from, event).orElseThrow();
        tx.update("""
                UPDATE image_task SET status = ?, result = ?, message = ?, updated_at = ?, expires_at = ?
                 WHERE id = ? AND status = ?
                """, to.wire(), result, message, now, expires, id, from.wire());
    }

    /// Forgets tasks that ended long ago.
    void forget(Instant now) {
        tx.update("DELETE FROM image_task WHERE expires_at < ?", now);
    }
}
