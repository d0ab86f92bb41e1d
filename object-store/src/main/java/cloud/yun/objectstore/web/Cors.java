package cloud.yun.objectstore.web;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.container.Container;
import cloud.yun.objectstore.front.Filter;
import cloud.yun.objectstore.front.Handler;
import cloud.yun.objectstore.object.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Cross-origin requests: a container's metadata say which sites may ask from a browser.
///
/// @see <a href="https://docs.openstack.org/swift/latest/cors.html">CORS</a>
public final class Cors implements Filter {
    private static final String METHODS = "GET, POST, PUT, DELETE, HEAD, COPY, OPTIONS";
    private static final List<String> EXPOSED = List.of(
            "cache-control",
            "content-language",
            "content-type",
            "expires",
            "last-modified",
            "pragma",
            "etag",
            "x-timestamp",
            "x-trans-id",
            "x-openstack-request-id");

    private final Database db;

    public Cors(Database db) {
        this.db = db;
    }

    @Override
    public Reply apply(Call call, Handler next) {
        var origin = call.header("origin");
        if (call.method().equals("OPTIONS")) return preflight(call, origin);
        if (origin.isEmpty() || call.path().container().isEmpty()) return next.handle(call);
        var reply = next.handle(call);
        var container = Place.find(db, call.path()).container();
        if (container.isEmpty() || !allows(container.get(), origin.get())) return reply;
        var exposed = new LinkedHashSet<>(EXPOSED);
        for (var name : reply.headers().keySet())
            if (name.startsWith("X-Object-Meta-") || name.startsWith("X-Container-Meta-"))
                exposed.add(name.toLowerCase(java.util.Locale.ROOT));
        for (var name :
                words(container.get().meta("Access-Control-Expose-Headers").orElse(""))) exposed.add(name);
        return reply.header("Access-Control-Allow-Origin", allowed(container.get(), origin.get()))
                .header("Access-Control-Expose-Headers", String.join(", ", exposed))
                .header("Vary", "Origin");
    }

    private Reply preflight(Call call, Optional<String> origin) {
        if (origin.isEmpty() || call.header("access-control-request-method").isEmpty())
            return Reply.empty(200).header("Allow", METHODS);
        var container = call.path().container().isEmpty()
                ? Optional.<Container>empty()
                : Place.find(db, call.path()).container();
        var method = call.header("access-control-request-method").get();
        if (container.isEmpty()
                || !allows(container.get(), origin.get())
                || !words(METHODS).contains(method)) throw new Refused(401, "");
        var headers = new LinkedHashMap<String, String>();
        headers.put("Access-Control-Allow-Origin", allowed(container.get(), origin.get()));
        container.get().meta("Access-Control-Max-Age").ifPresent(a -> headers.put("Access-Control-Max-Age", a));
        headers.put("Access-Control-Allow-Methods", METHODS);
        headers.put("Allow", METHODS);
        call.header("access-control-request-headers").ifPresent(h -> headers.put("Access-Control-Allow-Headers", h));
        headers.put("Vary", "Origin, Access-Control-Request-Headers");
        return new Reply(200, headers, new Reply.Body.None());
    }

    private static boolean allows(Container container, String origin) {
        var sites = words(container.meta("Access-Control-Allow-Origin").orElse(""));
        return sites.contains("*") || sites.contains(origin);
    }

    private static String allowed(Container container, String origin) {
        return words(container.meta("Access-Control-Allow-Origin").orElse("")).contains("*") ? "*" : origin;
    }

    private static List<String> words(String text) {
        var found = new ArrayList<String>();
        for (var word : text.split("[, ]+")) if (!word.isBlank()) found.add(word);
        return found;
    }
}
