package cloud.yun.network.api;

import cloud.yun.kernel.db.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// SQL of what every resource has: the table `network_tag`, and revisions.
final class StandardStore {
    private final Tx tx;

    StandardStore(Tx tx) {
        this.tx = tx;
    }

    /// @return the tags of each of `ids`, sorted; ids without tags are missing
    Map<String, List<String>> tags(Collection<String> ids) {
        var found = new HashMap<String, List<String>>();
        for (var part : Batches.of(ids))
            tx.query(
                    "SELECT resource_id, tag FROM network_tag WHERE resource_id IN (" + Tx.marks(part.size())
                            + ") ORDER BY tag",
                    r -> found.computeIfAbsent(r.string("resource_id"), _ -> new ArrayList<>())
                            .add(r.string("tag")),
                    part.toArray());
        return found;
    }

    void addTags(String id, Collection<String> tags) {
        var rows = new ArrayList<Object[]>();
        for (var tag : tags) rows.add(new Object[] {id, tag});
        tx.batch("INSERT INTO network_tag (resource_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING", rows);
    }

    /// @return false when the resource did not have it
    boolean removeTag(String id, String tag) {
        return tx.update("DELETE FROM network_tag WHERE resource_id = ? AND tag = ?", id, tag) == 1;
    }

    void dropTags(String id) {
        tx.update("DELETE FROM network_tag WHERE resource_id = ?", id);
    }

    /// @param table a constant of the caller
    void bump(String table, String id, Instant now) {
        tx.update("UPDATE " + table + " SET revision = revision + 1, updated_at = ? WHERE id = ?", now, id);
    }
}
