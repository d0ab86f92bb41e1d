package cloud.yun.objectstore.object;

import cloud.yun.kernel.db.Database;
import cloud.yun.objectstore.account.AccountStore;
import cloud.yun.objectstore.container.ContainerStore;
import cloud.yun.objectstore.object.StoredObjectStore.Data;
import cloud.yun.objectstore.store.DataRows;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the rows say about the files, for the classes that keep the two in step.
public final class ObjectData implements DataRows {
    private final Database db;
    private final Clock clock;

    public ObjectData(Database db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    @Override
    public Set<String> referred(Collection<String> dataIds) {
        return db.read(tx -> new StoredObjectStore(tx).referred(dataIds));
    }

    @Override
    public List<Row> after(String dataId, int limit) {
        return db.read(tx -> new StoredObjectStore(tx).data(dataId, limit)).stream()
                .map(d -> new Row(d.dataId(), d.bytes(), d.etag()))
                .toList();
    }

    @Override
    public Optional<String> quarantine(String dataId, String reason) {
        return db.transaction(tx -> {
            var store = new StoredObjectStore(tx);
            var data = store.ofData(dataId);
            if (data.isEmpty()) return Optional.empty();
            Data row = data.get();
            var container = new ContainerStore(tx).find(row.containerId()).orElseThrow();
            var changes = new ObjectChanges(tx);
            if (row.version())
                new VersionStore(tx)
                        .at(row.containerId(), row.name(), row.stamp())
                        .ifPresent(v -> changes.purgeVersion(container, v));
            else store.find(row.containerId(), row.name()).ifPresent(changes::purge);
            store.quarantined(dataId, container, row.name(), reason, clock.instant());
            return Optional.of(container.path() + "/" + row.name());
        });
    }

    @Override
    public List<String> drift() {
        return db.read(tx -> {
            var found = new ArrayList<>(new ContainerStore(tx).drift());
            found.addAll(new AccountStore(tx).drift());
            return found;
        });
    }
}
