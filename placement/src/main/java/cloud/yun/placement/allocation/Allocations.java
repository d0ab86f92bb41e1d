package cloud.yun.placement.allocation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a request says that one consumer shall have; the bodies of all microversions come down to it.
///
/// @param generation the consumer's generation that the writer read; empty: it has none
/// @param checked whether the writer says a generation at all, as since 1.28
/// @param type consumer type, since 1.38
record Allocations(
        String consumerId,
        Map<String, Map<String, Long>> byProvider,
        Optional<String> projectId,
        Optional<String> userId,
        boolean checked,
        Optional<Long> generation,
        Optional<String> type) {
    /// @param body as the schema accepted it
    /// @param list whether `allocations` is the list of before 1.12
    static Allocations parse(String consumerId, JsonNode body, boolean list) {
        var byProvider = new LinkedHashMap<String, Map<String, Long>>();
        if (list)
            body.path("allocations")
                    .forEach(a -> byProvider.put(
                            a.path("resource_provider").path("uuid").stringValue(), resources(a.path("resources"))));
        else
            body.path("allocations")
                    .propertyStream()
                    .forEach(e ->
                            byProvider.put(e.getKey(), resources(e.getValue().path("resources"))));
        var generation = body.path("consumer_generation");
        return new Allocations(
                consumerId,
                byProvider,
                text(body.path("project_id")),
                text(body.path("user_id")),
                body.has("consumer_generation"),
                generation.isNumber() ? Optional.of(generation.longValue()) : Optional.empty(),
                text(body.path("consumer_type")));
    }

    private static Map<String, Long> resources(JsonNode body) {
        var found = new LinkedHashMap<String, Long>();
        body.propertyStream().forEach(e -> found.put(e.getKey(), e.getValue().longValue()));
        return found;
    }

    private static Optional<String> text(JsonNode node) {
        return node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
    }
}
