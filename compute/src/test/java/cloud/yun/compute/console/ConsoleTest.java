package cloud.yun.compute.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.agent.ComputeAgent;
import cloud.yun.compute.agent.HostCommand;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.FakeServers;
import cloud.yun.compute.api.SettableClock;
import cloud.yun.compute.driver.HypervisorDriver.Vnc;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTest {
    private static final String ID = "0123abcd-0000-4000-8000-000000000001";

    private final SettableClock clock = new SettableClock();
    private final FakeServers servers = new FakeServers();
    private final InProcessBus bus = new InProcessBus();
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile boolean running = true;

    @TempDir
    private Path novnc;

    private ServerSocket screen;
    private ComputeApi api;
    private Gateway gateway;

    /// A VNC server that greets and then says back what it hears.
    @BeforeEach
    void start() throws IOException {
        screen = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serveScreens);
        bus.serve(ComputeAgent.topic("cmp1"), message -> switch (message) {
            case HostCommand.VncAddress _ ->
                new HostCommand.VncFound(
                        running ? Optional.of(new Vnc("127.0.0.1", screen.getLocalPort())) : Optional.empty());
            default -> throw new IllegalArgumentException();
        });
        servers.all.add(FakeServers.server(ID, ComputeApi.DEMO_PROJECT, Optional.of("cmp1"), clock.instant()));
        var options = new ArrayList<Option<?>>(ConsoleRoutes.options());
        options.addAll(ConsoleProxy.options());
        options.addAll(Agents.options());
        Files.createDirectories(novnc.resolve("core"));
        Files.writeString(novnc.resolve("core/rfb.js"), "export default class {}");
        Files.writeString(novnc.resolve("secret.js"), "no");
        var config = Config.parse(options, "[DEFAULT]\nweb = " + novnc + "\n");
        var proxy = new ConsoleProxy[1];
        api = new ComputeApi(ComputeApi.sqlite(), (db, policy) -> {
            var consoles = new ConsoleService(db, clock, policy, servers, new Agents(bus, config), config);
            proxy[0] = new ConsoleProxy(consoles, config);
            return List.of(new ConsoleRoutes(consoles, config));
        });
        gateway =
                new Gateway(new Gateway.Listen("127.0.0.1", 0, false), List.of(), Map.of(ConsoleProxy.MOUNT, proxy[0]));
        gateway.start();
    }

    private void serveScreens() {
        try {
            while (true) {
                var one = screen.accept();
                Thread.ofVirtual().start(() -> {
                    try (one) {
                        one.getOutputStream().write("RFB 003.008\n".getBytes(StandardCharsets.US_ASCII));
                        one.getInputStream().transferTo(one.getOutputStream());
                    } catch (IOException e) {
                        // The other side left: the test's end.
                    }
                });
            }
        } catch (IOException e) {
            // closed
        }
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
        api.close();
        screen.close();
    }

    private String url() {
        var answer = api.post(
                "demo",
                "2.6",
                "/v2.1/servers/" + ID + "/remote-consoles",
                "{'remote_console':{'protocol':'vnc','type':'novnc'}}");
        assertThat(answer.status()).isEqualTo(200);
        return answer.body().path("remote_console").path("url").asString();
    }

    private static String token(String url) {
        return url.substring(url.indexOf("token%3D") + 8);
    }

    private static final class Heard implements WebSocket.Listener {
        final StringBuffer text = new StringBuffer();
        volatile int closed;

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            text.append(StandardCharsets.US_ASCII.decode(data));
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed = status;
            return null;
        }
    }

    private WebSocket open(String token, Heard heard, String... headers) {
        var builder = client.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) builder.header(headers[i], headers[i + 1]);
        return builder.subprotocols("binary")
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + gateway.port() + "/console/websockify?token=" + token), heard)
                .join();
    }

    private void refused(String token, String... headers) {
        assertThatThrownBy(() -> open(token, new Heard(), headers))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    }

    @Test
    void token_joinsTheBrowserWithTheGuestsScreen() {
        var url = url();
        assertThat(url).startsWith(api.url().replace("/compute", "/console/vnc?path=console%2Fwebsockify%3Ftoken%3D"));
        var heard = new Heard();
        var socket = open(token(url), heard);
        await().until(() -> heard.text.toString().equals("RFB 003.008\n"));
        socket.sendBinary(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)), true)
                .join();
        await().until(() -> heard.text.toString().endsWith("hello"));
        var large = "x".repeat(300_000);
        socket.sendBinary(ByteBuffer.wrap(large.getBytes(StandardCharsets.US_ASCII)), true)
                .join();
        await().until(() -> heard.text.toString().endsWith("hello" + large));
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        await().until(() -> heard.closed > 0);
    }

    @Requirement("S3.65")
    @Test
    void token_isForOneServer_endsAfterItsTime_andCannotBeGuessed() {
        var url = url();
        refused("");
        refused("zz");
        refused(token(url) + "x");
        var shown = api.get("admin", "2.31", "/v2.1/os-console-auth-tokens/" + token(url))
                .body()
                .path("console");
        assertThat(shown.path("instance_uuid").asString()).isEqualTo(ID);
        assertThat(shown.path("port").asInt()).isEqualTo(screen.getLocalPort());
        assertThat(api.get("demo", "2.31", "/v2.1/os-console-auth-tokens/" + token(url))
                        .status())
                .isEqualTo(403);
        String stored = api.db()
                .read(tx -> tx.first("SELECT hash FROM console_token", r -> r.string("hash")))
                .orElseThrow();
        assertThat(stored)
                .doesNotContain(token(url))
                .hasSize(64)
                .satisfies(h -> HexFormat.of().parseHex(h));
        clock.advance(Duration.ofSeconds(599));
        open(token(url), new Heard()).abort();
        clock.advance(Duration.ofSeconds(2));
        refused(token(url));
        assertThat(api.get("admin", "2.31", "/v2.1/os-console-auth-tokens/" + token(url))
                        .status())
                .isEqualTo(404);
        var second = token(url());
        servers.all.clear();
        refused(second); // its server is gone, and its port may be another's
    }

    @Test
    void page_ofAnotherSite_isRefused() {
        var token = token(url());
        // The Java client sets no Origin by itself.
        refused(token, "Origin", "http://evil.example");
        open(token, new Heard(), "Origin", "http://127.0.0.1:" + gateway.port()).abort();
    }

    @Test
    @Requirement("S3.64")
    void consoles_thatThereAreNot_areRefusedByName() {
        var path = "/v2.1/servers/" + ID + "/remote-consoles";
        for (var other : List.of("'spice','type':'spice-html5'", "'serial','type':'serial'", "'vnc','type':'xvpvnc'")) {
            var answer = api.post("demo", "2.6", path, "{'remote_console':{'protocol':" + other + "}}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message()).startsWith("Unavailable console type ");
        }
        assertThat(api.post("demo", "2.6", path, "{'remote_console':{'protocol':'zz','type':'novnc'}}")
                        .status())
                .isEqualTo(400);
        assertThat(api.post("demo", "2.5", path, "{'remote_console':{'protocol':'vnc','type':'novnc'}}")
                        .status())
                .isEqualTo(404);
        assertThat(api.post("reader", "2.6", path, "{'remote_console':{'protocol':'vnc','type':'novnc'}}")
                        .status())
                .isEqualTo(403);
        running = false;
        var off = api.post("demo", "2.6", path, "{'remote_console':{'protocol':'vnc','type':'novnc'}}");
        assertThat(off.status()).isEqualTo(409);
        assertThat(off.message()).isEqualTo("Instance not yet ready");
        servers.all.clear();
        assertThat(api.post("demo", "2.6", path, "{'remote_console':{'protocol':'vnc','type':'novnc'}}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void oldAction_givesTheSameAddress() {
        var path = "/v2.1/servers/" + ID + "/action";
        var old = api.post("demo", "2.1", path, "{'os-getVNCConsole':{'type':'novnc'}}");
        assertThat(old.status()).isEqualTo(200);
        assertThat(old.body().path("console").path("type").asString()).isEqualTo("novnc");
        open(token(old.body().path("console").path("url").asString()), new Heard())
                .abort();
        assertThat(api.post("demo", "2.6", path, "{'os-getVNCConsole':{'type':'novnc'}}")
                        .status())
                .isEqualTo(404);
    }

    private HttpResponse<String> page(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void page_isOurs_andNovncComesFromItsPackage() throws Exception {
        var page = page("/console/vnc?path=console%2Fwebsockify%3Ftoken%3Dzz");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("/console/vnc.js").doesNotContain("{{missing}}", "not installed");
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(page("/console/vnc.js").body()).contains("/console/websockify");
        assertThat(page("/console/novnc/core/rfb.js").headers().firstValue("Content-Type"))
                .hasValueSatisfying(t -> assertThat(t).startsWith("text/javascript"));
        for (var bad : List.of("/console/novnc/secret.js", "/console/novnc/core/%2e%2e/secret.js", "/console/zz"))
            assertThat(page(bad).statusCode()).as(bad).isNotEqualTo(200);
        Files.delete(novnc.resolve("core/rfb.js"));
        assertThat(page("/console/vnc").body()).contains("Install the Debian package novnc");
    }
}
