package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.TestCloud;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DiagnosticsTest {
    @Test
    void diagnostics_runningAndStopped_areWhatTheDriverSays() throws InterruptedException {
        try (var cloud = TestCloud.sqlite();
                var api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part))) {
            var server = api.post("demo", "2.1", "/v2.1/servers", """
                    {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(cloud.image()))
                    .body()
                    .path("server")
                    .path("id")
                    .asString();
            cloud.idle();
            var running = diagnostics(api, server);
            assertThat(running.path("state").asString()).isEqualTo("running");
            assertThat(running.path("driver").asString()).isEqualTo("libvirt");
            assertThat(running.path("hypervisor").asString()).isEqualTo("simulated");
            assertThat(running.at("/memory_details/maximum").asInt()).isEqualTo(512);
            assertThat(running.at("/memory_details/used").asInt()).isEqualTo(512);

            var stop = api.post("demo", "2.1", "/v2.1/servers/" + server + "/action", "{\"os-stop\": null}");
            assertThat(stop.status()).isEqualTo(202);
            cloud.idle();
            var stopped = diagnostics(api, server);
            assertThat(stopped.path("state").asString()).isEqualTo("shutdown");
            assertThat(stopped.at("/memory_details/maximum").asInt()).isEqualTo(512);
            assertThat(stopped.at("/memory_details/used").asInt()).isZero();
        }
    }

    private static JsonNode diagnostics(ComputeApi api, String server) {
        var answer = api.get("admin", "2.48", "/v2.1/servers/" + server + "/diagnostics");
        assertThat(answer.status()).as(answer.message()).isEqualTo(200);
        return answer.body();
    }
}
