package cloud.yun.image.image;

import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.SchemaCheck;
import cloud.yun.kernel.json.Json;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of an image by their names in the API: which there are, what they may be, how to set and remove them.
final class ImageFields {
    private static final Set<String> READ_ONLY = Set.of(
            "created_at",
            "updated_at",
            "status",
            "checksum",
            "size",
            "virtual_size",
            "direct_url",
            "self",
            "file",
            "schema",
            "id",
            "os_hash_algo",
            "os_hash_value",
            "stores");
    static final String RESERVED_PREFIX = "os_glance_";
    private static final Set<String> RESERVED = Set.of("deleted", "deleted_at", "is_public", "member", "location");
    private static final Set<String> OWN = Set.of(
            "name",
            "visibility",
            "protected",
            "os_hidden",
            "owner",
            "container_format",
            "disk_format",
            "tags",
            "min_ram",
            "min_disk");
    private static final SchemaCheck SCHEMA = new SchemaCheck(FaultDialect.IMAGE);

    private ImageFields() {}

    /// @throws Invalid the body is no image
    /// @throws Forbidden it sets what only the service sets
    static void check(JsonNode body) {
        SCHEMA.check("schema/image/image.json", body);
        for (var name : body.propertyNames()) if (!name.equals("id")) writable(name);
    }

    private static void writable(String name) {
        if (READ_ONLY.contains(name)) throw new Forbidden("Attribute '" + name + "' is read-only.");
        // The house's own properties: others must not fake the state of an import.
        if (RESERVED.contains(name) || name.startsWith(RESERVED_PREFIX))
            throw new Forbidden("Attribute '" + name + "' is reserved.");
        if (name.equals("locations"))
            throw new Forbidden("It's not allowed to add locations if locations are invisible.");
    }

    /// @return `image` with all fields of a checked body but its id
    static Image apply(Image image, ObjectNode body) {
        var editor = image.edit();
        body.propertyStream().forEach(e -> {
            if (!e.getKey().equals("id")) set(editor, e.getKey(), e.getValue());
        });
        return editor.image();
    }

    /// `add` and `replace` of a JSON patch.
    ///
    /// @throws Conflict there is nothing to replace
    static void patch(Image image, Image.Editor editor, String operation, String name, JsonNode value) {
        writable(name);
        if (operation.equals("replace")
                && !OWN.contains(name)
                && !editor.properties().containsKey(name)) throw missing(name);
        if ((name.equals("disk_format") || name.equals("container_format")) && image.status() != ImageState.QUEUED)
            throw new Forbidden("Attribute " + name + " can be only replaced for a queued image.");
        SCHEMA.check("schema/image/image.json", Json.object().set(name, value));
        set(editor, name, value);
    }

    /// @throws Conflict there is nothing to remove
    static void remove(Image.Editor editor, String name) {
        writable(name);
        if (OWN.contains(name)) throw new Forbidden("Property " + name + " may not be removed.");
        if (editor.properties().remove(name) == null) throw missing(name);
    }

    private static Conflict missing(String name) {
        return new Conflict("There was a conflict when trying to complete your request.<br /><br />\nProperty " + name
                + " does not exist.");
    }

    private static void set(Image.Editor editor, String name, JsonNode value) {
        switch (name) {
            case "name" -> editor.name(text(value));
            case "visibility" -> editor.visibility(ImageService.visibility(value.stringValue()));
            case "protected" -> editor.protect(value.booleanValue());
            case "os_hidden" -> editor.hidden(value.booleanValue());
            case "owner" ->
                editor.owner(text(value).orElseThrow(() -> new Invalid("Owner must be specified on an image.")));
            case "container_format" -> editor.containerFormat(text(value));
            case "disk_format" -> editor.diskFormat(text(value));
            case "min_ram" -> editor.minRamMib(amount(name, value));
            case "min_disk" -> editor.minDiskGib(amount(name, value));
            case "tags" -> {
                var tags = new TreeSet<String>();
                value.forEach(t -> tags.add(t.stringValue()));
                editor.tags(tags);
            }
            default -> {
                if (name.length() > 255) throw new Invalid("Property names can't be greater than 255 characters.");
                if (value.isNull()) editor.properties().remove(name);
                else editor.properties().put(name, value.stringValue());
            }
        }
    }

    private static Optional<String> text(JsonNode value) {
        return value.isNull() ? Optional.empty() : Optional.of(value.stringValue());
    }

    private static int amount(String name, JsonNode value) {
        if (value.bigIntegerValue().signum() < 0)
            throw new Invalid("Invalid value '" + value + "' for parameter '" + name + "': Cannot be a negative value");
        if (!value.canConvertToInt())
            throw new Invalid(
                    "Invalid value '" + value + "' for parameter '" + name + "': value is larger than 2147483647");
        return value.intValue();
    }
}
