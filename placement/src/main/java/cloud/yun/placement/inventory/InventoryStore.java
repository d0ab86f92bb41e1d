package cloud.yun.placement.inventory;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.placement.Placement.Inventory;
import cloud.yun.placement.Placement.Resource;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// SQL of inventories.
public final class InventoryStore {
    private static final String COLUMNS =
            "provider_uuid, resource_class, total, reserved, min_unit, max_unit, step_size, allocation_ratio, used";

    private final Tx tx;

    public InventoryStore(Tx tx) {
        this.tx = tx;
    }

    /// @return what can be given out of an inventory in total, in units of its class
    public static long capacity(Inventory i) {
        return (long) ((i.total() - i.reserved()) * i.allocationRatio());
    }

    private static Resource resource(Row r) throws SQLException {
        return new Resource(
                new Inventory(
                        r.number("total"),
                        r.number("reserved"),
                        r.number("min_unit"),
                        r.number("max_unit"),
                        r.number("step_size"),
                        Double.parseDouble(r.string("allocation_ratio"))),
                r.number("used"));
    }

    /// @return the provider's resources by class, in the order in which they were added
    public Map<String, Resource> of(String providerUuid) {
        var found = new LinkedHashMap<String, Resource>();
        tx.query(
                "SELECT " + COLUMNS + " FROM inventory WHERE provider_uuid = ? ORDER BY id",
                r -> found.put(r.string("resource_class"), resource(r)),
                providerUuid);
        return found;
    }

    public Map<String, Map<String, Resource>> of(Collection<String> providers) {
        var found = new LinkedHashMap<String, Map<String, Resource>>();
        if (providers.isEmpty()) return found;
        tx.query(
                "SELECT " + COLUMNS + " FROM inventory WHERE provider_uuid IN (" + Tx.marks(providers.size())
                        + ") ORDER BY id",
                r -> found.computeIfAbsent(r.string("provider_uuid"), _ -> new LinkedHashMap<>())
                        .put(r.string("resource_class"), resource(r)),
                providers.toArray());
        return found;
    }

    /// @return every provider's resources
    public Map<String, Map<String, Resource>> all() {
        var found = new LinkedHashMap<String, Map<String, Resource>>();
        tx.query(
                "SELECT " + COLUMNS + " FROM inventory ORDER BY id",
                r -> found.computeIfAbsent(r.string("provider_uuid"), _ -> new LinkedHashMap<>())
                        .put(r.string("resource_class"), resource(r)));
        return found;
    }

    public Optional<Resource> find(String providerUuid, String resourceClass) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM inventory WHERE provider_uuid = ? AND resource_class = ?",
                InventoryStore::resource,
                providerUuid,
                resourceClass);
    }

    /// Adds the inventory or changes it; what is taken of it stays taken.
    public void put(String providerUuid, String resourceClass, Inventory i) {
        tx.update(
                """
                INSERT INTO inventory (provider_uuid, resource_class, total, reserved, min_unit, max_unit, step_size,
                                       allocation_ratio, capacity, used)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
                ON CONFLICT (provider_uuid, resource_class) DO UPDATE
                   SET total = excluded.total, reserved = excluded.reserved, min_unit = excluded.min_unit,
                       max_unit = excluded.max_unit, step_size = excluded.step_size,
                       allocation_ratio = excluded.allocation_ratio, capacity = excluded.capacity
                """,
                providerUuid,
                resourceClass,
                i.total(),
                i.reserved(),
                i.minUnit(),
                i.maxUnit(),
                i.stepSize(),
                Double.toString(i.allocationRatio()),
                capacity(i));
    }

    /// @return false when something is taken of it
    public boolean remove(String providerUuid, String resourceClass) {
        tx.update(
                "DELETE FROM inventory WHERE provider_uuid = ? AND resource_class = ? AND used = 0",
                providerUuid,
                resourceClass);
        return find(providerUuid, resourceClass).isEmpty();
    }

    /// Takes `amount` if it fits. The condition is checked by the database on the row that it locks, so two claims
    /// can never both take the last unit.
    ///
    /// @return false when there is no such inventory, or it has too little left, or the amount is not one it gives
    public boolean take(String providerUuid, String resourceClass, long amount) {
        return tx.update("""
                        UPDATE inventory
                           SET used = used + ?
                         WHERE provider_uuid = ? AND resource_class = ?
                           AND used + ? <= capacity
                           AND min_unit <= ? AND max_unit >= ? AND ? % step_size = 0
                        """, amount, providerUuid, resourceClass, amount, amount, amount, amount) == 1;
    }

    public void give(String providerUuid, String resourceClass, long amount) {
        tx.update(
                "UPDATE inventory SET used = used - ? WHERE provider_uuid = ? AND resource_class = ?",
                amount,
                providerUuid,
                resourceClass);
    }
}
