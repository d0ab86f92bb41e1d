package cloud.yun.kernel.db;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A transaction on a JDBC connection.
final class JdbcTx implements Tx {
    private final Statements statements;
    private final Dialect dialect;
    private final boolean readsOnly;
    private final List<Runnable> wakes = new ArrayList<>();
    private final Map<Class<?>, Ending> endings = new LinkedHashMap<>();

    private JdbcTx(Statements statements, Dialect dialect, boolean readsOnly) {
        this.statements = statements;
        this.dialect = dialect;
        this.readsOnly = readsOnly;
    }

    static JdbcTx writing(Statements statements, Dialect dialect) {
        return new JdbcTx(statements, dialect, false);
    }

    /// Refuses what changes or locks rows, before the database sees it and so on each database alike.
    static JdbcTx reading(Statements statements, Dialect dialect) {
        return new JdbcTx(statements, dialect, true);
    }

    private void refuseIfReading(String what) {
        if (readsOnly)
            throw new IllegalStateException("A transaction that only reads neither writes nor locks: " + what);
    }

    @Override
    public int update(String sql, @Nullable Object... arguments) {
        refuseIfReading(sql);
        return with(sql, prepared -> {
            var statement = prepared.statement();
            bind(statement, arguments);
            statement.execute();
            return statement.getUpdateCount();
        });
    }

    @Override
    public void batch(String sql, Collection<@Nullable Object[]> rows) {
        refuseIfReading(sql);
        if (rows.isEmpty()) return;
        with(sql, prepared -> {
            var statement = prepared.statement();
            for (var row : rows) {
                bind(statement, row);
                statement.addBatch();
            }
            return statement.executeBatch();
        });
    }

    @Override
    public <T> List<T> query(String sql, Row.Mapper<T> mapper, @Nullable Object... arguments) {
        if (Dialect.locks(sql)) refuseIfReading(sql);
        return with(sql, prepared -> {
            bind(prepared.statement(), arguments);
            try (var result = prepared.statement().executeQuery()) {
                var found = new ArrayList<T>();
                var row = prepared.row(result);
                while (result.next()) found.add(mapper.map(row));
                return found;
            }
        });
    }

    private interface Use<T> {
        T of(Statements.Prepared prepared) throws SQLException;
    }

    private <T> T with(String sql, Use<T> use) {
        try {
            var prepared = statements.take(sql);
            T result;
            try {
                result = use.of(prepared);
            } catch (SQLException | RuntimeException | Error e) {
                Statements.discard(prepared, e);
                throw e;
            }
            statements.give(prepared);
            return result;
        } catch (SQLException e) {
            throw new StatementFailed(sql, e);
        }
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    /// The work and its endings.
    <T> T complete(Function<Tx, T> work) {
        T result = work.apply(this);
        endings.values().forEach(e -> e.run(this));
        return result;
    }

    @Override
    public <T extends Ending> T ending(Class<T> kind, Supplier<T> make) {
        return kind.cast(endings.computeIfAbsent(kind, _ -> make.get()));
    }

    @Override
    public void afterCommit(Runnable wake) {
        wakes.add(wake);
    }

    List<Runnable> wakes() {
        return wakes;
    }

    private static void bind(PreparedStatement statement, @Nullable Object[] arguments) throws SQLException {
        for (int i = 1; i <= arguments.length; i++) {
            var argument = arguments[i - 1];
            if (argument instanceof Optional<?> optional) argument = optional.orElse(null);
            switch (argument) {
                case null -> statement.setNull(i, Types.NULL);
                case String s -> statement.setString(i, s);
                case Long n -> statement.setLong(i, n);
                case Integer n -> statement.setInt(i, n);
                case Double n -> statement.setDouble(i, n);
                case Boolean b -> statement.setInt(i, b ? 1 : 0);
                case Instant t -> statement.setLong(i, Row.micros(t));
                case UUID id -> statement.setString(i, id.toString());
                case JsonNode json -> statement.setString(i, json.toString());
                case byte[] bytes -> statement.setBytes(i, bytes);
                case Enum<?> e -> statement.setString(i, e.name());
                default -> throw new IllegalArgumentException("cannot bind a " + argument.getClass());
            }
        }
    }
}
