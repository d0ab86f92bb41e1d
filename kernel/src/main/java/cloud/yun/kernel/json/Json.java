package cloud.yun.kernel.json;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The one JSON mapper of the house, and short names for what everybody does with it.
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Json() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// @param fields as many as will be put; saves large objects of long lists from growing again and again
    public static ObjectNode object(int fields) {
        return new ObjectNode(MAPPER.getNodeFactory(), LinkedHashMap.newLinkedHashMap(fields));
    }

    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /// @throws Invalid it is not one JSON document
    public static JsonNode parse(byte[] text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new Invalid("Malformed request body: " + e.getOriginalMessage());
        }
    }

    /// Reads JSON that we wrote ourselves.
    ///
    /// @throws JacksonException it is not JSON: a bug, not a user's mistake
    public static JsonNode stored(String text) {
        return MAPPER.readTree(text);
    }

    /// @return the object stored in `text`; an empty one for null or empty text
    public static ObjectNode storedObject(@Nullable String text) {
        if (text == null || text.isEmpty()) return object();
        return (ObjectNode) MAPPER.readTree(text);
    }

    public static <T> T stored(String text, Class<T> type) {
        return MAPPER.readValue(text, type);
    }

    public static <T> T as(JsonNode tree, Class<T> type) {
        return MAPPER.treeToValue(tree, type);
    }

    public static JsonNode tree(@Nullable Object value) {
        return MAPPER.valueToTree(value);
    }

    public static String text(@Nullable Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static byte[] bytes(@Nullable Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    public static void write(OutputStream out, Object value) {
        MAPPER.writeValue(out, value);
    }
}
