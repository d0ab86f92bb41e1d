package cloud.yun.image.metadef;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// Something that a namespace holds.
///
/// @param body what the client gave, without the name
record Item(String namespaceId, ItemKind kind, String name, ObjectNode body, Instant createdAt, Instant updatedAt) {}
