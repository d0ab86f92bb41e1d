package cloud.yun.blockstorage.group;

import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The rules of group types.
public final class GroupTypeService {
    /// Reserved for what was a consistency group once: no group can be of it.
    private static final String MIGRATED = "default_cgsnapshot_type";

    private final Database db;
    private final Clock clock;
    private final Supplier<UUID> ids;

    public GroupTypeService(Database db, Clock clock, Supplier<UUID> ids) {
        this.db = db;
        this.clock = clock;
        this.ids = ids;
    }

    /// Makes the type that every Cinder has.
    public void ensureDefault() {
        var id = ids.get().toString();
        db.write(tx -> {
            if (new GroupTypeStore(tx).named(MIGRATED).isPresent()) return;
            new GroupTypeStore(tx)
                    .insert(new GroupType(
                            id,
                            MIGRATED,
                            Optional.of("Default group type for migrating cgsnapshot"),
                            true,
                            Map.of("consistent_group_snapshot_enabled", "<is> True"),
                            clock.instant()));
        });
    }

    /// @throws Invalid the type is reserved
    static void checkReserved(GroupType type) {
        if (type.name().equals(MIGRATED))
            throw new Invalid("Group_type " + type.id() + " is reserved for migrating CGs to groups. Migrated group can"
                    + " only be operated by CG APIs.");
    }

    static NotFound unknown(String id) {
        return new NotFound("Group type", id);
    }

    private static GroupType require(Tx tx, String id) {
        return new GroupTypeStore(tx).find(id).orElseThrow(() -> unknown(id));
    }

    /// @return the type of that id, or of that name
    static GroupType named(Tx tx, String idOrName) {
        var store = new GroupTypeStore(tx);
        return store.find(idOrName)
                .or(() -> store.named(idOrName))
                .orElseThrow(() -> new NotFound("Group type with name " + idOrName + " could not be found."));
    }

    GroupType get(String id) {
        if (id.equals("default")) throw new NotFound("Default group type can not be found.");
        return db.read(tx -> require(tx, id));
    }

    /// @param isPublic empty: both
    List<GroupType> list(Caller caller, ListQuery query, Optional<Boolean> isPublic) {
        return db.read(tx -> {
            var select = Select.of(GroupTypeStore.COLUMNS, "group_type")
                    .where("is_public = ?", caller.admin() ? isPublic : Optional.of(true));
            var marker = query.marker().orElse("");
            return query.cut(new GroupTypeStore(tx).list(query.page(tx, select, () -> unknown(marker))));
        });
    }

    /// @throws Conflict there is one of that name
    GroupType create(String name, Optional<String> description, boolean isPublic, Map<String, String> specs) {
        var made = new GroupType(ids.get().toString(), name, description, isPublic, specs, clock.instant());
        db.write(tx -> {
            checkName(tx, name);
            new GroupTypeStore(tx).insert(made);
        });
        return made;
    }

    private static void checkName(Tx tx, String name) {
        if (new GroupTypeStore(tx).named(name).isPresent())
            throw new Conflict("Group Type " + name + " already exists.");
    }

    GroupType update(String id, Optional<String> name, Optional<String> description, Optional<Boolean> isPublic) {
        if (name.filter(String::isBlank).isPresent()) throw new Invalid("Group type name can not be empty.");
        if (name.isEmpty() && description.isEmpty() && isPublic.isEmpty())
            throw new Invalid("Specify group type name, description or a combination thereof.");
        return db.transaction(tx -> {
            var old = require(tx, id);
            if (name.filter(n -> !n.equals(old.name())).isPresent()) checkName(tx, name.get());
            new GroupTypeStore(tx)
                    .update(
                            new GroupType(
                                    id,
                                    name.orElse(old.name()),
                                    description.or(old::description),
                                    isPublic.orElse(old.isPublic()),
                                    old.specs(),
                                    old.createdAt()),
                            clock.instant());
            return require(tx, id);
        });
    }

    void delete(String id) {
        db.write(tx -> {
            require(tx, id);
            if (new GroupTypeStore(tx).used(id)) throw new Invalid("Target group type is still in use.");
            new GroupTypeStore(tx).delete(id);
        });
    }

    void putSpecs(String id, Map<String, String> specs) {
        db.write(tx -> {
            require(tx, id);
            new GroupTypeStore(tx).putSpecs(id, specs);
        });
    }

    String spec(String id, String key) {
        var value = get(id).specs().get(key);
        if (value == null) throw noSpec(id, key);
        return value;
    }

    void deleteSpec(String id, String key) {
        db.write(tx -> {
            require(tx, id);
            if (!new GroupTypeStore(tx).deleteSpec(id, key)) throw noSpec(id, key);
        });
    }

    private static NotFound noSpec(String id, String key) {
        return new NotFound("Group Type " + id + " has no specs with key " + key + ".");
    }
}
