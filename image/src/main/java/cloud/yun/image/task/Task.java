package cloud.yun.image.task;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param type `api_image_import`
/// @param owner id of the project
/// @param input what was asked
/// @param message why it failed; empty otherwise
/// @param expiresAt when it may be forgotten; set when it ends
public record Task(
        String id,
        String type,
        TaskState state,
        String owner,
        String imageId,
        String userId,
        String requestId,
        ObjectNode input,
        Optional<ObjectNode> result,
        String message,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> expiresAt) {}
