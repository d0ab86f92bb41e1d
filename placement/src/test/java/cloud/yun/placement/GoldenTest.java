package cloud.yun.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.placement.Placement.Inventory;
import cloud.yun.testing.Golden;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a real Placement answered.
class GoldenTest {
    /// The compute host that was there before the recording began.
    private static final String HOST = "20f114dc-5d65-4a0e-b6a3-6a0ef82328dd";

    @TempDir
    Path directory;

    private static void host(House house) {
        var inventories = Map.of(
                "VCPU", new Inventory(10, 0, 1, 10, 1, 16.0),
                "MEMORY_MB", new Inventory(8192, 512, 1, 8192, 1, 1.5),
                "DISK_GB", new Inventory(600, 0, 1, 600, 1, 1.0));
        house.db.write(tx -> {
            var door = house.module.placement();
            door.report(tx, HOST, "ref1", inventories, Set.of("COMPUTE_NODE", "COMPUTE_DEVICE_TAGGING"));
            door.claim(
                    tx,
                    "5d4c8a0a-5d0a-4a5e-9c55-0d8d2a3e7a11",
                    HOST,
                    Map.of("VCPU", 1L, "MEMORY_MB", 128L, "DISK_GB", 1L),
                    House.ADMIN_PROJECT,
                    "3c3194b6c6f94dbe873883650f54abfa");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void replay_whenAskedAsTheRealOne_answersAlike(String kind) {
        var file = Golden.file("placement");
        assumeTrue(file.isPresent(), "the recorded answers are not on this machine");
        try (var house = new House(kind, directory)) {
            host(house);
            var golden = new Golden(
                            file.get(),
                            house.serve(),
                            Map.of("$ADMIN_TOKEN", "admin-token", "$DEMO_TOKEN", "demo-token", "$BAD_TOKEN", "bad"))
                    // The host's traits are its own; Python's words for a number that is none are Python's.
                    .comparingTextsOf(n -> !n.equals("traits-assoc") && !n.equals("bad-mv-format"));
            assertThat(golden.replay(Set.of())).isEmpty();
            assertThat(house.violations()).isEmpty();
        }
    }
}
