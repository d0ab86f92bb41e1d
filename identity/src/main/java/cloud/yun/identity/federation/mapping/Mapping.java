package cloud.yun.identity.federation.mapping;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;

/// Rules, each with a `remote` part that must fit the attributes and a `local` part that says what follows.
public record Mapping(String id, SchemaVersion schemaVersion, ArrayNode rules) {
    /// Applies the rules to what an identity provider said.
    ///
    /// @param attributes name to value; several values are separated by semicolons
    /// @throws Invalid no rule fits, or the rules do not fit together
    public Mapped apply(Map<String, String> attributes) {
        return new RuleProcessor(this).process(attributes);
    }
}
