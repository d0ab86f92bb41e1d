package cloud.yun.compute.quota;

import cloud.yun.compute.server.Servers;
import cloud.yun.compute.server.Servers.Summary;
import cloud.yun.kernel.db.Database;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which servers lived when.
public final class UsageService {
    private final Database db;
    private final Servers servers;

    public UsageService(Database db, Servers servers) {
        this.db = db;
        this.servers = servers;
    }

    /// @param projectId empty: all projects
    List<Summary> lives(Optional<String> projectId, Instant from, Instant to) {
        return db.read(tx -> servers.livedBetween(tx, projectId, from, to));
    }
}
