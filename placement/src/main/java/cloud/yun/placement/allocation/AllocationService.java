package cloud.yun.placement.allocation;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.placement.Placement.Inventory;
import cloud.yun.placement.inventory.InventoryService;
import cloud.yun.placement.inventory.InventoryStore;
import cloud.yun.placement.provider.ProviderService;
import cloud.yun.placement.provider.ProviderStore;
import cloud.yun.placement.provider.ResourceProvider;
import cloud.yun.placement.resourceclass.ResourceClassStore;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
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

    private static final String CONCURRENT = "placement.concurrent_update";
    /// Who the consumers of requests before 1.8 belong to: those did not say it.
    private static final String INCOMPLETE = "00000000-0000-0000-0000-000000000000";

    private final Database db;
    private final Clock clock;

    public AllocationService(Database db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    /// What a consumer has.
    ///
    /// @param generations of the providers
    record Held(
            Optional<Consumer> consumer, Map<String, Map<String, Long>> byProvider, Map<String, Long> generations) {}

    Held held(String consumerId) {
        return db.read(tx -> {
            var store = new AllocationStore(tx);
            var byProvider = store.of(consumerId);
            var generations = new TreeMap<String, Long>();
            for (var provider : byProvider.keySet())
                generations.put(provider, ProviderService.find(tx, provider).generation());
            return new Held(store.consumer(consumerId), byProvider, generations);
        });
    }

    record Shares(ResourceProvider provider, List<AllocationStore.Share> shares) {}

    Shares shares(String provider) {
        return db.read(tx -> new Shares(ProviderService.find(tx, provider), new AllocationStore(tx).shares(provider)));
    }

    /// @param consumers how many there are of each type
    record Usage(List<AllocationStore.Use> uses, Map<Optional<String>, Long> consumers) {}

    Usage usage(String projectId, Optional<String> userId) {
        return db.read(tx -> {
            var store = new AllocationStore(tx);
            return new Usage(store.usage(projectId, userId), store.consumerCounts(projectId, userId));
        });
    }

    boolean release(String consumerId) {
        return db.transaction(tx -> release(tx, consumerId));
    }

    void set(List<Allocations> asked) {
        db.write(tx -> set(tx, asked));
    }

    /// @param generation of the provider, as the writer read it
    record Reshaped(long generation, Map<String, Inventory> inventories) {}

    /// Changes inventories and moves allocations at once: first what is new, then the allocations, then what goes.
    ///
    /// @throws Conflict a generation has changed, something does not fit, or what goes is still used
    void reshape(Map<String, Reshaped> changes, List<Allocations> asked) {
        db.write(tx -> {
            var inventories = new InventoryStore(tx);
            var providers = new TreeMap<>(changes);
            providers.forEach((uuid, change) -> {
                ProviderService.find(tx, uuid);
                if (!new ProviderStore(tx).advance(uuid, change.generation(), clock.instant()))
                    throw new Conflict("resource provider generation conflict", CONCURRENT);
                InventoryService.check(tx, uuid, change.inventories(), true);
                change.inventories().forEach((name, i) -> inventories.put(uuid, name, i));
            });
            set(tx, asked);
            providers.forEach((uuid, change) -> {
                for (var name : inventories.of(uuid).keySet())
                    if (!change.inventories().containsKey(name) && !inventories.remove(uuid, name))
                        throw new Conflict(
                                "Inventory for '" + name + "' on resource provider '" + uuid + "' in use.",
                                "placement.inventory.inuse");
            });
        });
    }

    private void set(Tx tx, List<Allocations> asked) {
        var wishes = new TreeMap<String, Wish>();
        asked.stream()
                .sorted(Comparator.comparing(Allocations::consumerId))
                .forEach(a -> wishes.put(a.consumerId(), wish(tx, a)));
        var classes = new TreeSet<String>();
        for (var wish : wishes.values()) wish.byProvider().values().forEach(r -> classes.addAll(r.keySet()));
        for (var name : new ResourceClassStore(tx).unknown(classes))
            throw new Invalid("Unable to allocate inventory: No such resource class " + name + ".");
        replace(tx, wishes);
    }

    /// Locks the consumer, or makes it.
    private Wish wish(Tx tx, Allocations a) {
        var store = new AllocationStore(tx);
        var now = clock.instant();
        var project = a.projectId().orElse(INCOMPLETE);
        var user = a.userId().orElse(INCOMPLETE);
        var seen = store.lockConsumer(a.consumerId());
        if (a.checked()
                && seen.isPresent()
                && !a.generation().equals(Optional.of(seen.get().generation())))
            throw generationConflict(Long.toString(seen.get().generation()), a.generation());
        if (a.checked() && seen.isEmpty() && a.generation().isPresent())
            throw generationConflict("null", a.generation());
        var type = a.type().or(() -> seen.flatMap(Consumer::type));
        if (seen.isEmpty() && !store.insert(new Consumer(a.consumerId(), project, user, 0, type), now))
            throw consumerChanged();
        long generation = seen.map(Consumer::generation).orElse(0L) + 1;
        return new Wish(new Consumer(a.consumerId(), project, user, generation, type), a.byProvider());
    }

    private static Conflict generationConflict(String expected, Optional<Long> got) {
        return new Conflict(
                "consumer generation conflict - expected " + expected + " but got "
                        + got.map(String::valueOf).orElse("None"),
                CONCURRENT);
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
        return new Conflict("The consumer was changed by another request. Try again.", CONCURRENT);
    }
}
