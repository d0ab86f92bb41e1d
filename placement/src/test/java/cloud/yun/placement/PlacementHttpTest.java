package cloud.yun.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementHttpTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String HOST = "aaaaaaaa-0000-4000-8000-000000000001";
    private static final String CHILD = "aaaaaaaa-0000-4000-8000-000000000002";
    private static final String CONSUMER = "aaaaaaaa-0000-4000-8000-0000000000c1";

    @TempDir
    Path directory;

    private String url = "";

    private HttpResponse<String> ask(String version, String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("X-Auth-Token", version.isEmpty() ? "demo-token" : "admin-token")
                .header("OpenStack-API-Version", "placement " + (version.isEmpty() ? "1.39" : version))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) request.header("Content-Type", "application/json");
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void hosts(House house) {
        url = house.serve();
        assertThat(ask("1.39", "POST", "/resource_providers", "{\"name\": \"h\", \"uuid\": \"" + HOST + "\"}")
                        .statusCode())
                .isEqualTo(200);
        var child = "{\"name\": \"c\", \"uuid\": \"" + CHILD + "\", \"parent_provider_uuid\": \"" + HOST + "\"}";
        assertThat(ask("1.39", "POST", "/resource_providers", child).statusCode())
                .isEqualTo(200);
        var inventories = "{\"resource_provider_generation\": 0, \"inventories\": {\"VCPU\": {\"total\": 8}}}";
        assertThat(ask("1.39", "PUT", "/resource_providers/" + HOST + "/inventories", inventories)
                        .statusCode())
                .isEqualTo(200);
    }

    private static String allocation(String provider, int vcpus, String generation) {
        return "{\"allocations\": {\"" + provider + "\": {\"resources\": {\"VCPU\": " + vcpus
                + "}}}, \"project_id\": \"p\", \"user_id\": \"u\", \"consumer_generation\": " + generation
                + ", \"consumer_type\": \"INSTANCE\"}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void allocations_whenAskedInEachMicroversion_haveItsShape(String kind) {
        try (var house = new House(kind, directory)) {
            hosts(house);
            var old = "{\"allocations\": [{\"resource_provider\": {\"uuid\": \"" + HOST
                    + "\"}, \"resources\": {\"VCPU\": 1}}]}";
            var path = "/allocations/" + CONSUMER;
            assertThat(ask("1.0", "PUT", path, old).statusCode()).isEqualTo(204);
            assertThat(ask("1.8", "PUT", path, old).statusCode()).isEqualTo(400);
            assertThat(ask("1.0", "GET", path, "").body()).doesNotContain("project_id");
            assertThat(ask("1.12", "GET", path, "").body())
                    .contains("\"project_id\":\"00000000-0000-0000-0000-000000000000\"");
            assertThat(ask("1.28", "PUT", path, allocation(HOST, 2, "1")).statusCode())
                    .isEqualTo(400);
            assertThat(ask("1.38", "PUT", path, allocation(HOST, 2, "7")).statusCode())
                    .isEqualTo(409);
            assertThat(ask("1.38", "PUT", path, allocation(HOST, 2, "1")).statusCode())
                    .isEqualTo(204);
            assertThat(ask("1.38", "GET", path, "").body())
                    .contains("\"consumer_generation\":2", "\"consumer_type\":\"INSTANCE\"");
            assertThat(ask("1.38", "GET", "/usages?project_id=p&consumer_type=INSTANCE", "")
                            .body())
                    .isEqualTo("{\"usages\":{\"INSTANCE\":{\"consumer_count\":1,\"VCPU\":2}}}");
            assertThat(ask("1.9", "GET", "/usages?project_id=p", "").body()).isEqualTo("{\"usages\":{\"VCPU\":2}}");
            // A project's reader sees its own use only.
            assertThat(ask("", "GET", "/usages?project_id=p", "").statusCode()).isEqualTo(403);
            assertThat(ask("", "GET", "/usages?project_id=" + House.DEMO_PROJECT, "")
                            .statusCode())
                    .isEqualTo(200);
            var none = "{\"allocations\": {}, \"project_id\": \"p\", \"user_id\": \"u\", \"consumer_generation\": 2,"
                    + " \"consumer_type\": \"INSTANCE\"}";
            assertThat(ask("1.38", "PUT", path, none).statusCode()).isEqualTo(204);
            assertThat(ask("1.38", "DELETE", path, "").statusCode()).isEqualTo(404);
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void reshape_whenAnInventoryMovesToAChild_movesItsAllocationsOrNothing(String kind) {
        try (var house = new House(kind, directory)) {
            hosts(house);
            assertThat(ask("1.39", "PUT", "/allocations/" + CONSUMER, allocation(HOST, 2, "null"))
                            .statusCode())
                    .isEqualTo(204);
            var inventories = "{\"inventories\": {\"" + HOST
                    + "\": {\"resource_provider_generation\": 2, \"inventories\": {}}, \"" + CHILD
                    + "\": {\"resource_provider_generation\": 0, \"inventories\": {\"VCPU\": {\"total\": 8}}}}";
            var without = inventories + ", \"allocations\": {}}";
            assertThat(ask("1.39", "POST", "/reshaper", without).statusCode()).isEqualTo(409);
            assertThat(ask("1.39", "GET", "/resource_providers/" + CHILD + "/inventories", "")
                            .body())
                    .contains("\"inventories\":{}");
            var with = inventories + ", \"allocations\": {\"" + CONSUMER + "\": " + allocation(CHILD, 2, "1") + "}}";
            assertThat(ask("1.39", "POST", "/reshaper", with).statusCode()).isEqualTo(204);
            assertThat(ask("1.39", "GET", "/resource_providers/" + CHILD + "/usages", "")
                            .body())
                    .contains("\"VCPU\":2");
            assertThat(ask("1.39", "GET", "/resource_providers/" + HOST + "/inventories", "")
                            .body())
                    .contains("\"inventories\":{}");
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void claims_whenManyComeAtOnce_neverPassTheCapacity(String kind) throws Exception {
        try (var house = new House(kind, directory);
                var threads = Executors.newFixedThreadPool(8)) {
            hosts(house);
            var calls = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < 24; i++)
                calls.add(() -> ask("1.39", "PUT", "/allocations/" + UUID.randomUUID(), allocation(HOST, 1, "null"))
                        .statusCode());
            int taken = 0;
            for (var answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).isIn(204, 409);
                if (answer.get() == 204) taken++;
            }
            assertThat(taken).isEqualTo(8);
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void tree_whenItsProvidersMove_keepsOneRoot(String kind) {
        try (var house = new House(kind, directory)) {
            hosts(house);
            var loop = "{\"name\": \"h\", \"parent_provider_uuid\": \"" + CHILD + "\"}";
            assertThat(ask("1.39", "PUT", "/resource_providers/" + HOST, loop).statusCode())
                    .isEqualTo(400);
            assertThat(ask("1.39", "DELETE", "/resource_providers/" + HOST, "").statusCode())
                    .isEqualTo(409);
            var alone = "{\"name\": \"c\", \"parent_provider_uuid\": null}";
            assertThat(ask("1.36", "PUT", "/resource_providers/" + CHILD, alone).statusCode())
                    .isEqualTo(400);
            assertThat(ask("1.37", "PUT", "/resource_providers/" + CHILD, alone).body())
                    .contains("\"root_provider_uuid\":\"" + CHILD + "\"");
            assertThat(ask("1.39", "DELETE", "/resource_providers/" + HOST, "").statusCode())
                    .isEqualTo(204);
        }
    }
}
