package cloud.yun.kernel.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// The prepared statements of one connection. The ones used last are kept, for the next transaction says the same:
/// to parse and plan a statement takes SQLite longer than to run most of ours.
///
/// Like the connection, for one thread at a time.
final class Statements implements AutoCloseable {
    /// A statement that one caller holds, and where its result's columns are.
    static final class Prepared {
        private final String sql;
        private final PreparedStatement statement;
        private Map<String, Integer> columns = new HashMap<>();
        private int columnCount;

        private Prepared(String sql, PreparedStatement statement) {
            this.sql = sql;
            this.statement = statement;
        }

        PreparedStatement statement() {
            return statement;
        }

        /// @return a reader of the result's rows; what it learns about the columns holds until the table changes
        Row row(ResultSet result) throws SQLException {
            int count = result.getMetaData().getColumnCount();
            if (count != columnCount) columns = new HashMap<>();
            columnCount = count;
            return new Row(result, columns);
        }
    }

    private final Connection connection;
    private final int kept;
    private final LinkedHashMap<String, Prepared> idle = new LinkedHashMap<>();

    /// @param kept how many to keep; 0 where the driver itself keeps them
    Statements(Connection connection, int kept) {
        this.connection = connection;
        this.kept = kept;
    }

    Connection connection() {
        return connection;
    }

    /// Nobody else gets the same statement until it is given back, also not from within the reading of its result.
    Prepared take(String sql) throws SQLException {
        var found = idle.remove(sql);
        return found != null ? found : new Prepared(sql, connection.prepareStatement(sql));
    }

    void give(Prepared used) throws SQLException {
        if (kept == 0) {
            used.statement.close();
            return;
        }
        var twin = idle.put(used.sql, used);
        if (twin != null) twin.statement.close();
        if (idle.size() > kept) {
            var oldest = idle.pollFirstEntry();
            if (oldest != null) oldest.getValue().statement.close();
        }
    }

    /// After a failure nobody knows what state it is in.
    static void discard(Prepared broken, Throwable why) {
        try {
            broken.statement.close();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    /// Runs what has no arguments and no result.
    void run(String sql) throws SQLException {
        var prepared = take(sql);
        try {
            prepared.statement.execute();
        } catch (SQLException e) {
            discard(prepared, e);
            throw e;
        }
        give(prepared);
    }

    @Override
    public void close() throws SQLException {
        for (var prepared : idle.values()) prepared.statement.close();
        idle.clear();
        connection.close();
    }
}
