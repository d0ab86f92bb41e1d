package cloud.yun.kernel.db;

import cloud.yun.kernel.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
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

    Row(ResultSet result) {
        this.result = result;
    }

    /// @throws SQLException the column is NULL: the schema says NOT NULL or the reader must use [#optString]
    public String string(String column) throws SQLException {
        var value = result.getString(column);
        if (value == null) throw new SQLException("column " + column + " is NULL");
        return value;
    }

    public Optional<String> optString(String column) throws SQLException {
        return Optional.ofNullable(result.getString(column));
    }

    public @Nullable String nullableString(String column) throws SQLException {
        return result.getString(column);
    }

    public int integer(String column) throws SQLException {
        return result.getInt(column);
    }

    public long number(String column) throws SQLException {
        return result.getLong(column);
    }

    public Optional<Long> optNumber(String column) throws SQLException {
        long value = result.getLong(column);
        return result.wasNull() ? Optional.empty() : Optional.of(value);
    }

    public double decimal(String column) throws SQLException {
        return result.getDouble(column);
    }

    public boolean bool(String column) throws SQLException {
        return result.getInt(column) != 0;
    }

    public Instant instant(String column) throws SQLException {
        return instant(result.getLong(column));
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
