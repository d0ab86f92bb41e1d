package cloud.yun.kernel.db;

/// The few places where the two databases differ.
public enum Dialect {
    SQLITE("INTEGER PRIMARY KEY AUTOINCREMENT", "", " /* FOR UPDATE */", " /* FOR UPDATE SKIP LOCKED */"),
    POSTGRESQL(
            "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            "COLLATE \"C\"",
            " FOR UPDATE",
            " FOR UPDATE SKIP LOCKED");

    private final String serial;
    private final String bytewise;
    private final String forUpdate;
    private final String skipLocked;

    Dialect(String serial, String bytewise, String forUpdate, String skipLocked) {
        this.serial = serial;
        this.bytewise = bytewise;
        this.forUpdate = forUpdate;
        this.skipLocked = skipLocked;
    }

    /// Column definition of a key that the database counts up; migrations write it as `${serial}`.
    public String serial() {
        return serial;
    }

    /// Collation of a text column that is ordered by its bytes, as SQLite's are anyhow; migrations write it as
    /// `${bytewise}`.
    public String bytewise() {
        return bytewise;
    }

    /// Begins a line of a migration that is for SQLite only; migrations write it as `${sqlite}`.
    public String onlySqlite() {
        return this == SQLITE ? "" : "--";
    }

    /// Begins a line of a migration that is for PostgreSQL only; migrations write it as `${postgresql}`.
    public String onlyPostgresql() {
        return this == POSTGRESQL ? "" : "--";
    }

    /// A query of the elements of an array of texts, which is bound as JSON.
    String elements() {
        return this == SQLITE ? "SELECT value FROM json_each(?)" : "SELECT json_array_elements_text(CAST(? AS json))";
    }

    /// Suffix of a SELECT whose rows this transaction is about to change. SQLite has one writer and needs no lock; it
    /// gets a comment, so that a lock where only reading is allowed is refused there as well ([Database#read]).
    public String forUpdate() {
        return forUpdate;
    }

    /// Suffix of a SELECT that takes rows nobody else is working on.
    public String skipLocked() {
        return skipLocked;
    }

    static boolean locks(String sql) {
        return sql.contains("FOR UPDATE");
    }
}
