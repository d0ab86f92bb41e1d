package cloud.yun.blockstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.blockstorage.ServerVolumes.NewVolume;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compute's front door.
class ServerVolumesTest {
    private static final String SERVER = "11111111-2222-3333-4444-555555555555";
    private static final String OTHER = "21111111-2222-3333-4444-555555555555";
    private static final String ATTACHMENT = "31111111-2222-3333-4444-555555555555";
    private static final String VOLUME = "41111111-2222-3333-4444-555555555555";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.178")
    void attach_andDetach_movesTheVolumeThroughCindersStatuses(String dialect) {
        try (var cloud = TestCloud.on(dialect, directory.resolve("c"), new SimulatedVolumeDriver(100))) {
            var volumes = cloud.module.serverVolumes();
            var admin = TestCloud.admin();
            cloud.db.write(tx -> volumes.create(
                    tx,
                    admin,
                    new NewVolume(
                            VOLUME,
                            "root",
                            1,
                            Optional.of(TestCloud.IMAGE),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            "nova")));
            cloud.settle();
            assertThat(cloud.status(VOLUME)).isEqualTo("available");

            cloud.db.write(tx -> volumes.reserve(tx, admin, ATTACHMENT, VOLUME, SERVER));
            assertThat(cloud.status(VOLUME)).isEqualTo("reserved");
            assertThatThrownBy(() -> cloud.db.write(tx -> volumes.reserve(tx, admin, OTHER, VOLUME, OTHER)))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("status must be available");
            assertThatThrownBy(() -> cloud.db.write(tx -> volumes.reserve(tx, TestCloud.demo(), OTHER, VOLUME, OTHER)))
                    .isInstanceOf(NotFound.class);

            var connection = volumes.connect(ATTACHMENT, "host1");
            assertThat(volumes.connect(ATTACHMENT, "host1")).isEqualTo(connection);
            cloud.db.write(tx -> volumes.complete(tx, ATTACHMENT, "/dev/vdb"));
            cloud.db.write(tx -> volumes.complete(tx, ATTACHMENT, "/dev/vdb"));
            var shown = cloud.call("GET", "/v3/volumes/" + VOLUME, null);
            assertThat(shown.text("/volume/status")).isEqualTo("in-use");
            assertThat(shown.text("/volume/attachments/0/server_id")).isEqualTo(SERVER);
            assertThat(shown.text("/volume/attachments/0/device")).isEqualTo("/dev/vdb");
            assertThat(shown.text("/volume/attachments/0/host_name")).isEqualTo("host1");
            assertThat(cloud.db
                            .read(tx -> volumes.attachment(tx, ATTACHMENT))
                            .orElseThrow()
                            .connection())
                    .contains(connection);
            assertThat(cloud.db
                            .read(tx -> volumes.find(tx, admin, VOLUME))
                            .orElseThrow()
                            .serverIds())
                    .containsExactly(SERVER);
            assertThat(cloud.call("DELETE", "/v3/volumes/" + VOLUME, null).status())
                    .isEqualTo(400);
            assertThat(cloud.violations()).isEmpty();

            cloud.db.write(tx -> volumes.beginDetach(tx, ATTACHMENT));
            assertThat(cloud.status(VOLUME)).isEqualTo("detaching");
            assertThatThrownBy(() -> cloud.db.write(tx -> volumes.beginDetach(tx, ATTACHMENT)))
                    .isInstanceOf(Invalid.class);
            cloud.db.write(tx -> volumes.rollDetach(tx, ATTACHMENT));
            assertThat(cloud.status(VOLUME)).isEqualTo("in-use");
            cloud.db.write(tx -> volumes.beginDetach(tx, ATTACHMENT));
            volumes.disconnect(ATTACHMENT, "host1");
            volumes.disconnect(ATTACHMENT, "host1");
            assertThat(cloud.driver().connections()).isEmpty();
            cloud.db.write(tx -> volumes.remove(tx, ATTACHMENT));
            cloud.db.write(tx -> volumes.remove(tx, ATTACHMENT));
            assertThat(cloud.status(VOLUME)).isEqualTo("available");

            cloud.db.write(tx -> volumes.delete(tx, VOLUME, "req-1"));
            cloud.settle();
            cloud.db.write(tx -> volumes.delete(tx, VOLUME, "req-1"));
            assertThat(cloud.status(VOLUME)).isEqualTo("gone");
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void attachment_ofAServer_isNotTakenAwayThroughTheVolumeApi(String dialect) {
        try (var cloud = TestCloud.on(dialect, directory.resolve("c"), new SimulatedVolumeDriver(100))) {
            var volumes = cloud.module.serverVolumes();
            var id = cloud.available("\"size\": 1");
            cloud.db.write(tx -> volumes.reserve(tx, TestCloud.admin(), ATTACHMENT, id, SERVER));
            volumes.connect(ATTACHMENT, "host1");
            cloud.db.write(tx -> volumes.complete(tx, ATTACHMENT, "/dev/vdb"));
            var answer = cloud.call("DELETE", "/v3/attachments/" + ATTACHMENT, null);
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.text("/conflictingRequest/message"))
                    .isEqualTo("Detach volume from instance " + SERVER + " using the Compute API");
            assertThat(cloud.act(id, "\"os-detach\": {}")).isEqualTo(409);
            assertThat(cloud.act(id, "\"os-terminate_connection\": {\"connector\": {\"host\": \"host1\"}}"))
                    .isEqualTo(409);
            assertThat(cloud.status(id)).isEqualTo("in-use");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void multiattach_byItsType_isHeldByTwoServersUntilBothLeave(String dialect) {
        try (var cloud = TestCloud.on(dialect, directory.resolve("c"), new SimulatedVolumeDriver(100))) {
            cloud.call(
                    "POST",
                    "/v3/types",
                    "{\"volume_type\": {\"name\": \"multi\", \"extra_specs\": {\"multiattach\": \"<is> True\"}}}");
            var id = cloud.available("\"size\": 1, \"volume_type\": \"multi\"");
            var volumes = cloud.module.serverVolumes();
            var second = ATTACHMENT.replace('3', '5');
            for (var a : new String[] {ATTACHMENT, second}) {
                var server = a.equals(second) ? OTHER : SERVER;
                cloud.db.write(tx -> volumes.reserve(tx, TestCloud.admin(), a, id, server));
                volumes.connect(a, "host1");
                cloud.db.write(tx -> volumes.complete(tx, a, "/dev/vdb"));
            }
            assertThat(cloud.status(id)).isEqualTo("in-use");
            cloud.db.write(tx -> volumes.beginDetach(tx, ATTACHMENT));
            volumes.disconnect(ATTACHMENT, "host1");
            assertThat(cloud.driver().connections())
                    .as("the other server is on the same host")
                    .hasSize(1);
            cloud.db.write(tx -> volumes.remove(tx, ATTACHMENT));
            assertThat(cloud.status(id)).isEqualTo("in-use");
            volumes.disconnect(second, "host1");
            cloud.db.write(tx -> volumes.remove(tx, second));
            assertThat(cloud.status(id)).isEqualTo("available");
            assertThat(cloud.driver().connections()).isEmpty();
            assertThat(cloud.violations()).isEmpty();
        }
    }
}
