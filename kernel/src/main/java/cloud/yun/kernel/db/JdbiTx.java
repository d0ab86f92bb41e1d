package cloud.yun.kernel.db;

import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A transaction on a Jdbi handle.
final class JdbiTx implements Tx {
    private final Handle handle;
    private final Dialect dialect;
    private final List<Runnable> wakes = new ArrayList<>();

    JdbiTx(Handle handle, Dialect dialect) {
        this.handle = handle;
        this.dialect = dialect;
    }

    @Override
    public int update(String sql, @Nullable Object... arguments) {
        try (var statement = handle.createUpdate(sql)) {
            bind(statement, arguments);
            return statement.execute();
        }
    }

    @Override
    public void batch(String sql, Collection<@Nullable Object[]> rows) {
        if (rows.isEmpty()) return;
        try (var statement = handle.prepareBatch(sql)) {
            for (var row : rows) {
                bind(statement, row);
                statement.add();
            }
            statement.execute();
        }
    }

    @Override
    public <T> List<T> query(String sql, Row.Mapper<T> mapper, @Nullable Object... arguments) {
        try (var statement = handle.createQuery(sql)) {
            bind(statement, arguments);
            return statement.scanResultSet((results, context) -> {
                try (context) {
                    var found = new ArrayList<T>();
                    var rows = results.get();
                    var row = new Row(rows);
                    while (rows.next()) found.add(mapper.map(row));
                    return found;
                }
            });
        }
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public void afterCommit(Runnable wake) {
        wakes.add(wake);
    }

    List<Runnable> wakes() {
        return wakes;
    }

    private static void bind(SqlStatement<?> statement, @Nullable Object[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            var argument = arguments[i];
            if (argument instanceof Optional<?> optional) argument = optional.orElse(null);
            switch (argument) {
                case null -> statement.bindNull(i, Types.NULL);
                case String s -> statement.bind(i, s);
                case Long n -> statement.bind(i, n);
                case Integer n -> statement.bind(i, n);
                case Double n -> statement.bind(i, n);
                case Boolean b -> statement.bind(i, b ? 1 : 0);
                case Instant t -> statement.bind(i, Row.micros(t));
                case UUID id -> statement.bind(i, id.toString());
                case JsonNode json -> statement.bind(i, json.toString());
                case byte[] bytes -> statement.bind(i, bytes);
                case Enum<?> e -> statement.bind(i, e.name());
                default -> throw new IllegalArgumentException("cannot bind a " + argument.getClass());
            }
        }
    }
}
