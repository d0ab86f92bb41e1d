package cloud.yun.blockstorage.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.BlockStorageModule;
import cloud.yun.blockstorage.TestCloud;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransfersTest {
    @TempDir
    Path directory;

    private TestCloud cloud(String dialect, String options) {
        return TestCloud.on(
                dialect,
                directory.resolve(dialect),
                Map.of(BlockStorageModule.BACKEND, new SimulatedVolumeDriver(1000)),
                "[DEFAULT]\n" + options);
    }

    private static TestCloud.Answer offer(TestCloud c, String volume, String more) {
        return c.call(
                "POST", "/v3/volume-transfers", "{\"transfer\": {\"volume_id\": \"" + volume + "\"" + more + "}}");
    }

    private static TestCloud.Answer accept(TestCloud c, TestCloud.Answer offer) {
        return c.call(
                "demo",
                "3.71",
                "POST",
                "/v3/volume-transfers/" + offer.text("/transfer/id") + "/accept",
                "{\"accept\": {\"auth_key\": \"" + offer.text("/transfer/auth_key") + "\"}}");
    }

    private static String snapshot(TestCloud c, String volume) {
        var answer = c.call("POST", "/v3/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\"}}");
        c.settle();
        return answer.text("/snapshot/id");
    }

    private static int status(TestCloud c, String path) {
        return c.call("demo", "3.71", "GET", path, null).status();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void accept_movesTheVolumeItsSnapshotsAndTheirQuota(String dialect) {
        try (var c = cloud(dialect, "")) {
            var volume = c.available("\"size\": 2");
            var snapshot = snapshot(c, volume);
            var offer = offer(c, volume, "");
            assertThat(offer.status()).isEqualTo(202);
            assertThat(offer.text("/transfer/auth_key")).hasSize(16);
            assertThat(c.status(volume)).isEqualTo("awaiting-transfer");
            assertThat(status(c, "/v3/volumes/" + volume)).isEqualTo(404);
            assertThat(accept(c, offer).status()).isEqualTo(202);
            assertThat(status(c, "/v3/volumes/" + volume)).isEqualTo(200);
            assertThat(status(c, "/v3/snapshots/" + snapshot)).isEqualTo(200);
            assertThat(c.status(volume)).isEqualTo("available");
            assertThat(accept(c, offer).status()).isEqualTo(404);
            assertThat(c.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite"})
    void accept_withoutSnapshots_leavesThemWithTheDonor(String dialect) {
        try (var c = cloud(dialect, "")) {
            var volume = c.available("\"size\": 1");
            var snapshot = snapshot(c, volume);
            assertThat(accept(c, offer(c, volume, ", \"no_snapshots\": true")).status())
                    .isEqualTo(202);
            assertThat(status(c, "/v3/snapshots/" + snapshot)).isEqualTo(404);
            assertThat(c.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void forceDelete_ofAnOfferedVolume_takesTheOfferAlong(String dialect) {
        try (var c = cloud(dialect, "")) {
            var volume = c.available("\"size\": 1");
            var offer = offer(c, volume, "");
            assertThat(c.act(volume, "\"os-force_delete\": {}")).isEqualTo(202);
            c.settle();
            assertThat(c.status(volume)).isEqualTo("gone");
            assertThat(accept(c, offer).status()).isEqualTo(404);
            assertThat(c.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void accept_overQuota_changesNothing(String dialect) {
        try (var c = cloud(dialect, "")) {
            c.call("PUT", "/v3/os-quota-sets/" + TestCloud.DEMO_PROJECT, "{\"quota_set\": {\"gigabytes\": 1}}");
            var volume = c.available("\"size\": 2");
            var offer = offer(c, volume, "");
            assertThat(accept(c, offer).status()).isEqualTo(413);
            assertThat(c.status(volume)).isEqualTo("awaiting-transfer");
            assertThat(c.call("DELETE", "/v3/volume-transfers/" + offer.text("/transfer/id"), null)
                            .status())
                    .isEqualTo(202);
            assertThat(c.status(volume)).isEqualTo("available");
            assertThat(c.violations()).isEmpty();
        }
    }
}
