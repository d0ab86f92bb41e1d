package cloud.yun.placement.trait;

import cloud.yun.kernel.db.Tx;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// SQL of the names of traits.
public final class TraitStore {
    private final Tx tx;

    public TraitStore(Tx tx) {
        this.tx = tx;
    }

    public List<String> all() {
        return tx.query("SELECT name FROM trait ORDER BY id", r -> r.string("name"));
    }

    public boolean exists(String name) {
        return tx.exists("SELECT 1 FROM trait WHERE name = ?", name);
    }

    /// @return those of `names` that nobody has defined
    public Set<String> unknown(Collection<String> names) {
        var missing = new LinkedHashSet<>(names);
        if (missing.isEmpty()) return missing;
        var known = tx.query(
                "SELECT name FROM trait WHERE name IN (" + Tx.marks(missing.size()) + ")",
                r -> r.string("name"),
                missing.toArray());
        known.forEach(missing::remove);
        return missing;
    }

    /// @return false when it is there already
    public boolean insert(String name, Instant now) {
        return tx.update("INSERT INTO trait (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", name, now) == 1;
    }

    public boolean delete(String name) {
        return tx.update("DELETE FROM trait WHERE name = ?", name) == 1;
    }

    /// @return the traits that some provider has
    public List<String> associated() {
        return tx.query("SELECT DISTINCT trait FROM provider_trait", r -> r.string("trait"));
    }

    public boolean associated(String name) {
        return tx.exists("SELECT 1 FROM provider_trait WHERE trait = ? LIMIT 1", name);
    }
}
