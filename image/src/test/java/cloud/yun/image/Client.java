package cloud.yun.image;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks the service as one of the test's callers.
record Client(String url, String token) {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String PATCH = "application/openstack-images-v2.1-json-patch";

    HttpResponse<String> send(String method, String path, String type, BodyPublisher body, String... headers) {
        var builder = HttpRequest.newBuilder(URI.create(url + path))
                .header("X-Auth-Token", token)
                .method(method, body);
        if (!type.isEmpty()) builder.header("Content-Type", type);
        if (headers.length > 0) builder.headers(headers);
        try {
            return HTTP.send(builder.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, "", BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> delete(String path) {
        return send("DELETE", path, "", BodyPublishers.noBody());
    }

    HttpResponse<String> post(String path, String json) {
        return send("POST", path, "application/json", BodyPublishers.ofString(json));
    }

    HttpResponse<String> put(String path, String json) {
        return send("PUT", path, "application/json", BodyPublishers.ofString(json));
    }

    HttpResponse<String> patch(String id, String json) {
        return send("PATCH", "/v2/images/" + id, PATCH, BodyPublishers.ofString(json));
    }

    HttpResponse<String> upload(String id, BodyPublisher data) {
        return send("PUT", "/v2/images/" + id + "/file", "application/octet-stream", data);
    }

    JsonNode tree(String path) {
        return MAPPER.readTree(get(path).body());
    }

    /// @param fields more of the body, each with a comma in front
    String create(String name, String fields) {
        var reply = post(
                "/v2/images",
                "{\"name\": \"" + name + "\", \"disk_format\": \"raw\", \"container_format\": \"bare\"" + fields + "}");
        if (reply.statusCode() != 201) throw new IllegalStateException(reply.body());
        return MAPPER.readTree(reply.body()).path("id").stringValue();
    }

    List<String> names(String query) {
        return tree("/v2/images" + query)
                .path("images")
                .valueStream()
                .map(i -> i.path("name").asString(""))
                .toList();
    }

    String status(String id) {
        return tree("/v2/images/" + id).path("status").stringValue();
    }
}
