package cloud.yun.blockstorage.message;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of user messages.
final class MessageStore {
    static final String COLUMNS = "id, project_id, request_id, resource_type, resource_id, event_id, user_message,"
            + " message_level, created_at, expires_at";

    private final Tx tx;

    MessageStore(Tx tx) {
        this.tx = tx;
    }

    Optional<Message> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM volume_message WHERE id = ?", MessageStore::message, id);
    }

    List<Message> list(Select select) {
        return select.list(tx, MessageStore::message);
    }

    void insert(Message m) {
        tx.update(
                "INSERT INTO volume_message (" + COLUMNS + ") VALUES (" + Tx.marks(10) + ")",
                m.id(),
                m.projectId(),
                m.requestId(),
                m.resourceType(),
                m.resourceId(),
                m.eventId(),
                m.userMessage(),
                m.level(),
                m.createdAt(),
                m.expiresAt());
    }

    void delete(String id) {
        tx.update("DELETE FROM volume_message WHERE id = ?", id);
    }

    int deleteExpired(Instant now) {
        return tx.update("DELETE FROM volume_message WHERE expires_at < ?", now);
    }

    private static Message message(Row r) throws SQLException {
        return new Message(
                r.string("id"),
                r.string("project_id"),
                r.string("request_id"),
                r.string("resource_type"),
                r.string("resource_id"),
                r.string("event_id"),
                r.string("user_message"),
                r.string("message_level"),
                r.instant("created_at"),
                r.instant("expires_at"));
    }
}
