package cloud.yun.kernel.db;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// PostgreSQL through a pool. A fair semaphore in front lets nobody starve; conflicts are tried again.
final class PostgresDatabase implements Database {
    private static final int TRIES = 10;

    /// For a row that another transaction made or took away meanwhile: the next run sees it and says so. More would
    /// hide
    /// a mistake of ours.
    private static final int TRIES_OF_TAKEN = 3;

    private static final long WAIT_SECONDS_MAX = 30;

    private final HikariDataSource pool;
    private final Semaphore permits;

    PostgresDatabase(String url, int connectionsMax) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connectionsMax);
        config.setMinimumIdle(1);
        config.setAutoCommit(false);
        config.setPoolName("postgresql");
        config.setInitializationFailTimeout(10_000);
        pool = new HikariDataSource(config);
        permits = new Semaphore(connectionsMax, true);
    }

    @Override
    public <T> T transaction(Function<Tx, T> work) {
        return within(connection -> {
            var tx = JdbcTx.writing(statements(connection), Dialect.POSTGRESQL);
            T result = tx.complete(work);
            connection.commit();
            tx.wakes().forEach(Runnable::run);
            return result;
        });
    }

    @Override
    public <T> T read(Function<Tx, T> work) {
        return within(connection -> {
            connection.setReadOnly(true);
            try {
                return JdbcTx.reading(statements(connection), Dialect.POSTGRESQL)
                        .complete(work);
            } finally {
                connection.rollback();
                connection.setReadOnly(false);
            }
        });
    }

    /// The driver itself keeps the statements that come again.
    private static Statements statements(Connection connection) {
        return new Statements(connection, 0);
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T within(Work<T> work) {
        try {
            if (!permits.tryAcquire(WAIT_SECONDS_MAX, TimeUnit.SECONDS))
                throw new Unavailable("The database is busy.", "no connection in " + WAIT_SECONDS_MAX + " s", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The service is stopping.", "interrupted before a transaction", e);
        }
        try {
            return retrying(work);
        } finally {
            permits.release();
        }
    }

    private <T> T retrying(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try (var connection = pool.getConnection()) {
                try {
                    return work.on(connection);
                } catch (RuntimeException | Error | SQLException e) {
                    connection.rollback();
                    // PostgreSQL's text has no NUL, and only users' texts can contain one.
                    if (state(e, "22021")) throw new Invalid("A text contains a NUL character.");
                    if (attempt == (taken(e) ? TRIES_OF_TAKEN : conflict(e) ? TRIES : attempt)) throw e;
                }
            } catch (SQLException e) {
                throw new Unavailable("The database did not answer.", String.valueOf(e.getMessage()), e);
            }
        }
    }

    /// Serialization failure and deadlock: the other transaction won, ours may be run again.
    private static boolean conflict(Throwable failure) {
        return state(failure, "40001") || state(failure, "40P01");
    }

    /// A key that is there already, or a row that another one refers to and that is not there: the work looked for it
    /// before somebody else committed.
    private static boolean taken(Throwable failure) {
        return state(failure, "23505") || state(failure, "23503");
    }

    private static boolean state(Throwable failure, String code) {
        for (var cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof SQLException sql && code.equals(sql.getSQLState())) return true;
        return false;
    }

    @Override
    public Dialect dialect() {
        return Dialect.POSTGRESQL;
    }

    @Override
    public javax.sql.DataSource migrationSource() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }
}
