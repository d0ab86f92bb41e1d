package cloud.yun.placement;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.placement.allocation.AllocationService;
import cloud.yun.placement.allocation.AllocationStore;
import cloud.yun.placement.candidate.FittingProviders;
import cloud.yun.placement.inventory.InventoryStore;
import cloud.yun.placement.provider.ProviderStore;
import cloud.yun.placement.provider.ResourceProvider;
import cloud.yun.placement.resourceclass.ResourceClassStore;
import cloud.yun.placement.trait.TraitStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The front door in the same database: each call is a part of the caller's transaction.
final class LocalPlacement implements Placement {
    private static final String CUSTOM = "CUSTOM_";

    private final AllocationService allocations;
    private final Clock clock;

    LocalPlacement(AllocationService allocations, Clock clock) {
        this.allocations = allocations;
        this.clock = clock;
    }

    /// Standard traits and classes become what is reported. `CUSTOM_` ones that an operator added through the API
    /// and the report does not name stay.
    @Override
    public void report(
            Tx tx, String providerUuid, String name, Map<String, Inventory> inventories, Set<String> traits) {
        var store = new ProviderStore(tx);
        var now = clock.instant();
        store.insert(new ResourceProvider(providerUuid, name, 0, Optional.empty(), providerUuid, now, now));
        var provider = store.lock(providerUuid)
                .orElseThrow(() -> new Conflict("Conflicting resource provider name: " + name + " already exists."));
        if (!provider.name().equals(name)) store.update(providerUuid, name, provider.parentUuid(), now);
        boolean changed = reportInventories(tx, providerUuid, inventories) | reportTraits(tx, providerUuid, traits);
        if (changed) store.advance(providerUuid, now);
    }

    private boolean reportInventories(Tx tx, String uuid, Map<String, Inventory> wanted) {
        define(new ResourceClassStore(tx), wanted.keySet());
        var store = new InventoryStore(tx);
        var have = store.of(uuid);
        boolean changed = false;
        for (var entry : wanted.entrySet()) {
            var old = have.get(entry.getKey());
            if (old != null && old.inventory().equals(entry.getValue())) continue;
            store.put(uuid, entry.getKey(), entry.getValue());
            changed = true;
        }
        for (var name : have.keySet()) {
            if (wanted.containsKey(name) || name.startsWith(CUSTOM)) continue;
            // What is still taken cannot vanish, but nothing more is given out.
            if (!store.remove(uuid, name)) store.put(uuid, name, new Inventory(0, 0, 1, 1, 1, 1.0));
            changed = true;
        }
        return changed;
    }

    private boolean reportTraits(Tx tx, String uuid, Set<String> wanted) {
        var known = new TraitStore(tx);
        for (var name : known.unknown(wanted)) {
            if (!name.startsWith(CUSTOM)) throw new Invalid("No such trait(s): " + name + ".");
            known.insert(name, clock.instant());
        }
        var store = new ProviderStore(tx);
        var have = store.traits(uuid);
        var target = new HashSet<>(wanted);
        have.stream().filter(t -> t.startsWith(CUSTOM)).forEach(target::add);
        if (target.equals(have)) return false;
        store.setTraits(uuid, target);
        return true;
    }

    private void define(ResourceClassStore classes, Collection<String> names) {
        for (var name : classes.unknown(names)) {
            if (!name.startsWith(CUSTOM)) throw new Invalid("No such resource class " + name + ".");
            classes.insert(name, clock.instant());
        }
    }

    @Override
    public List<Placement.Provider> candidates(
            Tx tx, Map<String, Long> resources, Set<String> required, Set<String> forbidden, int limit) {
        var found = FittingProviders.find(tx, resources, required, forbidden, limit);
        var store = new ProviderStore(tx);
        var providers = new ArrayList<ResourceProvider>();
        for (var uuid : found) store.find(uuid).ifPresent(providers::add);
        return views(tx, providers);
    }

    @Override
    public List<Placement.Provider> providers(Tx tx) {
        return views(tx, new ProviderStore(tx).all());
    }

    private static List<Placement.Provider> views(Tx tx, List<ResourceProvider> providers) {
        var uuids = providers.stream().map(ResourceProvider::uuid).toList();
        var resources = new InventoryStore(tx).of(uuids);
        var traits = new ProviderStore(tx).traits(uuids);
        return providers.stream()
                .map(p -> new Placement.Provider(
                        p.uuid(),
                        p.name(),
                        resources.getOrDefault(p.uuid(), Map.of()),
                        traits.getOrDefault(p.uuid(), Set.of())))
                .toList();
    }

    @Override
    public void claim(
            Tx tx,
            String consumerId,
            String providerUuid,
            Map<String, Long> resources,
            String projectId,
            String userId) {
        if (new ProviderStore(tx).find(providerUuid).isEmpty())
            throw new Conflict("Resource provider " + providerUuid + " is gone.");
        var wanted = new TreeMap<>(resources);
        wanted.values().removeIf(amount -> amount == 0); // a flavor without a disk asks for none
        allocations.claim(tx, consumerId, Map.of(providerUuid, wanted), projectId, userId);
    }

    @Override
    public void release(Tx tx, String consumerId) {
        allocations.release(tx, consumerId);
    }

    @Override
    public Optional<Allocation> allocation(Tx tx, String consumerId) {
        var found = new AllocationStore(tx).of(consumerId);
        return found.isEmpty() ? Optional.empty() : Optional.of(new Allocation(consumerId, found));
    }
}
