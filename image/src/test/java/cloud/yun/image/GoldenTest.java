package cloud.yun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.testing.Golden;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a real Glance answered.
class GoldenTest {
    /// Of the image that was there before the recording began.
    private static final String TINY = "41163c11-9ed2-4d81-b1b0-5cf629d9a37c";

    /// The definitions that Glance's operators may load from files are not shipped, so a list of them is empty.
    private static final Set<String> MISSING = Set.of("md-namespaces");

    /// Texts with our own descriptions of fields, or paths of that machine.
    private static boolean sameTexts(String name) {
        return !name.startsWith("schema-")
                && !Set.of("info-stores-detail", "md-ns-bad").contains(name);
    }

    @TempDir
    Path directory;

    private static void send(HttpClient client, String url, String method, String path, String type, String body)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("X-Auth-Token", "admin-token")
                .header("Content-Type", type)
                .method(method, BodyPublishers.ofString(body))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isBetween(200, 299);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void replay_whenAskedAsTheRealOne_answersAlike(String kind) throws Exception {
        var file = Golden.file("image");
        assumeTrue(file.isPresent(), "the recorded answers are not on this machine");
        try (var house = new House(kind, directory);
                var client = HttpClient.newHttpClient()) {
            var url = house.serve();
            send(
                    client,
                    url,
                    "POST",
                    "/v2/images",
                    "application/json",
                    "{\"id\": \"" + TINY
                            + "\", \"name\": \"tiny\", \"visibility\": \"public\", \"disk_format\": \"raw\","
                            + " \"container_format\": \"bare\"}");
            send(
                    client,
                    url,
                    "PUT",
                    "/v2/images/" + TINY + "/file",
                    "application/octet-stream",
                    "x".repeat(10_485_760));
            var golden = new Golden(
                            file.get(),
                            url,
                            Map.of("$ADMIN_TOKEN", "admin-token", "$DEMO_TOKEN", "demo-token", "$BAD_TOKEN", "bad"))
                    .comparingTextsOf(GoldenTest::sameTexts);
            assertThat(golden.replay(MISSING)).isEmpty();
        }
    }
}
