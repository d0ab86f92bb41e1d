package cloud.yun.blockstorage.snapshot;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A snapshot as its row says.
///
/// @param sizeGib of the volume when it was taken
/// @param progress `0%` or `100%`
public record Snapshot(
        String id,
        String volumeId,
        String projectId,
        String userId,
        Optional<String> name,
        Optional<String> description,
        int sizeGib,
        SnapshotStatus status,
        String progress,
        String typeId,
        Map<String, String> metadata,
        Instant createdAt,
        Optional<Instant> updatedAt,
        Optional<String> groupSnapshotId) {}
