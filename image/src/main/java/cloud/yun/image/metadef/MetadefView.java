package cloud.yun.image.metadef;

import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import tools.jackson.databind.node.ObjectNode;

/// Metadata definitions as JSON.
final class MetadefView {
    static final String PATH = "/v2/metadefs/namespaces/";

    private MetadefView() {}

    static ObjectNode namespace(Namespace n) {
        var out = Json.object();
        out.put("namespace", n.name());
        n.displayName().ifPresent(v -> out.put("display_name", v));
        n.description().ifPresent(v -> out.put("description", v));
        out.put("visibility", n.visibility());
        out.put("protected", n.protect());
        out.put("owner", n.owner());
        out.put("created_at", Times.seconds(n.createdAt()));
        out.put("updated_at", Times.seconds(n.updatedAt()));
        out.put("self", PATH + n.name());
        out.put("schema", "/v2/schemas/metadefs/namespace");
        return out;
    }

    /// @return the namespace with what it holds; what it has none of is left out
    static ObjectNode whole(MetadefService.Whole whole) {
        var out = namespace(whole.namespace());
        var types = whole.of(ItemKind.RESOURCE_TYPE);
        if (!types.isEmpty()) {
            var array = out.putArray("resource_type_associations");
            types.forEach(t -> array.add(association(t)));
        }
        var objects = whole.of(ItemKind.OBJECT);
        if (!objects.isEmpty()) {
            var array = out.putArray("objects");
            objects.forEach(o -> array.add(listedObject(whole.namespace().name(), o)));
        }
        var properties = whole.of(ItemKind.PROPERTY);
        if (!properties.isEmpty()) {
            var map = out.putObject("properties");
            properties.forEach(p -> map.set(p.name(), p.body()));
        }
        var tags = whole.of(ItemKind.TAG);
        if (!tags.isEmpty()) {
            var array = out.putArray("tags");
            tags.forEach(t -> array.addObject().put("name", t.name()));
        }
        return out;
    }

    private static ObjectNode times(ObjectNode out, Item i) {
        return out.put("created_at", Times.seconds(i.createdAt())).put("updated_at", Times.seconds(i.updatedAt()));
    }

    private static ObjectNode named(Item i) {
        var out = Json.object().put("name", i.name());
        out.setAll(i.body());
        return out;
    }

    static ObjectNode association(Item i) {
        return times(named(i), i);
    }

    static ObjectNode tag(Item i) {
        return times(named(i), i);
    }

    static ObjectNode property(Item i) {
        return named(i);
    }

    static ObjectNode object(String namespace, Item i) {
        var out = times(named(i), i);
        out.put("self", PATH + namespace + "/objects/" + i.name());
        return out.put("schema", "/v2/schemas/metadefs/object");
    }

    /// As [#object], and what is required is always said.
    static ObjectNode listedObject(String namespace, Item i) {
        var out = object(namespace, i);
        if (!out.has("required")) out.putArray("required");
        return out;
    }
}
