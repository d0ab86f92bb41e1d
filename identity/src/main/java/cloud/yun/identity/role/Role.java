package cloud.yun.identity.role;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param domainId empty text for a role of the whole cloud; a domain's role never stands in a token itself
public record Role(
        String id, String name, String domainId, Optional<String> description, ObjectNode extra, ObjectNode options) {
    public boolean global() {
        return domainId.isEmpty();
    }

    public boolean immutable() {
        return options.path("immutable").asBoolean(false);
    }
}
