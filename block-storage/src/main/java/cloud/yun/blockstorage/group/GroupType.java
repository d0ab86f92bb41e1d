package cloud.yun.blockstorage.group;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A kind of group.
record GroupType(
        String id,
        String name,
        Optional<String> description,
        boolean isPublic,
        Map<String, String> specs,
        Instant createdAt) {
    /// Whether its groups want snapshots of all volumes at one moment, which no back end of ours can take.
    boolean consistent() {
        return "<is> true".equalsIgnoreCase(specs.getOrDefault("consistent_group_snapshot_enabled", ""));
    }
}
