package cloud.yun.identity.base;

import cloud.yun.kernel.json.Json;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Reads fields of a body that its schema has already checked.
public final class Fields {
    private static final Set<String> TRUE = Set.of("true", "1", "y", "yes", "on");

    private Fields() {}

    public static Optional<String> text(ObjectNode body, String name) {
        var value = body.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asString());
    }

    public static Optional<Boolean> bool(ObjectNode body, String name) {
        var value = body.get(name);
        return value == null || !value.isBoolean() ? Optional.empty() : Optional.of(value.booleanValue());
    }

    /// As [#bool], also where the schema lets clients write a flag as text: `"true"`, `"on"`, `"1"` ...
    public static Optional<Boolean> flag(ObjectNode body, String name) {
        var value = body.get(name);
        if (value == null || !value.isString()) return bool(body, name);
        return Optional.of(TRUE.contains(value.stringValue().toLowerCase(Locale.ROOT)));
    }

    /// What the body has besides the `known` fields: Keystone keeps such attributes and gives them back.
    public static ObjectNode extra(ObjectNode body, Set<String> known) {
        var extra = Json.object();
        for (var field : body.properties())
            if (!known.contains(field.getKey())) extra.set(field.getKey(), field.getValue());
        return extra;
    }

    /// An update of free attributes: what comes wins over what is there.
    public static ObjectNode merge(ObjectNode there, ObjectNode come) {
        var all = there.deepCopy();
        come.properties().forEach(f -> all.set(f.getKey(), f.getValue()));
        return all;
    }

    /// An update of `options`: null takes an option away.
    public static ObjectNode mergeOptions(ObjectNode there, ObjectNode body) {
        var all = there.deepCopy();
        if (body.get("options") instanceof ObjectNode come)
            come.properties().forEach(f -> {
                if (f.getValue().isNull()) all.remove(f.getKey());
                else all.set(f.getKey(), f.getValue());
            });
        return all;
    }
}
