package cloud.yun.network.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.network.MetadataSource;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataServerTest {
    @TempDir
    Path directory;

    private Path socket;
    private MetadataServer server;

    @BeforeEach
    void start() {
        socket = directory.resolve("md");
        server = MetadataServer.start(socket, MetadataServerTest::serverAt, MetadataServerTest::read);
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(socket).doesNotExist();
    }

    private static Optional<String> serverAt(Optional<String> network, Optional<String> router, String address) {
        if (address.equals("10.0.0.66")) throw new IllegalStateException("database is down");
        boolean known = network.equals(Optional.of("n1")) || router.equals(Optional.of("r1"));
        return known && address.equals("10.0.0.5") ? Optional.of("s1") : Optional.empty();
    }

    private static Optional<MetadataSource.Document> read(String server, String path) {
        return path.equals("/latest/meta-data/instance-id")
                ? Optional.of(
                        new MetadataSource.Document("text/plain", ("id of " + server).getBytes(StandardCharsets.UTF_8)))
                : Optional.empty();
    }

    private String exchange(String request) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private String get(String path, String... headers) throws IOException {
        return exchange("GET " + path + " HTTP/1.1\r\nHost: 169.254.169.254\r\n" + String.join("\r\n", headers)
                + (headers.length == 0 ? "\r\n" : "\r\n\r\n"));
    }

    @Test
    void get_ofAKnownServer_isItsDocument() throws IOException {
        for (String where : new String[] {"X-Neutron-Network-ID: n1", "x-neutron-router-id: r1"}) {
            assertThat(get("/latest/meta-data/instance-id?x=1", where, "X-Forwarded-For: 10.0.0.5"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Content-Type: text/plain\r\n", "Content-Length: 8\r\n")
                    .endsWith("\r\n\r\nid of s1");
        }
    }

    @Test
    void get_withSeveralForwardedFor_believesTheLast() throws IOException {
        assertThat(get(
                        "/latest/meta-data/instance-id",
                        "X-Neutron-Network-ID: n1",
                        "X-Forwarded-For: 10.0.0.5, 10.0.0.9"))
                .startsWith("HTTP/1.1 404 ");
        assertThat(get(
                        "/latest/meta-data/instance-id",
                        "X-Neutron-Network-ID: n1",
                        "X-Forwarded-For: 10.0.0.9",
                        "X-Forwarded-For: 10.0.0.5"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void get_whenNobodyIsThere_orNoDocument_is404() throws IOException {
        assertThat(get("/latest/meta-data/instance-id", "X-Neutron-Network-ID: n2", "X-Forwarded-For: 10.0.0.5"))
                .startsWith("HTTP/1.1 404 Not Found\r\n");
        assertThat(get("/nothing", "X-Neutron-Network-ID: n1", "X-Forwarded-For: 10.0.0.5"))
                .startsWith("HTTP/1.1 404 Not Found\r\n");
    }

    @Test
    void get_withoutTheProxysHeaders_is400() throws IOException {
        assertThat(get("/x", "X-Neutron-Network-ID: n1")).startsWith("HTTP/1.1 400 Bad Request\r\n");
        assertThat(get("/x", "X-Forwarded-For: 10.0.0.5")).startsWith("HTTP/1.1 400 Bad Request\r\n");
        assertThat(get("/x")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void malformedRequests_are400_andTheServerGoesOn() throws IOException {
        assertThat(exchange("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(exchange("GET relative HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(exchange("GET / HTTP/1.1\r\nno colon here\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("GET / HT".getBytes(StandardCharsets.ISO_8859_1)));
        }
        assertThat(exchange("GET / HTTP/1.1\r\nX: " + "a".repeat(32 << 10) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        get_ofAKnownServer_isItsDocument();
    }

    @Test
    void otherMethods_are405_andHeadHasNoBody() throws IOException {
        assertThat(exchange("DELETE / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
        assertThat(exchange("HEAD /latest/meta-data/instance-id HTTP/1.1\r\nX-Neutron-Network-ID: n1\r\n"
                        + "X-Forwarded-For: 10.0.0.5\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("Content-Length: 8")
                .endsWith("\r\n\r\n");
    }

    @Test
    void get_whenTheLookupFails_is500WithoutTheReason() throws IOException {
        assertThat(get("/x", "X-Neutron-Network-ID: n1", "X-Forwarded-For: 10.0.0.66"))
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                .contains("An unknown error has occurred. Please try your request again.")
                .doesNotContain("database");
    }

    @Test
    void start_overTheSocketOfACrashedProcess_takesItOver_butNotALivingOnes() throws IOException {
        assertThatThrownBy(() -> MetadataServer.start(socket, MetadataServerTest::serverAt, MetadataServerTest::read))
                .hasMessageContaining("Another process");
        Path stale = directory.resolve("stale");
        try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(stale));
        }
        assertThat(Files.exists(stale)).isTrue();
        MetadataServer.start(stale, MetadataServerTest::serverAt, MetadataServerTest::read)
                .close();
    }
}
