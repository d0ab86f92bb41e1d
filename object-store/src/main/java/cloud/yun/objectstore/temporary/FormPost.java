package cloud.yun.objectstore.temporary;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Stamps;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.front.Filter;
import cloud.yun.objectstore.front.Handler;
import cloud.yun.objectstore.object.Draft;
import cloud.yun.objectstore.object.PutObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A browser's form that uploads files under a prefix, signed by whoever made the form.
///
/// @see <a href="https://docs.openstack.org/swift/latest/api/form_post_middleware.html">form POST</a>
public final class FormPost implements Filter {
    private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("[; ]name=\"([^\"]*)\"");
    private static final Pattern FILE_NAME = Pattern.compile("filename=\"([^\"]*)\"");
    private static final int FIELD_BYTES_MAX = 64 << 10;

    private final Signatures signatures;
    private final PutObject puts;
    private final Limits limits;
    private final Stamps stamps;
    private final Clock clock;

    public FormPost(
            Database db, Set<String> digests, String mount, PutObject puts, Limits limits, Stamps stamps, Clock clock) {
        this.signatures = new Signatures(db, digests, mount);
        this.puts = puts;
        this.limits = limits;
        this.stamps = stamps;
        this.clock = clock;
    }

    @Override
    public Reply apply(Call call, Handler next) {
        var type = call.header("content-type").orElse("");
        if (!call.method().equals("POST")
                || !type.toLowerCase(java.util.Locale.ROOT).startsWith("multipart/form-data")
                || call.path().container().isEmpty()) return next.handle(call);
        var boundary = BOUNDARY.matcher(type);
        if (!boundary.find()) throw new Invalid("FormPost: Boundary not found");
        var fields = new LinkedHashMap<String, String>();
        try {
            int status =
                    receive(call, new Multipart(call.body(), boundary.group(1).strip()), fields);
            return answer(fields, status, "");
        } catch (IOException e) {
            return answer(fields, 400, "FormPost: " + e.getMessage());
        } catch (CloudException e) {
            int status = e instanceof Refused refused ? refused.status() : e instanceof Invalid ? 400 : 404;
            return answer(fields, status, e.userMessage());
        }
    }

    private int receive(Call call, Multipart form, Map<String, String> fields) throws IOException {
        int files = 0;
        for (var part = form.next(); part.isPresent(); part = form.next()) {
            var disposition = part.get().headers().getOrDefault("content-disposition", "");
            var fileName = FILE_NAME.matcher(disposition);
            if (!fileName.find()) {
                var name = NAME.matcher(disposition);
                var value = part.get().body().readNBytes(FIELD_BYTES_MAX);
                if (name.find()) fields.put(name.group(1), new String(value, StandardCharsets.UTF_8));
                continue;
            }
            if (fileName.group(1).isEmpty()) continue;
            files++;
            if (files > number(fields, "max_file_count", "max_file_count not an integer"))
                throw new Invalid("max file count exceeded");
            store(call, part.get(), fileName.group(1), fields);
        }
        if (files == 0) throw new Invalid("no files to process");
        return 201;
    }

    private void store(Call call, Multipart.Part part, String fileName, Map<String, String> fields) {
        var opened = opened(call, fields);
        var base = call.path();
        var path = SwiftPath.object(
                base.account(), base.containerName(), base.object().orElse("") + fileName);
        PutObject.Names.check(path, limits);
        var headers = new TreeMap<String, String>();
        put(
                headers,
                "content-type",
                part.headers().getOrDefault("content-type", fields.getOrDefault("content-type", "")));
        put(headers, "content-encoding", part.headers().getOrDefault("content-encoding", ""));
        put(headers, "x-delete-at", fields.getOrDefault("x_delete_at", ""));
        put(headers, "x-delete-after", fields.getOrDefault("x_delete_after", ""));
        var asked = new Call(call.request(), path, headers, stamps.next(), Optional.of(opened));
        long max = number(fields, "max_file_size", "max_file_size not an integer");
        puts.put(asked, Draft.of(asked, path.objectName(), limits), new Capped(part.body(), max));
    }

    private static void put(Map<String, String> headers, String name, String value) {
        if (!value.isBlank()) headers.put(name, value.strip());
    }

    private static long number(Map<String, String> fields, String name, String message) {
        var text = fields.getOrDefault(name, "");
        if (!text.matches("\\d{1,18}")) throw new Invalid("FormPost: " + message);
        return Long.parseLong(text);
    }

    private Call.Signed opened(Call call, Map<String, String> fields) {
        long expires = number(fields, "expires", "expired not an integer");
        if (expires < clock.instant().getEpochSecond()) throw new Refused(401, "FormPost: Form Expired");
        var rest = "\n" + fields.getOrDefault("redirect", "") + "\n" + fields.getOrDefault("max_file_size", "0") + "\n"
                + fields.getOrDefault("max_file_count", "0") + "\n" + expires;
        // A prefix of no name stands behind the slash of its container.
        var path = call.path();
        var texts = signatures.paths(path).stream()
                .flatMap(p -> path.object().isPresent()
                        ? java.util.stream.Stream.of(p + rest)
                        : java.util.stream.Stream.of(p + rest, p + "/" + rest))
                .toList();
        return signatures
                .parse(fields.getOrDefault("signature", ""))
                .flatMap(s -> signatures.opened(path, s, texts))
                .orElseThrow(() -> new Refused(401, "FormPost: Invalid Signature"));
    }

    private static Reply answer(Map<String, String> fields, int status, String message) {
        var redirect = fields.getOrDefault("redirect", "");
        if (redirect.isEmpty() || status == 401)
            return Reply.text(status, status == 201 ? "201 Created\n" : message, "text/plain; charset=UTF-8");
        var location = redirect + (redirect.contains("?") ? "&" : "?") + "status=" + status + "&message="
                + Wire.quote(message);
        return Reply.text(
                        303,
                        "<html><body><p><a href=\"" + Wire.html(location)
                                + "\">Click to continue...</a></p></body></html>",
                        "text/html; charset=UTF-8")
                .header("Location", Wire.encode(location.replaceAll("[\\r\\n]", "")));
    }

    /// @throws Refused 413, from the stream's reader's point of view in the middle
    private static final class Capped extends InputStream {
        private final InputStream in;
        private long left;

        Capped(InputStream in, long max) {
            this.in = in;
            this.left = max;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            int n = in.read(bytes, offset, wanted);
            if (n > 0) left -= n;
            if (left < 0) throw new Refused(413, "max_file_size exceeded");
            return n;
        }
    }
}
