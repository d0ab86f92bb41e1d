package cloud.yun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowProbe;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ImportTest {
    private static final List<String> TASKS =
            List.of("start_task", "fill_staging", "import_to_store", "activate_image");

    @TempDir
    Path directory;

    private final WebServer web = new WebServer();
    private House house;
    private Client demo;

    @BeforeEach
    void start() {
        start("sqlite");
    }

    private void start(String kind) {
        house = new House(
                kind,
                directory,
                "[DEFAULT]\nuser_storage_quota = 1MB\n[import_filtering_opts]\nallowed_hosts = 127.0.0.1\nallowed_ports ="
                        + " \n");
        demo = new Client(house.serve(), "demo-token");
    }

    @AfterEach
    void stop() {
        house.close();
        web.close();
    }

    private List<String> files(String area) {
        try (var all = Files.list(directory.resolve("image/" + area))) {
            return all.map(f -> f.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private int stage(String id, String data) {
        return demo.send(
                        "PUT", "/v2/images/" + id + "/stage", "application/octet-stream", BodyPublishers.ofString(data))
                .statusCode();
    }

    private int direct(String id) {
        return demo.post("/v2/images/" + id + "/import", "{\"method\": {\"name\": \"glance-direct\"}}")
                .statusCode();
    }

    private int download(String id, String uri) {
        return demo.post(
                        "/v2/images/" + id + "/import",
                        "{\"method\": {\"name\": \"web-download\", \"uri\": \"" + uri + "\"}}")
                .statusCode();
    }

    private JsonNode task(String id) {
        return new Client(demo.url(), "admin-token")
                .tree("/v2/images/" + id + "/tasks")
                .path("tasks")
                .path(0);
    }

    private JsonNode ended(String id) {
        await().until(() ->
                List.of("success", "failure").contains(task(id).path("status").asString("")));
        return task(id);
    }

    private void nothingIsLeft(String id) {
        assertThat(demo.status(id)).isEqualTo("queued");
        assertThat(files("staging")).isEmpty();
        assertThat(files("images")).isEmpty();
        assertThat(house.violations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void import_whenStaged_makesTheImageActiveAndTellsItsTask(String kind) {
        house.close();
        start(kind);
        var id = demo.create("x", "");
        assertThat(direct(id)).isEqualTo(409);
        assertThat(stage(id, "hello world")).isEqualTo(204);
        assertThat(demo.status(id)).isEqualTo("uploading");
        assertThat(demo.get("/v2/images/" + id + "/file").statusCode()).isEqualTo(204);
        assertThat(stage(id, "again")).isEqualTo(409);
        assertThat(house.violations()).isEmpty();
        assertThat(direct(id)).isEqualTo(202);
        var task = ended(id);
        assertThat(task.path("status").stringValue()).isEqualTo("success");
        assertThat(task.at("/input/import_req/method/name").stringValue()).isEqualTo("glance-direct");
        var image = demo.tree("/v2/images/" + id);
        assertThat(image.path("status").stringValue()).isEqualTo("active");
        assertThat(image.path("size").intValue()).isEqualTo(11);
        assertThat(image.path("checksum").stringValue()).isEqualTo("5eb63bbbe01eeed093cb22bb8f5acdc3");
        assertThat(image.path("os_glance_importing_to_stores").stringValue()).isEmpty();
        assertThat(image.has("os_glance_import_task")).isFalse();
        assertThat(demo.get("/v2/images/" + id + "/file").body()).isEqualTo("hello world");
        assertThat(files("staging")).isEmpty();
        assertThat(direct(id)).isEqualTo(409);
        var listed = demo.tree("/v2/tasks?status=success").path("tasks");
        assertThat(listed).hasSize(1);
        var shown = demo.tree("/v2/tasks/" + task.path("id").stringValue());
        assertThat(shown.path("image_id").stringValue()).isEqualTo(id);
        var other = new Client(demo.url(), "other-token");
        assertThat(other.get("/v2/tasks/" + task.path("id").stringValue()).statusCode())
                .isEqualTo(404);
        assertThat(other.tree("/v2/tasks").path("tasks")).isEmpty();
        assertThat(other.get("/v2/images/" + id + "/tasks").statusCode()).isEqualTo(404);
        assertThat(house.violations()).isEmpty();
    }

    @Test
    void import_whenOnTheWeb_fetchesIt() {
        for (var path : List.of("/data", "/chunked", "/away/near")) fetches(path);
    }

    private void fetches(String path) {
        var id = demo.create("x", "");
        assertThat(download(id, web.url(path))).isEqualTo(202);
        assertThat(ended(id).path("status").stringValue()).isEqualTo("success");
        assertThat(demo.get("/v2/images/" + id + "/file").body()).isEqualTo(WebServer.DATA);
        assertThat(house.violations()).isEmpty();
    }

    @Test
    void import_whenTheWebHasNothingForUs_leavesTheImageQueuedAndNothingStaged() {
        for (var path : List.of("/gone", "/away/inside", "/away/round", "/away/file", "/short")) fails(path);
    }

    private void fails(String path) {
        var id = demo.create("x", "");
        assertThat(download(id, web.url(path))).isEqualTo(202);
        var task = ended(id);
        assertThat(task.path("status").stringValue()).isEqualTo("failure");
        assertThat(task.path("message").stringValue()).isNotEmpty();
        // Where the redirect led was never asked.
        assertThat(web.served.get()).isEqualTo(path.equals("/short") ? 1 : 0);
        assertThat(demo.tree("/v2/images/" + id).path("os_glance_failed_import").stringValue())
                .isEqualTo("file");
        nothingIsLeft(id);
        assertThat(stage(id, "now")).isEqualTo(204);
        assertThat(direct(id)).isEqualTo(202);
        assertThat(ended(id).path("status").stringValue()).isEqualTo("success");
        assertThat(demo.delete("/v2/images/" + id).statusCode()).isEqualTo(204);
    }

    @Test
    void import_whenNotAllowed_isRefusedAtOnce() {
        var id = demo.create("x", "");
        var path = "/v2/images/" + id + "/import";
        for (var uri : List.of("", "ftp://127.0.0.1/x", "http://192.0.2.1/x", "http://u:p@127.0.0.1/x", "file:///x"))
            assertThat(download(id, uri)).as(uri).isEqualTo(400);
        assertThat(demo.post(path, "{\"method\": {\"name\": \"copy-image\"}}").statusCode())
                .isEqualTo(409);
        assertThat(demo.post(path, "{\"method\": {}}").statusCode()).isEqualTo(400);
        assertThat(demo.post(path, "{\"method\": {\"name\": \"glance-download\"}}")
                        .body())
                .contains("Unknown import method name 'glance-download'.");
        assertThat(demo.post(path, "{\"method\": {\"name\": \"web-download\"}, \"stores\": [\"odd\"]}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(new Client(demo.url(), "other-token")
                        .post(path, "{\"method\": {\"name\": \"glance-direct\"}}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(demo.tree("/v2/images/" + id + "/tasks").path("tasks")).isEmpty();
        nothingIsLeft(id);
    }

    @Test
    void copy_whenActive_saysThatItIsThere() {
        var admin = new Client(demo.url(), "admin-token");
        var id = admin.create("x", "");
        assertThat(admin.upload(id, BodyPublishers.ofString("data")).statusCode())
                .isEqualTo(204);
        var path = "/v2/images/" + id + "/import";
        assertThat(admin.post(path, "{\"method\": {\"name\": \"copy-image\"}, \"stores\": [\"file\"]}")
                        .body())
                .contains("Image is already present at store 'file'");
        assertThat(admin.post(path, "{\"method\": {\"name\": \"copy-image\"}, \"all_stores\": true}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(ended(id).path("status").stringValue()).isEqualTo("success");
        assertThat(admin.tree("/v2/images/" + id)
                        .path("os_glance_importing_to_stores")
                        .asString("none"))
                .isEmpty();
        assertThat(admin.delete("/v2/stores/file/" + id).statusCode()).isEqualTo(403);
        assertThat(admin.get("/v2/images/" + id + "/file").body()).isEqualTo("data");
    }

    @Test
    void quota_whenUsedUp_refusesMoreUntilSomethingGoes() {
        var a = demo.create("a", "");
        assertThat(demo.upload(a, BodyPublishers.ofString("x".repeat(900_000))).statusCode())
                .isEqualTo(204);
        var b = demo.create("b", "");
        assertThat(demo.upload(b, BodyPublishers.ofString("x".repeat(200_000))).statusCode())
                .isEqualTo(413);
        assertThat(download(b, web.url("/data"))).isEqualTo(202);
        assertThat(ended(b).path("status").stringValue()).isEqualTo("failure");
        assertThat(demo.status(b)).isEqualTo("queued");
        assertThat(files("staging")).isEmpty();
        assertThat(demo.delete("/v2/images/" + a).statusCode()).isEqualTo(204);
        assertThat(demo.upload(b, BodyPublishers.ofString("x".repeat(200_000))).statusCode())
                .isEqualTo(204);
        assertThat(house.violations()).isEmpty();
    }

    @Test
    void import_whenAnyTaskFails_leavesNothingBehind() throws InterruptedException {
        for (var task : TASKS)
            for (boolean after : new boolean[] {false, true}) {
                var id = demo.create("x", "");
                house.kernel.flows().probe(new FlowProbe() {
                    @Override
                    public void beforeTask(String flow, String name) {
                        if (!after && name.equals(task)) throw new Unavailable("test", "", null);
                    }

                    @Override
                    public void afterTask(String flow, String name) {
                        if (after && name.equals(task)) throw new Unavailable("test", "", null);
                    }
                });
                assertThat(download(id, web.url("/data"))).isEqualTo(202);
                assertThat(ended(id).path("message").stringValue()).as(task).isEqualTo("test");
                nothingIsLeft(id);
                house.kernel.flows().probe(FlowProbe.NONE);
                assertThat(demo.delete("/v2/images/" + id).statusCode()).isEqualTo(204);
            }
    }

    @Test
    void import_whenTheProcessDiesAtAnyTask_isFinishedByTheNext() {
        var tasks = new ArrayList<>(TASKS);
        tasks.add("remove_leftovers");
        for (var task : tasks)
            for (boolean within : new boolean[] {true, false}) {
                var dead = new AtomicBoolean();
                house.kernel.flows().probe(new FlowProbe() {
                    /// The effect is there, the log does not know: the next process does it again.
                    @Override
                    public void afterTask(String flow, String name) {
                        if (within && name.equals(task) && dead.compareAndSet(false, true)) hang();
                    }

                    @Override
                    public void betweenTasks(String flow, String name) {
                        if (!within && name.equals(task) && dead.compareAndSet(false, true)) hang();
                    }
                });
                var id = demo.create("x", "");
                if (within) assertThat(download(id, web.url("/data"))).isEqualTo(202);
                else {
                    assertThat(stage(id, "hello world")).isEqualTo(204);
                    assertThat(direct(id)).isEqualTo(202);
                }
                await().untilTrue(dead);
                house.close();
                start();
                assertThat(ended(id).path("status").stringValue()).as(task).isEqualTo("success");
                await().until(() -> files("staging").isEmpty());
                assertThat(demo.status(id)).isEqualTo("active");
                assertThat(demo.get("/v2/images/" + id + "/file").body())
                        .isEqualTo(within ? WebServer.DATA : "hello world");
                assertThat(house.violations()).as(task).isEmpty();
                assertThat(demo.delete("/v2/images/" + id).statusCode()).isEqualTo(204);
            }
    }

    /// Until the process ends.
    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Died();
        }
    }

    private static final class Died extends RuntimeException {}
}
