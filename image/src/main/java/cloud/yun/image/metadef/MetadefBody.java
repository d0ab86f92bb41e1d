package cloud.yun.image.metadef;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.SchemaCheck;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What clients send about metadata definitions, checked.
final class MetadefBody {
    private static final SchemaCheck SCHEMA = new SchemaCheck(FaultDialect.IMAGE);
    /// Set here, whatever a client sends; Glance ignores what it showed before.
    private static final Set<String> READ_ONLY = Set.of("created_at", "updated_at", "schema", "self", "name");

    private MetadefBody() {}

    /// The fields of a namespace itself.
    record Fields(
            String namespace,
            Optional<String> displayName,
            Optional<String> description,
            String visibility,
            boolean protect,
            Optional<String> owner) {}

    /// Something to put into a namespace.
    record Named(ItemKind kind, String name, ObjectNode body) {}

    private static void check(String schema, JsonNode body) {
        if (body.isMissingNode()) throw new Invalid("Body expected in request.");
        SCHEMA.check(schema, body);
    }

    /// @throws Invalid no namespace
    static Fields namespace(JsonNode body) {
        check("schema/image/metadefs/namespace.json", body);
        return new Fields(
                body.path("namespace").stringValue(),
                text(body, "display_name"),
                text(body, "description"),
                text(body, "visibility").orElse("private"),
                body.path("protected").asBoolean(false),
                text(body, "owner"));
    }

    private static Optional<String> text(JsonNode body, String field) {
        var value = body.path(field);
        return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    /// @return what a checked body of a namespace brings along
    static List<Named> items(JsonNode namespace) {
        var found = new ArrayList<Named>();
        for (var type : namespace.path("resource_type_associations")) found.add(named(ItemKind.RESOURCE_TYPE, type));
        for (var object : namespace.path("objects")) found.add(named(ItemKind.OBJECT, object));
        for (var tag : namespace.path("tags")) found.add(named(ItemKind.TAG, tag));
        namespace.path("properties").propertyStream().forEach(p -> {
            var body = Json.object();
            body.setAll((ObjectNode) p.getValue());
            body.put("name", p.getKey());
            found.add(named(ItemKind.PROPERTY, body));
        });
        return found;
    }

    /// @throws Invalid not one of that kind
    static Named named(ItemKind kind, JsonNode body) {
        check(kind.schema(), body);
        var kept = Json.object();
        body.propertyStream().forEach(p -> {
            if (!READ_ONLY.contains(p.getKey())) kept.set(p.getKey(), p.getValue());
        });
        return new Named(kind, body.path("name").stringValue(), kept);
    }

    /// @throws Invalid no list of tags
    static List<Named> tags(JsonNode body) {
        if (!body.path("tags").isArray()) throw new Invalid("Body must have a list of 'tags'.");
        var found = new ArrayList<Named>();
        for (var tag : body.path("tags")) found.add(named(ItemKind.TAG, tag));
        return found;
    }
}
