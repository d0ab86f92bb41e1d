package cloud.yun.blockstorage.type;

import cloud.yun.blockstorage.group.GroupStore;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
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

/// The rules of volume types. A private type is one that projects without access do not know of.
public final class TypeService {
    /// @param name empty keeps it
    record Change(Optional<String> name, Optional<Optional<String>> description, Optional<Boolean> isPublic) {}

    private final Database db;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final String defaultName;

    /// @param defaultName option `default_volume_type`
    public TypeService(Database db, Clock clock, Supplier<UUID> ids, String defaultName) {
        this.db = db;
        this.clock = clock;
        this.ids = ids;
        this.defaultName = defaultName;
    }

    /// Makes the default type if there is none of that name.
    public void ensureDefault() {
        var id = ids.get().toString();
        db.write(tx -> {
            if (new TypeStore(tx).named(defaultName).isPresent()) return;
            var now = clock.instant();
            new TypeStore(tx)
                    .insert(new VolumeType(
                            id,
                            defaultName,
                            Optional.of("Default Volume Type"),
                            true,
                            Map.of(),
                            Optional.empty(),
                            now,
                            now));
        });
    }

    /// @return the type that a project's volume gets when nobody names one: the project's own default, or the cloud's
    /// @throws NotFound there is none
    public VolumeType defaultType(Tx tx, Optional<String> projectId) {
        var own = projectId.flatMap(new TypeStore(tx)::projectDefault).flatMap(new TypeStore(tx)::find);
        return own.orElseGet(() -> defaultType(tx));
    }

    private VolumeType defaultType(Tx tx) {
        return new TypeStore(tx)
                .named(defaultName)
                .orElseThrow(() -> new NotFound("The request cannot be fulfilled as the default volume type "
                        + defaultName + " cannot be found."));
    }

    /// @param idOrName an id, or else a name
    /// @throws NotFound there is none that the caller may use
    public VolumeType require(Tx tx, Caller caller, String idOrName) {
        var store = new TypeStore(tx);
        var byId = store.find(idOrName).filter(t -> sees(tx, caller, t));
        if (byId.isPresent()) return byId.get();
        return store.named(idOrName)
                .filter(t -> sees(tx, caller, t))
                .orElseThrow(() -> new NotFound("Volume type with name " + idOrName + " could not be found."));
    }

    VolumeType get(Caller caller, String id) {
        return db.read(tx -> get(tx, caller, id));
    }

    private static VolumeType get(Tx tx, Caller caller, String id) {
        return new TypeStore(tx)
                .find(id)
                .filter(t -> sees(tx, caller, t))
                .orElseThrow(() -> new NotFound("Volume type", id));
    }

    VolumeType getDefault(Caller caller) {
        return db.read(tx -> defaultType(tx, caller.project().map(Caller.Project::id)));
    }

    /// @return project id to type id
    Map<String, String> projectDefaults() {
        return db.read(tx -> new TypeStore(tx).projectDefaults());
    }

    /// @throws NotFound the project has no default of its own
    String projectDefault(String projectId) {
        return db.read(tx -> new TypeStore(tx)
                .projectDefault(projectId)
                .orElseThrow(() -> new NotFound("Default type for project " + projectId + " not found.")));
    }

    /// @return the type's id
    /// @throws Invalid there is no such type
    String setProjectDefault(Caller caller, String projectId, String idOrName) {
        return db.transaction(tx -> {
            try {
                var type = require(tx, caller, idOrName);
                new TypeStore(tx).setProjectDefault(projectId, type.id());
                return type.id();
            } catch (NotFound e) {
                throw new Invalid(e.userMessage());
            }
        });
    }

    /// Succeeds when the project has none.
    void unsetProjectDefault(String projectId) {
        db.write(tx -> new TypeStore(tx).unsetProjectDefault(projectId));
    }

    /// Newest first, as Cinder lists them.
    List<VolumeType> list(Caller caller, Optional<Boolean> isPublic) {
        return db.read(tx -> new TypeStore(tx)
                .all().reversed().stream()
                        .filter(t -> caller.admin()
                                ? isPublic.isEmpty() || isPublic.get() == t.isPublic()
                                : sees(tx, caller, t))
                        .toList());
    }

    VolumeType create(String name, Optional<String> description, boolean isPublic, Map<String, String> specs) {
        var now = clock.instant();
        var type = new VolumeType(ids.get().toString(), name, description, isPublic, specs, Optional.empty(), now, now);
        db.write(tx -> {
            if (new TypeStore(tx).named(name).isPresent())
                throw new Conflict("Volume Type " + name + " already exists.");
            new TypeStore(tx).insert(type);
        });
        return type;
    }

    VolumeType update(Caller caller, String id, Change change) {
        return db.transaction(tx -> {
            var store = new TypeStore(tx);
            var old = get(tx, caller, id);
            var name = change.name().orElse(old.name());
            if (!name.equals(old.name()) && store.named(name).isPresent())
                throw new Conflict("Volume Type " + name + " already exists.");
            store.update(
                    new VolumeType(
                            id,
                            name,
                            change.description().orElse(old.description()),
                            change.isPublic().orElse(old.isPublic()),
                            old.extraSpecs(),
                            old.qosId(),
                            old.createdAt(),
                            old.updatedAt()),
                    clock.instant());
            return get(tx, caller, id);
        });
    }

    void delete(Caller caller, String id) {
        db.write(tx -> {
            var type = get(tx, caller, id);
            if (type.name().equals(defaultName) || new TypeStore(tx).anyProjectDefault(id))
                throw new Invalid("The volume type " + id + " is a default volume type and cannot be deleted.");
            if (new VolumeStore(tx).countOfType(id) > 0 || new GroupStore(tx).lists(id))
                throw new Invalid("Target volume type is still in use.");
            new TypeStore(tx).delete(id);
        });
    }

    void putSpecs(Caller caller, String id, Map<String, String> specs) {
        db.write(tx -> {
            get(tx, caller, id);
            specs.forEach((k, v) -> new TypeStore(tx).putSpec(id, k, v));
        });
    }

    void deleteSpec(Caller caller, String id, String key) {
        db.write(tx -> {
            get(tx, caller, id);
            if (!new TypeStore(tx).deleteSpec(id, key)) throw noSpec(id, key);
        });
    }

    static NotFound noSpec(String id, String key) {
        return new NotFound("Volume Type " + id + " has no extra specs with key " + key + ".");
    }

    List<String> access(Caller caller, String id) {
        return db.read(tx -> {
            if (get(tx, caller, id).isPublic())
                throw new NotFound("Access list not available for public volume types.");
            return new TypeStore(tx).access(id);
        });
    }

    void grant(Caller caller, String id, String projectId) {
        db.write(tx -> {
            if (get(tx, caller, id).isPublic())
                throw new Conflict("Type access modification is not applicable to public volume type.");
            if (new TypeStore(tx).hasAccess(id, projectId))
                throw new Conflict("Volume type access for " + id + " / " + projectId + " combination already exists.");
            new TypeStore(tx).grant(id, projectId);
        });
    }

    void revoke(Caller caller, String id, String projectId) {
        db.write(tx -> {
            if (get(tx, caller, id).isPublic())
                throw new Conflict("Type access modification is not applicable to public volume type.");
            if (!new TypeStore(tx).revoke(id, projectId))
                throw new NotFound("Volume type access not found for " + id + " / " + projectId + " combination.");
        });
    }

    private static boolean sees(Tx tx, Caller caller, VolumeType type) {
        return type.isPublic()
                || caller.admin()
                || caller.project()
                        .filter(p -> new TypeStore(tx).hasAccess(type.id(), p.id()))
                        .isPresent();
    }
}
