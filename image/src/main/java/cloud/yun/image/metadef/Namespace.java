package cloud.yun.image.metadef;

import java.time.Instant;
import java.util.Optional;

/// @param name what clients know it by
/// @param visibility `public` or `private`
/// @param protect nobody can delete it, nor all that it holds at once
/// @param owner id of the project that it belongs to
record Namespace(
        String id,
        String name,
        Optional<String> displayName,
        Optional<String> description,
        String visibility,
        boolean protect,
        String owner,
        Instant createdAt,
        Instant updatedAt) {}
