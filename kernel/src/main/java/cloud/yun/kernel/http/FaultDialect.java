package cloud.yun.kernel.http;

/// Whose fault format, and the status of a passed quota. Where the services of OpenStack differ, the difference is
/// data.
public enum FaultDialect {
    COMPUTE(403),
    BLOCK_STORAGE(413),
    IDENTITY(403),
    IMAGE(413),
    NETWORK(409),
    PLACEMENT(403),
    /// Short pages of HTML or one line of plain text, as Swift's.
    OBJECT_STORE(413),
    /// `{"error": {"code", "title", "message"}}` for what is ours alone.
    YUN(403);

    private final int overQuotaStatus;

    FaultDialect(int overQuotaStatus) {
        this.overQuotaStatus = overQuotaStatus;
    }

    int overQuotaStatus() {
        return overQuotaStatus;
    }
}
