package cloud.yun.network.quota;

import cloud.yun.kernel.db.Tx;
import java.util.List;

/// SQL of the kernel's limits, as far as the kernel does not answer it.
final class QuotaStore {
    private final Tx tx;

    QuotaStore(Tx tx) {
        this.tx = tx;
    }

    /// @return projects with limits of their own
    List<String> projects() {
        return tx.query(
                "SELECT DISTINCT project_id FROM quota_limit WHERE service = 'network' AND project_id <> ''"
                        + " ORDER BY project_id",
                r -> r.string("project_id"));
    }
}
