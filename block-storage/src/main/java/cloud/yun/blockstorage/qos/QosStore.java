package cloud.yun.blockstorage.qos;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of QoS specs and of their association with volume types.
public final class QosStore {
    static final String COLUMNS = "id, name, consumer, created_at";

    private final Tx tx;

    public QosStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<QosSpec> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM qos_spec WHERE id = ?", this::spec, id);
    }

    boolean exists(String name) {
        return tx.exists("SELECT 1 FROM qos_spec WHERE name = ?", name);
    }

    List<QosSpec> list(Select select) {
        return select.list(tx, this::spec);
    }

    /// @return the specs of a volume type
    public Optional<QosSpec> ofType(String typeId) {
        return tx.first(
                "SELECT q.id AS id, q.name AS name, q.consumer AS consumer, q.created_at AS created_at"
                        + " FROM qos_spec q JOIN volume_type t ON t.qos_id = q.id WHERE t.id = ?",
                this::spec,
                typeId);
    }

    void insert(QosSpec q) {
        tx.update(
                "INSERT INTO qos_spec (" + COLUMNS + ") VALUES (?, ?, ?, ?)",
                q.id(),
                q.name(),
                q.consumer(),
                q.createdAt());
        put(q.id(), q.specs());
    }

    void consumer(String id, String consumer) {
        tx.update("UPDATE qos_spec SET consumer = ? WHERE id = ?", consumer, id);
    }

    void put(String id, Map<String, String> specs) {
        specs.forEach((key, value) -> tx.update("""
                INSERT INTO qos_spec_item (qos_id, key, value) VALUES (?, ?, ?)
                ON CONFLICT (qos_id, key) DO UPDATE SET value = excluded.value
                """, id, key, value));
    }

    boolean deleteKey(String id, String key) {
        return tx.update("DELETE FROM qos_spec_item WHERE qos_id = ? AND key = ?", id, key) > 0;
    }

    void delete(String id) {
        tx.update("DELETE FROM qos_spec WHERE id = ?", id);
    }

    /// @return ids of the types that have these specs
    List<String> types(String id) {
        return tx.query("SELECT id FROM volume_type WHERE qos_id = ? ORDER BY created_at, id", r -> r.string("id"), id);
    }

    void associate(String id, String typeId) {
        tx.update("UPDATE volume_type SET qos_id = ? WHERE id = ?", id, typeId);
    }

    /// Succeeds when it is not associated.
    void disassociate(String id, String typeId) {
        tx.update("UPDATE volume_type SET qos_id = NULL WHERE qos_id = ? AND id = ?", id, typeId);
    }

    void disassociateAll(String id) {
        tx.update("UPDATE volume_type SET qos_id = NULL WHERE qos_id = ?", id);
    }

    private QosSpec spec(Row r) throws SQLException {
        var id = r.string("id");
        var specs = new LinkedHashMap<String, String>();
        tx.query(
                "SELECT key, value FROM qos_spec_item WHERE qos_id = ? ORDER BY key",
                i -> specs.put(i.string("key"), i.string("value")),
                id);
        return new QosSpec(id, r.string("name"), r.string("consumer"), specs, r.instant("created_at"));
    }
}
