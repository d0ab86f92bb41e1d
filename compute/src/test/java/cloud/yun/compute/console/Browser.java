package cloud.yun.compute.console;

import static org.awaitility.Awaitility.await;

import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/// A headless Chromium with one page, driven over its debugging protocol.
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    /// @param directory the browser's own, made by it
    Browser(Path directory, String url) throws IOException, InterruptedException {
        process = new ProcessBuilder(
                        "chromium",
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + directory,
                        "--window-size=1000,700",
                        url)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var portFile = directory.resolve("DevToolsActivePort");
        await().atMost(PATIENCE).until(() -> Files.exists(portFile) && Files.size(portFile) > 0);
        var port = Files.readAllLines(portFile).getFirst();
        var client = HttpClient.newHttpClient();
        var address = new String[1];
        await().atMost(PATIENCE).until(() -> {
            var list = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            for (var page : Json.stored(list.body()))
                if (page.path("type").asString("").equals("page"))
                    address[0] = page.path("webSocketDebuggerUrl").asString();
            return address[0] != null;
        });
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(address[0]), new Listener())
                .join();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                var message = Json.stored(text.toString());
                text.setLength(0);
                var asked = waiting.remove(message.path("id").asInt(-1));
                if (asked != null) asked.complete(message.path("result"));
            }
            from.request(1);
            return null;
        }
    }

    private JsonNode call(String method, JsonNode parameters) {
        int id = count.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        waiting.put(id, answer);
        var message = Json.object().put("id", id).put("method", method);
        message.set("params", parameters);
        socket.sendText(Json.text(message), true).join();
        return answer.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /// @return what the expression is worth in the page, as text
    String value(String expression) {
        return call("Runtime.evaluate", Json.object().put("expression", "String(" + expression + ")"))
                .path("result")
                .path("value")
                .asString("");
    }

    /// Presses keys as a person does, in the element that has the focus.
    void type(String text) {
        for (var letter : text.split("")) {
            boolean enter = letter.equals("\n");
            var key = Json.object()
                    .put("type", "keyDown")
                    .put("key", enter ? "Enter" : letter)
                    .put("code", enter ? "Enter" : "Key" + letter.toUpperCase(java.util.Locale.ROOT))
                    .put("text", enter ? "\r" : letter);
            call("Input.dispatchKeyEvent", key);
            call("Input.dispatchKeyEvent", key.deepCopy().put("type", "keyUp"));
        }
    }

    byte[] screenshot() {
        var data = call("Page.captureScreenshot", Json.object().put("format", "png"));
        return Base64.getDecoder().decode(data.path("data").asString());
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
