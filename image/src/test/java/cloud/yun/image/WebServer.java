package cloud.yun.image;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A web server of the test's own: `/data` with a length, `/chunked` without, `/short` ends too early, `/away/N` leads
/// elsewhere, `/gone` is not there.
final class WebServer implements AutoCloseable {
    static final String DATA = "from the web ".repeat(20_000);

    private final HttpServer server;
    final AtomicInteger served = new AtomicInteger();

    WebServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var bytes = DATA.getBytes(StandardCharsets.UTF_8);
        data("/data", bytes, bytes.length);
        data("/chunked", bytes, 0);
        data("/short", bytes, bytes.length + 10);
        away("/away/near", "/data");
        away("/away/inside", "http://localhost:" + port() + "/data");
        away("/away/round", "/away/round");
        away("/away/file", "file:///etc/passwd");
        server.createContext("/gone", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
    }

    private void data(String path, byte[] bytes, long length) {
        server.createContext(path, exchange -> {
            served.incrementAndGet();
            exchange.sendResponseHeaders(200, length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private void away(String path, String to) {
        server.createContext(path, exchange -> {
            exchange.getResponseHeaders().add("Location", to);
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// By the address, which the tests' filter allows.
    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
