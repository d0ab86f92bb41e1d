package cloud.yun.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Simulated guests, networks and volumes, made slow and broken by configuration and by an operator.
class SimulatedConditionsTest {
    private static final String DEFAULTS = """
            [yun]
            simulated = true
            port = 0
            classic_ports = false
            """;

    private static Config config(String more) {
        return Config.parse(Cloud.options(), DEFAULTS + more);
    }

    private static String volume(ApiClient demo) {
        var body = Json.object();
        body.putObject("volume").put("size", 1).put("name", "v");
        return demo.post("/volume/v3/volumes", body).path("volume").path("id").asString();
    }

    private static String settled(ApiClient demo, String id) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> demo.get("/volume/v3/volumes/" + id)
                                .path("volume")
                                .path("status")
                                .asString(),
                        status -> !status.equals("creating"));
    }

    @Test
    void volumes_whenConfiguredSlowAndBroken_areSlowAndBroken(@TempDir Path directory) throws Exception {
        try (var cloud = RunningCloud.with(config("""
                [simulated]
                delays = volume.create:1.5
                """), directory)) {
            var demo = cloud.demo();
            var began = Instant.now();
            assertThat(settled(demo, volume(demo))).isEqualTo("available");
            assertThat(Duration.between(began, Instant.now())).isGreaterThan(Duration.ofMillis(1500));
        }
    }

    @Test
    void faults_whenSetAndTakenBackByAnAdmin_holdFromTheNextOperation(@TempDir Path directory) throws Exception {
        try (var cloud = RunningCloud.with(config(""), directory)) {
            var demo = cloud.demo();
            var admin = cloud.admin();
            var body = Json.object();
            body.putObject("simulated").putObject("faults").put("volume.create", 1);
            admin.put("/yun/v1/simulated", body);
            assertThat(admin.get("/yun/v1/simulated")
                            .at("/simulated/faults/volume.create")
                            .asDouble())
                    .isEqualTo(1);
            assertThat(settled(demo, volume(demo))).isEqualTo("error");

            body.putObject("simulated");
            admin.put("/yun/v1/simulated", body);
            assertThat(settled(demo, volume(demo))).isEqualTo("available");
            assertThatThrownBy(() -> demo.get("/yun/v1/simulated")).hasMessageContaining("403");
        }
    }

    @Test
    void guestsAndNetworks_whenTheirHostFails_endInErrorAndLeaveNothing(@TempDir Path directory) throws Exception {
        try (var cloud = RunningCloud.with(config("""
                [simulated]
                faults = compute.start, network.plug:0.5
                """), directory)) {
            var demo = cloud.demo();
            var body = Json.object();
            var server = body.putObject("server").put("name", "s");
            server.put(
                    "imageRef", demo.get("/image/v2/images").at("/images/0/id").asString());
            server.put(
                    "flavorRef",
                    demo.get("/compute/v2.1/flavors").at("/flavors/0/id").asString());
            server.putArray("networks")
                    .addObject()
                    .put(
                            "uuid",
                            demo.get("/networking/v2.0/networks?name=private")
                                    .at("/networks/0/id")
                                    .asString());
            var id = demo.post("/compute/v2.1/servers", body).at("/server/id").asString();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> demo.get("/compute/v2.1/servers/" + id)
                            .at("/server/status")
                            .asString()
                            .equals("ERROR"));
            assertThat(demo.get("/compute/v2.1/servers/" + id)
                            .at("/server/fault/message")
                            .asString())
                    .isNotEmpty();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> cloud.admin()
                                    .get("/yun/v1/check")
                                    .path("violations")
                                    .asInt()
                            == 0);
        }
    }

    @Test
    void operationThatNobodyHas_stopsTheStart(@TempDir Path directory) {
        assertThatThrownBy(() -> RunningCloud.with(config("[simulated]\nfaults = compute.explode\n"), directory))
                .isInstanceOf(Config.Wrong.class)
                .hasMessageContaining("compute.explode");
    }
}
