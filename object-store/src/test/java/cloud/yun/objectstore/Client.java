package cloud.yun.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks the service as one of the test's callers.
record Client(String url, String token) {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    HttpResponse<byte[]> bytes(String method, String path, BodyPublisher body, String... headers) {
        var builder = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url + path))
                .method(method, body);
        if (!token.isEmpty()) builder.header("X-Auth-Token", token);
        if (headers.length > 0) builder.headers(headers);
        try {
            return HTTP.send(builder.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Answer send(String method, String path, String body, String... headers) {
        var publisher =
                body.isEmpty() && !method.equals("PUT") ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        return new Answer(bytes(method, path, publisher, headers));
    }

    Answer put(String path, String body, String... headers) {
        return send("PUT", path, body, headers);
    }

    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Answer head(String path, String... headers) {
        return send("HEAD", path, "", headers);
    }

    Answer post(String path, String... headers) {
        return send("POST", path, "", headers);
    }

    Answer delete(String path, String... headers) {
        return send("DELETE", path, "", headers);
    }

    List<String> names(String path) {
        return get(path).body().lines().toList();
    }

    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        String body() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        /// @return empty when it is not there
        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode json() {
            return MAPPER.readTree(response.body());
        }
    }
}
