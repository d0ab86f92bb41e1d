package cloud.yun.placement.allocation;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.placement.inventory.InventoryStore;
import cloud.yun.placement.provider.ProviderStore;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// The rules of allocations. What a consumer has is always replaced as a whole.
public final class AllocationService {
    /// What a consumer shall have from now on.
    ///
    /// @param consumer as it shall be written, with its new generation
    /// @param byProvider provider to resource class to amount; empty: nothing, and the consumer goes
    public record Wish(Consumer consumer, Map<String, Map<String, Long>> byProvider) {}

    private final Clock clock;

    public AllocationService(Clock clock) {
        this.clock = clock;
    }

    /// What the front door does: the consumer's generation is ours, nobody names one.
    ///
    /// @throws Conflict the resources do not fit (any more)
    public void claim(
            Tx tx, String consumerId, Map<String, Map<String, Long>> byProvider, String projectId, String userId) {
        var store = new AllocationStore(tx);
        var now = clock.instant();
        var fresh = new Consumer(consumerId, projectId, userId, 0, Optional.empty());
        boolean isNew = store.insert(fresh, now);
        var seen = isNew ? fresh : store.lockConsumer(consumerId).orElseThrow(AllocationService::consumerChanged);
        replace(
                tx,
                Map.of(
                        consumerId,
                        new Wish(
                                new Consumer(consumerId, projectId, userId, seen.generation() + 1, seen.type()),
                                byProvider)));
    }

    /// Gives back all that the consumer has. Succeeds when there is nothing.
    ///
    /// @return whether there was something
    public boolean release(Tx tx, String consumerId) {
        var store = new AllocationStore(tx);
        if (store.lockConsumer(consumerId).isEmpty()) return false;
        var inventories = new InventoryStore(tx);
        sorted(store.of(consumerId))
                .forEach((provider, resources) ->
                        resources.forEach((name, amount) -> inventories.give(provider, name, amount)));
        store.clear(consumerId);
        store.deleteConsumer(consumerId);
        return true;
    }

    /// Replaces what the consumers have, all of them or none. The consumers' rows exist and are locked.
    ///
    /// Providers are locked in the order of their ids and before their inventories, so that two claims never wait
    /// for each other in a circle.
    ///
    /// @throws Invalid a provider does not exist
    /// @throws Conflict something does not fit
    public void replace(Tx tx, Map<String, Wish> wishes) {
        var store = new AllocationStore(tx);
        var inventories = new InventoryStore(tx);
        var now = clock.instant();
        var before = new LinkedHashMap<String, Map<String, Map<String, Long>>>();
        var providers = new TreeSet<String>();
        wishes.forEach((id, wish) -> {
            before.put(id, store.of(id));
            providers.addAll(before.get(id).keySet());
            providers.addAll(wish.byProvider().keySet());
        });
        advance(tx, providers, now);
        before.forEach((id, old) -> {
            old.forEach((provider, resources) ->
                    resources.forEach((name, amount) -> inventories.give(provider, name, amount)));
            if (!old.isEmpty()) store.clear(id);
        });
        wishes.forEach((id, wish) -> {
            if (wish.byProvider().isEmpty()) {
                store.deleteConsumer(id);
                return;
            }
            sorted(wish.byProvider())
                    .forEach((provider, resources) ->
                            resources.forEach((name, amount) -> take(inventories, provider, name, amount)));
            store.insert(id, wish.byProvider());
            store.update(wish.consumer(), now);
        });
    }

    private static void advance(Tx tx, TreeSet<String> providers, Instant now) {
        var store = new ProviderStore(tx);
        for (var provider : providers)
            if (!store.advance(provider, now))
                throw new Invalid("Allocation for resource provider '" + provider + "' that does not exist.");
    }

    private static void take(InventoryStore inventories, String provider, String name, long amount) {
        if (inventories.take(provider, name, amount)) return;
        var found = inventories.find(provider, name);
        if (found.isEmpty())
            throw new Conflict("Unable to allocate inventory: Inventory for '" + name + "' on resource provider '"
                    + provider + "' invalid.");
        var i = found.get().inventory();
        boolean violates = amount < i.minUnit() || amount > i.maxUnit() || amount % i.stepSize() != 0;
        throw new Conflict("Unable to allocate inventory: Unable to create allocation for '" + name
                + "' on resource provider '" + provider + "'. The requested amount would "
                + (violates ? "violate inventory constraints." : "exceed the capacity."));
    }

    private static Map<String, Map<String, Long>> sorted(Map<String, Map<String, Long>> byProvider) {
        var all = new TreeMap<String, Map<String, Long>>();
        byProvider.forEach((provider, resources) -> all.put(provider, new TreeMap<>(resources)));
        return all;
    }

    private static Conflict consumerChanged() {
        return new Conflict("The consumer was changed by another request. Try again.", "placement.concurrent_update");
    }
}
