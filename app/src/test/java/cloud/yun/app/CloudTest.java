package cloud.yun.app;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.testing.PostgresServer;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole cloud in this process: a normal day on both databases.
class CloudTest {
    @Test
    void normalDay_onSqlite_leavesNothing(@TempDir Path directory) throws Exception {
        try (var running = RunningCloud.simulated(directory)) {
            day(running);
        }
    }

    @Test
    void normalDay_onPostgresql_leavesNothing(@TempDir Path directory) throws Exception {
        try (var running = RunningCloud.simulated(directory, PostgresServer.newDatabase())) {
            day(running);
        }
    }

    private static void day(RunningCloud running) {
        new NormalDay(running.demo()).live();
        Awaitility.await().untilAsserted(() -> {
            var check = running.admin().get("/yun/v1/check");
            assertThat(check.get("violations").intValue()).as(check.toString()).isZero();
        });
    }

    @Test
    void secondStart_onTheSameDirectory_keepsEverything(@TempDir Path directory) throws Exception {
        String server;
        try (var running = RunningCloud.simulated(directory)) {
            var day = new NormalDay(running.demo());
            server = day.createServer();
            day.until(
                    "/compute/v2.1/servers/" + server,
                    s -> s.at("/server/status").asString().equals("ACTIVE"));
        }
        try (var again = RunningCloud.simulated(directory)) {
            var day = new NormalDay(again.demo());
            day.until(
                    "/compute/v2.1/servers/" + server,
                    s -> s.at("/server/status").asString().equals("ACTIVE"));
            day.cleanUp();
        }
    }
}
