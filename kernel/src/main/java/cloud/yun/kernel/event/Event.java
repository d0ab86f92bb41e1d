package cloud.yun.kernel.event;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/// Something that happened, in OpenStack's event names.
///
/// @param sequence order of the events; 0 before it is written
/// @param type for example `compute.instance.create.end`
/// @param projectId whose resource; empty for the cloud's own
/// @param requestId which request caused it; empty for reconcilers
/// @param payload what the notification carries; no secrets
public record Event(
        long sequence,
        String type,
        String projectId,
        String resourceId,
        String requestId,
        JsonNode payload,
        Instant at) {}
