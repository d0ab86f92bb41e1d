package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.blockstorage.attachment.AttachStatus.Event;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// SQL of attachments.
public final class AttachmentStore {
    static final String COLUMNS = "id, volume_id, project_id, server_id, attached_host, mountpoint, attach_mode,"
            + " attach_status, connector, connection_type, connection_info, by_compute, created_at, attached_at";

    private final Tx tx;

    public AttachmentStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<Attachment> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM volume_attachment WHERE id = ?", AttachmentStore::attachment, id);
    }

    public List<Attachment> ofVolume(String volumeId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM volume_attachment WHERE volume_id = ? ORDER BY created_at, id",
                AttachmentStore::attachment,
                volumeId);
    }

    public Map<String, List<Attachment>> ofVolumes(Collection<String> volumeIds) {
        if (volumeIds.isEmpty()) return Map.of();
        return tx
                .query(
                        "SELECT " + COLUMNS + " FROM volume_attachment WHERE volume_id IN ("
                                + Tx.marks(volumeIds.size()) + ") ORDER BY created_at, id",
                        AttachmentStore::attachment,
                        volumeIds.toArray())
                .stream()
                .collect(Collectors.groupingBy(Attachment::volumeId));
    }

    public List<Attachment> all() {
        return tx.query("SELECT " + COLUMNS + " FROM volume_attachment ORDER BY id", AttachmentStore::attachment);
    }

    List<Attachment> list(Select select) {
        return select.list(tx, AttachmentStore::attachment);
    }

    void insert(Attachment a) {
        tx.update(
                "INSERT INTO volume_attachment (" + COLUMNS + ") VALUES (" + Tx.marks(14) + ")",
                a.id(),
                a.volumeId(),
                a.projectId(),
                a.serverId(),
                a.host(),
                a.mountpoint(),
                a.mode(),
                a.status().wire(),
                a.connector(),
                a.connection().map(Connection::type),
                a.connection().map(c -> Json.text(c.data())),
                a.byCompute(),
                a.createdAt(),
                a.attachedAt());
    }

    /// The only place where an attachment's status changes.
    ///
    /// @throws Conflict the table has no such move, or it is no longer as it was seen
    void move(Attachment seen, Event event) {
        var to = AttachStatus.TABLE
                .next(seen.status(), event)
                .orElseThrow(() -> new Conflict(
                        "Attachment " + seen.id() + " is " + seen.status().wire() + "."));
        int rows = tx.update(
                "UPDATE volume_attachment SET attach_status = ? WHERE id = ? AND attach_status = ?",
                to.wire(),
                seen.id(),
                seen.status().wire());
        if (rows == 0) throw new Conflict("Attachment " + seen.id() + " was changed by another request.");
    }

    void connector(String id, JsonNode connector, Optional<String> host, Optional<String> mountpoint) {
        tx.update(
                "UPDATE volume_attachment SET connector = ?, attached_host = ?, mountpoint = COALESCE(?, mountpoint)"
                        + " WHERE id = ?",
                connector,
                host,
                mountpoint,
                id);
    }

    void connected(String id, Connection connection, Optional<String> host) {
        tx.update(
                "UPDATE volume_attachment SET connection_type = ?, connection_info = ?, attached_host = ? WHERE id = ?",
                connection.type(),
                Json.text(connection.data()),
                host,
                id);
    }

    void disconnected(String id) {
        tx.update(
                "UPDATE volume_attachment SET connection_type = NULL, connection_info = NULL, connector = NULL,"
                        + " attached_host = NULL WHERE id = ?",
                id);
    }

    void attached(String id, Optional<String> mountpoint, Instant now) {
        tx.update(
                "UPDATE volume_attachment SET mountpoint = COALESCE(?, mountpoint),"
                        + " attached_at = COALESCE(attached_at, ?) WHERE id = ?",
                mountpoint,
                now,
                id);
    }

    void mode(String id, String mode) {
        tx.update("UPDATE volume_attachment SET attach_mode = ? WHERE id = ?", mode, id);
    }

    /// An operator says that nobody has it.
    public void forget(String id) {
        delete(id);
    }

    boolean delete(String id) {
        return tx.update("DELETE FROM volume_attachment WHERE id = ?", id) > 0;
    }

    private static Attachment attachment(Row r) throws SQLException {
        var status = r.string("attach_status");
        var type = r.optString("connection_type");
        var info = r.optString("connection_info");
        return new Attachment(
                r.string("id"),
                r.string("volume_id"),
                r.string("project_id"),
                r.optString("server_id"),
                r.optString("attached_host"),
                r.optString("mountpoint"),
                r.string("attach_mode"),
                AttachStatus.of(status).orElseThrow(() -> new SQLException("unknown attach status " + status)),
                Json.storedObject(r.nullableString("connector")),
                type.map(t -> new Connection(t, data(info.orElse("")))),
                r.bool("by_compute"),
                r.instant("created_at"),
                r.optInstant("attached_at"));
    }

    private static Map<String, String> data(String json) {
        var found = new LinkedHashMap<String, String>();
        Json.storedObject(json)
                .propertyStream()
                .forEach(e -> found.put(e.getKey(), e.getValue().asString("")));
        return found;
    }
}
