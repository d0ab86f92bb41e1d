package cloud.yun.kernel.db;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.flywaydb.core.Flyway;

/// The database of the house.
///
/// A transaction is all or nothing and durable when the call returns. Its work may be run again after a conflict,
/// so it touches nothing but the `Tx`, and is short: no call to another host, no waiting. Transactions do not
/// nest.
public sealed interface Database extends AutoCloseable permits SqliteDatabase, PostgresDatabase {
    /// @param directory where `yun.db` lives; must exist
    static Database sqlite(Path directory) {
        return new SqliteDatabase(directory.resolve("yun.db"));
    }

    /// @param url a JDBC address with user and password in it, `jdbc:postgresql://...`
    /// @param connectionsMax at most so many connections, at least 1
    static Database postgresql(String url, int connectionsMax) {
        return new PostgresDatabase(url, connectionsMax);
    }

    /// Reads and writes.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Unavailable the database did not answer
    <T> T transaction(Function<Tx, T> work);

    /// Writes without a result.
    default void write(Consumer<Tx> work) {
        transaction(tx -> {
            work.accept(tx);
            return true;
        });
    }

    /// Reads one consistent view.
    ///
    /// @throws IllegalStateException the work wants to write, or to lock what it reads ([Dialect#forUpdate])
    <T> T read(Function<Tx, T> work);

    Dialect dialect();

    javax.sql.DataSource migrationSource();

    /// Brings the schema of all rooms up to date.
    ///
    /// Each room numbers its files in its own range (kernel 1.x, identity 2.x, ...), hence out of order.
    ///
    /// @param rooms resource folders under `db/`
    default void migrate(List<String> rooms) {
        Flyway.configure()
                .dataSource(migrationSource())
                .locations(rooms.stream().map(r -> "classpath:db/" + r).toArray(String[]::new))
                .placeholders(java.util.Map.of(
                        "serial",
                        dialect().serial(),
                        "bytewise",
                        dialect().bytewise(),
                        "sqlite",
                        dialect().onlySqlite(),
                        "postgresql",
                        dialect().onlyPostgresql()))
                .outOfOrder(true)
                .failOnMissingLocations(true)
                .loggers("slf4j")
                .table("schema_history")
                .load()
                .migrate();
    }

    @Override
    void close();
}
