package cloud.yun.compute.console;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gateway's `/console`: our page, noVNC's modules from the host's own package, and the WebSocket to the guest.
///
/// No token of the cloud is needed here: the console's own token in the address is what opens the door, for browsers
/// that know no other.
public final class ConsoleProxy extends Handler.Wrapper {
    /// The gateway's path to this handler.
    public static final String MOUNT = "/console";

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleProxy.class);
    private static final Option<String> WEB =
            Option.text("DEFAULT", "web", "/usr/share/novnc", "Where noVNC is installed (Debian's package novnc).");
    static final String SOCKET = MOUNT + "/websockify";
    private static final String MODULES = MOUNT + "/novnc/";
    private static final Pattern MODULE = Pattern.compile("(core|vendor)(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+\\.js");
    private static final Map<String, String> OURS = Map.of(
            MOUNT + "/vnc", "console/vnc.html",
            MOUNT + "/vnc.js", "console/vnc.js",
            MOUNT + "/vnc.css", "console/vnc.css");

    private final ConsoleService consoles;
    private final Path web;

    public ConsoleProxy(ConsoleService consoles, Config config) {
        this.consoles = consoles;
        this.web = Path.of(config.get(WEB));
    }

    public static List<Option<?>> options() {
        return List.of(WEB);
    }

    @Override
    protected void doStart() throws Exception {
        var upgrade = WebSocketUpgradeHandler.from(getServer(), container -> {
            // The relay pings; whoever does not answer for so long is gone.
            container.setIdleTimeout(Relay.SILENCE_MAX);
            container.addMapping(SOCKET, this::relay);
        });
        upgrade.setHandler(new Pages());
        setHandler(upgrade);
        super.doStart();
    }

    private @Nullable Object relay(ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
        if (!sameOrigin(request)) {
            Response.writeError(request, response, callback, 403, "The page is from somewhere else.");
            return null;
        }
        var fields = Request.extractQueryParameters(request);
        var token = Optional.ofNullable(fields.getValue("token")).orElse("");
        try {
            var screen = consoles.open(token);
            if (request.getSubProtocols().contains("binary")) response.setAcceptedSubProtocol("binary");
            LOG.info("console of server {} opened from {}", screen.serverId(), Request.getRemoteAddr(request));
            return new Relay(screen);
        } catch (CloudException e) {
            LOG.info("console refused to {}: {}", Request.getRemoteAddr(request), e.getMessage());
            // Without a word: who speaks WebSocket would take a page for the guest's first frames.
            response.setStatus(403);
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            response.write(true, ByteBuffer.allocate(0), callback);
            return null;
        }
    }

    /// A page of another site must not ride on a token that it found in somebody's browser.
    private static boolean sameOrigin(Request request) {
        var origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin == null) return true; // not a browser
        try {
            return String.valueOf(URI.create(origin).getAuthority())
                    .equals(request.getHeaders().get(HttpHeader.HOST));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Everything that is no WebSocket.
    private final class Pages extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws IOException {
            var path = String.valueOf(request.getHttpURI().getCanonicalPath());
            if (!List.of("GET", "HEAD").contains(request.getMethod())) {
                Response.writeError(request, response, callback, 405);
                return true;
            }
            var found = path.startsWith(MODULES) ? module(path.substring(MODULES.length())) : ours(path);
            if (found.isEmpty()) {
                Response.writeError(request, response, callback, 404);
                return true;
            }
            headers(response, path);
            response.write(true, ByteBuffer.wrap(found.get()), callback);
            return true;
        }
    }

    private static void headers(Response response, String path) {
        var headers = response.getHeaders();
        headers.put(
                HttpHeader.CONTENT_TYPE,
                path.endsWith(".js")
                        ? "text/javascript; charset=utf-8"
                        : path.endsWith(".css") ? "text/css; charset=utf-8" : "text/html; charset=utf-8");
        // The address holds a secret: it goes to nobody else, and nothing foreign runs in the page.
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put(
                "Content-Security-Policy",
                "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; style-src 'self'"
                        + " 'unsafe-inline'; frame-ancestors 'self'");
        headers.put(HttpHeader.CACHE_CONTROL, path.endsWith("/vnc") ? "no-store" : "max-age=600");
    }

    private Optional<byte[]> ours(String path) throws IOException {
        var resource = OURS.get(path);
        if (resource == null) return Optional.empty();
        try (var in = ConsoleProxy.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException("no " + resource);
            var bytes = in.readAllBytes();
            if (!resource.endsWith(".html")) return Optional.of(bytes);
            var missing = Files.isRegularFile(web.resolve("core/rfb.js"))
                    ? ""
                    : "noVNC is not installed on this host. Install the Debian package novnc, then open this page again.";
            return Optional.of(new String(bytes, StandardCharsets.UTF_8)
                    .replace("{{missing}}", missing)
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    private Optional<byte[]> module(String name) throws IOException {
        if (!MODULE.matcher(name).matches()) return Optional.empty();
        var file = web.resolve(name).normalize();
        return file.startsWith(web) && Files.isRegularFile(file)
                ? Optional.of(Files.readAllBytes(file))
                : Optional.empty();
    }
}
