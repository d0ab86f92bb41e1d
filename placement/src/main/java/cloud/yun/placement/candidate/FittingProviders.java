package cloud.yun.placement.candidate;

import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds the providers that hold a set of resources all by themselves.
public final class FittingProviders {
    private FittingProviders() {}

    /// @param limit at most so many; less than 1: all
    /// @return provider ids, oldest provider first
    public static List<String> find(
            Tx tx, Map<String, Long> resources, Set<String> required, Set<String> forbidden, int limit) {
        var select = Select.of("p.uuid", "resource_provider p").order(Sort.asc("p.id"));
        new TreeMap<>(resources).forEach((name, amount) -> select.where("""
                EXISTS (SELECT 1 FROM inventory i
                         WHERE i.provider_uuid = p.uuid AND i.resource_class = ? AND i.used + ? <= i.capacity
                           AND i.min_unit <= ? AND i.max_unit >= ? AND ? % i.step_size = 0)
                """, name, amount, amount, amount, amount));
        for (var trait : new TreeSet<>(required))
            select.where(
                    "EXISTS (SELECT 1 FROM provider_trait t WHERE t.provider_uuid = p.uuid AND t.trait = ?)", trait);
        for (var trait : new TreeSet<>(forbidden))
            select.where(
                    "NOT EXISTS (SELECT 1 FROM provider_trait t WHERE t.provider_uuid = p.uuid AND t.trait = ?)",
                    trait);
        if (limit > 0) select.limit(limit);
        return select.list(tx, r -> r.string("uuid"));
    }
}
