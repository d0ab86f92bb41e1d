package cloud.yun.kernel.db;

import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A list query with filters, sort keys, a marker and a limit: the only SQL that is composed, from a fixed set of
/// columns.
///
/// A page is found by the values of its marker, never by an offset, so it costs the same at any position.
/// Everything given as text here is a constant of the store; what users send is bound.
public final class Select {
    /// @param expression a column, or `COALESCE(column, '')` where it may be NULL; never a user's text
    public record Sort(String expression, boolean ascending) {
        public static Sort asc(String expression) {
            return new Sort(expression, true);
        }

        public static Sort desc(String expression) {
            return new Sort(expression, false);
        }
    }

    private static final int MANY = 1000;
    private static final String ELEMENTS = "${elements}";

    private final String columns;
    private final String from;
    private final List<String> conditions = new ArrayList<>();
    private final List<@Nullable Object> arguments = new ArrayList<>();
    private List<Sort> sorts = List.of();
    private int limit = -1;
    private String key = "";

    private Select(String columns, String from) {
        this.columns = columns;
        this.from = from;
    }

    /// `Select.of("id, name", "server")`.
    public static Select of(String columns, String from) {
        return new Select(columns, from);
    }

    public Select where(String condition, @Nullable Object... values) {
        conditions.add("(" + condition + ")");
        for (var value : values) arguments.add(value);
        return this;
    }

    /// Only when there is a value.
    public Select where(String condition, Optional<?> value) {
        return value.isPresent() ? where(condition, new Object[] {value.get()}) : this;
    }

    /// No row at all when `values` is empty. Many texts are sent as one: PostgreSQL takes no more than 65 535 values.
    public Select in(String column, Collection<?> values) {
        if (values.isEmpty()) return where("1 = 0");
        if (values.size() > MANY && values.stream().allMatch(v -> v instanceof String)) {
            var list = Json.array();
            values.forEach(v -> list.add((String) v));
            return where(column + " IN (" + ELEMENTS + ")", list.toString());
        }
        return where(column + " IN (" + Tx.marks(values.size()) + ")", values.toArray());
    }

    /// @param keys the last one must tell all rows apart, for example `id`
    public Select order(List<Sort> keys) {
        sorts = List.copyOf(keys);
        return this;
    }

    public Select order(Sort... keys) {
        return order(List.of(keys));
    }

    /// Sorts keys instead of rows: a page that no index has in its order is found in an index that holds the
    /// columns it
    /// is sorted and filtered by, and only its own rows are fetched. Without it, all rows go through the sort.
    ///
    /// @param column the primary key
    public Select key(String column) {
        key = column;
        return this;
    }

    public Select limit(int rows) {
        limit = rows;
        return this;
    }

    /// Goes on behind the row whose `column` is `id`. Call it after [#order].
    ///
    /// @return empty when there is no such row: the caller words the error
    public Optional<Select> after(Tx tx, String column, String id) {
        var keys = String.join(", ", sorts.stream().map(Sort::expression).toList());
        var values = tx.first(
                "SELECT " + keys + " FROM " + from + " WHERE " + column + " = ?",
                r -> {
                    var found = new ArrayList<Object>();
                    for (int i = 1; i <= sorts.size(); i++) found.add(r.raw(i));
                    return found;
                },
                id);
        return values.map(this::behind);
    }

    private Select behind(List<Object> values) {
        boolean same =
                sorts.stream().allMatch(s -> s.ascending() == sorts.getFirst().ascending());
        if (same) {
            var keys = String.join(", ", sorts.stream().map(Sort::expression).toList());
            return where(
                    "(" + keys + ") " + (sorts.getFirst().ascending() ? ">" : "<") + " (" + Tx.marks(values.size())
                            + ")",
                    values.toArray());
        }
        var alternatives = new ArrayList<String>();
        var bound = new ArrayList<Object>();
        for (int i = 0; i < sorts.size(); i++) {
            var parts = new ArrayList<String>();
            for (int j = 0; j < i; j++) {
                parts.add(sorts.get(j).expression() + " = ?");
                bound.add(values.get(j));
            }
            parts.add(sorts.get(i).expression() + (sorts.get(i).ascending() ? " > ?" : " < ?"));
            bound.add(values.get(i));
            alternatives.add(String.join(" AND ", parts));
        }
        return where(String.join(" OR ", alternatives), bound.toArray());
    }

    public <T> List<T> list(Tx tx, Row.Mapper<T> mapper) {
        var sql = new StringBuilder("SELECT ").append(columns).append(" FROM ").append(from);
        boolean keys = !key.isEmpty() && limit >= 0;
        if (keys)
            sql.append(" WHERE ")
                    .append(key)
                    .append(" IN (SELECT ")
                    .append(key)
                    .append(" FROM ")
                    .append(from);
        appendWhere(sql);
        appendOrder(sql);
        if (limit >= 0) sql.append(" LIMIT ").append(limit);
        if (keys) appendOrder(sql.append(")"));
        return tx.query(inDialect(tx, sql), mapper, arguments.toArray());
    }

    private static String inDialect(Tx tx, StringBuilder sql) {
        return sql.toString().replace(ELEMENTS, tx.dialect().elements());
    }

    private void appendOrder(StringBuilder sql) {
        if (sorts.isEmpty()) return;
        sql.append(" ORDER BY ")
                .append(String.join(
                        ", ",
                        sorts.stream()
                                .map(s -> s.expression() + (s.ascending() ? " ASC" : " DESC"))
                                .toList()));
    }

    public long count(Tx tx) {
        var sql = new StringBuilder("SELECT COUNT(*) AS n FROM ").append(from);
        appendWhere(sql);
        return tx.number(inDialect(tx, sql), arguments.toArray());
    }

    private void appendWhere(StringBuilder sql) {
        if (!conditions.isEmpty()) sql.append(" WHERE ").append(String.join(" AND ", conditions));
    }
}
