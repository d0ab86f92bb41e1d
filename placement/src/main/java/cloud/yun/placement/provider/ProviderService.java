package cloud.yun.placement.provider;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.placement.query.Parameters;
import cloud.yun.placement.query.Parameters.Aggregates;
import cloud.yun.placement.query.Parameters.Traits;
import cloud.yun.placement.resourceclass.ResourceClassStore;
import cloud.yun.placement.trait.TraitStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The rules of providers, their aggregates and traits.
public final class ProviderService {
    private final Database db;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final Predicate<ProviderInUse> inUse;

    /// Asked before a provider is removed.
    public record ProviderInUse(Tx tx, String uuid) {}

    /// @param inUse whether somebody has allocations of a provider
    public ProviderService(Database db, Clock clock, Supplier<UUID> ids, Predicate<ProviderInUse> inUse) {
        this.db = db;
        this.clock = clock;
        this.ids = ids;
        this.inUse = inUse;
    }

    /// What a list is asked for.
    public record Filter(
            Optional<String> name,
            Optional<String> uuid,
            Optional<String> inTree,
            Map<String, Long> resources,
            Traits traits,
            Aggregates aggregates) {}

    public static NotFound notFound(String uuid) {
        return new NotFound("No resource provider with uuid " + uuid + " found");
    }

    /// @throws NotFound no such provider
    public static ResourceProvider find(Tx tx, String uuid) {
        return new ProviderStore(tx).find(uuid).orElseThrow(() -> notFound(uuid));
    }

    /// @throws Conflict the provider is no longer at generation `seen`
    public static void advance(Tx tx, String uuid, long seen, Clock clock) {
        if (!new ProviderStore(tx).advance(uuid, seen, clock.instant())) throw generationConflict();
    }

    static Conflict generationConflict() {
        return new Conflict(
                "Resource provider's generation already changed. Please update the generation and try again.",
                "placement.concurrent_update");
    }

    ResourceProvider show(String uuid) {
        return db.read(tx -> find(tx, uuid));
    }

    List<ResourceProvider> list(Filter f) {
        return db.read(tx -> {
            Parameters.defined(new ResourceClassStore(tx), f.resources().keySet());
            Parameters.defined(new TraitStore(tx), "required", f.traits());
            var select = Select.of(ProviderStore.COLUMNS, "resource_provider p").order(Sort.asc("p.id"));
            select.where("p.name = ?", f.name()).where("p.uuid = ?", f.uuid());
            if (f.inTree().isPresent())
                select.where(
                        "p.root_uuid = (SELECT t.root_uuid FROM resource_provider t WHERE t.uuid = ?)",
                        f.inTree().get());
            f.resources().forEach((name, amount) -> select.where("""
                    EXISTS (SELECT 1 FROM inventory i
                             WHERE i.provider_uuid = p.uuid AND i.resource_class = ? AND i.used + ? <= i.capacity
                               AND i.min_unit <= ? AND i.max_unit >= ? AND ? % i.step_size = 0)
                    """, name, amount, amount, amount, amount));
            for (var any : f.traits().any()) has(select, "provider_trait", "trait", any, "");
            has(select, "provider_trait", "trait", f.traits().none(), "NOT ");
            for (var any : f.aggregates().any()) has(select, "provider_aggregate", "aggregate_uuid", any, "");
            has(select, "provider_aggregate", "aggregate_uuid", f.aggregates().none(), "NOT ");
            return select.list(tx, ProviderStore::provider);
        });
    }

    private static void has(Select select, String table, String column, Set<String> values, String not) {
        if (values.isEmpty()) return;
        select.where(
                not + "EXISTS (SELECT 1 FROM " + table + " x WHERE x.provider_uuid = p.uuid AND x." + column + " IN ("
                        + Tx.marks(values.size()) + "))",
                values.toArray());
    }

    ResourceProvider create(String name, Optional<String> asked, Optional<String> parent) {
        var uuid = asked.orElseGet(() -> ids.get().toString());
        return db.transaction(tx -> {
            var store = new ProviderStore(tx);
            var root = uuid;
            if (parent.isPresent()) {
                var refusal = "Unable to create resource provider \"" + name + "\", " + uuid
                        + ": Object action create failed because: ";
                if (parent.get().equals(uuid))
                    throw new Invalid(refusal + "parent provider UUID cannot be same as UUID. If creating a child"
                            + " provider, please set both.");
                root = store.lock(parent.get())
                        .orElseThrow(() -> new Invalid(refusal + "parent provider UUID does not exist."))
                        .rootUuid();
            }
            var now = clock.instant();
            var provider = new ResourceProvider(uuid, name, 0, parent, root, now, now);
            if (!store.insert(provider)) {
                var what = store.find(uuid).isPresent() ? "uuid: " + uuid : "name: " + name;
                throw new Conflict(
                        "Conflicting resource provider " + what + " already exists.", "placement.duplicate_name");
            }
            return provider;
        });
    }

    /// @param parent empty: stays; an empty id: none
    /// @param anyParent whether a provider that has a parent may get another, as since 1.37
    ResourceProvider update(String uuid, String name, Optional<String> parent, boolean anyParent) {
        return db.transaction(tx -> {
            var store = new ProviderStore(tx);
            var seen = store.lock(uuid).orElseThrow(() -> notFound(uuid));
            if (store.nameTaken(name, uuid))
                throw new Conflict(
                        "Conflicting resource provider " + name + " already exists.", "placement.duplicate_name");
            var wanted = parent.isEmpty() ? seen.parentUuid() : parent.filter(p -> !p.isEmpty());
            if (!wanted.equals(seen.parentUuid())) reparent(store, seen, wanted, anyParent);
            store.update(uuid, name, wanted, clock.instant());
            return store.find(uuid).orElseThrow();
        });
    }

    private static void reparent(
            ProviderStore store, ResourceProvider seen, Optional<String> parent, boolean anyParent) {
        var refusal = "Unable to save resource provider " + seen.uuid() + ": Object action update failed because: ";
        if (!anyParent && seen.parentUuid().isPresent())
            throw new Invalid(refusal + (parent.isEmpty() ? "un-parenting" : "re-parenting")
                    + " a provider is not currently allowed.");
        var subtree = subtree(store.trees(List.of(seen.rootUuid())), seen.uuid());
        var root = seen.uuid();
        if (parent.isPresent()) {
            if (subtree.contains(parent.get()))
                throw new Invalid(refusal + "creating loop in the provider tree is not allowed.");
            root = store.lock(parent.get())
                    .orElseThrow(() -> new Invalid(refusal + "parent provider UUID does not exist."))
                    .rootUuid();
        }
        store.reroot(subtree, root);
    }

    /// @return the provider and everything below it
    private static List<String> subtree(Collection<ResourceProvider> tree, String top) {
        var found = new ArrayList<String>(List.of(top));
        for (int i = 0; i < found.size(); i++) {
            var at = found.get(i);
            tree.stream()
                    .filter(p -> p.parentUuid().filter(at::equals).isPresent())
                    .forEach(p -> found.add(p.uuid()));
        }
        return found;
    }

    void delete(String uuid) {
        db.write(tx -> {
            var store = new ProviderStore(tx);
            store.lock(uuid).orElseThrow(() -> notFound(uuid)).uuid();
            if (store.hasChildren(uuid))
                throw new Conflict(
                        "Unable to delete parent resource provider " + uuid + ": It has child resource providers.",
                        "placement.resource_provider.cannot_delete_parent");
            if (inUse.test(new ProviderInUse(tx, uuid)))
                throw new Conflict(
                        "Unable to delete resource provider " + uuid + ": Resource provider has allocations.",
                        "placement.resource_provider.inuse");
            store.delete(uuid);
        });
    }

    /// @param names what the provider has or belongs to
    record Owned(ResourceProvider provider, Set<String> names) {}

    Owned aggregates(String uuid) {
        return db.read(tx -> new Owned(find(tx, uuid), new ProviderStore(tx).aggregates(uuid)));
    }

    /// @param seen generation that the writer read; empty before 1.19, where nobody checks
    Owned setAggregates(String uuid, List<String> aggregates, Optional<Long> seen) {
        return db.transaction(tx -> {
            var store = new ProviderStore(tx);
            store.lock(uuid).orElseThrow(() -> notFound(uuid)).uuid();
            if (seen.isPresent()) advance(tx, uuid, seen.get(), clock);
            store.setAggregates(uuid, aggregates);
            return new Owned(find(tx, uuid), store.aggregates(uuid));
        });
    }

    Owned traits(String uuid) {
        return db.read(tx -> new Owned(find(tx, uuid), new ProviderStore(tx).traits(uuid)));
    }

    Owned setTraits(String uuid, List<String> traits, Optional<Long> seen) {
        return db.transaction(tx -> {
            var store = new ProviderStore(tx);
            var provider = store.lock(uuid).orElseThrow(() -> notFound(uuid));
            advance(tx, uuid, seen.orElse(provider.generation()), clock);
            var unknown = new TraitStore(tx).unknown(traits);
            if (!unknown.isEmpty()) throw new Invalid("No such trait " + String.join(", ", unknown));
            store.setTraits(uuid, traits);
            return new Owned(find(tx, uuid), store.traits(uuid));
        });
    }
}
