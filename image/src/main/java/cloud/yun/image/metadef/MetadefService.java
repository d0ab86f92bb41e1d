package cloud.yun.image.metadef;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The rules of metadata definitions: everybody reads public namespaces and those of the own project; who may not
/// see one is told that there is none.
public final class MetadefService {
    private static final List<String> RESOURCE_TYPES = List.of(
            "OS::Glance::Image",
            "OS::Cinder::Volume",
            "OS::Nova::Server",
            "OS::Nova::Aggregate",
            "OS::Nova::Flavor",
            "OS::Trove::Instance");
    private static final Map<String, String> SORTS = Map.of(
            "created_at", "n.created_at", "updated_at", "n.updated_at", "namespace", "n.namespace", "id", "n.id");

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;

    public MetadefService(Database db, Policy policy, Clock clock, Supplier<UUID> ids) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
    }

    /// The types of resources that OpenStack knows are there from the first start on.
    public void begin() {
        var now = clock.instant();
        db.write(tx -> {
            // A moment between each: they are listed in the order in which they came.
            for (int i = 0; i < RESOURCE_TYPES.size(); i++)
                new MetadefStore(tx).addResourceType(RESOURCE_TYPES.get(i), now.plusMillis(i));
        });
    }

    private static Target target(Namespace n) {
        return Target.project(n.owner()).with("owner", n.owner()).with("visibility", n.visibility());
    }

    private static NotFound notFound(String namespace) {
        return new NotFound("Metadata definition namespace=" + namespace + " was not found.");
    }

    /// @throws NotFound there is none, or the caller may not see it
    private Namespace visible(Tx tx, Caller caller, String name) {
        return new MetadefStore(tx)
                .find(name)
                .filter(n -> policy.allows(caller, "get_metadef_namespace", target(n)))
                .orElseThrow(() -> notFound(name));
    }

    /// For whoever sees the namespace but may not change it: Glance says that it is not there.
    private Namespace changeable(Tx tx, Caller caller, String name, String rule) {
        return new MetadefStore(tx)
                .find(name)
                .filter(n -> policy.allows(caller, "get_metadef_namespace", target(n))
                        && policy.allows(caller, rule, target(n)))
                .orElseThrow(() -> new NotFound("Namespace " + name + " not found"));
    }

    /// @param items what it holds, in the order in which it came
    record Whole(Namespace namespace, List<Item> items) {
        List<Item> of(ItemKind kind) {
            return items.stream().filter(i -> i.kind() == kind).toList();
        }
    }

    /// @param visibility empty: any
    /// @param resourceTypes only namespaces for one of these; empty: all
    record Query(
            Optional<String> visibility,
            List<String> resourceTypes,
            Optional<String> marker,
            int limit,
            String sortKey,
            boolean ascending) {}

    List<Whole> list(Caller caller, Query query) {
        var sort = SORTS.get(query.sortKey());
        if (sort == null) throw new Invalid("Invalid sort key: " + query.sortKey());
        return db.read(tx -> {
            var select = Select.of(MetadefStore.COLUMNS, MetadefStore.FROM);
            if (!caller.admin())
                select.where(
                        "n.visibility = 'public' OR n.owner = ?",
                        caller.project().map(Caller.Project::id).orElse(""));
            select.where("n.visibility = ?", query.visibility());
            if (!query.resourceTypes().isEmpty()) {
                var arguments = query.resourceTypes().toArray();
                select.where(
                        "EXISTS (SELECT 1 FROM metadef_item t WHERE t.kind = 'RESOURCE_TYPE' AND t.namespace_id = n.id"
                                + " AND t.name IN (" + Tx.marks(arguments.length) + "))",
                        arguments);
            }
            var sorts = new ArrayList<Sort>();
            sorts.add(new Sort(sort, query.ascending()));
            if (!sort.equals("n.id")) sorts.add(new Sort("n.id", query.ascending()));
            select.order(sorts).limit(query.limit());
            if (query.marker().isPresent()) {
                var marker = visible(tx, caller, query.marker().get());
                select = select.after(tx, "n.id", marker.id())
                        .orElseThrow(() -> notFound(query.marker().get()));
            }
            var store = new MetadefStore(tx);
            var namespaces = store.list(select);
            var types = store.items(namespaces.stream().map(Namespace::id).toList(), ItemKind.RESOURCE_TYPE);
            return namespaces.stream()
                    .map(n -> new Whole(n, types.getOrDefault(n.id(), List.of())))
                    .toList();
        });
    }

    Whole show(Caller caller, String name) {
        return db.read(tx -> {
            var namespace = visible(tx, caller, name);
            return new Whole(namespace, new MetadefStore(tx).items(namespace.id()));
        });
    }

    /// @param items made together with the namespace; their namespace id is set here
    Whole create(Caller caller, MetadefBody.Fields fields, List<MetadefBody.Named> items) {
        return db.transaction(tx -> {
            var now = clock.instant();
            var owner = fields.owner().orElseGet(caller::projectId);
            policy.require(
                    caller, "add_metadef_namespace", Target.project(owner).with("owner", owner));
            var namespace = new Namespace(
                    ids.get().toString(),
                    fields.namespace(),
                    fields.displayName(),
                    fields.description(),
                    fields.visibility(),
                    fields.protect(),
                    owner,
                    now,
                    now);
            var store = new MetadefStore(tx);
            if (!store.insert(namespace)) throw exists(namespace.name());
            for (var item : items) insert(store, namespace, item);
            return new Whole(namespace, store.items(namespace.id()));
        });
    }

    private static Conflict exists(String namespace) {
        return new Conflict("The metadata definition namespace=" + namespace + " already exists.");
    }

    private Item insert(MetadefStore store, Namespace namespace, MetadefBody.Named named) {
        var now = clock.instant();
        var item = new Item(namespace.id(), named.kind(), named.name(), named.body(), now, now);
        if (named.kind() == ItemKind.RESOURCE_TYPE) store.addResourceType(named.name(), now);
        if (!store.insert(item))
            throw new Conflict("A metadata definition " + named.kind().wire + " with name=" + named.name()
                    + " already exists in namespace=" + namespace.name() + ".");
        return item;
    }

    Namespace update(Caller caller, String name, MetadefBody.Fields fields) {
        return db.transaction(tx -> {
            var seen = changeable(tx, caller, name, "modify_metadef_namespace");
            var wanted = new Namespace(
                    seen.id(),
                    fields.namespace(),
                    fields.displayName(),
                    fields.description(),
                    fields.visibility(),
                    fields.protect(),
                    fields.owner().orElse(seen.owner()),
                    seen.createdAt(),
                    clock.instant());
            if (!new MetadefStore(tx).update(wanted)) throw exists(wanted.name());
            return wanted;
        });
    }

    void delete(Caller caller, String name) {
        db.write(tx -> {
            var namespace = unprotected(changeable(tx, caller, name, "delete_metadef_namespace"));
            new MetadefStore(tx).delete(namespace.id());
        });
    }

    private static Namespace unprotected(Namespace namespace) {
        if (namespace.protect())
            throw new Forbidden(
                    "Metadata definition namespace " + namespace.name() + " is protected and cannot be deleted.");
        return namespace;
    }

    void deleteAll(Caller caller, String name, ItemKind kind, String rule) {
        db.write(tx -> {
            var namespace = unprotected(changeable(tx, caller, name, rule));
            new MetadefStore(tx).deleteAll(namespace.id(), kind);
        });
    }

    Item add(Caller caller, String name, MetadefBody.Named item, String rule) {
        return db.transaction(tx -> insert(new MetadefStore(tx), changeable(tx, caller, name, rule), item));
    }

    /// In the place of all that there were, or beside them.
    List<Item> addTags(Caller caller, String name, List<MetadefBody.Named> tags, boolean append) {
        return db.transaction(tx -> {
            var namespace = changeable(tx, caller, name, "add_metadef_tags");
            var store = new MetadefStore(tx);
            if (!append) store.deleteAll(namespace.id(), ItemKind.TAG);
            var made = new ArrayList<Item>();
            for (var tag : tags) made.add(insert(store, namespace, tag));
            return made;
        });
    }

    Item item(Caller caller, String name, ItemKind kind, String item) {
        return db.read(tx -> find(tx, visible(tx, caller, name), kind, item));
    }

    private static Item find(Tx tx, Namespace namespace, ItemKind kind, String name) {
        return new MetadefStore(tx).item(namespace.id(), kind, name).orElseThrow(() -> switch (kind) {
            case PROPERTY -> new NotFound("Could not find property " + name);
            case OBJECT, TAG, RESOURCE_TYPE ->
                new NotFound("The metadata definition " + kind.wire + " with name=" + name
                        + " was not found in namespace=" + namespace.name() + ".");
        });
    }

    Item update(Caller caller, String namespaceName, String itemName, MetadefBody.Named wanted, String rule) {
        return db.transaction(tx -> {
            var namespace = changeable(tx, caller, namespaceName, rule);
            var seen = find(tx, namespace, wanted.kind(), itemName);
            var store = new MetadefStore(tx);
            if (!wanted.name().equals(itemName)
                    && store.item(namespace.id(), wanted.kind(), wanted.name()).isPresent())
                throw new Conflict("A metadata definition " + wanted.kind().wire + " with name=" + wanted.name()
                        + " already exists in namespace=" + namespaceName + ".");
            var item = new Item(
                    namespace.id(), wanted.kind(), wanted.name(), wanted.body(), seen.createdAt(), clock.instant());
            store.update(itemName, item);
            return item;
        });
    }

    void delete(Caller caller, String namespaceName, ItemKind kind, String itemName, String rule) {
        db.write(tx -> {
            var namespace = unprotected(changeable(tx, caller, namespaceName, rule));
            find(tx, namespace, kind, itemName);
            new MetadefStore(tx).delete(namespace.id(), kind, itemName);
        });
    }

    Map<String, java.time.Instant> resourceTypes() {
        return db.read(tx -> new MetadefStore(tx).resourceTypes());
    }

    /// Changes each body that a namespace's items show, for example to put a prefix before names.
    static List<Item> renamed(List<Item> items, UnaryOperator<String> name) {
        return items.stream()
                .map(i -> new Item(
                        i.namespaceId(), i.kind(), name.apply(i.name()), i.body(), i.createdAt(), i.updatedAt()))
                .toList();
    }
}
