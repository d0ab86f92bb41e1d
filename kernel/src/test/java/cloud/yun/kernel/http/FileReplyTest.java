package cloud.yun.kernel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.yun.kernel.policy.Policy;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileReplyTest {
    /// More than any socket buffer here takes, so that the sender has to wait for the reader.
    private static final int BYTES = 40 << 20;

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<FileChannel> opened = new LinkedBlockingQueue<>();
    private final byte[] content = new byte[BYTES];
    private Gateway gateway;
    private Path file;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        new Random(7).nextBytes(content);
        file = Files.write(directory.resolve("file"), content);
        var service = new ApiService("image", "/image", List.of(), FaultDialect.IMAGE, Optional.empty());
        var routes = List.of(Route.get("/file/{offset}/{length}", this::file).open());
        var handler =
                new ServiceHandler(service, routes, new Policy(Map.of(), Optional.empty()), _ -> Optional.empty());
        gateway = new Gateway(new Gateway.Listen("127.0.0.1", 0, false), List.of(handler), Map.of());
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Reply file(Request request) {
        try {
            var channel = FileChannel.open(file);
            opened.add(channel);
            return Reply.file(
                    200,
                    channel,
                    Long.parseLong(request.variable("offset")),
                    Long.parseLong(request.variable("length")),
                    "application/octet-stream");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Twice through one client, which keeps its connection only if the first answer ended where it said.
    @ParameterizedTest
    @CsvSource({"0,41943040", "0,0", "5,100", "1048577,20971520", "41943039,1", "0,524289"})
    void aPieceOfAFile_comesAsItIsAndTheFileIsClosed(int offset, int length) throws Exception {
        for (int i = 0; i < 2; i++) {
            var answer = client.send(
                    HttpRequest.newBuilder(URI.create(url(offset, length))).build(), BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(length);
            assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
        }
        assertThat(opened).hasSize(2);
        allClosed();
    }

    @Test
    void head_tellsTheLengthOnly() throws Exception {
        var head = HttpRequest.newBuilder(URI.create(url(0, BYTES))).HEAD().build();
        var answer = client.send(head, BodyHandlers.ofByteArray());
        assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(BYTES);
        allClosed();
    }

    @Test
    void clientThatLeavesInTheMiddle_leavesNoFileOpenAndNothingMapped() throws Exception {
        try (var socket = ask(0, BYTES)) {
            assertThat(socket.getInputStream().readNBytes(100_000)).hasSize(100_000);
            assertThat(opened.take().isOpen()).isTrue();
            assertThat(Files.readString(Path.of("/proc/self/maps"))).contains(file.toString());
        }
        try (var socket = ask(0, BYTES)) {
            assertThat(socket.getInputStream().readNBytes(1)).hasSize(1);
            socket.setSoLinger(true, 0); // and one that resets
        }
        var second = opened.take();
        await().until(() -> !second.isOpen()
                && !Files.readString(Path.of("/proc/self/maps")).contains(file.toString()));
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.filter(this::isTheFile)).isEmpty();
        }
    }

    @Test
    void fileShorterThanSaid_isAServerError() throws Exception {
        var answer =
                client.send(HttpRequest.newBuilder(URI.create(url(1, BYTES))).build(), BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(500);
        allClosed();
    }

    @Test
    void fileCutWhileItIsSent_endsTheConnection() throws Exception {
        try (var socket = ask(0, BYTES)) {
            assertThat(socket.getInputStream().readNBytes(1)).hasSize(1);
            try (var cut = FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
                cut.truncate(BYTES - 4096);
            }
            assertThat(socket.getInputStream().readAllBytes().length).isLessThan(BYTES);
        }
        allClosed();
    }

    private boolean isTheFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }

    private void allClosed() {
        await().until(() -> opened.stream().noneMatch(FileChannel::isOpen));
    }

    private Socket ask(int offset, int length) throws IOException {
        var socket = new Socket("127.0.0.1", gateway.port());
        socket.setReceiveBufferSize(64 << 10);
        var request = "GET /image/file/%d/%d HTTP/1.1\r\nHost: x\r\n\r\n".formatted(offset, length);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private String url(int offset, int length) {
        return "http://127.0.0.1:%d/image/file/%d/%d".formatted(gateway.port(), offset, length);
    }
}
