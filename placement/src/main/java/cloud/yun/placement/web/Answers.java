package cloud.yun.placement.web;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import java.net.URI;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Answers with what every answer of this service has.
public final class Answers {
    private final Clock clock;

    public Answers(Clock clock) {
        this.clock = clock;
    }

    /// Since 1.15 answers forbid caches to use them unasked, and say when they were true.
    public Reply fresh(Request request, Reply reply) {
        if (!request.microversion().atLeast(15)) return reply;
        return undated(request, reply)
                .header(
                        "Last-Modified",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                clock.instant().atZone(ZoneOffset.UTC)));
    }

    /// As [#fresh], where there is nothing that could have a time.
    public Reply undated(Request request, Reply reply) {
        return request.microversion().atLeast(15) ? reply.header("Cache-Control", "no-cache") : reply;
    }

    /// @return the path of this service as links in bodies begin with it: empty on the classic port
    public static String prefix(Request request) {
        var path = URI.create(request.url()).getPath();
        return path == null ? "" : path;
    }
}
