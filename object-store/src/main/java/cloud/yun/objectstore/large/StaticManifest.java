package cloud.yun.objectstore.large;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.json.Json;
import cloud.yun.objectstore.base.Ranges;
import cloud.yun.objectstore.base.SwiftPath;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// The list of a static large object, as clients send it and as it is stored.
///
/// @see <a href="https://docs.openstack.org/swift/latest/overview_large_objects.html">large objects</a>
final class StaticManifest {
    static final int SEGMENTS_MAX = 1_000;
    static final int BYTES_MAX = 8 << 20;

    /// @param path container and object with a slash in front; empty for inline data
    record Entry(
            String path,
            Optional<String> etag,
            Optional<Long> bytes,
            Optional<Ranges> range,
            String rangeText,
            byte[] data) {
        boolean isInline() {
            return path.isEmpty();
        }

        SwiftPath in(String account) {
            int slash = path.indexOf('/', 1);
            return SwiftPath.object(account, path.substring(1, slash), path.substring(slash + 1));
        }
    }

    private StaticManifest() {}

    /// @throws Invalid with one line for each entry that is wrong
    static List<Entry> parse(byte[] body) {
        JsonNode tree;
        try {
            tree = Json.parse(body);
        } catch (Invalid e) {
            throw new Invalid("Manifest must be valid JSON.\n");
        }
        if (!(tree instanceof ArrayNode list)) throw new Invalid("Manifest must be a list.\n");
        if (list.size() > SEGMENTS_MAX) throw new Refused(413, "Number of segments must be <= " + SEGMENTS_MAX + ".\n");
        var problems = new StringBuilder();
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < list.size(); i++)
            try {
                entries.add(entry(list.get(i)));
            } catch (Invalid e) {
                problems.append("Index ")
                        .append(i)
                        .append(": ")
                        .append(e.userMessage())
                        .append('\n');
            }
        if (!problems.isEmpty()) throw new Invalid(problems.toString());
        if (entries.stream().allMatch(Entry::isInline))
            throw new Invalid("Inline data segments require at least one object-backed segment.\n");
        return entries;
    }

    private static Entry entry(JsonNode node) {
        if (!node.isObject()) throw new Invalid("not a JSON object");
        if (node.has("data")) {
            if (node.size() > 1) throw new Invalid("extraneous keys beside \"data\"");
            try {
                var data = Base64.getDecoder().decode(node.path("data").asString(""));
                if (data.length == 0) throw new Invalid("\"data\" must be non-empty");
                return new Entry("", Optional.empty(), Optional.empty(), Optional.empty(), "", data);
            } catch (IllegalArgumentException e) {
                throw new Invalid("\"data\" must be valid base64");
            }
        }
        for (var name : node.propertyNames())
            if (!List.of("path", "etag", "size_bytes", "range").contains(name))
                throw new Invalid("extraneous keys \"" + name + "\"");
        if (!node.has("path")) throw new Invalid("missing keys \"path\"");
        var path = "/" + node.path("path").asString("").replaceAll("^/+", "");
        if (path.indexOf('/', 1) < 0 || path.endsWith("/") && path.indexOf('/', 1) == path.length() - 1)
            throw new Invalid("path does not refer to an object. Path must be of the form /container/object.");
        var range = node.path("range").isString() ? node.path("range").asString("") : "";
        var parsed = range.isEmpty() ? Optional.<Ranges>empty() : Ranges.parse("bytes=" + range);
        if (!range.isEmpty() && (parsed.isEmpty() || parsed.get().specs().size() != 1))
            throw new Invalid("invalid range");
        return new Entry(path, text(node, "etag"), number(node), parsed, range, new byte[0]);
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.path(name).isString()
                ? Optional.of(node.path(name).asString("").replace("\"", ""))
                : Optional.empty();
    }

    private static Optional<Long> number(JsonNode node) {
        var size = node.path("size_bytes");
        if (size.isMissingNode() || size.isNull()) return Optional.empty();
        if (size.isIntegralNumber()) return Optional.of(size.longValue());
        if (size.isString() && size.asString("").matches("\\d{1,18}"))
            return Optional.of(Long.parseLong(size.asString("")));
        throw new Invalid("invalid size_bytes");
    }

    /// The stored form in the words of the form that clients send.
    static ArrayNode raw(ArrayNode stored) {
        var list = Json.array();
        for (var entry : stored) {
            var node = list.addObject();
            if (entry.has("data")) {
                node.set("data", entry.get("data"));
                continue;
            }
            node.put("path", entry.path("name").asString(""));
            node.put("etag", entry.path("hash").asString(""));
            node.put("size_bytes", entry.path("bytes").longValue());
            if (entry.has("range")) node.set("range", entry.get("range"));
        }
        return list;
    }

    static String md5(String text) {
        return md5(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
