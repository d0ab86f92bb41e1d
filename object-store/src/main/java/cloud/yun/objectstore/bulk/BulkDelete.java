package cloud.yun.objectstore.bulk;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Stamps;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.container.Containers;
import cloud.yun.objectstore.front.Filter;
import cloud.yun.objectstore.front.Front;
import cloud.yun.objectstore.front.Handler;
import cloud.yun.objectstore.large.LargeObjects;
import cloud.yun.objectstore.object.Objects;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// `POST ...?bulk-delete` with a list of paths, and `DELETE ...?multipart-manifest=delete` of a large object with all
/// its segments.
public final class BulkDelete implements Filter {
    static final int DELETES_MAX = 10_000;
    private static final int ERRORS_MAX = 1_000;
    private static final int LINE_MAX = 8_192;
    private static final String DELETED = "Number Deleted";
    private static final String NOT_FOUND = "Number Not Found";

    private final Objects objects;
    private final Containers containers;
    private final LargeObjects large;
    private final Stamps stamps;

    public BulkDelete(Objects objects, Containers containers, LargeObjects large, Stamps stamps) {
        this.objects = objects;
        this.containers = containers;
        this.large = large;
        this.stamps = stamps;
    }

    @Override
    public Reply apply(Call call, Handler next) {
        if (call.asks("bulk-delete")
                && (call.method().equals("POST") || call.method().equals("DELETE"))) return listed(call);
        if (call.method().equals("DELETE")
                && call.path().object().isPresent()
                && call.query("multipart-manifest").filter("delete"::equals).isPresent()) return manifest(call);
        return next.handle(call);
    }

    private Reply listed(Call call) {
        var report = new Report("200 OK", DELETED, NOT_FOUND);
        try (var lines = new BufferedReader(new InputStreamReader(call.body(), StandardCharsets.UTF_8))) {
            int done = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var text = line.strip();
                if (text.isEmpty()) continue;
                if (++done > DELETES_MAX) {
                    report.failed(
                            "413 Request Entity Too Large", "Maximum Bulk Deletes: " + DELETES_MAX + " per request");
                    break;
                }
                one(call, text, report);
                if (report.errors() >= ERRORS_MAX) {
                    report.failed("400 Bad Request", "Max delete failures exceeded");
                    break;
                }
            }
        } catch (IOException e) {
            report.failed("499 Client Disconnect", "");
        }
        if (report.counted(DELETED) + report.counted(NOT_FOUND) == 0 && report.errors() == 0)
            report.failed("400 Bad Request", "Invalid bulk delete.");
        return report.reply(call, "delete");
    }

    private void one(Call call, String line, Report report) {
        SwiftPath path;
        try {
            path = path(call.path().account(), Wire.unquote(line));
        } catch (IllegalArgumentException e) {
            report.error(line, "400 Bad Request");
            return;
        }
        if (line.length() > LINE_MAX) report.error(line.substring(0, 100), "400 Bad Request");
        else delete(call, path, report);
    }

    /// @throws IllegalArgumentException it names nothing
    private static SwiftPath path(String account, String text) {
        var path = text.startsWith("/") ? text.substring(1) : text;
        int slash = path.indexOf('/');
        if (path.isEmpty() || slash == 0) throw new IllegalArgumentException("no container");
        if (slash < 0 || slash == path.length() - 1)
            return SwiftPath.container(account, slash < 0 ? path : path.substring(0, slash));
        return SwiftPath.object(account, path.substring(0, slash), path.substring(slash + 1));
    }

    private void delete(Call call, SwiftPath path, Report report) {
        var asked = new Call(call.request(), path, call.headers(), stamps.next(), call.signed());
        try {
            if (path.object().isPresent()) objects.delete(asked);
            else containers.delete(asked);
            report.count(DELETED);
        } catch (CloudException.NotFound e) {
            report.count(NOT_FOUND);
        } catch (CloudException.Unavailable e) {
            throw e;
        } catch (CloudException e) {
            report.error(text(path), Report.status(Front.fault(e)));
        }
    }

    private static String text(SwiftPath path) {
        return "/" + path.containerName() + path.object().map(o -> "/" + o).orElse("");
    }

    private Reply manifest(Call call) {
        var report = new Report("200 OK", DELETED, NOT_FOUND);
        try {
            var object = objects.read(call, call.path(), Optional.empty()).object();
            var segments = object.slo().isPresent() ? large.segments(call, call.path(), object) : List.<SwiftPath>of();
            if (object.slo().isEmpty()) report.error(text(call.path()), "Not an SLO manifest");
            else {
                for (var segment : segments) delete(call, segment, report);
                delete(call, call.path(), report);
            }
        } catch (CloudException.NotFound e) {
            report.count(NOT_FOUND);
            report.failed("404 Not Found", "");
        }
        return report.reply(call, "delete");
    }
}
