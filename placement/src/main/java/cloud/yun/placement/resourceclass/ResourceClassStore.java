package cloud.yun.placement.resourceclass;

import cloud.yun.kernel.db.Tx;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// SQL of the names of resource classes.
public final class ResourceClassStore {
    private final Tx tx;

    public ResourceClassStore(Tx tx) {
        this.tx = tx;
    }

    public List<String> all() {
        return tx.query("SELECT name FROM resource_class ORDER BY id", r -> r.string("name"));
    }

    public boolean exists(String name) {
        return tx.exists("SELECT 1 FROM resource_class WHERE name = ?", name);
    }

    /// @return those of `names` that nobody has defined
    public Set<String> unknown(Collection<String> names) {
        var missing = new LinkedHashSet<>(names);
        if (missing.isEmpty()) return missing;
        var known = tx.query(
                "SELECT name FROM resource_class WHERE name IN (" + Tx.marks(missing.size()) + ")",
                r -> r.string("name"),
                missing.toArray());
        known.forEach(missing::remove);
        return missing;
    }

    /// @return false when it is there already
    public boolean insert(String name, Instant now) {
        return tx.update(
                        "INSERT INTO resource_class (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", name, now)
                == 1;
    }

    public boolean delete(String name) {
        return tx.update("DELETE FROM resource_class WHERE name = ?", name) == 1;
    }

    public boolean used(String name) {
        return tx.exists("SELECT 1 FROM inventory WHERE resource_class = ? LIMIT 1", name);
    }

    public void rename(String name, String wanted) {
        tx.update("UPDATE resource_class SET name = ? WHERE name = ?", wanted, name);
    }
}
