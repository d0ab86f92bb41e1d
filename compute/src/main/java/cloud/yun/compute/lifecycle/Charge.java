package cloud.yun.compute.lifecycle;

import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Shape;
import cloud.yun.kernel.db.Tx;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a server counts for in its project's quota: its flavor, or while it can go back to another flavor the larger
/// of both, so that neither way can fail for quota.
public final class Charge {
    private Charge() {}

    public static Map<String, Long> of(Tx tx, Server server) {
        return new MigrationStore(tx).holding(server.id()).map(Charge::of).orElseGet(() -> of(Shape.of(server)));
    }

    /// @return as long as `migration` can go both ways
    static Map<String, Long> of(Migration migration) {
        var all = new LinkedHashMap<String, Long>(of(migration.oldShape()));
        of(migration.newShape()).forEach((resource, n) -> all.merge(resource, n, Math::max));
        return all;
    }

    static Map<String, Long> of(Shape shape) {
        return Map.of(
                "instances", 1L,
                "cores", (long) shape.flavor().vcpus(),
                "ram", (long) shape.flavor().ramMib());
    }

    /// @return how much more `larger` counts than `smaller`, resources that count the same left out
    static Map<String, Long> difference(Map<String, Long> larger, Map<String, Long> smaller) {
        var all = new LinkedHashMap<String, Long>();
        larger.forEach((resource, n) -> {
            long more = n - smaller.getOrDefault(resource, 0L);
            if (more > 0) all.put(resource, more);
        });
        return all;
    }
}
