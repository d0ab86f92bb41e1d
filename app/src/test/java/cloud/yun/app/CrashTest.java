package cloud.yun.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real process, killed with SIGKILL between any two tasks of any flow of a normal day. After the restart every
/// flow has ended or goes on, everything can be deleted, and no invariant is broken.
class CrashTest {
    private static final String NO_KILL = "";

    @TempDir
    private Path directory;

    @Test
    void processKilledBetweenAnyTwoTasks_leavesNothingBehind() throws Exception {
        var between = new LinkedHashSet<String>();
        try (var cloud = CloudProcess.start(directory, NO_KILL)) {
            new NormalDay(cloud.login("demo")).live();
            for (var flow : cloud.login("admin").get("/yun/v1/flows").get("flows"))
                for (var task : flow.get("tasks"))
                    between.add(
                            flow.get("name").asString() + "/" + task.get("name").asString());
        }
        assertThat(between).as("kill points").hasSizeGreaterThan(20);
        var broken = new ArrayList<String>();
        int died = 0;
        for (var point : between) {
            died += killedAt(point, broken) ? 1 : 0;
        }
        assertThat(broken).as(log()).isEmpty();
        assertThat(died).as("kill points at which the process really died").isGreaterThan(between.size() / 2);
    }

    private boolean killedAt(String point, List<String> broken) throws IOException {
        boolean died;
        try (var cloud = CloudProcess.start(directory, "[yun]\nflow_halt = " + point + "\n")) {
            try {
                new NormalDay(cloud.login("demo")).live();
            } catch (RuntimeException e) {
                if (!cloud.died()) broken.add(point + ": the day went wrong though nothing died: " + e.getMessage());
            }
            died = !cloud.alive();
        }
        try (var next = CloudProcess.start(directory, NO_KILL)) {
            try {
                new NormalDay(next.login("demo")).cleanUp();
                var admin = next.login("admin");
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> admin.get("/yun/v1/flows?limit=200")
                                .get("flows")
                                .valueStream()
                                .allMatch(f -> List.of("SUCCESS", "REVERTED")
                                        .contains(f.get("state").asString())));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() ->
                                admin.get("/yun/v1/check").get("violations").intValue() == 0);
            } catch (RuntimeException e) {
                var check = "";
                try {
                    check = next.login("admin").get("/yun/v1/check").toString();
                } catch (RuntimeException also) {
                    e.addSuppressed(also);
                }
                broken.add(point + ": " + e.getMessage() + " " + check);
            }
        }
        return died;
    }

    private String log() throws IOException {
        var lines = Files.readAllLines(directory.resolve("log/yun.log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }
}
