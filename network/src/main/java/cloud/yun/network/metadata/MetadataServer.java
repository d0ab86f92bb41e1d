package cloud.yun.network.metadata;

import cloud.yun.network.MetadataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the metadata proxies of this host on a unix socket.
///
/// The proxy says from which network (`X-Neutron-Network-ID`) or router (`X-Neutron-Router-ID`) and from which
/// address (`X-Forwarded-For`) a guest asks. 404: nobody is known there, or there is no such document. 400: the
/// proxy did not say who asks. 500: our own fault; the log has it.
///
/// @see <a href="https://docs.openstack.org/nova/latest/user/metadata.html">Nova: metadata</a>
public final class MetadataServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataServer.class);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int DRAIN_MAX = 1 << 20;
    private static final int CONNECTIONS_MAX = 256;

    private final Path socket;
    private final PortLookup lookup;
    private final MetadataSource source;
    private final Semaphore connections = new Semaphore(CONNECTIONS_MAX);
    private final ServerSocketChannel listener;

    private MetadataServer(Path socket, PortLookup lookup, MetadataSource source, ServerSocketChannel listener) {
        this.socket = socket;
        this.lookup = lookup;
        this.source = source;
        this.listener = listener;
    }

    /// Listens, in place of a socket that a crash left behind.
    ///
    /// @param socket at most 107 bytes, the kernel's limit; only its owner can connect
    /// @throws IllegalStateException another process listens there
    public static MetadataServer start(Path socket, PortLookup lookup, MetadataSource source) {
        try {
            Files.createDirectories(Optional.ofNullable(socket.getParent()).orElse(Path.of(".")));
            if (Files.exists(socket)) {
                if (answers(socket)) throw new IllegalStateException("Another process serves metadata on " + socket);
                Files.delete(socket);
            }
            var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket), 128);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            var server = new MetadataServer(socket, lookup, source, listener);
            Thread.ofVirtual().name("metadata").start(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + socket, e);
        }
    }

    private static boolean answers(Path socket) {
        try (var _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return true;
        } catch (IOException e) {
            LOG.debug("nobody listens on {}", socket, e);
            return false;
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                connections.acquire();
                var channel = acceptOne();
                Thread.ofVirtual().name("metadata-request").start(() -> converse(channel));
            } catch (ClosedChannelException e) {
                LOG.debug("metadata service closed", e);
                return;
            } catch (IOException e) {
                LOG.warn("metadata service cannot accept", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private SocketChannel acceptOne() throws IOException {
        try {
            return listener.accept();
        } catch (IOException e) {
            connections.release();
            throw e;
        }
    }

    private void converse(SocketChannel channel) {
        var watchdog = Thread.ofVirtual().start(() -> closeAfterDeadline(channel));
        try (channel) {
            ByteBuffer reply;
            try {
                var request = HttpRequest.read(channel);
                if (request.isEmpty()) return;
                reply = answer(request.get()).bytes(request.get().method().equals("HEAD"));
            } catch (HttpRequest.Malformed e) {
                reply = HttpReply.fault(400, Optional.ofNullable(e.getMessage()).orElse(""))
                        .bytes(false);
            }
            while (reply.hasRemaining()) channel.write(reply);
            drain(channel);
        } catch (IOException e) {
            LOG.debug("a client of the metadata service went away", e);
        } finally {
            watchdog.interrupt();
            connections.release();
        }
    }

    /// A connection closed with unread input is reset, and the client may lose the answer: so take what it still
    /// sends.
    private static void drain(SocketChannel channel) throws IOException {
        channel.shutdownOutput();
        var rest = ByteBuffer.allocate(8192);
        for (int taken = 0, n = 0; n >= 0 && taken < DRAIN_MAX; taken += n) n = channel.read(rest.clear());
    }

    private static void closeAfterDeadline(SocketChannel channel) {
        try {
            Thread.sleep(DEADLINE);
            channel.close();
        } catch (InterruptedException e) {
            // The conversation is over.
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("cannot close a connection of the metadata service", e);
        }
    }

    private HttpReply answer(HttpRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return HttpReply.fault(405, "The method " + ascii(request.method()) + " is not allowed for this resource.");
        }
        var network = request.header("X-Neutron-Network-ID");
        var router = request.header("X-Neutron-Router-ID");
        var address = request.header("X-Forwarded-For")
                .map(v -> v.substring(v.lastIndexOf(',') + 1).strip());
        if (address.isEmpty()) return HttpReply.fault(400, "X-Forwarded-For header is missing from request.");
        if (network.isEmpty() && router.isEmpty()) {
            return HttpReply.fault(400, "X-Neutron-Network-ID or X-Neutron-Router-ID header is missing from request.");
        }
        try {
            return lookup.serverAt(network, router, address.get())
                    .flatMap(server -> source.read(server, request.path()))
                    .map(document -> new HttpReply(200, document.contentType(), document.bytes()))
                    .orElseGet(() -> HttpReply.fault(404, "The resource could not be found."));
        } catch (RuntimeException e) {
            LOG.error("metadata for {} of network {} router {}: {}", address, network, router, request.path(), e);
            return HttpReply.fault(500, "An unknown error has occurred. Please try your request again.");
        }
    }

    private static String ascii(String text) {
        return new String(text.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
    }
}
