package cloud.yun.objectstore.base;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Headers that clients keep with accounts, containers and objects.
public final class Metadata {
    private Metadata() {}

    /// `x-object-meta-color` as Swift shows it: `X-Object-Meta-Color`.
    public static String title(String name) {
        var words = new StringBuilder();
        for (var word : name.split("-", -1)) {
            if (!words.isEmpty()) words.append('-');
            if (!word.isEmpty())
                words.append(word.substring(0, 1).toUpperCase(Locale.ROOT))
                        .append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return words.toString();
    }

    /// The metadata of a request as they are, empty values too.
    ///
    /// @param kind `account`, `container` or `object`
    /// @throws Invalid a name or value is too long, or there are too many
    public static Map<String, String> user(Call call, String kind, Limits limits) {
        var prefix = "x-" + kind + "-meta-";
        var found = new LinkedHashMap<String, String>();
        int overall = 0;
        for (var header : call.headers().entrySet()) {
            if (Wire.bytes(header.getValue()) > limits.headerSizeMax()
                    && !header.getKey().equals("x-auth-token"))
                throw new Invalid("Header value too long: " + cut(title(header.getKey())));
            if (!header.getKey().startsWith(prefix)) continue;
            var name = header.getKey().substring(prefix.length());
            int bytes = Wire.bytes(name);
            int valueBytes = Wire.bytes(header.getValue());
            if (bytes == 0) throw new Invalid("Metadata name cannot be empty");
            if (bytes > limits.metaNameMax()) throw new Invalid("Metadata name too long: " + title(prefix) + name);
            if (valueBytes > limits.metaValueMax())
                throw new Invalid(
                        "Metadata value longer than " + limits.metaValueMax() + ": " + title(header.getKey()));
            overall += bytes + valueBytes;
            found.put(title(header.getKey()), header.getValue());
        }
        if (found.size() > limits.metaCountMax())
            throw new Invalid("Too many metadata items; max " + limits.metaCountMax());
        if (overall > limits.metaOverallMax())
            throw new Invalid("Total metadata too large; max " + limits.metaOverallMax());
        return found;
    }

    private static String cut(String text) {
        return text.length() > 64 ? text.substring(0, 64) : text;
    }

    /// What a request changes of the metadata that an account or container keeps: an empty value takes one away, as
    /// `X-Remove-...` does.
    ///
    /// @param others headers beside the metadata that are kept, in lower case
    public static Map<String, String> changed(
            Map<String, String> before, Call call, String kind, Limits limits, Iterable<String> others) {
        var after = new TreeMap<>(before);
        var set = new LinkedHashMap<>(user(call, kind, limits));
        for (var name : others) call.header(name).ifPresent(v -> set.put(title(name), v));
        for (var header : call.headers().keySet())
            if (header.startsWith("x-remove-")) {
                var name = title("x-" + header.substring("x-remove-".length()));
                if (!set.containsKey(name)) after.remove(name);
            }
        set.forEach((name, value) -> {
            if (value.isEmpty()) after.remove(name);
            else after.put(name, value);
        });
        return after;
    }

    public static String stored(Map<String, String> headers) {
        return Json.text(headers);
    }

    public static Map<String, String> read(JsonNode stored) {
        var found = new TreeMap<String, String>();
        stored.properties().forEach(e -> found.put(e.getKey(), e.getValue().asString("")));
        return found;
    }
}
