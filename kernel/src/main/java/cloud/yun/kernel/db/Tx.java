package cloud.yun.kernel.db;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One open transaction. What does not use it is not in it.
///
/// Arguments are bound by position: `String`, numbers, `Boolean` (as 0/1), `Instant` (as microseconds), `UUID`
/// and enum constants (as text), `JsonNode` (as text), `Optional` (its value or NULL), `byte[]`, null.
public interface Tx {
    /// @return how many rows changed
    int update(String sql, @Nullable Object... arguments);

    /// Runs one statement for each row of arguments.
    void batch(String sql, Collection<@Nullable Object[]> rows);

    <T> List<T> query(String sql, Row.Mapper<T> mapper, @Nullable Object... arguments);

    /// @return the first row, if there is one
    default <T> Optional<T> first(String sql, Row.Mapper<T> mapper, @Nullable Object... arguments) {
        var rows = query(sql, mapper, arguments);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    /// @return the single number that `sql` selects as `n`; 0 when it selects no row
    default long number(String sql, @Nullable Object... arguments) {
        return first(sql, r -> r.number("n"), arguments).orElse(0L);
    }

    default boolean exists(String sql, @Nullable Object... arguments) {
        return !query(sql, _ -> true, arguments).isEmpty();
    }

    Dialect dialect();

    /// Runs when, and only when, the transaction is durable. Must be quick and must not fail: it only wakes others.
    void afterCommit(Runnable wake);

    /// Work that is collected during a transaction and done at its end, just before the commit. The rows that many
    /// transactions want (counters, above all) are then locked last and for the shortest time, in one order.
    interface Ending {
        /// @throws RuntimeException the transaction is rolled back
        void run(Tx tx);
    }

    /// @return the transaction's own ending of that kind, made when it is first asked for
    <T extends Ending> T ending(Class<T> kind, Supplier<T> make);

    /// @return `?, ?, ?` for `n` arguments of an IN list
    static String marks(int n) {
        return "?" + ", ?".repeat(Math.max(0, n - 1));
    }
}
