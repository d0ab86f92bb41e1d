package cloud.yun.objectstore.bulk;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Stamps;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.container.Containers;
import cloud.yun.objectstore.front.Filter;
import cloud.yun.objectstore.front.Front;
import cloud.yun.objectstore.front.Handler;
import cloud.yun.objectstore.object.Draft;
import cloud.yun.objectstore.object.PutObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/// `PUT ...?extract-archive=tar.gz`: each file of the archive becomes an object, streamed, one after the other.
public final class ExtractArchive implements Filter {
    private static final int ERRORS_MAX = 1_000;
    private static final String CREATED = "Number Files Created";

    private final PutObject puts;
    private final Containers containers;
    private final Limits limits;
    private final Stamps stamps;

    public ExtractArchive(PutObject puts, Containers containers, Limits limits, Stamps stamps) {
        this.puts = puts;
        this.containers = containers;
        this.limits = limits;
        this.stamps = stamps;
    }

    @Override
    public Reply apply(Call call, Handler next) {
        var kind = call.query("extract-archive");
        if (kind.isEmpty() || !call.method().equals("PUT")) return next.handle(call);
        var report = new Report("201 Created", CREATED);
        try {
            var archive = new Tar(plain(kind.get(), new BufferedInputStream(call.body(), 64 << 10)));
            var made = new HashSet<String>();
            for (var file = archive.next(); file.isPresent(); file = archive.next()) {
                one(call, file.get().name(), archive.body(), made, report);
                if (report.errors() >= ERRORS_MAX) break;
            }
            if (report.counted(CREATED) == 0 && report.errors() == 0)
                report.failed("400 Bad Request", "Invalid Tar File: No Valid Files");
        } catch (IOException e) {
            report.failed("400 Bad Request", "Invalid Tar File: " + e.getMessage());
        }
        return report.reply(call, "extract");
    }

    /// @throws Invalid there is no such kind
    private static InputStream plain(String kind, InputStream in) throws IOException {
        return switch (kind.toLowerCase(java.util.Locale.ROOT)) {
            case "tar" -> in;
            case "tar.gz", "tgz" -> new GZIPInputStream(in, 64 << 10);
            case "tar.bz2", "tbz2" -> new Bzip2(in);
            default -> throw new Invalid("Unsupported archive format");
        };
    }

    private void one(Call call, String member, InputStream body, Set<String> made, Report report) {
        var base = call.path();
        var name = member.replaceAll("^(\\./|/)+", "");
        var whole = base.container().map(c -> c + "/").orElse("")
                + base.object().map(o -> o.replaceAll("/+$", "") + "/").orElse("")
                + name;
        int slash = whole.indexOf('/');
        if (slash < 1 || slash == whole.length() - 1) return; // beside all containers
        var path = SwiftPath.object(base.account(), whole.substring(0, slash), whole.substring(slash + 1));
        var headers = new TreeMap<String, String>();
        call.headers().forEach((n, v) -> {
            if (n.startsWith("x-object-meta-") || n.startsWith("x-delete-") || n.equals("referer")) headers.put(n, v);
        });
        try {
            if (base.container().isEmpty() && made.add(path.containerName()))
                containers.put(new Call(
                        call.request(),
                        SwiftPath.container(base.account(), path.containerName()),
                        headers,
                        stamps.next(),
                        call.signed()));
            var asked = new Call(call.request(), path, headers, stamps.next(), call.signed());
            PutObject.Names.check(path, limits);
            puts.put(asked, Draft.of(asked, path.objectName(), limits), body);
            report.count(CREATED);
        } catch (CloudException.Unavailable e) {
            throw e;
        } catch (CloudException e) {
            report.error("/" + whole, Report.status(Front.fault(e)));
        }
    }
}
