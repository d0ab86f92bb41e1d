package cloud.yun.objectstore.object;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Metadata;
import cloud.yun.objectstore.base.Stamp;
import java.net.URLConnection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a request says about the object that it writes, beside the bytes.
///
/// @param headers that are kept, by their names
public record Draft(String contentType, Optional<Long> deleteAt, Map<String, String> headers) {
    static final List<String> KEPT = List.of(
            "content-disposition",
            "content-encoding",
            "content-language",
            "cache-control",
            "expires",
            "x-robots-tag",
            "x-object-manifest");
    private static final Map<String, String> TYPES = Map.of(
            "js", "application/javascript",
            "json", "application/json",
            "css", "text/css",
            "csv", "text/csv",
            "svg", "image/svg+xml",
            "md", "text/markdown",
            "tgz", "application/x-tar",
            "iso", "application/x-iso9660-image");

    /// @throws Invalid its headers say what cannot be
    public static Draft of(Call call, String name, Limits limits) {
        var type = call.header("content-type").filter(t -> !t.isBlank() && !call.truth("x-detect-content-type"));
        return new Draft(type.orElseGet(() -> guess(name)), deleteAt(call), kept(call, limits));
    }

    static Map<String, String> kept(Call call, Limits limits) {
        var headers = new TreeMap<>(Metadata.user(call, "object", limits));
        for (var name : KEPT)
            call.header(name).filter(v -> !v.isEmpty()).ifPresent(v -> headers.put(Metadata.title(name), v));
        var manifest = headers.get(StoredObject.MANIFEST);
        if (manifest != null) {
            int slash = manifest.indexOf('/');
            if (slash < 1 || slash == manifest.length() - 1 || manifest.contains("?") || manifest.contains("&"))
                throw new Invalid("X-Object-Manifest must be in the format container/prefix");
        }
        return headers;
    }

    static Optional<Long> deleteAt(Call call) {
        long now = call.stamp().instant().getEpochSecond();
        var after = call.header("x-delete-after").filter(v -> !v.isBlank());
        if (after.isPresent()) {
            long seconds = seconds(after.get(), "Non-integer X-Delete-After");
            if (seconds <= 0) throw new Invalid("X-Delete-After in past");
            return Optional.of(now + seconds);
        }
        var at = call.header("x-delete-at").filter(v -> !v.isBlank());
        if (at.isEmpty()) return Optional.empty();
        long when = seconds(at.get(), "Non-integer X-Delete-At");
        if (when < now) throw new Invalid("X-Delete-At in past");
        return Optional.of(when);
    }

    private static long seconds(String text, String message) {
        if (!text.strip().matches("-?\\d{1,12}")) throw new Invalid(message);
        return Long.parseLong(text.strip());
    }

    static String guess(String name) {
        var ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        var known = TYPES.get(ending);
        if (known != null) return known;
        var guessed = URLConnection.guessContentTypeFromName(name);
        return guessed == null ? "application/octet-stream" : guessed;
    }

    StoredObject row(String dataId, long bytes, String etag, Optional<StoredObject.Slo> slo, Stamp stamp) {
        return new StoredObject(0, "", dataId, bytes, etag, contentType, stamp, stamp, deleteAt, slo, false, headers);
    }
}
