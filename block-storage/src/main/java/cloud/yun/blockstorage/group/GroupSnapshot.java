package cloud.yun.blockstorage.group;

import java.time.Instant;
import java.util.Optional;

/// Snapshots of all volumes of a group.
record GroupSnapshot(
        String id,
        String groupId,
        String groupTypeId,
        String projectId,
        String userId,
        Optional<String> name,
        Optional<String> description,
        GroupStatus status,
        Instant createdAt) {}
