package cloud.yun.kernel.db;

/// The few places where the two databases differ.
public enum Dialect {
    SQLITE("INTEGER PRIMARY KEY AUTOINCREMENT", "", ""),
    POSTGRESQL("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", " FOR UPDATE", " FOR UPDATE SKIP LOCKED");

    private final String serial;
    private final String forUpdate;
    private final String skipLocked;

    Dialect(String serial, String forUpdate, String skipLocked) {
        this.serial = serial;
        this.forUpdate = forUpdate;
        this.skipLocked = skipLocked;
    }

    /// Column definition of a key that the database counts up; migrations write it as `${serial}`.
    public String serial() {
        return serial;
    }

    /// Suffix of a SELECT whose rows this transaction is about to change. SQLite has one writer and needs none.
    public String forUpdate() {
        return forUpdate;
    }

    /// Suffix of a SELECT that takes rows nobody else is working on.
    public String skipLocked() {
        return skipLocked;
    }
}
