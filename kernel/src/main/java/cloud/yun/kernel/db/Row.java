package cloud.yun.kernel.db;

import cloud.yun.kernel.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One row of a result, read in the house's own types.
public final class Row {
    /// Makes a value of a row.
    @FunctionalInterface
    public interface Mapper<T> {
        T map(Row row) throws SQLException;
    }

    private final ResultSet result;
    private final Map<String, Integer> columns;

    /// @param columns positions by name, as far as known; grows with what is asked
    Row(ResultSet result, Map<String, Integer> columns) {
        this.result = result;
        this.columns = columns;
    }

    private int at(String column) throws SQLException {
        var known = columns.get(column);
        if (known != null) return known;
        int found = result.findColumn(column);
        columns.put(column, found);
        return found;
    }

    /// @throws SQLException the column is NULL: the schema says NOT NULL or the reader must use [#optString]
    public String string(String column) throws SQLException {
        var value = result.getString(at(column));
        if (value == null) throw new SQLException("column " + column + " is NULL");
        return value;
    }

    public Optional<String> optString(String column) throws SQLException {
        return Optional.ofNullable(result.getString(at(column)));
    }

    public @Nullable String nullableString(String column) throws SQLException {
        return result.getString(at(column));
    }

    public int integer(String column) throws SQLException {
        return result.getInt(at(column));
    }

    public long number(String column) throws SQLException {
        return result.getLong(at(column));
    }

    public Optional<Long> optNumber(String column) throws SQLException {
        long value = result.getLong(at(column));
        return result.wasNull() ? Optional.empty() : Optional.of(value);
    }

    public double decimal(String column) throws SQLException {
        return result.getDouble(at(column));
    }

    public boolean bool(String column) throws SQLException {
        return result.getInt(at(column)) != 0;
    }

    public Instant instant(String column) throws SQLException {
        return instant(result.getLong(at(column)));
    }

    public Optional<Instant> optInstant(String column) throws SQLException {
        return optNumber(column).map(Row::instant);
    }

    public JsonNode json(String column) throws SQLException {
        return Json.stored(string(column));
    }

    Object raw(int position) throws SQLException {
        var value = result.getObject(position);
        if (value == null) throw new SQLException("sort column " + position + " is NULL; sort by COALESCE(...)");
        return value;
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
    }

    static long micros(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
    }
}
