package cloud.yun.kernel.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sockets of the house: one gateway port with DevStack's paths and, if wanted, each service's classic port.
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final long IDLE_MILLIS_MAX = 60_000;
    private static final int CONNECTIONS_MAX = 4_096;

    /// @param address to listen on, for example `0.0.0.0`
    /// @param port of the gateway; 0 takes a free one
    /// @param classicPorts whether the services also answer on their classic ports
    public record Listen(String address, int port, boolean classicPorts) {}

    private final Listen listen;
    private final Map<String, ServiceHandler> byMount = new HashMap<>();
    private final Map<String, ServiceHandler> byRootPath = new HashMap<>();
    private final Map<String, Handler> raw = new HashMap<>();
    private final Map<String, ServiceHandler> byConnector = new HashMap<>();
    private final Server server;
    private final ServerConnector gateway;

    /// @param raw handlers beside the services, by first path segment: consoles, static pages; on every port
    public Gateway(Listen listen, List<ServiceHandler> services, Map<String, Handler> raw) {
        this.listen = listen;
        this.raw.putAll(raw);
        var pool = new QueuedThreadPool(64, 4);
        pool.setName("http");
        pool.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory()));
        server = new Server(pool);
        gateway = connector("gateway", listen.port());
        for (var service : services) {
            byMount.put(service.service().mount(), service);
            for (var path : service.service().rootPaths()) byRootPath.put(path, service);
            if (listen.classicPorts()) for (int port : service.service().ports()) classic(service, port);
        }
        server.addBean(new NetworkConnectionLimit(CONNECTIONS_MAX, server));
        var root = new GracefulHandler(new Root());
        this.raw.values().forEach(h -> h.setServer(server));
        server.setHandler(root);
        server.setStopTimeout(5_000);
    }

    private void classic(ServiceHandler service, int port) {
        var name = service.service().type() + ":" + port;
        connector(name, port);
        byConnector.put(name, service);
    }

    private ServerConnector connector(String name, int port) {
        var config = new HttpConfiguration();
        config.setSendServerVersion(false);
        config.setSendDateHeader(true);
        config.setRequestHeaderSize(32 * 1024);
        config.setOutputBufferSize(64 * 1024);
        config.setUriCompliance(UriCompliance.LEGACY);
        config.setHttpCompliance(HttpCompliance.RFC9110);
        // Values as they were sent: else well-known ones come in Jetty's own spelling.
        config.setHeaderCacheCaseSensitive(true);
        var connector = new FileConnector(server, new HttpConnectionFactory(config));
        connector.setName(name);
        connector.setHost(listen.address());
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS_MAX);
        connector.setAcceptQueueSize(512);
        server.addConnector(connector);
        return connector;
    }

    private static final class FileConnector extends ServerConnector {
        FileConnector(Server server, HttpConnectionFactory http) {
            super(server, 1, 1, http);
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            var end = new FileEndPoint(channel, selector, key, getScheduler());
            end.setIdleTimeout(getIdleTimeout());
            return end;
        }
    }

    /// @throws IllegalStateException a port is taken or may not be used
    public void start() {
        try {
            for (var handler : raw.values()) handler.start();
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("The API cannot listen: " + e.getMessage(), e);
        }
        LOG.info("listening on {}:{}", listen.address(), port());
    }

    public int port() {
        return gateway.getLocalPort();
    }

    /// Lets requests in flight finish, for a few seconds.
    @Override
    public void close() {
        try {
            server.stop();
            for (var handler : raw.values()) handler.stop();
        } catch (Exception e) {
            LOG.warn("the API did not stop cleanly: {}", e.getMessage());
        }
    }

    private final class Root extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            var connector = String.valueOf(
                    request.getConnectionMetaData().getConnector().getName());
            var path = String.valueOf(request.getHttpURI().getPath());
            var classic = byConnector.get(connector);
            // Consoles are found beside the API that names them, also on its classic port.
            if (classic != null && !raw.containsKey(mount(path))) {
                classic.handle(new Exchange(request, response, callback, ""));
                return true;
            }
            var mount = mount(path);
            var service = byMount.get(mount);
            if (service != null) {
                service.handle(new Exchange(request, response, callback, mount));
                return true;
            }
            var atRoot = byRootPath.get(path);
            if (atRoot != null) {
                atRoot.handle(new Exchange(request, response, callback, ""));
                return true;
            }
            var other = raw(path);
            return other != null && other.handle(request, response, callback);
        }

        private @Nullable Handler raw(String path) {
            var found = raw.get(mount(path));
            return found == null && path.equals("/") ? raw.get("/") : found;
        }

        private String mount(String path) {
            int second = path.indexOf('/', 1);
            return second < 0 ? path : path.substring(0, second);
        }
    }

    /// Paths of the services, for the start page.
    public List<String> mounts() {
        return new ArrayList<>(byMount.keySet());
    }
}
