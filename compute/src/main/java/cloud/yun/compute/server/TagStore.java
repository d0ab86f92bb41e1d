package cloud.yun.compute.server;

import cloud.yun.kernel.db.Tx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// SQL of the `server_tag` table.
public final class TagStore {
    private final Tx tx;

    public TagStore(Tx tx) {
        this.tx = tx;
    }

    public List<String> of(String serverId) {
        return tx.query("SELECT tag FROM server_tag WHERE server_id = ? ORDER BY tag", r -> r.string("tag"), serverId);
    }

    public Map<String, List<String>> of(Collection<String> serverIds) {
        var found = new HashMap<String, List<String>>();
        if (serverIds.isEmpty()) return found;
        tx.query(
                "SELECT server_id, tag FROM server_tag WHERE server_id IN (" + Tx.marks(serverIds.size())
                        + ") ORDER BY server_id, tag",
                r -> found.computeIfAbsent(r.string("server_id"), _ -> new ArrayList<>())
                        .add(r.string("tag")),
                serverIds.toArray());
        return found;
    }

    public void add(String serverId, String tag) {
        tx.update("INSERT INTO server_tag (server_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING", serverId, tag);
    }

    /// @return whether it was there
    public boolean remove(String serverId, String tag) {
        return tx.update("DELETE FROM server_tag WHERE server_id = ? AND tag = ?", serverId, tag) > 0;
    }

    public void clear(String serverId) {
        tx.update("DELETE FROM server_tag WHERE server_id = ?", serverId);
    }
}
