package cloud.yun.blockstorage.query;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// Reads bodies that their schemas have already passed.
public final class Bodies {
    private static final int NAME_MAX = 255;

    private Bodies() {}

    /// @return the text; empty for null and for none
    public static Optional<String> text(JsonNode object, String key) {
        var value = object.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asString(""));
    }

    /// @return empty when the key is not there; an empty inner one for null
    public static Optional<Optional<String>> change(JsonNode object, String... keys) {
        for (var key : keys) if (object.has(key)) return Optional.of(text(object, key));
        return Optional.empty();
    }

    /// Name or description: white space around it goes, and it has its length.
    public static Optional<String> label(JsonNode object, String key, String shown) {
        return text(object, key).map(String::strip).map(v -> limited(v, shown));
    }

    public static String limited(String value, String shown) {
        if (value.length() > NAME_MAX)
            throw new Invalid("Invalid input received: " + shown + " has " + value.length() + " characters, more than "
                    + NAME_MAX + ".");
        return value;
    }

    public static Map<String, String> texts(JsonNode object) {
        var found = new LinkedHashMap<String, String>();
        object.propertyStream().forEach(e -> found.put(e.getKey(), e.getValue().asString("")));
        return found;
    }

    /// A boolean as oslo's strict `bool_from_string` reads it.
    public static boolean truth(JsonNode value) {
        if (value.isBoolean()) return value.booleanValue();
        return List.of("1", "t", "true", "on", "y", "yes")
                .contains(value.asString("").strip().toLowerCase(Locale.ROOT));
    }

    /// @throws Invalid in the words of the schema's `uuid` format
    public static Optional<String> uuid(JsonNode object, String key) {
        var value = object.get(key);
        if (value == null || value.isNull()) return Optional.empty();
        if (!isUuid(value.asString("")))
            throw new Invalid("Invalid input for field/attribute " + key + ". Value: " + Python.str(value) + ". "
                    + Python.repr(value) + " is not a 'uuid'");
        return Optional.of(value.asString(""));
    }

    private static boolean isUuid(String text) {
        try {
            var plain = text.replace("-", "");
            if (plain.length() != 32) return false;
            var form = plain.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
            return UUID.fromString(form).toString().equals(form.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// A size, which may come as a number or as digits.
    public static Optional<Integer> size(JsonNode object, String key) {
        var value = object.get(key);
        if (value == null
                || value.isNull()
                || (value.isString() && value.asString("").isEmpty())) return Optional.empty();
        try {
            return Optional.of(value.isString() ? Integer.parseInt(value.asString("")) : value.intValue());
        } catch (NumberFormatException e) {
            throw new Invalid("Invalid input for field/attribute " + key + ". Value: " + Python.str(value) + ". "
                    + Python.repr(value) + " is greater than the maximum of 2147483647");
        }
    }

    /// @return an empty object when there is none or it is null
    public static JsonNode objectOrEmpty(JsonNode object, String key) {
        var value = object.get(key);
        return value == null || value.isNull() ? Json.object() : value;
    }
}
