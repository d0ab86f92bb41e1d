package cloud.yun.compute.volume;

import java.time.Instant;
import java.util.Optional;

/// A volume of a server: what Nova calls a block device mapping with destination `volume`.
///
/// @param attachmentId block storage's id of the attachment
/// @param device as the user sees it, for example `/dev/vdb`
/// @param bootIndex 0 for the disk to boot from, -1 for none
/// @param bdmId Nova's own id of the mapping, shown from microversion 2.89
public record ServerVolume(
        String attachmentId,
        String serverId,
        String volumeId,
        VolumeState state,
        String device,
        int bootIndex,
        boolean deleteOnTermination,
        Optional<String> tag,
        String bdmId,
        Instant createdAt) {}
