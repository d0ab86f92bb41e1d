package cloud.yun.kernel.event;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Writes and reads the outbox.
public final class Events {
    private final Database db;
    private final Clock clock;

    public Events(Database db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    /// Writes an event in the transaction of the change it tells of: both are there, or neither.
    public void emit(Tx tx, String type, String projectId, String resourceId, String requestId, JsonNode payload) {
        tx.update(
                "INSERT INTO event (type, project_id, resource_id, request_id, payload, at) VALUES (?, ?, ?, ?, ?, ?)",
                type,
                projectId,
                resourceId,
                requestId,
                payload,
                clock.instant());
    }

    /// @return at most `max` events after `sequence`, oldest first
    public List<Event> after(long sequence, int max) {
        return db.read(tx -> tx.query(
                """
                SELECT sequence, type, project_id, resource_id, request_id, payload, at
                  FROM event
                 WHERE sequence > ?
                 ORDER BY sequence
                 LIMIT ?
                """,
                r -> new Event(
                        r.number("sequence"),
                        r.string("type"),
                        r.string("project_id"),
                        r.string("resource_id"),
                        r.string("request_id"),
                        r.json("payload"),
                        r.instant("at")),
                sequence,
                max));
    }

    /// Forgets events older than `age`, a bounded number at a time.
    public void forget(Duration age) {
        var before = clock.instant().minus(age);
        db.write(tx -> tx.update("""
                DELETE FROM event
                 WHERE sequence IN (SELECT sequence FROM event WHERE at < ? ORDER BY sequence LIMIT 10000)
                """, before));
    }
}
