package cloud.yun.identity.limit;

import cloud.yun.identity.limit.RegisteredLimit.Resource;
import java.util.Optional;

/// @param projectId whose limit it is, or empty for a domain's
/// @param domainId whose limit it is, or empty for a project's
/// @param resourceLimit -1: without limit
record Limit(
        String id,
        Resource what,
        Optional<String> projectId,
        Optional<String> domainId,
        int resourceLimit,
        Optional<String> description) {}
