package cloud.yun.objectstore.container;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.objectstore.access.Access;
import cloud.yun.objectstore.access.Acl;
import cloud.yun.objectstore.account.Account;
import cloud.yun.objectstore.account.AccountStore;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Listing;
import cloud.yun.objectstore.base.Metadata;
import cloud.yun.objectstore.base.Stamp;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.object.Place;
import cloud.yun.objectstore.object.PutObject;
import cloud.yun.objectstore.object.StoredObject;
import cloud.yun.objectstore.object.StoredObjectStore;
import cloud.yun.objectstore.object.VersionStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The rules of containers.
public final class Containers {
    private static final List<String> SETTINGS = List.of(
            "x-container-read",
            "x-container-write",
            "x-container-sync-to",
            "x-container-sync-key",
            "x-versions-location",
            "x-history-location",
            "x-versions-enabled");

    private final Database db;
    private final Access access;
    private final Limits limits;

    public Containers(Database db, Access access, Limits limits) {
        this.db = db;
        this.access = access;
        this.limits = limits;
    }

    /// @param owner whether the caller may see its lists and secrets
    public record View(Container container, boolean owner) {}

    /// @throws NotFound there is none
    public View read(Call call) {
        var container = Place.find(db, call.path()).require(access, call, true);
        return new View(container, access.owns(call.caller(), call.path().account()));
    }

    public List<Listing.Entry<StoredObject>> list(Container container, Listing.Query query) {
        return db.read(tx -> Listing.page(
                query,
                false,
                StoredObject::name,
                (bounds, limit) -> new StoredObjectStore(tx).list(container.id(), bounds, limit)));
    }

    /// @param within id of a version of the marker's object after which to go on
    public List<Listing.Entry<VersionStore.Version>> versions(
            Container container, Listing.Query query, Optional<String> within) {
        var stamp = within.flatMap(Stamp::parse);
        return db.read(tx -> Listing.page(
                query,
                true,
                v -> v.object().name(),
                (bounds, limit) -> new VersionStore(tx)
                        .list(
                                container.id(),
                                bounds,
                                bounds.from().filter(query.marker()::equals).isPresent() ? stamp : Optional.empty(),
                                limit)));
    }

    /// @return whether it was not there
    public boolean put(Call call) {
        access.require(call, call.path(), Optional.empty(), "", false);
        PutObject.Names.check(call.path(), limits);
        call.header("x-storage-policy").ifPresent(p -> {
            if (!p.equalsIgnoreCase(Container.POLICY)) throw new Invalid("Invalid X-Storage-Policy '" + p + "'");
        });
        var cleaned = cleaned(call);
        var domain = access.domain(call.caller(), call.path().account());
        return db.transaction(tx -> {
            var accounts = new AccountStore(tx);
            accounts.create(call.path().account(), call.stamp(), domain);
            if (accounts.find(call.path().account()).map(Account::deleted).orElse(true)) throw new NotFound("");
            var containers = new ContainerStore(tx);
            boolean made = containers.create(call.path().account(), call.path().containerName(), call.stamp());
            change(containers, cleaned);
            // The container first and the account last, as every change of an object does it.
            if (made) accounts.add(call.path().account(), 1, 0, 0);
            return made;
        });
    }

    /// @throws NotFound there is none
    public void post(Call call) {
        access.require(call, call.path(), Optional.empty(), "", false);
        var cleaned = cleaned(call);
        db.write(tx -> change(new ContainerStore(tx), cleaned));
    }

    private void change(ContainerStore containers, Call call) {
        var there = containers
                .lock(call.path().account(), call.path().containerName())
                .orElseThrow(() -> new NotFound(""));
        var changed = new TreeMap<>(Metadata.changed(there.headers(), call, "container", limits, SETTINGS));
        // One way of keeping what was at a time.
        if (call.header("x-versions-location").isPresent()) changed.remove(Container.HISTORY_LOCATION);
        if (call.header("x-history-location").isPresent()) changed.remove(Container.VERSIONS_LOCATION);
        boolean elsewhere =
                changed.containsKey(Container.VERSIONS_LOCATION) || changed.containsKey(Container.HISTORY_LOCATION);
        if (elsewhere && Boolean.parseBoolean(changed.getOrDefault(Container.VERSIONS_ENABLED, "false")))
            throw new Invalid(
                    "Cannot enable object versioning on a container that keeps its versions in another container.");
        if (changed.size() - there.headers().size() > 0) overall(changed);
        containers.headers(there.id(), changed, call.stamp());
    }

    private void overall(Map<String, String> headers) {
        var metadata = headers.keySet().stream()
                .filter(n -> n.startsWith("X-Container-Meta-"))
                .count();
        if (metadata > limits.metaCountMax())
            throw new Invalid("Too many metadata items; max " + limits.metaCountMax());
    }

    /// The request with its lists and settings in the form in which they are kept.
    private static Call cleaned(Call call) {
        var headers = new TreeMap<>(call.headers());
        for (var name : List.of("x-container-read", "x-container-write"))
            headers.computeIfPresent(name, (n, v) -> Acl.clean(n, v));
        for (var name : List.of("bytes", "count")) {
            var value = headers.getOrDefault("x-container-meta-quota-" + name, "");
            if (!value.isEmpty() && !value.matches("\\d{1,18}")) throw new Invalid("Invalid " + name + " quota.");
        }
        var versions = headers.getOrDefault("x-versions-location", "");
        var history = headers.getOrDefault("x-history-location", "");
        if (!versions.isEmpty() && !history.isEmpty())
            throw new Invalid("Only one of X-History-Location or X-Versions-Location may be specified");
        for (var name : List.of("x-versions-location", "x-history-location"))
            headers.computeIfPresent(name, (_, v) -> location(v));
        headers.computeIfPresent("x-versions-enabled", (_, v) -> Wire.truth(v) ? "True" : "False");
        return call.withHeaders(headers);
    }

    private static String location(String header) {
        var name = Wire.unquote(header).replaceAll("^/+", "");
        if (name.contains("/")) throw new Invalid("Container name cannot contain slash");
        return name;
    }

    /// @throws NotFound there is none
    /// @throws Conflict it holds objects, or older versions of some
    public void delete(Call call) {
        access.require(call, call.path(), Optional.empty(), "", false);
        db.write(tx -> {
            var containers = new ContainerStore(tx);
            var there = containers
                    .lock(call.path().account(), call.path().containerName())
                    .orElseThrow(() -> new NotFound(""));
            if (new StoredObjectStore(tx).any(there.id()) || new VersionStore(tx).any(there.id()))
                throw new Conflict("");
            containers.delete(there.id());
            new AccountStore(tx).add(there.account(), -1, 0, 0);
        });
    }
}
