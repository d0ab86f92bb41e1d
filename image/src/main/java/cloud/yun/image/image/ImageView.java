package cloud.yun.image.image;

import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An image as JSON.
final class ImageView {
    private ImageView() {}

    /// @return what the API shows, custom properties first
    static ObjectNode of(Image i) {
        var out = Json.object();
        i.properties().forEach(out::put);
        out.put("name", value(i.name()));
        out.put("disk_format", value(i.diskFormat()));
        out.put("container_format", value(i.containerFormat()));
        out.put("visibility", i.visibility());
        out.put("size", number(i.sizeBytes()));
        out.put("virtual_size", number(i.virtualSizeBytes()));
        out.put("status", i.status().wire());
        out.put("checksum", value(i.checksumMd5()));
        out.put("protected", i.protect());
        out.put("min_ram", i.minRamMib());
        out.put("min_disk", i.minDiskGib());
        out.put("owner", i.owner());
        out.put("os_hidden", i.hidden());
        out.put("os_hash_algo", value(i.hashAlgorithm()));
        out.put("os_hash_value", value(i.hashValue()));
        out.put("id", i.id());
        out.put("created_at", Times.seconds(i.createdAt()));
        out.put("updated_at", Times.seconds(i.updatedAt()));
        var tags = out.putArray("tags");
        i.tags().forEach(tags::add);
        out.put("self", "/v2/images/" + i.id());
        out.put("file", "/v2/images/" + i.id() + "/file");
        out.put("schema", "/v2/schemas/image");
        if (i.hasData()) out.put("stores", "file");
        return out;
    }

    /// @return the payload of `image.*` notifications
    static JsonNode notification(Image i) {
        var out = Json.object();
        out.put("id", i.id());
        out.put("name", value(i.name()));
        out.put("status", i.status().wire());
        out.put("created_at", Times.seconds(i.createdAt()));
        out.put("updated_at", Times.seconds(i.updatedAt()));
        out.put("min_disk", i.minDiskGib());
        out.put("min_ram", i.minRamMib());
        out.put("protected", i.protect());
        out.put("checksum", value(i.checksumMd5()));
        out.put("owner", i.owner());
        out.put("disk_format", value(i.diskFormat()));
        out.put("container_format", value(i.containerFormat()));
        out.put("size", number(i.sizeBytes()));
        out.put("virtual_size", number(i.virtualSizeBytes()));
        out.put("is_public", i.visibility().equals("public"));
        out.put("visibility", i.visibility());
        out.put("os_hidden", i.hidden());
        var properties = out.putObject("properties");
        i.properties().forEach(properties::put);
        var tags = out.putArray("tags");
        i.tags().forEach(tags::add);
        return out;
    }

    private static @Nullable String value(Optional<String> text) {
        return text.orElse(null);
    }

    private static @Nullable Long number(Optional<Long> value) {
        return value.orElse(null);
    }
}
