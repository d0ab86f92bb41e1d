package cloud.yun.compute.console;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One browser and one guest's VNC server, joined: what one says the other hears, unchanged, at the pace of the slower
/// one. Public because Jetty calls it.
public final class Relay implements Session.Listener {
    static final Duration SILENCE_MAX = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final int CONNECT_MILLIS_MAX = 5_000;
    private static final int PING_MILLIS = 30_000;
    private static final int BUFFER = 64 * 1024;

    private final ConsoleService.Screen screen;
    private final Socket guest = new Socket();
    private @Nullable Session session;

    Relay(ConsoleService.Screen screen) {
        this.screen = screen;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        try {
            guest.connect(new InetSocketAddress(screen.address(), screen.port()), CONNECT_MILLIS_MAX);
            guest.setTcpNoDelay(true);
            guest.setSoTimeout(PING_MILLIS);
        } catch (IOException e) {
            LOG.info("console of server {}: {}", screen.serverId(), e.getMessage());
            opened.close(1011, "The guest's screen cannot be reached.", Callback.NOOP);
            return;
        }
        Thread.ofVirtual().name("console-" + screen.serverId()).start(() -> fromGuest(opened));
        opened.demand();
    }

    private void fromGuest(Session browser) {
        var buffer = new byte[BUFFER];
        try {
            var in = guest.getInputStream();
            while (browser.isOpen()) {
                try {
                    int length = in.read(buffer);
                    if (length < 0) break;
                    send(browser, ByteBuffer.wrap(buffer, 0, length));
                } catch (SocketTimeoutException quiet) {
                    // A still screen sends nothing: the ping keeps proxies between us from closing, and finds out who
                    // is gone.
                    browser.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
                }
            }
            browser.close(1000, "The guest has ended.", Callback.NOOP);
        } catch (IOException e) {
            LOG.debug("console of server {}: {}", screen.serverId(), e.getMessage());
            browser.close(1001, "The connection to the guest's screen broke.", Callback.NOOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /// Returns when the browser's connection has taken it, so that the buffer is free again.
    private static void send(Session browser, ByteBuffer bytes) throws IOException, InterruptedException {
        var sent = new CompletableFuture<Boolean>();
        browser.sendBinary(bytes, Callback.from(() -> sent.complete(true), sent::completeExceptionally));
        try {
            sent.get(SILENCE_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the browser does not take what the guest sends", e);
        }
    }

    /// In parts, so that a message may be of any length: VNC has no messages of this kind.
    @Override
    public void onWebSocketPartialBinary(ByteBuffer payload, boolean last, Callback callback) {
        try {
            var bytes = new byte[payload.remaining()];
            payload.get(bytes);
            guest.getOutputStream().write(bytes);
            callback.succeed();
            if (session != null) session.demand();
        } catch (IOException e) {
            callback.fail(e);
            close();
        }
    }

    @Override
    public void onWebSocketPartialText(String payload, boolean last) {
        if (session != null) session.close(1003, "VNC is binary.", Callback.NOOP);
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("console of server {}: {}", screen.serverId(), cause.getMessage());
        close();
    }

    @Override
    public void onWebSocketClose(int status, String reason, Callback callback) {
        LOG.info("console of server {} closed: {}", screen.serverId(), status);
        close();
        callback.succeed();
    }

    private void close() {
        try {
            guest.close();
        } catch (IOException e) {
            LOG.debug("console of server {}: {}", screen.serverId(), e.getMessage());
        }
    }
}
