package cloud.yun.blockstorage.volume;

import java.time.Instant;
import java.util.Optional;

/// A volume as its row says.
///
/// @param sizeGib capacity in GiB
/// @param pendingGib how much more an extension in flight will add; counted in quota and capacity already
/// @param host the pool, `HOST@BACKEND#POOL`; empty until one was chosen
/// @param migrationStatus Cinder's word for how far its way to another back end is; empty when it never moved
/// @param pendingTypeId the type that a retype in flight goes to; counted in quota already
/// @param consumesQuota whether deleting it gives quota back
public record Volume(
        String id,
        String projectId,
        String userId,
        Optional<String> name,
        Optional<String> description,
        int sizeGib,
        int pendingGib,
        VolumeStatus status,
        String typeId,
        String zone,
        Optional<String> host,
        Optional<String> snapshotId,
        Optional<String> sourceVolumeId,
        Optional<String> imageId,
        boolean bootable,
        boolean multiattach,
        boolean consumesQuota,
        Instant createdAt,
        Optional<Instant> updatedAt,
        Optional<Instant> launchedAt,
        Optional<String> migrationStatus,
        Optional<String> groupId,
        Optional<String> pendingTypeId) {}
