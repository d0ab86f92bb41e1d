package cloud.yun.objectstore.object;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.objectstore.access.Access;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.container.Container;
import cloud.yun.objectstore.store.ObjectFiles;
import java.time.Clock;
import java.util.Optional;

/// Finds, changes and deletes objects; their bytes come by `PutObject` and go by `Content`.
public final class Objects {
    private final Database db;
    private final ObjectFiles files;
    private final Access access;
    private final Limits limits;
    private final Clock clock;

    public Objects(Database db, ObjectFiles files, Access access, Limits limits, Clock clock) {
        this.db = db;
        this.files = files;
        this.access = access;
        this.limits = limits;
        this.clock = clock;
    }

    /// @param versioned whether the container has ever kept versions
    public record Found(Container container, StoredObject object, boolean versioned) {}

    /// The object, or its version, that a request may read.
    ///
    /// @throws NotFound there is none, or its time is over
    public Found read(Call call, SwiftPath path) {
        return read(call, path, Optional.empty());
    }

    /// @param version its id; empty for what is current
    public Found read(Call call, SwiftPath path, Optional<String> version) {
        var container = Place.find(db, path).require(access, call, true);
        var object = version.isPresent() ? version(container, path, version.get()) : current(container, path);
        return new Found(container, object, container.knowsVersions());
    }

    private StoredObject current(Container container, SwiftPath path) {
        return db.read(tx -> new StoredObjectStore(tx).find(container.id(), path.objectName()))
                .filter(o -> !o.expired(clock.instant()))
                .orElseThrow(() -> new NotFound(""));
    }

    private StoredObject version(Container container, SwiftPath path, String id) {
        return db.read(tx -> new StoredObjectStore(tx)
                        .find(container.id(), path.objectName())
                        .filter(o -> o.versionId().equals(id))
                        .or(() -> new VersionStore(tx)
                                .find(container.id(), path.objectName(), id)
                                .filter(v -> !v.marker())
                                .map(VersionStore.Version::object)))
                .orElseThrow(() -> new NotFound(""));
    }

    /// The metadata of the request take the place of those that the object had; its type changes only if named.
    ///
    /// @throws NotFound there is no such object
    public void post(Call call) {
        var container = Place.find(db, call.path()).require(access, call, false);
        var headers = Draft.kept(call, limits);
        var deleteAt = Draft.deleteAt(call);
        boolean done = false;
        while (!done) {
            var seen = current(container, call.path());
            var type = call.header("content-type").filter(t -> !t.isBlank()).orElse(seen.contentType());
            var changed = seen.with(type, deleteAt, headers, call.stamp());
            done = db.transaction(tx -> new ObjectChanges(tx).update(seen, changed));
        }
    }

    /// @throws NotFound nothing to delete; a container that keeps versions has a mark of the deletion nevertheless
    public ObjectChanges.Deleted delete(Call call) {
        Place.find(db, call.path()).require(access, call, false);
        var version = call.query("version-id");
        var deleted = db.transaction(tx -> version.isPresent()
                ? new ObjectChanges(tx).deleteVersion(call.path(), version.get())
                : new ObjectChanges(tx).delete(call.path(), call.stamp(), clock.instant()));
        files.deleteAll(deleted.dropped());
        if (!deleted.found() && !deleted.marker()) throw new NotFound("");
        return deleted;
    }

    /// `PUT ...?version-id=`: an older version becomes the current one.
    public void promote(Call call, String versionId) {
        var container = Place.find(db, call.path()).require(access, call, false);
        if (!container.knowsVersions()) throw new Invalid("Object versioning is not enabled in this container.");
        db.write(tx -> new ObjectChanges(tx).promote(call.path(), versionId, clock.instant()));
    }
}
