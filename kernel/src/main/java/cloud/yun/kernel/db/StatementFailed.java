package cloud.yun.kernel.db;

import java.sql.SQLException;

/// The database refused a statement. The text is the database's and names the statement, not what was bound to it: that
/// may be secret.
final class StatementFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    StatementFailed(String sql, SQLException cause) {
        super(cause.getMessage() + " [" + sql.strip().replaceAll("\\s+", " ") + "]", cause);
    }
}
