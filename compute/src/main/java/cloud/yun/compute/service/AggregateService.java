package cloud.yun.compute.service;

import cloud.yun.compute.server.Servers;
import cloud.yun.compute.service.AggregateStore.Aggregate;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/// The rules of aggregates: a host is in at most one availability zone, and servers do not change theirs silently.
public final class AggregateService {
    private final Database db;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final Servers servers;

    public AggregateService(Database db, Clock clock, Supplier<UUID> ids, Servers servers) {
        this.db = db;
        this.clock = clock;
        this.ids = ids;
        this.servers = servers;
    }

    List<Aggregate> all() {
        return db.read(tx -> new AggregateStore(tx).all());
    }

    Aggregate show(String id) {
        return db.read(tx -> required(new AggregateStore(tx), id));
    }

    Aggregate create(String name, Optional<String> zone) {
        return db.transaction(tx -> {
            var store = new AggregateStore(tx);
            long number = store.insert(ids.get().toString(), name, clock.instant())
                    .orElseThrow(() -> new Conflict("Aggregate " + name + " already exists."));
            zone.ifPresent(z -> store.setMetadata(number, AggregateStore.ZONE, zone));
            return store.find(number).orElseThrow();
        });
    }

    /// @param metadata an empty value removes the key
    /// @throws Conflict the name is taken, or a host would be in two zones
    Aggregate update(String id, Optional<String> name, Map<String, Optional<String>> metadata) {
        return db.transaction(tx -> {
            var store = new AggregateStore(tx);
            var found = required(store, id);
            if (name.isPresent()) {
                if (store.nameTaken(name.get(), found.number()))
                    throw new Conflict("Aggregate " + name.get() + " already exists.");
                store.rename(found.number(), name.get());
            }
            if (metadata.containsKey(AggregateStore.ZONE)) {
                var zone = metadata.getOrDefault(AggregateStore.ZONE, Optional.empty());
                if (!zone.equals(found.zone())) {
                    checkEmptyOfServers(tx, found, "update");
                    for (var host : found.hosts()) checkZone(store, found, host, zone, "update aggregate");
                }
            }
            metadata.forEach((key, value) -> store.setMetadata(found.number(), key, value));
            store.touch(found.number(), clock.instant());
            return required(store, id);
        });
    }

    void delete(String id) {
        db.write(tx -> {
            var store = new AggregateStore(tx);
            var found = required(store, id);
            if (!found.hosts().isEmpty())
                throw new Invalid("Cannot remove host from aggregate " + found.number()
                        + ". Reason: Host aggregate is not empty.");
            store.delete(found.number());
        });
    }

    /// @throws NotFound no compute service reports under that name
    Aggregate addHost(String id, String host) {
        return db.transaction(tx -> {
            var store = new AggregateStore(tx);
            var found = required(store, id);
            requireHost(tx, host);
            checkZone(store, found, host, found.zone(), "add host to aggregate");
            if (!store.addHost(found.number(), host))
                throw new Conflict("Aggregate " + found.number() + " already has host " + host + ".");
            return required(store, id);
        });
    }

    Aggregate removeHost(String id, String host) {
        return db.transaction(tx -> {
            var store = new AggregateStore(tx);
            var found = required(store, id);
            requireHost(tx, host);
            if (found.zone().isPresent() && servers.countByHost(tx).getOrDefault(host, 0) > 0)
                throw new Conflict("Cannot remove host from aggregate " + found.number()
                        + ". Reason: One or more hosts contain instances in this zone.");
            if (!store.removeHost(found.number(), host))
                throw new NotFound("Aggregate " + found.number() + " has no host " + host + ".");
            return required(store, id);
        });
    }

    private static void requireHost(Tx tx, String host) {
        if (new ServiceStore(tx).find(host, HostService.COMPUTE).isEmpty())
            throw new NotFound("Compute host " + host + " could not be found.");
    }

    private void checkEmptyOfServers(Tx tx, Aggregate aggregate, String verb) {
        var counts = servers.countByHost(tx);
        if (aggregate.hosts().stream().anyMatch(h -> counts.getOrDefault(h, 0) > 0))
            throw new Invalid("Cannot " + verb + " aggregate " + aggregate.number()
                    + ". Reason: One or more hosts contain instances in this zone.");
    }

    private static void checkZone(
            AggregateStore store, Aggregate aggregate, String host, Optional<String> zone, String action) {
        if (zone.isEmpty()) return;
        var others = new TreeSet<String>();
        for (var other : store.all())
            if (other.number() != aggregate.number() && other.hosts().contains(host))
                other.zone().filter(z -> !z.equals(zone.get())).ifPresent(others::add);
        if (!others.isEmpty())
            throw new Conflict("Cannot " + action + " " + aggregate.number()
                    + ". Reason: One or more hosts already in availability zone(s) ['" + String.join("', '", others)
                    + "'].");
    }

    static Aggregate required(AggregateStore store, String id) {
        if (!id.matches("-?\\d{1,18}"))
            throw new Invalid(
                    "Invalid input for field/attribute id. Value: " + id + ". '" + id + "' is not of type 'integer'");
        return store.find(Long.parseLong(id)).orElseThrow(() -> new NotFound("Aggregate", id));
    }
}
