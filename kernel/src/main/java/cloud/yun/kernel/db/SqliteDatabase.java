package cloud.yun.kernel.db;

import cloud.yun.kernel.error.CloudException.Unavailable;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// SQLite in WAL mode with one writer thread.
///
/// SQLite allows one writer at a time and waits for it in native code, which would hold a carrier of virtual
/// threads. So all writes queue here in Java. Transactions that wait together are committed together: each in a
/// savepoint of its own, then one COMMIT with one fsync, and only then are their callers told.
final class SqliteDatabase implements Database {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);
    private static final int GROUP_MAX = 64;
    private static final int READERS = 4;

    /// A statement takes some KiB.
    private static final int STATEMENTS_KEPT = 150;

    private final SQLiteDataSource source;
    private final Statements writer;
    private final BlockingQueue<Statements> readers = new ArrayBlockingQueue<>(READERS);
    private final BlockingQueue<Job<?>> jobs = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    private static final class Job<T> {
        final Function<Tx, T> work;
        final CompletableFuture<T> done = new CompletableFuture<>();
        List<Runnable> wakes = List.of();

        @Nullable
        T result;

        @Nullable
        Throwable failure;

        Job(Function<Tx, T> work) {
            this.work = work;
        }

        void run(JdbcTx tx) {
            result = tx.complete(work);
            wakes = tx.wakes();
        }

        @SuppressWarnings("NullAway") // the result of a caller's function may be null; its type says so
        void tell() {
            if (failure == null) done.complete(result);
            else done.completeExceptionally(failure);
        }
    }

    SqliteDatabase(Path file) {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setBusyTimeout(10_000);
        config.enforceForeignKeys(true);
        config.setCacheSize(-8_000);
        source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        try {
            writer = new Statements(source.getConnection(), STATEMENTS_KEPT);
        } catch (SQLException e) {
            throw new Unavailable("The database could not be opened.", file.toString(), e);
        }
        thread = Thread.ofPlatform().name("sqlite-writer").daemon().start(this::serve);
    }

    @Override
    public <T> T transaction(Function<Tx, T> work) {
        if (Thread.currentThread() == thread) throw new IllegalStateException("transactions do not nest");
        if (closed) throw new Unavailable("The service is stopping.", "database closed", null);
        var job = new Job<>(work);
        jobs.add(job);
        try {
            return job.done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The service is stopping.", "interrupted in a transaction", e);
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    /// The work ran on the writer's thread; its stack there is what explains the failure, so it travels as it is.
    private static RuntimeException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException r) return r;
        if (cause instanceof Error e) throw e;
        return new Unavailable("The database did not answer.", String.valueOf(cause), cause);
    }

    private void serve() {
        var group = new ArrayList<Job<?>>(GROUP_MAX);
        try (writer) {
            while (!closed) {
                group.clear();
                group.add(jobs.take());
                jobs.drainTo(group, GROUP_MAX - 1);
                commit(group);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.warn("the database did not close cleanly: {}", e.getMessage());
        }
        var late = new ArrayList<Job<?>>();
        jobs.drainTo(late);
        for (var job : late) {
            job.failure = new Unavailable("The service is stopping.", "database closed", null);
            job.tell();
        }
    }

    /// Transactions are begun and ended in SQL: the JDBC driver would begin the next one at once and hold the lock.
    private void commit(List<Job<?>> group) {
        try {
            writer.run("BEGIN IMMEDIATE");
            for (var job : group) run(job);
            writer.run("COMMIT");
        } catch (SQLException e) {
            rollback(e);
            for (var job : group)
                if (job.failure == null) job.failure = new Unavailable("The database did not commit.", "commit", e);
        }
        for (var job : group) {
            if (job.failure == null) job.wakes.forEach(Runnable::run);
            job.tell();
        }
    }

    private void run(Job<?> job) {
        try {
            writer.run("SAVEPOINT job");
            try {
                job.run(JdbcTx.writing(writer, Dialect.SQLITE));
                writer.run("RELEASE job");
            } catch (RuntimeException | Error e) {
                job.failure = e;
                writer.run("ROLLBACK TO job");
                writer.run("RELEASE job");
            }
        } catch (SQLException e) {
            if (job.failure == null) job.failure = e;
            else job.failure.addSuppressed(e);
        }
    }

    private void rollback(SQLException why) {
        try {
            writer.run("ROLLBACK");
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    @Override
    public <T> T read(Function<Tx, T> work) {
        Statements reader;
        try {
            reader = reader();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The service is stopping.", "interrupted before a read", e);
        } catch (SQLException e) {
            throw new Unavailable("The database could not be opened.", "read", e);
        }
        try {
            reader.run("BEGIN");
            try {
                return JdbcTx.reading(reader, Dialect.SQLITE).complete(work);
            } finally {
                reader.run("ROLLBACK");
            }
        } catch (SQLException e) {
            throw new Unavailable("The database did not answer.", "read", e);
        } finally {
            readers.add(reader);
        }
    }

    private final java.util.concurrent.atomic.AtomicInteger opened = new java.util.concurrent.atomic.AtomicInteger();

    private Statements reader() throws InterruptedException, SQLException {
        var idle = readers.poll();
        if (idle != null) return idle;
        if (opened.getAndIncrement() < READERS) {
            var config = new SQLiteConfig();
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
            config.setBusyTimeout(10_000);
            config.setCacheSize(-4_000);
            var readSource = new SQLiteDataSource(config);
            readSource.setUrl(source.getUrl());
            var reader = new Statements(readSource.getConnection(), STATEMENTS_KEPT);
            reader.run("PRAGMA query_only = 1");
            return reader;
        }
        opened.decrementAndGet();
        return readers.take();
    }

    @Override
    public Dialect dialect() {
        return Dialect.SQLITE;
    }

    @Override
    public javax.sql.DataSource migrationSource() {
        return source;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        thread.interrupt();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Statements reader;
        while ((reader = readers.poll()) != null) close(reader);
    }

    private static void close(Statements connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("the database did not close cleanly: {}", e.getMessage());
        }
    }
}
