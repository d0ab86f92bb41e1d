package cloud.yun.blockstorage;

import java.util.List;

/// A volume that servers have has become larger: what compute is told.
///
/// @param serverIds that have it
/// @param sizeGib its size from now on
/// @param projectId of whoever asked for it
/// @param userId who asked for it
/// @param requestId of the request that asked for it
public record VolumeGrowth(
        String volumeId, List<String> serverIds, int sizeGib, String projectId, String userId, String requestId) {}
