package cloud.yun.blockstorage;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.driver.Clearing;
import cloud.yun.blockstorage.driver.FileVolumeDriver;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.process.Commands;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole room over real files.
class FileBackendTest {
    @TempDir
    Path directory;

    @Test
    @Requirement("S3.126")
    void volumesOnFiles_throughTheirLife_leaveNothingBehind() throws IOException {
        var commands = Commands.system();
        var files = directory.resolve("volumes");
        var driver =
                new FileVolumeDriver(files, new DiskFiles(commands), new QemuImg(commands), new Clearing(true, 0, 0));
        try (var cloud = TestCloud.on("sqlite", directory.resolve("c"), driver)) {
            var type = cloud.call("POST", "/v3/types", "{\"volume_type\": {\"name\": \"t\"}}")
                    .text("/volume_type/id");
            var id = cloud.available("\"size\": 1, \"name\": \"v\", \"volume_type\": \"t\"");
            Files.writeString(files.resolve("volume-" + id), "data");
            assertThat(cloud.act(id, "\"os-extend\": {\"new_size\": 2}")).isEqualTo(202);
            cloud.settle();
            assertThat(files.resolve("volume-" + id)).hasSize(2L << 30);
            var snapshot = cloud.call(
                            "POST", "/v3/snapshots", "{\"snapshot\": {\"volume_id\": \"" + id + "\", \"name\": \"s\"}}")
                    .text("/snapshot/id");
            cloud.settle();
            Files.writeString(files.resolve("volume-" + id), "lost");
            var back = cloud.available("\"snapshot_id\": \"" + snapshot + "\", \"name\": \"back\"");
            try (var in = Files.newInputStream(files.resolve("volume-" + back))) {
                assertThat(new String(in.readNBytes(4))).isEqualTo("data");
            }
            var attachment = cloud.call(
                    "POST",
                    "/v3/attachments",
                    "{\"attachment\": {\"volume_uuid\": \"" + back + "\", \"connector\": {\"host\": \"h\"}}}");
            assertThat(attachment.text("/attachment/connection_info/path"))
                    .isEqualTo(files.resolve("volume-" + back).toString());
            assertThat(attachment.text("/attachment/connection_info/driver_volume_type"))
                    .isEqualTo("file");
            cloud.call("DELETE", "/v3/attachments/" + attachment.text("/attachment/id"), null);

            assertThat(cloud.call("PUT", "/v3/volumes/" + id, "{\"volume\": {\"name\": \"w\"}}")
                            .text("/volume/name"))
                    .isEqualTo("w");
            assertThat(cloud.call("GET", "/v3/volumes/detail?name=w", null).text("/volumes/0/id"))
                    .isEqualTo(id);
            assertThat(cloud.call("GET", "/v3/snapshots/detail?volume_id=" + id, null)
                            .text("/snapshots/0/id"))
                    .isEqualTo(snapshot);
            assertThat(cloud.call("PUT", "/v3/snapshots/" + snapshot, "{\"snapshot\": {\"name\": \"x\"}}")
                            .text("/snapshot/name"))
                    .isEqualTo("x");
            assertThat(cloud.call("PUT", "/v3/types/" + type, "{\"volume_type\": {\"name\": \"u\"}}")
                            .text("/volume_type/name"))
                    .isEqualTo("u");
            assertThat(cloud.call("DELETE", "/v3/types/" + type, null).status())
                    .as("its volumes are there")
                    .isEqualTo(400);
            assertThat(cloud.violations()).isEmpty();

            for (var path : new String[] {"/v3/snapshots/" + snapshot, "/v3/volumes/" + back, "/v3/volumes/" + id}) {
                assertThat(cloud.call("DELETE", path, null).status()).as(path).isEqualTo(202);
                cloud.settle();
                assertThat(cloud.call("GET", path, null).status()).isEqualTo(404);
            }
            assertThat(cloud.call("DELETE", "/v3/types/" + type, null).status()).isEqualTo(202);
            try (var left = Files.list(files)) {
                assertThat(left).isEmpty();
            }
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @Test
    @Requirement("S3.131")
    void invariants_whenAFileIsLostOrStrange_sayWhich() throws IOException {
        var commands = Commands.system();
        var files = directory.resolve("volumes");
        var driver = new FileVolumeDriver(files, new DiskFiles(commands), new QemuImg(commands), Clearing.NONE);
        try (var cloud = TestCloud.on("sqlite", directory.resolve("c"), driver)) {
            var id = cloud.available("\"size\": 1");
            var file = files.resolve("volume-" + id);
            Files.move(file, files.resolve("volume-strange"));
            assertThat(cloud.violations())
                    .containsExactlyInAnyOrder(
                            "ref1@local has volume strange, which has no row",
                            "ref1@local has no data of volume " + id + ", which is available");
            Files.move(files.resolve("volume-strange"), file);
            assertThat(cloud.violations()).isEmpty();
            cloud.db.write(tx -> tx.update("UPDATE quota_usage SET used = 7 WHERE resource = 'volumes'"));
            assertThat(cloud.violations())
                    .containsExactly("project " + TestCloud.ADMIN_PROJECT + " has 1 volumes, its quota counts 7");
        }
    }

    @Test
    void stuckVolumes_onWhichNobodyWorks_goToTheErrorOfTheirWork() {
        try (var cloud = TestCloud.simulated(directory.resolve("c"))) {
            var old = cloud.available("\"size\": 1");
            var fresh = cloud.available("\"size\": 1");
            cloud.db.write(tx -> {
                tx.update("UPDATE volume SET status = 'deleting', updated_at = 0 WHERE id = ?", old);
                tx.update("UPDATE volume SET status = 'deleting' WHERE id = ?", fresh);
            });
            cloud.module.reconcilers().forEach(r -> r.reconcile());
            assertThat(cloud.status(old)).isEqualTo("error_deleting");
            assertThat(cloud.status(fresh)).isEqualTo("deleting");
        }
    }
}
