package cloud.yun.app;

import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// A client of our own APIs: what the program does to itself it does as a user would.
final class ApiClient {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final String token;

    private ApiClient(String base, String token) {
        this.base = base;
        this.token = token;
    }

    /// @param base address of the gateway
    /// @throws IllegalStateException the API did not give a token
    static ApiClient login(String base, String user, String password, String project) {
        var body = Json.object();
        var auth = body.putObject("auth");
        var identity = auth.putObject("identity");
        identity.putArray("methods").add("password");
        var who = identity.putObject("password")
                .putObject("user")
                .put("name", user)
                .put("password", password);
        who.putObject("domain").put("id", "default");
        auth.putObject("scope")
                .putObject("project")
                .put("name", project)
                .putObject("domain")
                .put("id", "default");
        var anonymous = new ApiClient(base, "");
        var answer = anonymous.send("POST", "/identity/v3/auth/tokens", BodyPublishers.ofByteArray(Json.bytes(body)));
        if (answer.statusCode() != 201)
            throw new IllegalStateException("no token for " + user + ": " + answer.statusCode() + " " + answer.body());
        return new ApiClient(
                base, answer.headers().firstValue("X-Subject-Token").orElseThrow());
    }

    String token() {
        return token;
    }

    JsonNode get(String path) {
        return json("GET", path, BodyPublishers.noBody());
    }

    JsonNode post(String path, JsonNode body) {
        return json("POST", path, BodyPublishers.ofByteArray(Json.bytes(body)));
    }

    JsonNode put(String path, JsonNode body) {
        return json("PUT", path, BodyPublishers.ofByteArray(Json.bytes(body)));
    }

    void delete(String path) {
        json("DELETE", path, BodyPublishers.noBody());
    }

    void upload(String path, Path file) throws IOException {
        json("PUT", path, BodyPublishers.ofFile(file), "Content-Type", "application/octet-stream");
    }

    void upload(String path, byte[] bytes) {
        json("PUT", path, BodyPublishers.ofByteArray(bytes), "Content-Type", "application/octet-stream");
    }

    private JsonNode json(String method, String path, BodyPublisher body, String... headers) {
        var answer = send(method, path, body, headers);
        if (answer.statusCode() >= 300)
            throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        return answer.body().isBlank() ? MissingNode.getInstance() : Json.stored(answer.body());
    }

    private HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) {
        var request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT).method(method, body);
        if (!token.isEmpty()) request.header("X-Auth-Token", token);
        request.header("Accept", "application/json");
        if (headers.length > 0) request.headers(headers);
        else request.header("Content-Type", "application/json");
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(base + " does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
