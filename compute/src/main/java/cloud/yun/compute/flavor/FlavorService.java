package cloud.yun.compute.flavor;

import cloud.yun.compute.flavor.FlavorStore.Entry;
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

/// The rules of flavors. Other resources of the room ask [#find].
public final class FlavorService implements Flavors {
    private final Database db;
    private final Clock clock;

    public FlavorService(Database db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    @Override
    public Optional<Flavor> find(Tx tx, Caller caller, String id) {
        return visible(tx, caller, id).map(Entry::flavor);
    }

    @Override
    public long number(Tx tx, String id) {
        return new FlavorStore(tx).find(id).map(Entry::number).orElse(0L);
    }

    private static Optional<Entry> visible(Tx tx, Caller caller, String id) {
        var store = new FlavorStore(tx);
        return store.find(id)
                .filter(f -> f.flavor().isPublic()
                        || caller.admin()
                        || caller.project()
                                .map(p -> store.hasAccess(id, p.id()))
                                .orElse(false));
    }

    /// The flavors that every new cloud has, DevStack's with a smaller one.
    ///
    /// Only into a cloud without any flavor: one that its operator deleted must not come back at the next start.
    public void seed() {
        db.write(tx -> {
            if (!new FlavorStore(tx).any()) seed(new FlavorStore(tx));
        });
    }

    private void seed(FlavorStore store) {
        // id, name, vcpus, memory in MiB, root disk in GiB
        standard(store, "42", "m1.nano", 1, 128, 1);
        standard(store, "84", "m1.micro", 1, 192, 1);
        standard(store, "1", "m1.tiny", 1, 512, 1);
        standard(store, "2", "m1.small", 1, 2048, 20);
        standard(store, "3", "m1.medium", 2, 4096, 40);
        standard(store, "4", "m1.large", 4, 8192, 80);
        standard(store, "5", "m1.xlarge", 8, 16384, 160);
    }

    private void standard(FlavorStore store, String id, String name, int vcpus, int memoryMib, int rootGib) {
        store.insert(
                new Flavor(id, name, vcpus, memoryMib, rootGib, 0, 0, false, true, Optional.empty(), Map.of()),
                1.0,
                clock.instant());
    }

    /// @throws Conflict the id or the name is taken
    Entry create(Flavor wanted, double rxtxFactor) {
        return db.transaction(tx -> {
            var store = new FlavorStore(tx);
            if (store.insert(wanted, rxtxFactor, clock.instant()))
                return store.find(wanted.id()).orElseThrow();
            throw new Conflict(
                    store.idTaken(wanted.id())
                            ? "Flavor with ID " + wanted.id() + " already exists."
                            : "Flavor with name " + wanted.name() + " already exists.");
        });
    }

    /// @throws Invalid the marker is unknown
    List<Entry> list(FlavorStore.Filter filter, List<FlavorStore.Order> orders, Optional<String> marker, int limit) {
        return db.read(tx -> new FlavorStore(tx)
                .list(filter, orders, marker, limit)
                .orElseThrow(() -> new Invalid("marker [" + marker.orElse("") + "] not found")));
    }

    Entry show(Caller caller, String id) {
        return db.read(tx -> visible(tx, caller, id).orElseThrow(() -> unknown(id)));
    }

    Entry describe(String id, Optional<String> description) {
        return db.transaction(tx -> {
            var store = new FlavorStore(tx);
            required(store, id);
            store.describe(id, description, clock.instant());
            return required(store, id);
        });
    }

    void delete(String id) {
        db.write(tx -> {
            if (!new FlavorStore(tx).delete(id)) throw unknown(id);
        });
    }

    Map<String, String> setSpecs(String id, Map<String, String> specs) {
        return db.transaction(tx -> {
            var store = new FlavorStore(tx);
            required(store, id);
            store.setSpecs(id, specs);
            return specs;
        });
    }

    void deleteSpec(String id, String name) {
        db.write(tx -> {
            var store = new FlavorStore(tx);
            required(store, id);
            if (!store.deleteSpec(id, name)) throw noSpec(id, name);
        });
    }

    static NotFound noSpec(String id, String name) {
        return new NotFound("Flavor " + id + " has no extra specs with key " + name + ".");
    }

    /// @throws NotFound also for a public flavor, which has no list
    List<String> access(String id) {
        return db.read(tx -> {
            var store = new FlavorStore(tx);
            if (required(store, id).flavor().isPublic())
                throw new NotFound("Access list not available for public flavors.");
            return store.projects(id);
        });
    }

    List<String> addAccess(String id, String projectId) {
        return db.transaction(tx -> {
            var store = new FlavorStore(tx);
            var flavor = required(store, id);
            if (flavor.flavor().isPublic()) throw new Conflict("Can not add access to a public flavor.");
            if (!store.addProject(id, projectId))
                throw new Conflict("Flavor access already exists for flavor " + flavor.number() + " and project "
                        + projectId + " combination.");
            return store.projects(id);
        });
    }

    List<String> removeAccess(String id, String projectId) {
        return db.transaction(tx -> {
            var store = new FlavorStore(tx);
            var flavor = required(store, id);
            if (!store.removeProject(id, projectId))
                throw new NotFound(
                        "Flavor access not found for " + flavor.number() + " / " + projectId + " combination.");
            return store.projects(id);
        });
    }

    private static Entry required(FlavorStore store, String id) {
        return store.find(id).orElseThrow(() -> unknown(id));
    }

    private static NotFound unknown(String id) {
        return new NotFound("Flavor", id);
    }
}
