package cloud.yun.image.image;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A JSON patch of an image, in Glance's two dialects.
///
/// @see <a href="https://specs.openstack.org/openstack/glance-specs/">http-patch-mediatypes</a>
record ImagePatch(List<Operation> operations) {
    static final String V21 = "application/openstack-images-v2.1-json-patch";
    static final String V20 = "application/openstack-images-v2.0-json-patch";
    private static final Set<String> OPERATIONS = Set.of("add", "remove", "replace");

    /// @param name field or custom property
    /// @param value a missing node for `remove`
    record Operation(String name, String field, JsonNode value) {}

    /// @throws Refused 415: neither of the two media types
    /// @throws Invalid no patch
    static ImagePatch parse(String contentType, JsonNode body) {
        var type = contentType.split(";", 2)[0].strip();
        if (!type.equals(V21) && !type.equals(V20))
            throw new Refused(415, "The request media type " + type + " is not supported by this server.");
        if (!body.isArray()) throw new Invalid("Request body must be a JSON array of operation objects.");
        var found = new ArrayList<Operation>();
        for (var item : body) {
            if (!item.isObject()) throw new Invalid("Operations must be JSON objects.");
            found.add(type.equals(V21) ? v21(item) : v20(item));
        }
        return new ImagePatch(found);
    }

    private static Operation v21(JsonNode item) {
        if (!item.has("op")) throw new Invalid("Unable to find 'op' in JSON Schema change");
        if (!item.has("path")) throw new Invalid("Unable to find 'path' in JSON Schema change");
        var name = item.path("op").asString("");
        if (!OPERATIONS.contains(name))
            throw new Invalid(
                    "Invalid operation: `" + name + "`. It must be one of the following: add, remove, replace.");
        return operation(name, item.path("path").asString(""), item);
    }

    private static Operation v20(JsonNode item) {
        var names = item.propertyNames().stream().filter(OPERATIONS::contains).toList();
        if (names.size() != 1)
            throw new Invalid("Operation objects must contain exactly one member named \"add\", \"remove\", or"
                    + " \"replace\".");
        return operation(names.getFirst(), item.path(names.getFirst()).asString(""), item);
    }

    private static Operation operation(String name, String path, JsonNode item) {
        if (!path.startsWith("/")) throw new Invalid("Pointer `" + path + "` does not start with \"/\".");
        if (path.endsWith("/") || path.contains("//"))
            throw new Invalid("Pointer `" + path + "` contains adjacent or trailing \"/\".");
        var field = path.substring(1);
        if (field.matches(".*~([^01].*|$)"))
            throw new Invalid("Pointer `" + path + "` contains \"~\" not part of a recognized escape sequence.");
        if (field.contains("/")) throw new Invalid("Invalid JSON pointer for this resource: '" + path + "'");
        field = field.replace("~1", "/").replace("~0", "~");
        if (!name.equals("remove") && !item.has("value"))
            throw new Invalid("Operation \"" + name + "\" requires a member named \"value\".");
        return new Operation(name, field, item.path("value"));
    }

    Image apply(Image image) {
        var editor = image.edit();
        for (var operation : operations) {
            if (operation.name().equals("remove")) ImageFields.remove(editor, operation.field());
            else ImageFields.patch(image, editor, operation.name(), operation.field(), operation.value());
        }
        return editor.image();
    }
}
