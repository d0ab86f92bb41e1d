package cloud.yun.compute.volume;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of the `server_volume` table, and the only place where an attachment's state changes.
public final class VolumeStore {
    private static final String SELECT = "SELECT attachment_id, server_id, volume_id, state, device, boot_index,"
            + " delete_on_termination, tag, bdm_id, created_at FROM server_volume ";

    private final Tx tx;

    public VolumeStore(Tx tx) {
        this.tx = tx;
    }

    public void insert(ServerVolume v) {
        tx.update(
                """
                INSERT INTO server_volume (attachment_id, server_id, volume_id, state, device, boot_index,
                                           delete_on_termination, tag, bdm_id, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                v.attachmentId(),
                v.serverId(),
                v.volumeId(),
                v.state(),
                v.device(),
                v.bootIndex(),
                v.deleteOnTermination(),
                v.tag(),
                v.bdmId(),
                v.createdAt());
    }

    /// @return in the order of their devices
    public List<ServerVolume> of(String serverId) {
        return tx.query(SELECT + "WHERE server_id = ? ORDER BY created_at, device", VolumeStore::volume, serverId);
    }

    public Map<String, List<ServerVolume>> of(Collection<String> serverIds) {
        var found = new HashMap<String, List<ServerVolume>>();
        if (serverIds.isEmpty()) return found;
        tx.query(
                SELECT + "WHERE server_id IN (" + Tx.marks(serverIds.size()) + ") ORDER BY created_at, device",
                r -> found.computeIfAbsent(r.string("server_id"), _ -> new ArrayList<>())
                        .add(volume(r)),
                serverIds.toArray());
        return found;
    }

    /// Not locked: whoever changes it holds the server's row, and a move looks at the state once more.
    public Optional<ServerVolume> find(String serverId, String volumeId) {
        return tx.first(SELECT + "WHERE server_id = ? AND volume_id = ?", VolumeStore::volume, serverId, volumeId);
    }

    public Optional<ServerVolume> find(String attachmentId) {
        return tx.first(SELECT + "WHERE attachment_id = ?", VolumeStore::volume, attachmentId);
    }

    /// @throws Conflict the table has no such move, or another writer was first
    public void move(ServerVolume seen, VolumeState.Event event) {
        var to = VolumeState.TABLE
                .next(seen.state(), event)
                .orElseThrow(() -> new Conflict("Volume " + seen.volumeId() + " is " + seen.state() + "."));
        int rows = tx.update(
                "UPDATE server_volume SET state = ? WHERE attachment_id = ? AND state = ?",
                to,
                seen.attachmentId(),
                seen.state());
        if (rows == 0) throw new Conflict("Volume " + seen.volumeId() + " was changed by another request.");
    }

    public void deleteOnTermination(String attachmentId, boolean delete) {
        tx.update("UPDATE server_volume SET delete_on_termination = ? WHERE attachment_id = ?", delete, attachmentId);
    }

    public void delete(String attachmentId) {
        tx.update("DELETE FROM server_volume WHERE attachment_id = ?", attachmentId);
    }

    /// @return ids of the servers that have the volume
    public List<String> serversOf(String volumeId) {
        return tx.query(
                "SELECT server_id FROM server_volume WHERE volume_id = ? ORDER BY server_id",
                r -> r.string("server_id"),
                volumeId);
    }

    public List<ServerVolume> all() {
        return tx.query(SELECT + "ORDER BY attachment_id", VolumeStore::volume);
    }

    private static ServerVolume volume(Row r) throws SQLException {
        return new ServerVolume(
                r.string("attachment_id"),
                r.string("server_id"),
                r.string("volume_id"),
                VolumeState.valueOf(r.string("state")),
                r.string("device"),
                r.integer("boot_index"),
                r.bool("delete_on_termination"),
                r.optString("tag"),
                r.string("bdm_id"),
                r.instant("created_at"));
    }
}
