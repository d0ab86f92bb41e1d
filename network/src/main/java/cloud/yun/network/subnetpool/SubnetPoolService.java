package cloud.yun.network.subnetpool;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Standard;
import cloud.yun.network.api.Values;
import cloud.yun.network.rbac.Grants;
import cloud.yun.network.subnet.SubnetStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of subnet pools.
public final class SubnetPoolService extends Resource<SubnetPool> {
    private static final int MIN_LENGTH_4 = 8;
    private static final int MIN_LENGTH_6 = 64;

    public static final Shape SHAPE = new Shape(
            "subnetpool",
            "subnetpools",
            "SubnetPoolNotFound",
            "Subnet pool %s could not be found.",
            shown("id").column("id"),
            of("name", Values.notEmpty(255)).mandatory().column("name"),
            shown("tenant_id").column("project_id"),
            shown("project_id").column("project_id"),
            of("prefixes", Values.list(Values.subnet())).mandatory(),
            of("default_quota", Values.orNull(Values.integer(0, Integer.MAX_VALUE)))
                    .standard(null)
                    .number("default_quota"),
            shown("ip_version").number("ip_version"),
            of("default_prefixlen", Values.orNull(Values.integer(0, 128))).number("default_prefixlen"),
            of("min_prefixlen", Values.orNull(Values.integer(0, 128))).number("min_prefixlen"),
            of("max_prefixlen", Values.orNull(Values.integer(0, 128))).number("max_prefixlen"),
            fixed("shared", Values.bool()).standard(false).flag("shared"),
            of("is_default", Values.bool()).standard(false).flag("is_default"),
            of("address_scope_id", Values.orNull(Values.uuid())).standard(null).column("address_scope_id"),
            of("description", Values.text(255)).standard("").column("description"),
            shown("tags"),
            shown("created_at").number("created_at"),
            shown("updated_at").number("updated_at"),
            shown("revision_number").number("revision"));

    public SubnetPoolService(Common common) {
        super(common, SHAPE);
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        common.take(tx, draft.projectId(), "subnetpool", 1);
        var values = draft.values();
        var prefixes = prefixes(values.path("prefixes"), List.of());
        var pool = lengths(
                new SubnetPool(
                        common.id(),
                        draft.projectId(),
                        draft.text("name"),
                        prefixes.getFirst().version(),
                        prefixes,
                        0,
                        0,
                        0,
                        number(values.path("default_quota")),
                        draft.flag("shared"),
                        draft.flag("is_default"),
                        Optional.ofNullable(values.path("address_scope_id").asString(null)),
                        Standard.fresh(draft.text("description"), 0, common.now())),
                values,
                Optional.empty());
        check(tx, pool);
        new SubnetPoolStore(tx).insert(pool);
        var object = render(pool, List.of());
        common.emit(tx, caller, SHAPE, "create", pool.projectId(), pool.id(), object.deepCopy());
        return object;
    }

    private static Optional<Long> number(JsonNode value) {
        return value.isNumber() ? Optional.of(value.longValue()) : Optional.empty();
    }

    /// Overlapping and adjacent prefixes become one, as in Neutron.
    private static List<Cidr> prefixes(JsonNode array, List<Cidr> before) {
        var all = new ArrayList<>(before);
        array.forEach(p -> all.add(Cidr.of(p.asString())));
        if (all.isEmpty()) throw new Invalid("Empty subnet pool prefix list.", "EmptySubnetPoolPrefixList");
        if (all.stream().map(Cidr::version).distinct().count() > 1)
            throw new Invalid("Cannot mix IPv4 and IPv6 prefixes in a subnet pool.", "PrefixVersionMismatch");
        all.sort(Comparator.comparing(Cidr::first).thenComparing(Cidr::length));
        for (int i = 1; i < all.size(); ) {
            var a = all.get(i - 1);
            var b = all.get(i);
            if (a.contains(b)) {
                all.remove(i);
            } else if (a.length() == b.length() && a.length() > 0 && new Cidr(a.ip(), a.length() - 1).contains(b)) {
                all.set(i - 1, new Cidr(a.ip(), a.length() - 1).network());
                all.remove(i);
                i = 1;
            } else {
                i++;
            }
        }
        return List.copyOf(all);
    }

    private static SubnetPool lengths(SubnetPool p, ObjectNode values, Optional<SubnetPool> before) {
        int bits = p.version() == 4 ? 32 : 128;
        int min = values.path("min_prefixlen")
                .asInt(before.map(SubnetPool::minLength).orElse(p.version() == 4 ? MIN_LENGTH_4 : MIN_LENGTH_6));
        int max = values.path("max_prefixlen")
                .asInt(before.map(SubnetPool::maxLength).orElse(bits));
        int standard = values.path("default_prefixlen")
                .asInt(before.map(SubnetPool::defaultLength).orElse(min));
        if (min > max) throw illegal("min_prefixlen", min, "larger than max_prefixlen", max);
        if (max > bits) throw illegal("max_prefixlen", max, "larger than max_prefixlen", bits);
        if (standard < min) throw illegal("default_prefixlen", standard, "smaller than min_prefixlen", min);
        if (standard > max) throw illegal("default_prefixlen", standard, "larger than max_prefixlen", max);
        return new SubnetPool(
                p.id(),
                p.projectId(),
                p.name(),
                p.version(),
                p.prefixes(),
                standard,
                min,
                max,
                p.quota(),
                p.shared(),
                p.isDefault(),
                p.addressScopeId(),
                p.standard());
    }

    private static Invalid illegal(String what, int length, String how, int other) {
        return new Invalid(
                "Illegal prefix bounds: " + what + "=" + length + ", " + how.substring(how.lastIndexOf(' ') + 1) + "="
                        + other + ".",
                "IllegalSubnetPoolPrefixBounds");
    }

    private static void check(Tx tx, SubnetPool pool) {
        if (pool.isDefault()) {
            var other = new SubnetPoolStore(tx).standard(pool.version());
            if (other.isPresent() && !other.get().id().equals(pool.id()))
                throw new Invalid(
                        "Invalid input for operation: A default subnetpool for this IP family has already been set. Only"
                                + " one default may exist per IP family.",
                        "InvalidInput");
        }
        if (pool.addressScopeId().isEmpty()) return;
        var scopeId = pool.addressScopeId().get();
        var scope = new AddressScopeStore(tx)
                .find(scopeId)
                .filter(s -> s.shared()
                        || s.projectId().equals(pool.projectId())
                        || Grants.shared(tx, pool.projectId(), scopeId))
                .orElseThrow(() -> AddressScopeService.SHAPE.notFound(scopeId));
        if (scope.version() != pool.version())
            throw new Invalid(
                    "Illegal subnetpool association: subnetpool " + pool.id() + " cannot associate with address scope "
                            + scopeId + " because subnetpool ip_version is not " + scope.version() + ".",
                    "IllegalSubnetPoolIpVersionAssociationToAddressScope");
        for (var other : new SubnetPoolStore(tx).ofScope(scopeId))
            if (!other.id().equals(pool.id()))
                for (var a : other.prefixes())
                    for (var b : pool.prefixes())
                        if (a.overlaps(b))
                            throw new Conflict(
                                    "Subnet pool " + pool.id() + " cannot associate with address scope " + scopeId
                                            + " because prefixes overlap with subnet pool " + other.id() + ".",
                                    "AddressScopePrefixConflict");
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var store = new SubnetPoolStore(tx);
            var seen = visible(tx, caller, id);
            common.guard().update(caller, SHAPE, changes, Target.project(seen.projectId()));
            var locked = store.lock(id).orElseThrow(() -> SHAPE.notFound(id));
            locked.standard().constrain(revision);
            var prefixes = changes.has("prefixes") ? prefixes(changes.path("prefixes"), List.of()) : locked.prefixes();
            for (var old : locked.prefixes())
                if (prefixes.stream().noneMatch(p -> p.contains(old)))
                    throw new Invalid(
                            "Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.",
                            "IllegalSubnetPoolPrefixUpdate");
            var merged = lengths(
                    new SubnetPool(
                            id,
                            locked.projectId(),
                            changes.path("name").asString(locked.name()),
                            locked.version(),
                            prefixes,
                            0,
                            0,
                            0,
                            changes.has("default_quota") ? number(changes.path("default_quota")) : locked.quota(),
                            locked.shared(),
                            changes.path("is_default").asBoolean(locked.isDefault()),
                            changes.has("address_scope_id")
                                    ? Optional.ofNullable(
                                            changes.path("address_scope_id").asString(null))
                                    : locked.addressScopeId(),
                            new Standard(
                                    changes.path("description")
                                            .asString(locked.standard().description()),
                                    locked.standard().revision(),
                                    locked.standard().createdAt(),
                                    locked.standard().updatedAt())),
                    changes,
                    Optional.of(locked));
            check(tx, merged);
            store.update(merged, common.now());
            var object = rendered(tx, store.find(id).orElseThrow());
            common.emit(tx, caller, SHAPE, "update", locked.projectId(), id, object.deepCopy());
            return object;
        });
    }

    /// Gives a locked pool other prefixes, as far as its address scope allows.
    SubnetPool prefixes(Tx tx, Caller caller, SubnetPool locked, List<Cidr> wanted) {
        var prefixes = wanted.isEmpty() ? wanted : prefixes(Json.array(), wanted);
        var changed = new SubnetPool(
                locked.id(),
                locked.projectId(),
                locked.name(),
                locked.version(),
                prefixes,
                locked.defaultLength(),
                locked.minLength(),
                locked.maxLength(),
                locked.quota(),
                locked.shared(),
                locked.isDefault(),
                locked.addressScopeId(),
                locked.standard());
        for (var prefix : prefixes)
            if (prefix.version() != locked.version())
                throw new Invalid("Cannot mix IPv4 and IPv6 prefixes in a subnet pool.", "PrefixVersionMismatch");
        check(tx, changed);
        var store = new SubnetPoolStore(tx);
        store.update(changed, common.now());
        var object = rendered(tx, store.find(locked.id()).orElseThrow());
        common.emit(tx, caller, SHAPE, "update", locked.projectId(), locked.id(), object);
        return changed;
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.project(seen.projectId()));
            seen.standard().constrain(revision);
            if (!new SubnetStore(tx).ofPool(id).isEmpty())
                throw new Conflict(
                        "Subnet pool " + id + " has existing allocations: Subnet pool has existing allocations.",
                        "SubnetPoolDeleteError");
            Standard.dropTags(tx, id);
            new Grants(common).gone(tx, id);
            new SubnetPoolStore(tx).delete(id);
            common.give(tx, seen.projectId(), "subnetpool", 1);
            common.emitDelete(tx, caller, SHAPE, seen.projectId(), id);
        });
    }

    @Override
    protected Optional<SubnetPool> find(Tx tx, String id) {
        return new SubnetPoolStore(tx).find(id);
    }

    @Override
    protected List<SubnetPool> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new SubnetPoolStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, SubnetPool row) {
        return Target.project(row.projectId()).with("shared", row.shared() || Grants.shared(tx, caller, row.id()));
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<SubnetPool> rows) {
        var tags = Standard.tags(tx, rows.stream().map(SubnetPool::id).toList());
        return rows.stream()
                .map(p -> render(p, tags.getOrDefault(p.id(), List.of())))
                .toList();
    }

    private static ObjectNode rendered(Tx tx, SubnetPool pool) {
        return render(pool, Standard.tags(tx, List.of(pool.id())).getOrDefault(pool.id(), List.of()));
    }

    /// Prefix lengths are texts, as Neutron shows them.
    private static ObjectNode render(SubnetPool p, List<String> tags) {
        var object = Json.object()
                .put("id", p.id())
                .put("name", p.name())
                .put("tenant_id", p.projectId())
                .put("default_prefixlen", Integer.toString(p.defaultLength()))
                .put("min_prefixlen", Integer.toString(p.minLength()))
                .put("max_prefixlen", Integer.toString(p.maxLength()))
                .put("is_default", p.isDefault())
                .put("shared", p.shared());
        var prefixes = object.putArray("prefixes");
        p.prefixes().forEach(c -> prefixes.add(c.toString()));
        object.put("ip_version", p.version());
        object.set("default_quota", Json.tree(p.quota().orElse(null)));
        object.put("address_scope_id", p.addressScopeId().orElse(null));
        return p.standard().into(object, tags, p.projectId());
    }
}
