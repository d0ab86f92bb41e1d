package cloud.yun.blockstorage.type;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A kind of volume.
///
/// @param qosId of its QoS specs
/// @param extraSpecs what a back end must have (`volume_backend_name`), and what the volume may do (`multiattach`)
public record VolumeType(
        String id,
        String name,
        Optional<String> description,
        boolean isPublic,
        Map<String, String> extraSpecs,
        Optional<String> qosId,
        Instant createdAt,
        Instant updatedAt) {
    /// Whether its volumes may be attached to several servers: extra spec `multiattach` is `<is> True`.
    public boolean multiattach() {
        return "<is> true".equalsIgnoreCase(extraSpecs.getOrDefault("multiattach", ""));
    }
}
