package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Somebody's hold on a volume.
///
/// @param mode `rw`, `ro`, or `null` where nobody said
/// @param connector what the host that opens it said of itself; an empty object before
/// @param byCompute whether a server of ours holds it: then only compute may take it away
public record Attachment(
        String id,
        String volumeId,
        String projectId,
        Optional<String> serverId,
        Optional<String> host,
        Optional<String> mountpoint,
        String mode,
        AttachStatus status,
        JsonNode connector,
        Optional<Connection> connection,
        boolean byCompute,
        Instant createdAt,
        Optional<Instant> attachedAt) {}
