package cloud.yun.kernel.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a handler answers.
///
/// @param headers in addition to those that every answer has
public record Reply(int status, Map<String, String> headers, Body body) {
    public sealed interface Body {
        record None() implements Body {}

        record Json(JsonNode tree) implements Body {}

        record Text(String text, String contentType) implements Body {}

        /// @param length bytes to come, or -1 when unknown
        record Stream(Writer writer, long length, String contentType) implements Body {}

        /// A piece of an open file, which is closed after it was sent.
        record File(FileChannel channel, long offset, long length, String contentType) implements Body {}
    }

    @FunctionalInterface
    public interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    public static Reply json(int status, JsonNode body) {
        return new Reply(status, Map.of(), new Body.Json(body));
    }

    public static Reply ok(JsonNode body) {
        return json(200, body);
    }

    public static Reply created(JsonNode body) {
        return json(201, body);
    }

    public static Reply accepted(JsonNode body) {
        return json(202, body);
    }

    public static Reply accepted() {
        return empty(202);
    }

    public static Reply noContent() {
        return empty(204);
    }

    public static Reply empty(int status) {
        return new Reply(status, Map.of(), new Body.None());
    }

    public static Reply text(int status, String text, String contentType) {
        return new Reply(status, Map.of(), new Body.Text(text, contentType));
    }

    public static Reply stream(int status, long length, String contentType, Writer writer) {
        return new Reply(status, Map.of(), new Body.Stream(writer, length, contentType));
    }

    public static Reply file(int status, FileChannel channel, long offset, long length, String contentType) {
        return new Reply(status, Map.of(), new Body.File(channel, offset, length, contentType));
    }

    public Reply header(String name, String value) {
        var all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Reply(status, all, body);
    }
}
