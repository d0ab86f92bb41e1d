package cloud.yun.identity.limit;

import cloud.yun.identity.limit.RegisteredLimit.Resource;
import cloud.yun.kernel.json.Json;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param projectId whose limit it is, or empty for a domain's
/// @param domainId whose limit it is, or empty for a project's
/// @param resourceLimit -1: without limit
public record Limit(
        String id,
        Resource what,
        Optional<String> projectId,
        Optional<String> domainId,
        int resourceLimit,
        Optional<String> description) {
    /// As the API shows it, without links.
    public ObjectNode json() {
        return Json.object()
                .put("id", id)
                .put("project_id", projectId.orElse(null))
                .put("domain_id", domainId.orElse(null))
                .put("service_id", what.serviceId())
                .put("region_id", what.regionId().orElse(null))
                .put("resource_name", what.name())
                .put("resource_limit", resourceLimit)
                .put("description", description.orElse(null));
    }
}
