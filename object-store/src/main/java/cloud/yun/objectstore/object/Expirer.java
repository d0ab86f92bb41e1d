package cloud.yun.objectstore.object;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.objectstore.store.ObjectFiles;
import java.time.Clock;
import java.time.Duration;

/// Removes objects whose time (`X-Delete-At`) is over. Nobody sees them any more before it comes by.
public final class Expirer implements Reconciler {
    private static final int BATCH = 100;

    private final Database db;
    private final ObjectFiles files;
    private final Clock clock;
    private final Duration period;

    public Expirer(Database db, ObjectFiles files, Clock clock, Duration period) {
        this.db = db;
        this.files = files;
        this.clock = clock;
        this.period = period;
    }

    @Override
    public String name() {
        return "object-store: expired objects go";
    }

    @Override
    public Duration period() {
        return period;
    }

    @Override
    public void reconcile() {
        while (!Thread.currentThread().isInterrupted()) {
            long now = clock.instant().getEpochSecond();
            var expired = db.read(tx -> new StoredObjectStore(tx).expired(now, BATCH));
            for (var object : expired) files.deleteAll(db.transaction(tx -> new ObjectChanges(tx).purge(object)));
            if (expired.size() < BATCH) return;
        }
    }
}
