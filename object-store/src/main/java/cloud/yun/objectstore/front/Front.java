package cloud.yun.objectstore.front;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Faults;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Stamps;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.base.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One table of methods for accounts, containers and objects, and the filters in front of it.
///
/// No route asks for a token: a container may be open to all, and a signature in the request may open an object. Who
/// may do what is decided where the account and the container are known.
public final class Front {
    /// What a path leads to.
    public enum Level {
        ACCOUNT("/{account}"),
        CONTAINER("/{account}/{container}"),
        OBJECT("/{account}/{container}/{object*}");

        private final String pattern;

        Level(String pattern) {
            this.pattern = pattern;
        }

        static Level of(SwiftPath path) {
            if (path.object().isPresent()) return OBJECT;
            return path.container().isPresent() ? CONTAINER : ACCOUNT;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Front.class);
    private static final List<String> VERSIONS = List.of("/v1", "/v1.0");
    private static final long DRAIN_BYTES_MAX = 64 << 10;
    private static final String HTML = "text/html; charset=UTF-8";

    private final Stamps stamps;
    private final List<Filter> filters;
    private final Map<Level, Map<String, Handler>> table = new EnumMap<>(Level.class);

    /// @param filters in the order in which they see a request
    public Front(Stamps stamps, List<Filter> filters) {
        this.stamps = stamps;
        this.filters = List.copyOf(filters);
    }

    public void add(Level level, String method, Handler handler) {
        methods(level).put(method, handler);
    }

    private Map<String, Handler> methods(Level level) {
        return table.computeIfAbsent(level, _ -> new TreeMap<>());
    }

    public List<Route> routes() {
        var routes = new ArrayList<Route>();
        for (var version : VERSIONS)
            for (var level : Level.values()) {
                // An object without a name is its container, so all of a container's methods stand there too.
                var methods = new TreeMap<>(methods(level));
                if (level == Level.OBJECT) methods.putAll(methods(Level.CONTAINER));
                methods.put("OPTIONS", _ -> Reply.empty(200));
                for (var method : methods.keySet())
                    routes.add(Route.of(method, version + level.pattern, this::serve).open().stream());
            }
        return List.copyOf(routes);
    }

    private Reply serve(Request request) {
        Reply reply;
        var call = Optional.<Call>empty();
        try {
            call = Optional.of(Call.of(request, path(request.path()), stamps.next()));
            reply = through(call.get(), 0);
        } catch (CloudException e) {
            if (e instanceof CloudException.Unavailable) throw e;
            reply = fault(e);
        }
        if (reply.status() == 401 && !reply.headers().containsKey("WWW-Authenticate"))
            reply = reply.header(
                    "WWW-Authenticate",
                    "Swift realm=\""
                            + call.map(c -> Wire.quote(c.path().account())).orElse("unknown") + "\"");
        if (reply.status() >= 400) {
            if (!drained(request)) reply = reply.header("Connection", "close");
            LOG.info("{} {} {}: {}", request.caller().requestId(), request.method(), request.path(), reply.status());
        }
        if (reply.body() instanceof Reply.Body.None && !reply.headers().containsKey("Content-Type"))
            reply = reply.header("Content-Type", HTML);
        return reply;
    }

    /// What a refused request still sends must go somewhere, or it would be taken for the next request. A little is
    /// read;
    /// for more, or while the client waits to be asked for it, the connection ends.
    ///
    /// @return whether nothing is left of it
    private static boolean drained(Request request) {
        var length = request.header("content-length").filter(l -> l.matches("\\d{1,18}"));
        boolean chunked = request.header("transfer-encoding").isPresent();
        if (!chunked && length.map(Long::valueOf).orElse(0L) == 0) return true;
        if (chunked
                || Long.parseLong(length.get()) > DRAIN_BYTES_MAX
                || request.header("expect").isPresent()) return false;
        try {
            request.stream().readNBytes((int) DRAIN_BYTES_MAX);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// The answer that an error is.
    public static Reply fault(CloudException e) {
        return Faults.of(e, FaultDialect.OBJECT_STORE, "");
    }

    private Reply through(Call call, int filter) {
        if (filter < filters.size()) return filters.get(filter).apply(call, c -> through(c, filter + 1));
        var handler = methods(Level.of(call.path())).get(call.method());
        if (handler == null) throw new Refused(405, "");
        try {
            return handler.handle(call);
        } catch (CloudException e) {
            // Filters see an answer, whether it is a fault or not.
            if (e instanceof CloudException.Unavailable) throw e;
            return fault(e);
        }
    }

    /// @param raw as the client sent it: `/v1/AUTH_x/container/object/with/slashes`
    /// @throws Refused 412, it is not UTF-8
    static SwiftPath path(String raw) {
        var parts = raw.substring(1).split("/", 4);
        var names = new ArrayList<String>();
        for (int i = 1; i < parts.length; i++) names.add(decode(parts[i]));
        var container =
                Optional.of(names).filter(n -> n.size() > 1).map(n -> n.get(1)).filter(c -> !c.isEmpty());
        var object =
                Optional.of(names).filter(n -> n.size() > 2).map(n -> n.get(2)).filter(o -> !o.isEmpty());
        if (container.isEmpty() && object.isPresent()) throw new Refused(404, "");
        return new SwiftPath(names.getFirst(), container, object);
    }

    private static String decode(String part) {
        String text;
        try {
            text = Wire.unquote(part);
        } catch (IllegalArgumentException e) {
            throw new Refused(412, "Invalid UTF8 or contains NULL");
        }
        boolean replaced = text.indexOf('\uFFFD') >= 0
                && !part.toUpperCase(java.util.Locale.ROOT).contains("%EF%BF%BD");
        if (replaced || text.indexOf('\0') >= 0) throw new Refused(412, "Invalid UTF8 or contains NULL");
        return text;
    }
}
