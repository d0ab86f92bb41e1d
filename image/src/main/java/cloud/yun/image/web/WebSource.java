package cloud.yun.image.web;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Fetches over HTTP and HTTPS. A client of its own, since it must connect to the address that the filter judged: a
/// name that is looked up twice can lead to two places.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
public final class WebSource {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int HOPS_MAX = 5;
    private static final int HEAD_BYTES_MAX = 64 << 10;

    private final ImportFilter filter;
    private final Duration patience;

    /// @param patience for a connection, and for each piece of data
    public WebSource(ImportFilter filter, Duration patience) {
        this.filter = filter;
        this.patience = patience;
    }

    public ImportFilter filter() {
        return filter;
    }

    /// @return the data; reading it throws [Unavailable] when it breaks off. Whoever reads it closes it.
    /// @throws Invalid an address does not pass the filter, or the server answers with anything but 200
    /// @throws Unavailable nobody answers
    public InputStream open(String address) {
        var next = address;
        for (int hop = 0; hop <= HOPS_MAX; hop++) {
            var answer = ask(filter.resolve(next));
            if (answer.location().isEmpty()) return answer.body();
            close(answer.body());
            next = answer.location().get();
        }
        throw new Invalid("Too many redirects: " + address);
    }

    /// @param location where to look instead
    private record Answer(InputStream body, Optional<String> location) {}

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            throw new Unavailable("The connection could not be closed.", "", e);
        }
    }

    private Answer ask(ImportFilter.Target target) {
        boolean answered = false;
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(target.address(), target.port()), (int) patience.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            if (target.uri().getScheme().equalsIgnoreCase("https")) socket = secured(socket, target.uri());
            var answer = exchange(socket, target.uri());
            answered = true;
            return answer;
        } catch (IOException e) {
            throw new Unavailable("The data could not be fetched from " + target.uri(), String.valueOf(e), e);
        } finally {
            if (!answered) quietly(socket);
        }
    }

    /// It failed already; how it is closed changes nothing.
    @SuppressWarnings("EmptyCatch")
    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
        }
    }

    private static Socket secured(Socket plain, URI uri) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket = (SSLSocket) factory.createSocket(plain, uri.getHost(), ImportFilter.port(uri), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static Answer exchange(Socket socket, URI uri) throws IOException {
        var path =
                Optional.ofNullable(uri.getRawPath()).filter(p -> !p.isEmpty()).orElse("/")
                        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        var host = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        var request = "GET " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: yun-image\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        var in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
        var lines = head(in).split("\r\n");
        var words = lines[0].split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("\\d{3}"))
            throw new IOException("no HTTP answer: " + lines[0]);
        var headers = new HashMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0)
                headers.put(
                        lines[i].substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
        }
        int status = Integer.parseInt(words[1]);
        var location = headers.get("location");
        if (REDIRECTS.contains(status) && location != null)
            return new Answer(in, Optional.of(uri.resolve(location).toString()));
        if (status != 200) throw new Invalid("The server answered " + status + " for " + uri);
        return new Answer(body(in, headers), Optional.empty());
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) throw new IOException("the connection ended within the headers");
            if (head.length() > HEAD_BYTES_MAX) throw new IOException("the headers do not end");
            head.append((char) b);
        }
        return head.toString();
    }

    private static InputStream body(InputStream in, Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) return new WebBody(in, 0, true);
        var length = headers.get("content-length");
        if (length == null) return new WebBody(in, Long.MAX_VALUE, false);
        if (!length.matches("\\d{1,18}")) throw new IOException("no length: " + length);
        return new WebBody(in, Long.parseLong(length), false);
    }
}
