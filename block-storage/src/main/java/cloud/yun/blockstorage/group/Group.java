package cloud.yun.blockstorage.group;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A group of volumes.
///
/// @param volumeTypes ids of the types that its volumes may be of
/// @param snapshotId of the group snapshot that it was made of
/// @param sourceId of the group that it is a copy of
record Group(
        String id,
        String projectId,
        String userId,
        Optional<String> name,
        Optional<String> description,
        GroupStatus status,
        String typeId,
        String zone,
        Optional<String> snapshotId,
        Optional<String> sourceId,
        List<String> volumeTypes,
        Instant createdAt) {}
