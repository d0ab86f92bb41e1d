package cloud.yun.blockstorage.qos;

import java.time.Instant;
import java.util.Map;

/// Limits for the volumes of the types that are associated with it.
///
/// @param consumer who obeys: `front-end` (the hypervisor), `back-end` (the storage) or `both`
public record QosSpec(String id, String name, String consumer, Map<String, String> specs, Instant createdAt) {
    /// Whether the hypervisor is told.
    public boolean frontEnd() {
        return !consumer.equals("back-end");
    }
}
