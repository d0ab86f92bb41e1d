package cloud.yun.objectstore.object;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.objectstore.account.AccountStore;
import cloud.yun.objectstore.base.Bounds;
import cloud.yun.objectstore.base.Listing;
import cloud.yun.objectstore.base.Stamp;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.container.Container;
import cloud.yun.objectstore.container.ContainerStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one change of an object does to the rows around it, in one transaction: the object, its versions, the sums of
/// container and account.
///
/// Files whose rows went away are handed back; the caller removes them when the transaction is durable.
public final class ObjectChanges {
    private final Tx tx;
    private final ContainerStore containers;
    private final StoredObjectStore objects;
    private final VersionStore versions;
    private final List<String> dropped = new ArrayList<>();

    public ObjectChanges(Tx tx) {
        this.tx = tx;
        this.containers = new ContainerStore(tx);
        this.objects = new StoredObjectStore(tx);
        this.versions = new VersionStore(tx);
    }

    /// @param written whether it is there now; not when a later writer was faster
    /// @param versionId if the container keeps versions
    /// @param dropped files to remove
    public record Put(boolean written, Optional<String> versionId, List<String> dropped) {}

    /// @param found whether there was something to delete
    /// @param versionId of what was deleted, or of the mark that says so
    public record Deleted(boolean found, Optional<String> versionId, boolean marker, List<String> dropped) {}

    private Container locked(SwiftPath path) {
        return containers.lock(path.account(), path.containerName()).orElseThrow(() -> new NotFound(""));
    }

    /// @param row its container is found here
    /// @throws NotFound the container is gone
    /// @throws Refused 413, over quota; 412, where old versions go there is no container
    public Put put(SwiftPath path, StoredObject row, Instant now) {
        var container = locked(path);
        var name = path.objectName();
        var there = objects.find(container.id(), name);
        if (there.isPresent() && there.get().stamp().compareTo(row.stamp()) >= 0)
            return new Put(false, Optional.empty(), row.dataId().isEmpty() ? List.of() : List.of(row.dataId()));
        Quota.require(container, new AccountStore(tx).find(path.account()), row.bytes());
        boolean keeps = container.keepsVersions();
        there.ifPresent(old -> leave(container, old, now));
        var fresh = row.in(container.id(), name).at(row.stamp(), keeps);
        objects.insert(fresh);
        add(container, 1, fresh.bytes());
        return new Put(true, keeps ? Optional.of(fresh.versionId()) : Optional.empty(), dropped);
    }

    /// The current one makes room: as a version here, as an object elsewhere, or for good.
    private void leave(Container container, StoredObject old, Instant now) {
        objects.delete(container.id(), old.name());
        var elsewhere =
                container.header(Container.VERSIONS_LOCATION).or(() -> container.header(Container.HISTORY_LOCATION));
        if (container.keepsVersions() || old.versioned()) {
            versions.insert(old, false);
            add(container, -1, 0);
        } else if (elsewhere.isPresent() && !old.expired(now)) {
            add(container, -1, -old.bytes());
            var archive = archive(container, elsewhere.get());
            replace(
                    archive,
                    old.in(archive.id(), archivePrefix(old.name()) + old.stamp().text()));
        } else {
            add(container, -1, -old.bytes());
            drop(old);
        }
    }

    private Container archive(Container container, String location) {
        return containers.lock(container.account(), location).orElseThrow(() -> new Refused(412, ""));
    }

    static String archivePrefix(String name) {
        return "%03x%s/".formatted(Wire.bytes(name), name);
    }

    private void replace(Container container, StoredObject row) {
        objects.find(container.id(), row.name()).ifPresent(old -> {
            objects.delete(container.id(), row.name());
            add(container, -1, -old.bytes());
            drop(old);
        });
        objects.insert(row);
        add(container, 1, row.bytes());
    }

    private void drop(StoredObject old) {
        if (!old.dataId().isEmpty()) dropped.add(old.dataId());
    }

    private void add(Container container, long count, long bytes) {
        containers.add(container.id(), count, bytes);
        new AccountStore(tx).add(container.account(), 0, count, bytes);
    }

    /// As a client's DELETE: versions are kept or come back as the container says.
    ///
    /// @throws NotFound the container is gone
    public Deleted delete(SwiftPath path, Stamp at, Instant now) {
        var container = locked(path);
        var name = path.objectName();
        var there = objects.find(container.id(), name);
        boolean found = there.isPresent() && !there.get().expired(now);
        if (container.header(Container.HISTORY_LOCATION).isPresent() && found) {
            var archive = archive(
                    container, container.header(Container.HISTORY_LOCATION).get());
            leave(container, there.get(), now);
            replace(archive, mark(archive.id(), archivePrefix(name) + at.text(), at));
            return new Deleted(true, Optional.empty(), false, dropped);
        }
        var location = container.header(Container.VERSIONS_LOCATION);
        if (location.isPresent() && there.isPresent()) {
            remove(container, there.get());
            containers.lock(container.account(), location.get()).ifPresent(a -> restore(a, container, name, at));
            return new Deleted(found, Optional.empty(), false, dropped);
        }
        there.ifPresent(old -> leave(container, old, now));
        if (!container.keepsVersions()) return new Deleted(found, Optional.empty(), false, dropped);
        var marker = mark(container.id(), name, at).at(at, true);
        versions.insert(marker, true);
        return new Deleted(found, Optional.of(marker.versionId()), true, dropped);
    }

    /// The last of the older ones becomes current again.
    private void restore(Container archive, Container container, String name, Stamp at) {
        var prefix = archivePrefix(name);
        var last = Listing.page(
                new Listing.Query(1, prefix, "", "", "", Optional.empty(), true),
                false,
                StoredObject::name,
                (bounds, limit) -> objects.list(archive.id(), bounds, limit));
        if (last.isEmpty()) return;
        var old = last.getFirst().item().orElseThrow();
        objects.delete(archive.id(), old.name());
        add(archive, -1, -old.bytes());
        objects.insert(old.in(container.id(), name).at(at, false));
        add(container, 1, old.bytes());
    }

    private static StoredObject mark(long containerId, String name, Stamp at) {
        return new StoredObject(
                containerId,
                name,
                "",
                0,
                StoredObject.EMPTY_ETAG,
                StoredObject.DELETED_TYPE,
                at,
                at,
                Optional.empty(),
                Optional.empty(),
                false,
                Map.of());
    }

    private void remove(Container container, StoredObject old) {
        objects.delete(container.id(), old.name());
        add(container, -1, -old.bytes());
        drop(old);
    }

    /// For good, whatever the container keeps: for the expirer, the auditor and the end of an account. Only if it is
    /// still the one that was seen.
    public List<String> purge(StoredObject seen) {
        var container = containers.find(seen.containerId());
        if (container.isEmpty()) return List.of();
        var held = containers.lock(container.get().account(), container.get().name());
        var there = objects.find(seen.containerId(), seen.name())
                .filter(o -> o.stamp().equals(seen.stamp()) && o.deleteAt().equals(seen.deleteAt()));
        if (held.isEmpty() || there.isEmpty()) return List.of();
        remove(held.get(), there.get());
        return dropped;
    }

    /// A version for good.
    public List<String> purgeVersion(Container container, VersionStore.Version version) {
        versions.delete(version.object());
        if (!version.marker()) {
            add(container, 0, -version.object().bytes());
            drop(version.object());
        }
        return dropped;
    }

    /// One version, current or not.
    ///
    /// @throws NotFound there is no container
    public Deleted deleteVersion(SwiftPath path, String versionId) {
        var container = locked(path);
        var current = objects.find(container.id(), path.objectName())
                .filter(o -> o.versionId().equals(versionId));
        if (current.isPresent()) {
            remove(container, current.get());
            return new Deleted(true, Optional.of(versionId), false, dropped);
        }
        var version = versions.find(container.id(), path.objectName(), versionId);
        version.ifPresent(v -> purgeVersion(container, v));
        return new Deleted(
                version.isPresent(),
                Optional.of(versionId),
                version.map(VersionStore.Version::marker).orElse(false),
                dropped);
    }

    /// An older version becomes the current one.
    ///
    /// @throws NotFound there is no container, no such version, or it is the mark of a deletion
    public void promote(SwiftPath path, String versionId, Instant now) {
        var container = locked(path);
        var there = objects.find(container.id(), path.objectName());
        if (there.isPresent() && there.get().versionId().equals(versionId)) return;
        var version = versions.find(container.id(), path.objectName(), versionId)
                .filter(v -> !v.marker())
                .orElseThrow(() -> new NotFound(""));
        there.ifPresent(old -> leave(container, old, now));
        versions.delete(version.object());
        objects.insert(version.object());
        add(container, 1, 0);
    }

    /// Metadata take the place of those that were there.
    ///
    /// @return whether it is still the one that was seen
    public boolean update(StoredObject seen, StoredObject changed) {
        var container = containers.find(seen.containerId()).flatMap(c -> containers.lock(c.account(), c.name()));
        var there = objects.find(seen.containerId(), seen.name())
                .filter(o -> o.stamp().equals(seen.stamp()));
        if (container.isEmpty() || there.isEmpty()) return false;
        objects.delete(seen.containerId(), seen.name());
        objects.insert(changed);
        return true;
    }

    /// @return what is current, in `bounds`
    List<StoredObject> list(long containerId, Bounds bounds, int limit) {
        return objects.list(containerId, bounds, limit);
    }
}
