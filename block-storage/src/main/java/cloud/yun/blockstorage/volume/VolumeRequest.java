package cloud.yun.blockstorage.volume;

import java.util.Map;
import java.util.Optional;

/// What a caller asks for.
///
/// @param id of the new volume, chosen before
/// @param sizeGib empty takes the source's
/// @param backupId since 3.47
/// @param groupId since 3.13
/// @param type id or name; empty takes the source's or the default
public record VolumeRequest(
        String id,
        Optional<String> name,
        Optional<String> description,
        Optional<Integer> sizeGib,
        Optional<String> imageId,
        Optional<String> snapshotId,
        Optional<String> sourceVolumeId,
        Optional<String> type,
        Optional<String> zone,
        Map<String, String> metadata,
        Optional<String> backupId,
        Optional<String> groupId) {}
