package cloud.yun.placement.provider;

import java.time.Instant;
import java.util.Optional;

/// @param generation grows by one with each change; a writer names the generation it read
/// @param parentUuid empty for the root of a tree
/// @param rootUuid the provider itself when it is a root
public record ResourceProvider(
        String uuid,
        String name,
        long generation,
        Optional<String> parentUuid,
        String rootUuid,
        Instant createdAt,
        Instant updatedAt) {}
