package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.driver.BackupRepository.Key;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A backup as its row says.
///
/// @param volumeId of the volume that it was made of, which may be gone
/// @param parentId of the backup that an incremental one needs
/// @param sizeGib of the volume then
/// @param pool of the storage host that wrote it
/// @param volumeMeta what of the volume's rows is restored with it, as JSON; see [VolumeMeta]
/// @param dataTimestamp when the data was what it is
public record Backup(
        String id,
        String projectId,
        String userId,
        String volumeId,
        Optional<String> snapshotId,
        Optional<String> parentId,
        Optional<String> name,
        Optional<String> description,
        int sizeGib,
        BackupStatus status,
        Optional<String> failReason,
        String pool,
        String zone,
        Key key,
        int objectCount,
        Optional<String> volumeMeta,
        Optional<String> restoreVolumeId,
        Instant dataTimestamp,
        Instant createdAt,
        Optional<Instant> updatedAt,
        Map<String, String> metadata) {}
