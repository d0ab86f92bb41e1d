package cloud.yun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.testing.Requirement;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageHttpTest {
    @TempDir
    Path directory;

    private House house;
    private String url;
    private Client admin;
    private Client demo;
    private Client other;

    @BeforeEach
    void start() {
        start("[DEFAULT]\nimage_size_cap = 1000000\nimage_property_quota = 3\n");
    }

    private void start(String config) {
        start("sqlite", config);
    }

    private void start(String kind, String config) {
        house = new House(kind, directory, config);
        url = house.serve();
        admin = new Client(url, "admin-token");
        demo = new Client(url, "demo-token");
        other = new Client(url, "other-token");
    }

    @AfterEach
    void stop() {
        house.close();
    }

    private List<String> files() throws IOException {
        try (var all = Files.list(directory.resolve("image/images"))) {
            return all.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    @Requirement({"S3.36", "S3.43"})
    void data_whenUploadedInChunks_comesBackWholeAndByRange() {
        var id = demo.create("a", "");
        var bytes = "0123456789".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        // Without a length: chunked.
        var up = demo.upload(id, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)));
        assertThat(up.statusCode()).isEqualTo(204);
        var image = demo.tree("/v2/images/" + id);
        assertThat(image.path("size").longValue()).isEqualTo(500_000);
        assertThat(image.path("status").stringValue()).isEqualTo("active");
        assertThat(demo.names("")).containsExactly("a");
        var file = "/v2/images/" + id + "/file";
        assertThat(demo.get(file).body()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        var range = demo.get(file, "Range", "bytes=3-12");
        assertThat(range.statusCode()).isEqualTo(206);
        assertThat(range.body()).isEqualTo("3456789012");
        assertThat(range.headers().firstValue("Content-Range")).contains("bytes 3-12/500000");
        assertThat(demo.get(file, "Range", "bytes=-4").body()).isEqualTo("6789");
        assertThat(demo.get(file, "Range", "bytes=499999-").body()).isEqualTo("9");
        assertThat(demo.get(file, "Range", "bytes=499999-600000").headers().firstValue("Content-Range"))
                .contains("bytes 499999-499999/500000");
        assertThat(demo.get(file, "Range", "bytes=500000-").statusCode()).isEqualTo(416);
        assertThat(demo.get(file, "Range", "bytes=0-1,3-4").statusCode()).isEqualTo(400);
        assertThat(demo.get(file, "Range", "lines=1-2").statusCode()).isEqualTo(400);
    }

    @Test
    @Requirement("S3.53")
    void visibility_whenSet_decidesWhoFindsAndUsesTheImage() {
        var id = demo.create("x", ", \"visibility\": \"private\"");
        assertThat(demo.upload(id, BodyPublishers.ofString("data")).statusCode())
                .isEqualTo(204);
        var path = "/v2/images/" + id;
        assertThat(other.get(path).statusCode()).isEqualTo(404);
        assertThat(other.get(path + "/file").statusCode()).isEqualTo(404);
        assertThat(other.names("")).isEmpty();
        assertThat(admin.names("")).containsExactly("x");

        assertThat(visibility(demo, id, "public")).isEqualTo(403);
        assertThat(visibility(admin, id, "public")).isEqualTo(200);
        assertThat(other.names("")).containsExactly("x");
        assertThat(other.get(path + "/file").body()).isEqualTo("data");
        assertThat(visibility(other, id, "private")).isEqualTo(403);

        assertThat(visibility(demo, id, "community")).isEqualTo(200);
        assertThat(other.names("")).isEmpty();
        assertThat(other.names("?visibility=community")).containsExactly("x");
        assertThat(other.names("?visibility=all")).containsExactly("x");
        assertThat(other.get(path + "/file").body()).isEqualTo("data");

        assertThat(visibility(demo, id, "shared")).isEqualTo(200);
        assertThat(other.get(path).statusCode()).isEqualTo(404);
        assertThat(demo.post(path + "/members", "{\"member\": \"" + House.OTHER_PROJECT + "\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(other.get(path + "/file").body()).isEqualTo("data");
        assertThat(other.names("")).isEmpty();
        assertThat(other.names("?member_status=pending")).containsExactly("x");
        var member = path + "/members/" + House.OTHER_PROJECT;
        assertThat(demo.put(member, "{\"status\": \"accepted\"}").statusCode()).isEqualTo(403);
        assertThat(other.put(member, "{\"status\": \"accepted\"}").statusCode()).isEqualTo(200);
        assertThat(other.names("")).containsExactly("x");
        assertThat(other.put(member, "{\"status\": \"rejected\"}").statusCode()).isEqualTo(200);
        assertThat(other.names("")).isEmpty();
        assertThat(other.names("?member_status=all")).containsExactly("x");
        assertThat(other.delete(member).statusCode()).isEqualTo(403);
        assertThat(demo.delete(member).statusCode()).isEqualTo(204);
        assertThat(other.get(path).statusCode()).isEqualTo(404);
    }

    private static int visibility(Client client, String id, String value) {
        return client.patch(id, "[{\"op\": \"replace\", \"path\": \"/visibility\", \"value\": \"" + value + "\"}]")
                .statusCode();
    }

    @Test
    @Requirement("S3.54")
    void delete_whenProtected_isForbiddenUntilItIsNot() throws IOException {
        var id = demo.create("x", ", \"protected\": true");
        assertThat(demo.upload(id, BodyPublishers.ofString("data")).statusCode())
                .isEqualTo(204);
        assertThat(demo.delete("/v2/images/" + id).statusCode()).isEqualTo(403);
        assertThat(admin.delete("/v2/images/" + id).statusCode()).isEqualTo(403);
        var patch = demo.patch(id, "[{\"op\": \"replace\", \"path\": \"/protected\", \"value\": false}]");
        assertThat(patch.statusCode()).isEqualTo(200);
        assertThat(demo.delete("/v2/images/" + id).statusCode()).isEqualTo(204);
        assertThat(demo.get("/v2/images/" + id).statusCode()).isEqualTo(404);
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.42")
    void list_whenFiltered_findsByEveryDocumentedFilter(String kind) {
        house.close();
        start(kind, "");
        var a = demo.create(
                "a", ", \"min_disk\": 1, \"min_ram\": 64, \"tags\": [\"red\", \"round\"], \"os\": \"linux\"");
        var b = demo.create("b", ", \"tags\": [\"red\"], \"os_hidden\": true");
        var c = demo.create("c,d", ", \"protected\": true");
        assertThat(demo.upload(a, BodyPublishers.ofString("hello world")).statusCode())
                .isEqualTo(204);
        assertThat(demo.names("")).containsExactly("c,d", "a");
        assertThat(demo.names("?name=a")).containsExactly("a");
        assertThat(demo.names("?name=in:a,%22c,d%22")).containsExactly("c,d", "a");
        assertThat(demo.names("?id=in:" + a + "," + b)).containsExactly("a");
        assertThat(demo.names("?status=active")).containsExactly("a");
        assertThat(demo.names("?status=neq:active")).containsExactly("c,d");
        assertThat(demo.names("?status=in:queued,saving")).containsExactly("c,d");
        assertThat(demo.names("?visibility=shared&owner=" + House.DEMO_PROJECT)).hasSize(2);
        assertThat(demo.names("?owner=" + House.OTHER_PROJECT)).isEmpty();
        assertThat(demo.names("?size_min=11&size_max=11")).containsExactly("a");
        assertThat(demo.names("?size_min=12")).isEmpty();
        assertThat(demo.names("?min_disk=1&min_ram=64")).containsExactly("a");
        assertThat(demo.names("?tag=red&tag=round")).containsExactly("a");
        assertThat(demo.names("?os_hidden=true")).containsExactly("b");
        assertThat(demo.names("?protected=true")).containsExactly("c,d");
        assertThat(demo.names("?os=linux")).containsExactly("a");
        assertThat(demo.names("?os=bsd")).isEmpty();
        assertThat(demo.names("?disk_format=raw&container_format=bare")).hasSize(2);
        assertThat(demo.names("?checksum=5eb63bbbe01eeed093cb22bb8f5acdc3")).containsExactly("a");
        var hash = demo.tree("/v2/images/" + a).path("os_hash_value").stringValue();
        assertThat(demo.names("?os_hash_value=" + hash)).containsExactly("a");
        var created = demo.tree("/v2/images/" + c).path("created_at").stringValue();
        assertThat(demo.names("?created_at=gte:" + created)).contains("c,d");
        assertThat(demo.names("?created_at=gt:" + created)).doesNotContain("c,d");
        assertThat(demo.names("?created_at=lte:" + created)).contains("c,d");
        assertThat(demo.names("?updated_at=lt:2000-01-01T00:00:00Z")).isEmpty();
        assertThat(demo.get("/v2/images?created_at=gt:yesterday").statusCode()).isEqualTo(400);
        assertThat(demo.names("?sort=name:asc")).containsExactly("a", "c,d");
        assertThat(demo.names("?sort_key=size&sort_dir=desc")).containsExactly("a", "c,d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_whenPaged_goesThroughAllByItsLinks(String kind) {
        house.close();
        start(kind, "");
        for (int i = 0; i < 7; i++) demo.create("i" + i, "");
        var seen = new java.util.ArrayList<String>();
        var path = "/v2/images?limit=3&sort=name:asc";
        while (!path.isEmpty()) {
            var page = demo.tree(path);
            page.path("images").forEach(i -> seen.add(i.path("name").stringValue()));
            path = page.path("next").asString("");
        }
        assertThat(seen).containsExactly("i0", "i1", "i2", "i3", "i4", "i5", "i6");
        assertThat(demo.get("/v2/images?limit=0").statusCode()).isEqualTo(200);
    }

    @Test
    void upload_whenTooLong_is413AndTheImageStaysQueued() throws IOException {
        var id = demo.create("x", "");
        var reply = demo.upload(id, BodyPublishers.ofString("x".repeat(1_000_001)));
        assertThat(reply.statusCode()).isEqualTo(413);
        assertThat(demo.status(id)).isEqualTo("queued");
        assertThat(files()).isEmpty();
    }

    @Test
    void upload_whenTheClientGoesAway_leavesTheImageQueuedAndNoFile() throws IOException {
        var id = demo.create("x", "");
        var at = URI.create(url);
        try (var socket = new Socket(at.getHost(), at.getPort())) {
            var head = "PUT /image/v2/images/" + id + "/file HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo-token\r\n"
                    + "Content-Type: application/octet-stream\r\nContent-Length: 900000\r\n\r\n";
            socket.getOutputStream().write((head + "half of it").getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            await().until(() -> demo.status(id).equals("saving"));
            assertThat(demo.upload(id, BodyPublishers.ofString("me too")).statusCode())
                    .isEqualTo(409);
        }
        await().until(() -> demo.status(id).equals("queued"));
        assertThat(files()).isEmpty();
        assertThat(demo.upload(id, BodyPublishers.ofString("now whole")).statusCode())
                .isEqualTo(204);
        assertThat(house.violations()).isEmpty();
    }

    @Test
    void upload_whenTheDiskIsFull_is413AndTheImageStaysQueued() throws Exception {
        house.close();
        var small = Files.createDirectories(directory.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small.toString()), "needs a file system");
        try {
            start("[glance_store]\nfilesystem_store_datadir = " + small + "\n");
            var id = demo.create("x", "");
            var reply = demo.upload(id, BodyPublishers.ofString("x".repeat(900_000)));
            assertThat(reply.statusCode()).isEqualTo(413);
            assertThat(reply.body()).contains("Image storage media is full");
            assertThat(demo.status(id)).isEqualTo("queued");
            try (var left = Files.list(small)) {
                assertThat(left).isEmpty();
            }
            assertThat(demo.upload(id, BodyPublishers.ofString("fits")).statusCode())
                    .isEqualTo(204);
        } finally {
            run("umount", "-l", small.toString());
        }
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    @Test
    void download_whenDeactivated_isForAdminsOnly() {
        var id = demo.create("x", "");
        assertThat(demo.upload(id, BodyPublishers.ofString("data")).statusCode())
                .isEqualTo(204);
        assertThat(demo.post("/v2/images/" + id + "/actions/deactivate", "").statusCode())
                .isEqualTo(204);
        assertThat(demo.get("/v2/images/" + id + "/file").statusCode()).isEqualTo(403);
        assertThat(admin.get("/v2/images/" + id + "/file").body()).isEqualTo("data");
        assertThat(other.post("/v2/images/" + id + "/actions/reactivate", "").statusCode())
                .isEqualTo(404);
        assertThat(demo.post("/v2/images/" + id + "/actions/reactivate", "").statusCode())
                .isEqualTo(204);
        assertThat(demo.get("/v2/images/" + id + "/file").body()).isEqualTo("data");
    }

    @Test
    void update_whenWrong_changesNothing() {
        var id = demo.create("x", ", \"a\": \"1\"");
        var half =
                "[{\"op\": \"replace\", \"path\": \"/name\", \"value\": \"y\"}, {\"op\": \"remove\", \"path\": \"/no\"}]";
        assertThat(demo.patch(id, half).statusCode()).isEqualTo(409);
        assertThat(demo.names("")).containsExactly("x");
        assertThat(demo.patch(id, "{}").statusCode()).isEqualTo(400);
        assertThat(demo.patch(id, "[1]").statusCode()).isEqualTo(400);
        assertThat(demo.patch(id, "[{\"op\": \"add\", \"path\": \"a\", \"value\": \"1\"}]")
                        .statusCode())
                .isEqualTo(400);
        assertThat(demo.patch(id, "[{\"op\": \"remove\", \"path\": \"/name\"}]").statusCode())
                .isEqualTo(403);
        var tooMany =
                "[{\"op\": \"add\", \"path\": \"/b\", \"value\": \"1\"}, {\"op\": \"add\", \"path\": \"/c\", \"value\":"
                        + " \"1\"}, {\"op\": \"add\", \"path\": \"/d\", \"value\": \"1\"}]";
        assertThat(demo.patch(id, tooMany).statusCode()).isEqualTo(413);
        assertThat(demo.send("PATCH", "/v2/images/" + id, "text/plain", BodyPublishers.ofString("[]"))
                        .statusCode())
                .isEqualTo(415);
        assertThat(demo.post("/v2/images", "[]").statusCode()).isEqualTo(400);
        assertThat(demo.post("/v2/images", "{\"min_disk\": 99999999999}").statusCode())
                .isEqualTo(400);
    }
}
