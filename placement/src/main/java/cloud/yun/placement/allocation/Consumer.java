package cloud.yun.placement.allocation;

import java.util.Optional;

/// Whoever takes resources: a server, a migration, a volume.
///
/// @param generation grows with each change of the allocations
/// @param type for example `INSTANCE`; empty when the writer did not say
public record Consumer(String uuid, String projectId, String userId, long generation, Optional<String> type) {}
