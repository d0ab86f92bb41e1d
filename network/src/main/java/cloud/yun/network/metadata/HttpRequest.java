package cloud.yun.network.metadata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The head of an HTTP/1.1 request (RFC 9112). No body: the metadata service takes none.
///
/// @param path without the query
/// @param headers by lower-case name, values in the order they came
record HttpRequest(String method, String path, Map<String, List<String>> headers) {
    private static final int HEAD_MAX = 32 << 10;

    /// The text is for the client.
    static final class Malformed extends Exception {
        Malformed(String message) {
            super(message);
        }
    }

    /// @return the last value: the one that the nearest proxy added
    Optional<String> header(String name) {
        var values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(values.getLast()).filter(v -> !v.isEmpty());
    }

    /// @return empty when the client left without asking
    static Optional<HttpRequest> read(ReadableByteChannel channel) throws IOException, Malformed {
        var buffer = ByteBuffer.allocate(HEAD_MAX);
        int end = -1;
        while (end < 0) {
            if (!buffer.hasRemaining()) throw new Malformed("The request header is too large.");
            int before = buffer.position();
            if (channel.read(buffer) < 0) {
                if (buffer.position() == 0) return Optional.empty();
                throw new Malformed("The request ended early.");
            }
            end = endOfHead(buffer, Math.max(0, before - 3));
        }
        return Optional.of(parse(new String(buffer.array(), 0, end, StandardCharsets.ISO_8859_1)));
    }

    private static int endOfHead(ByteBuffer buffer, int from) {
        byte[] bytes = buffer.array();
        for (int i = from; i + 3 < buffer.position(); i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') return i;
        }
        return -1;
    }

    private static HttpRequest parse(String head) throws Malformed {
        String[] lines = head.split("\r\n");
        String[] start = lines[0].split(" ", -1);
        if (start.length != 3 || !start[2].startsWith("HTTP/1.") || !start[1].startsWith("/")) {
            throw new Malformed("The request line is malformed.");
        }
        var headers = new TreeMap<String, List<String>>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon <= 0) throw new Malformed("A header line is malformed.");
            headers.computeIfAbsent(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                    .add(lines[i].substring(colon + 1).strip());
        }
        int query = start[1].indexOf('?');
        return new HttpRequest(start[0], query < 0 ? start[1] : start[1].substring(0, query), headers);
    }
}
