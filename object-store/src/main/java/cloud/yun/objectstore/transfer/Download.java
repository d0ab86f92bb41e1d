package cloud.yun.objectstore.transfer;

import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Faults;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.json.Json;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Conditions;
import cloud.yun.objectstore.base.Ranges;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.large.LargeObjects;
import cloud.yun.objectstore.large.Segments;
import cloud.yun.objectstore.object.Objects;
import cloud.yun.objectstore.object.StoredObject;
import cloud.yun.objectstore.store.Limited;
import cloud.yun.objectstore.store.ObjectFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// GET and HEAD of objects: conditions, ranges, large objects, manifests.
public final class Download {
    private static final int TRIES = 5;

    private final Objects objects;
    private final LargeObjects large;
    private final ObjectFiles files;

    public Download(Objects objects, LargeObjects large, ObjectFiles files) {
        this.objects = objects;
        this.large = large;
        this.files = files;
    }

    /// An object and, as far as wanted, its open data.
    private record Opened(Objects.Found found, Optional<Segments> segments, Optional<FileChannel> channel) {
        StoredObject object() {
            return found.object();
        }

        long length() {
            return segments.map(Segments::length).orElse(object().bytes());
        }

        String etag() {
            return segments.map(Segments::etag).orElse(object().etag());
        }

        /// Of a large object it is no MD5 of its bytes, and clients know that by the quotes.
        String etagHeader() {
            return segments.isPresent() ? '"' + etag() + '"' : etag();
        }

        void close() {
            channel.ifPresent(c -> {
                try {
                    c.close();
                } catch (IOException e) {
                    throw new Unavailable("", "closing " + object().dataId(), e);
                }
            });
        }
    }

    public Reply get(Call call) {
        boolean manifest =
                call.query("multipart-manifest").filter("get"::equals).isPresent();
        boolean head = call.method().equals("HEAD");
        var opened = open(call, call.path(), manifest, !head);
        boolean sent = false;
        try {
            var headers = ObjectHeaders.of(
                    opened.object(), opened.etagHeader(), opened.found().versioned());
            if (manifest && opened.object().slo().isPresent()) {
                headers.put("Content-Type", "application/json; charset=utf-8");
                if (call.query("format").filter("raw"::equals).isPresent() && !head)
                    return with(Reply.ok(Json.tree(large.raw(opened.object()))), headers);
            }
            var refusal = Conditions.refusal(
                    call,
                    Optional.of(opened.etag()),
                    Optional.of(opened.object().updatedAt()));
            if (refusal.isPresent()) return refused(refusal.get(), headers);
            if (head) return with(Reply.empty(200), headers).header("Content-Length", Long.toString(opened.length()));
            opened.segments().ifPresent(Segments::require);
            var reply = body(call, opened, headers);
            sent = reply.body() instanceof Reply.Body.File || reply.body() instanceof Reply.Body.Stream;
            return reply;
        } finally {
            if (!sent) opened.close();
        }
    }

    private static Reply with(Reply reply, Map<String, String> headers) {
        return new Reply(reply.status(), headers, reply.body());
    }

    private static Reply refused(int status, Map<String, String> headers) {
        if (status == 304) {
            headers.remove("Content-Length");
            return new Reply(304, headers, new Reply.Body.None());
        }
        throw new Refused(status, "");
    }

    /// The row and the file that it names, of one moment: an object that was replaced between the two looks is looked
    /// up again.
    private Opened open(Call call, SwiftPath path, boolean manifest, boolean data) {
        for (int i = 0; i < TRIES; i++) {
            var found = objects.read(call, path, call.query("version-id"));
            var segments = manifest ? Optional.<Segments>empty() : large.of(call, path, found.object());
            if (!data || segments.isPresent() || found.object().dataId().isEmpty())
                return new Opened(found, segments, Optional.empty());
            var channel = files.open(found.object().dataId());
            if (channel.isPresent()) return new Opened(found, segments, channel);
        }
        throw new Unavailable("", "the data of " + path + " are not there", null);
    }

    private Reply body(Call call, Opened opened, Map<String, String> headers) {
        long length = opened.length();
        var ranges = call.header("range").flatMap(Ranges::parse).filter(r -> ifRange(call, opened));
        // Of nothing, the last bytes are all.
        if (ranges.isPresent()
                && length == 0
                && ranges.get().specs().stream().allMatch(s -> s.first().isEmpty())) ranges = Optional.empty();
        if (ranges.isEmpty()) return piece(200, opened, new Ranges.Piece(0, length), headers);
        var pieces = ranges.get().of(length);
        if (pieces.isEmpty())
            return Faults.of(new Refused(416, ""), FaultDialect.OBJECT_STORE, "")
                    .header("Content-Range", "bytes */" + length)
                    .header("Etag", opened.etagHeader())
                    .header("Accept-Ranges", "bytes");
        if (pieces.size() > 1) return pieces(opened, pieces, headers);
        headers.put("Content-Range", range(pieces.getFirst(), length));
        return piece(206, opened, pieces.getFirst(), headers);
    }

    private static boolean ifRange(Call call, Opened opened) {
        return call.header("if-range")
                .map(v -> v.replace("\"", "").equals(opened.etag())
                        || v.equals(opened.object().updatedAt().http()))
                .orElse(true);
    }

    private static String range(Ranges.Piece piece, long length) {
        return "bytes " + piece.begin() + "-" + (piece.end() - 1) + "/" + length;
    }

    private static Reply piece(int status, Opened opened, Ranges.Piece piece, Map<String, String> headers) {
        var type = opened.object().contentType();
        if (opened.channel().isPresent())
            return with(Reply.file(status, opened.channel().get(), piece.begin(), piece.length(), type), headers);
        if (opened.segments().isPresent()) {
            var segments = opened.segments().get();
            return with(
                    Reply.stream(status, piece.length(), type, out -> {
                        try (var in = segments.stream(piece.begin(), piece.end())) {
                            in.transferTo(out);
                        }
                    }),
                    headers);
        }
        headers.put("Content-Length", "0");
        return new Reply(status, headers, new Reply.Body.None());
    }

    /// `multipart/byteranges`, RFC 9110 section 14.6.
    private static Reply pieces(Opened opened, List<Ranges.Piece> pieces, Map<String, String> headers) {
        var boundary = UUID.randomUUID().toString().replace("-", "");
        long length = opened.length();
        var end = ("--" + boundary + "--").getBytes(StandardCharsets.ISO_8859_1);
        long total = end.length;
        for (var piece : pieces) total += lead(boundary, opened, piece, length).length + piece.length() + 2;
        headers.put("Content-Type", "multipart/byteranges;boundary=" + boundary);
        return with(
                Reply.stream(206, total, "multipart/byteranges", out -> {
                    try {
                        for (var piece : pieces) {
                            out.write(lead(boundary, opened, piece, length));
                            try (var in = stream(opened, piece)) {
                                in.transferTo(out);
                            }
                            out.write('\r');
                            out.write('\n');
                        }
                        out.write(end);
                    } finally {
                        opened.close();
                    }
                }),
                headers);
    }

    private static byte[] lead(String boundary, Opened opened, Ranges.Piece piece, long length) {
        return ("--" + boundary + "\r\nContent-Type: " + opened.object().contentType() + "\r\nContent-Range: "
                        + range(piece, length) + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static InputStream stream(Opened opened, Ranges.Piece piece) throws IOException {
        if (opened.segments().isPresent()) return opened.segments().get().stream(piece.begin(), piece.end());
        var channel = opened.channel().orElseThrow();
        channel.position(piece.begin());
        return Limited.piece(Channels.newInputStream(channel), piece.length());
    }
}
