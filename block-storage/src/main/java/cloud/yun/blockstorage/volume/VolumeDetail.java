package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.attachment.Attachment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A volume with all that the API shows of it.
///
/// @param metadata the project's own, and what of the cloud's own everybody sees (`readonly`, `attached_mode`)
/// @param serviceId of the service that has it
record VolumeDetail(
        Volume volume,
        Map<String, String> metadata,
        Map<String, String> imageMetadata,
        List<Attachment> attachments,
        String typeName,
        Optional<String> serviceId) {}
