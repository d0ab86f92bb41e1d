package cloud.yun.placement.inventory;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.placement.Placement.Inventory;
import cloud.yun.placement.Placement.Resource;
import cloud.yun.placement.provider.ProviderService;
import cloud.yun.placement.provider.ProviderStore;
import cloud.yun.placement.provider.ResourceProvider;
import cloud.yun.placement.resourceclass.ResourceClassStore;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/// The rules of inventories.
public final class InventoryService {
    private static final String CONCURRENT = "placement.concurrent_update";

    private final Database db;
    private final Clock clock;

    public InventoryService(Database db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    public record Stock(ResourceProvider provider, Map<String, Resource> resources) {}

    Stock list(String provider) {
        return db.read(tx -> stock(tx, provider));
    }

    private static Stock stock(Tx tx, String provider) {
        return new Stock(ProviderService.find(tx, provider), new InventoryStore(tx).of(provider));
    }

    /// Makes the inventories of a provider be these.
    Stock set(String provider, Map<String, Inventory> wanted, long seen, boolean fullyReserved) {
        return db.transaction(tx -> {
            ProviderService.find(tx, provider);
            advance(tx, provider, seen);
            replace(tx, provider, wanted, fullyReserved);
            return stock(tx, provider);
        });
    }

    /// @throws Conflict the provider is no longer at generation `seen`
    public void advance(Tx tx, String provider, long seen) {
        if (!new ProviderStore(tx).advance(provider, seen, clock.instant()))
            throw new Conflict("resource provider generation conflict", CONCURRENT);
    }

    private static void replace(Tx tx, String provider, Map<String, Inventory> wanted, boolean fullyReserved) {
        check(tx, provider, wanted, fullyReserved);
        var store = new InventoryStore(tx);
        for (var name : store.of(provider).keySet())
            if (!wanted.containsKey(name) && !store.remove(provider, name))
                throw new Conflict("update conflict: " + inUse(name, provider), "placement.inventory.inuse");
        wanted.forEach((name, inventory) -> store.put(provider, name, inventory));
    }

    /// @throws Invalid a class is not defined, or more is reserved than there is
    public static void check(Tx tx, String provider, Map<String, Inventory> wanted, boolean fullyReserved) {
        defined(tx, provider, wanted.keySet());
        wanted.forEach((name, i) -> {
            var invalid = "Unable to update inventory for resource provider " + provider + ": Invalid inventory for '"
                    + name + "' on resource provider '" + provider + "'.";
            if (i.reserved() > i.total())
                throw new Invalid(invalid + (fullyReserved ? " The reserved value is greater than total." : ""));
            if (!fullyReserved && i.reserved() == i.total())
                throw new Invalid(invalid + " The reserved value is greater than or equal to total.");
        });
    }

    private static void defined(Tx tx, String provider, Collection<String> classes) {
        for (var name : new ResourceClassStore(tx).unknown(classes))
            throw new Invalid("Unknown resource class in inventory for resource provider " + provider
                    + ": No such resource class " + name + ".");
    }

    private static String inUse(String resourceClass, String provider) {
        return "Inventory for '" + resourceClass + "' on resource provider '" + provider + "' in use.";
    }

    Stock create(
            String provider, String resourceClass, Inventory inventory, Optional<Long> seen, boolean fullyReserved) {
        return db.transaction(tx -> {
            var found = ProviderService.find(tx, provider);
            advance(tx, provider, seen.orElse(found.generation()));
            check(tx, provider, Map.of(resourceClass, inventory), fullyReserved);
            var store = new InventoryStore(tx);
            if (store.find(provider, resourceClass).isPresent())
                throw new Conflict(
                        "Update conflict: Inventory of " + resourceClass + " for " + provider + " already exists");
            store.put(provider, resourceClass, inventory);
            return stock(tx, provider);
        });
    }

    Stock show(String provider, String resourceClass) {
        return db.read(tx -> {
            var stock = stock(tx, provider);
            if (!stock.resources().containsKey(resourceClass))
                throw new NotFound("No inventory of class " + resourceClass + " for " + provider);
            return stock;
        });
    }

    Stock update(String provider, String resourceClass, Inventory inventory, long seen, boolean fullyReserved) {
        return db.transaction(tx -> {
            ProviderService.find(tx, provider);
            advance(tx, provider, seen);
            check(tx, provider, Map.of(resourceClass, inventory), fullyReserved);
            var store = new InventoryStore(tx);
            if (store.find(provider, resourceClass).isEmpty())
                throw new Invalid("No inventory record with resource class for resource provider " + provider + ": "
                        + resourceClass);
            store.put(provider, resourceClass, inventory);
            return stock(tx, provider);
        });
    }

    void delete(String provider, String resourceClass) {
        db.write(tx -> {
            ProviderService.find(tx, provider);
            var store = new InventoryStore(tx);
            new ProviderStore(tx).advance(provider, clock.instant());
            if (store.find(provider, resourceClass).isEmpty())
                throw new NotFound("No inventory of class " + resourceClass + " found for delete");
            if (!store.remove(provider, resourceClass))
                throw new Conflict(
                        "Unable to delete inventory of class " + resourceClass + ": " + inUse(resourceClass, provider),
                        CONCURRENT);
        });
    }

    void deleteAll(String provider) {
        db.write(tx -> {
            ProviderService.find(tx, provider);
            new ProviderStore(tx).advance(provider, clock.instant());
            var store = new InventoryStore(tx);
            for (var name : store.of(provider).keySet())
                if (!store.remove(provider, name))
                    throw new Conflict(
                            "Unable to update inventory for resource provider " + provider + ": "
                                    + inUse(name, provider),
                            "placement.inventory.inuse");
        });
    }
}
