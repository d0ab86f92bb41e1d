package cloud.yun.identity.base;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/// A number that grows with each change of anything that a token or a catalog rests on.
///
/// What was validated in one epoch is validated anew in the next. So a revocation, a disabled user or a removed
/// role takes effect at once in this process, and within a second in other processes on the same database.
public final class Epoch {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Database db;
    private final AtomicLong own = new AtomicLong();
    private final AtomicLong stored = new AtomicLong(-1);
    private final AtomicLong lookedAt = new AtomicLong(System.nanoTime() - LOOK_NANOS);

    public Epoch(Database db) {
        this.db = db;
    }

    /// A transaction that changes users, projects, roles, assignments, revocations or the catalog.
    public <T> T change(Function<Tx, T> work) {
        return db.transaction(tx -> {
            T result = work.apply(tx);
            tx.update("UPDATE identity_epoch SET n = n + 1 WHERE id = 1");
            tx.afterCommit(own::incrementAndGet);
            return result;
        });
    }

    /// As [#change], without a result.
    public void write(Consumer<Tx> work) {
        change(tx -> {
            work.accept(tx);
            return true;
        });
    }

    /// Ask before reading what is to be remembered: a change during the reading then makes it stale.
    public long now() {
        long last = lookedAt.get();
        if (System.nanoTime() - last >= LOOK_NANOS && lookedAt.compareAndSet(last, System.nanoTime())) {
            long found = db.read(tx -> tx.number("SELECT n FROM identity_epoch WHERE id = 1"));
            if (stored.getAndSet(found) != found) own.incrementAndGet();
        }
        return own.get();
    }
}
