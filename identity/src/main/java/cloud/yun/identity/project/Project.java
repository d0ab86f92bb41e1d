package cloud.yun.identity.project;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param domainId the domain it stands in; empty text for a domain itself
/// @param parentId the project or domain above it; empty for a domain
/// @param tags in order
public record Project(
        String id,
        String name,
        String domainId,
        Optional<String> parentId,
        boolean isDomain,
        boolean enabled,
        String description,
        ObjectNode extra,
        ObjectNode options,
        List<String> tags) {
    /// @return what its users and roles belong to: the domain itself, or the domain above
    public String owningDomainId() {
        return isDomain ? id : domainId;
    }

    public boolean immutable() {
        return options.path("immutable").asBoolean(false);
    }

    Project with(
            String newName, boolean newEnabled, String newDescription, ObjectNode newExtra, ObjectNode newOptions) {
        return new Project(
                id, newName, domainId, parentId, isDomain, newEnabled, newDescription, newExtra, newOptions, tags);
    }

    Project withTags(List<String> newTags) {
        return new Project(
                id, name, domainId, parentId, isDomain, enabled, description, extra, options, List.copyOf(newTags));
    }
}
