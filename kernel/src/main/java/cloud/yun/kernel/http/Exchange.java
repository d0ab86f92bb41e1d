package cloud.yun.kernel.http;

import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.json.Json;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP exchange: the only class that reads from and writes to Jetty's objects.
final class Exchange {
    private static final int FILE_BYTES = 512 << 10;

    /// So much of a body that nobody wanted is read after the answer; then the connection ends.
    private static final int UNWANTED_BYTES = 64 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final String mount;
    private boolean asked;
    private boolean whole;

    Exchange(Request request, Response response, Callback callback, String mount) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.mount = mount;
    }

    String method() {
        return request.getMethod();
    }

    /// The raw path below the mount, with one slash at the end removed.
    String path() {
        var path = request.getHttpURI().getPath();
        if (path == null) path = "/";
        path = path.substring(mount.length());
        return path.isEmpty() ? "/" : path;
    }

    /// Scheme, host and mount as the client named them, without a slash at the end.
    String url() {
        var headers = request.getHeaders();
        var forwarded = headers.get("X-Forwarded-Proto");
        var scheme = forwarded != null ? forwarded : request.isSecure() ? "https" : "http";
        var host = headers.get("X-Forwarded-Host");
        if (host == null) host = headers.get("Host");
        if (host == null) host = Request.getServerName(request) + ":" + Request.getServerPort(request);
        return scheme + "://" + host + mount;
    }

    Map<String, List<String>> query() {
        var text = request.getHttpURI().getQuery();
        if (text == null || text.isEmpty()) return Map.of();
        var found = new LinkedHashMap<String, List<String>>();
        for (var pair : text.split("&", -1)) {
            if (pair.isEmpty()) continue;
            int equals = pair.indexOf('=');
            var name = equals < 0 ? pair : pair.substring(0, equals);
            var value = equals < 0 ? "" : pair.substring(equals + 1);
            found.computeIfAbsent(decode(name), _ -> new ArrayList<>()).add(decode(value));
        }
        return found;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refused(400, "The query string is not well encoded.");
        }
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    Map<String, String> headers() {
        var all = new LinkedHashMap<String, String>();
        for (var field : request.getHeaders())
            all.merge(
                    field.getName().toLowerCase(Locale.ROOT), String.valueOf(field.getValue()), (a, b) -> a + "," + b);
        all.put(cloud.yun.kernel.http.Request.REMOTE_ADDRESS, Request.getRemoteAddr(request));
        return all;
    }

    InputStream stream() {
        asked = true;
        return Content.Source.asInputStream(request);
    }

    /// @throws Refused 413, longer than `max` bytes; 400, the client stopped in the middle
    byte[] body(int max) {
        if (request.getLength() > max) throw new Refused(413, "Request is too large.");
        try {
            var in = stream();
            var bytes = in.readNBytes(max + 1);
            if (bytes.length > max) throw new Refused(413, "Request is too large.");
            whole = true;
            return bytes;
        } catch (IOException e) {
            throw new Refused(400, "The request body did not arrive whole.");
        }
    }

    void send(Reply reply, Map<String, String> headers) throws IOException {
        response.setStatus(reply.status());
        headers.forEach(response.getHeaders()::put);
        reply.headers().forEach(response.getHeaders()::put);
        switch (reply.body()) {
            case Reply.Body.None _ -> {
                if (reply.status() != 204
                        && reply.status() != 304
                        && !response.getHeaders().contains("Content-Length"))
                    response.getHeaders().put("Content-Length", "0");
                last(null);
            }
            case Reply.Body.Json json -> whole(Json.bytes(json.tree()), "application/json");
            case Reply.Body.Text text -> whole(text.text().getBytes(StandardCharsets.UTF_8), text.contentType());
            case Reply.Body.File file -> file(file);
            case Reply.Body.Stream stream -> {
                type(stream.contentType());
                if (stream.length() >= 0) response.getHeaders().put("Content-Length", stream.length());
                try (var out = Response.asBufferedOutputStream(request, response)) {
                    stream.writer().writeTo(out);
                }
                callback.succeeded();
            }
        }
    }

    private void file(Reply.Body.File file) throws IOException {
        type(file.contentType());
        response.getHeaders().put("Content-Length", file.length());
        try (var channel = file.channel()) {
            if (!method().equals("HEAD")) {
                var end = request.getConnectionMetaData().getConnection().getEndPoint();
                if (end instanceof FileEndPoint socket && file.length() > FILE_BYTES)
                    socket.send(response, channel, file.offset(), file.length());
                else copy(channel, file.offset(), file.offset() + file.length());
            }
        }
        response.write(true, null, callback);
    }

    /// Through one direct buffer: neither the file nor the socket then needs a copy of its own.
    private void copy(FileChannel channel, long begin, long end) throws IOException {
        var buffer = ByteBuffer.allocateDirect((int) Math.min(FILE_BYTES, Math.max(1, end - begin)));
        for (long at = begin; at < end; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
            int n = channel.read(buffer, at);
            if (n < 0) throw new EOFException("the file is shorter than it was said to be");
            at += n;
            Content.Sink.write(response, false, buffer.flip());
        }
    }

    private void whole(byte[] bytes, String contentType) throws IOException {
        type(contentType);
        response.getHeaders().put("Content-Length", bytes.length);
        last(method().equals("HEAD") ? null : ByteBuffer.wrap(bytes));
    }

    /// The answer's end. A client whose request is refused may still be sending it, and loses the answer when the
    /// connection ends under its hands: it is answered at once, and what it sends is read and forgotten.
    private void last(@Nullable ByteBuffer bytes) throws IOException {
        if (whole || !sendsBody()) {
            response.write(true, bytes, callback);
            return;
        }
        // It waits for "100 Continue", which never comes: there is nothing to read, and nothing to wait for.
        boolean waits = !asked && header("Expect").isPresent();
        if (waits || request.getLength() > UNWANTED_BYTES) response.getHeaders().put("Connection", "close");
        Content.Sink.write(response, true, bytes == null ? ByteBuffer.allocate(0) : bytes);
        if (!waits) forgetTheRest();
        callback.succeeded();
    }

    private boolean sendsBody() {
        return request.getLength() > 0 || request.getHeaders().contains("Transfer-Encoding");
    }

    private void forgetTheRest() {
        var buffer = new byte[64 << 10];
        var in = stream();
        try {
            for (long left = UNWANTED_BYTES; left > 0; ) {
                int n = in.read(buffer);
                if (n < 0) return;
                left -= n;
            }
        } catch (IOException e) {
            LOG.debug("the client, which has its answer, did not send its request to the end: {}", e.getMessage());
        }
    }

    private void type(String contentType) {
        if (!response.getHeaders().contains("Content-Type"))
            response.getHeaders().put("Content-Type", contentType);
    }

    /// The answer had begun when it broke: the connection ends, so that the client sees it is not whole.
    void broken(Throwable why) {
        callback.failed(why);
    }

    boolean begun() {
        return response.isCommitted();
    }
}
