package cloud.yun.objectstore.account;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.objectstore.base.Listing;
import cloud.yun.objectstore.container.Container;
import cloud.yun.objectstore.container.ContainerStore;
import cloud.yun.objectstore.object.ObjectChanges;
import cloud.yun.objectstore.object.StoredObject;
import cloud.yun.objectstore.object.StoredObjectStore;
import cloud.yun.objectstore.object.VersionStore;
import cloud.yun.objectstore.store.ObjectFiles;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Takes the contents of deleted accounts away, a few rows in one transaction, and then the accounts.
public final class AccountReaper implements Reconciler {
    private static final int BATCH = 100;

    private final Database db;
    private final ObjectFiles files;

    public AccountReaper(Database db, ObjectFiles files) {
        this.db = db;
        this.files = files;
    }

    @Override
    public String name() {
        return "object-store: deleted accounts go";
    }

    @Override
    public Duration period() {
        return Duration.ofSeconds(30);
    }

    @Override
    public void reconcile() {
        for (var account : db.read(tx -> new AccountStore(tx).deleted())) reap(account);
    }

    private void reap(String account) {
        while (!Thread.currentThread().isInterrupted()) {
            var container = db.read(tx -> containers(tx, account));
            if (container.isEmpty()) {
                db.write(tx -> new AccountStore(tx).delete(account));
                return;
            }
            empty(container.getFirst());
        }
    }

    private static List<Container> containers(cloud.yun.kernel.db.Tx tx, String account) {
        var first = Listing.page(
                Listing.Query.prefix("", 1),
                false,
                Container::name,
                (bounds, limit) -> new ContainerStore(tx).list(account, bounds, limit));
        return first.stream().flatMap(e -> e.item().stream()).toList();
    }

    private void empty(Container container) {
        while (!Thread.currentThread().isInterrupted()) {
            var query = Listing.Query.prefix("", BATCH);
            var objects = db.read(tx -> Listing.page(
                    query,
                    false,
                    StoredObject::name,
                    (bounds, limit) -> new StoredObjectStore(tx).list(container.id(), bounds, limit)));
            for (var object : objects)
                files.deleteAll(db.transaction(
                        tx -> new ObjectChanges(tx).purge(object.item().orElseThrow())));
            var versions = db.read(tx -> Listing.page(
                    query,
                    true,
                    v -> v.object().name(),
                    (bounds, limit) -> new VersionStore(tx).list(container.id(), bounds, Optional.empty(), limit)));
            for (var version : versions)
                files.deleteAll(db.transaction(tx -> new ObjectChanges(tx)
                        .purgeVersion(container, version.item().orElseThrow())));
            if (objects.isEmpty() && versions.isEmpty()) break;
        }
        db.write(tx -> {
            var there = new ContainerStore(tx).lock(container.account(), container.name());
            boolean bare = !new StoredObjectStore(tx).any(container.id()) && !new VersionStore(tx).any(container.id());
            if (there.isEmpty() || !bare) return;
            new ContainerStore(tx).delete(container.id());
            new AccountStore(tx).add(container.account(), -1, 0, 0);
        });
    }
}
