package cloud.yun.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.placement.Placement.Inventory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPlacementTest {
    private static final String HOST = "aaaaaaaa-0000-4000-8000-000000000001";
    private static final String OTHER = "aaaaaaaa-0000-4000-8000-000000000002";
    private static final Map<String, Long> SMALL = Map.of("VCPU", 1L, "MEMORY_MB", 64L, "DISK_GB", 0L);

    @TempDir
    Path directory;

    private static Map<String, Inventory> inventory(long vcpus, long memoryMib) {
        return Map.of(
                "VCPU",
                new Inventory(vcpus, 0, 1, vcpus, 1, 2.0),
                "MEMORY_MB",
                new Inventory(memoryMib, 512, 1, memoryMib, 1, 1.0));
    }

    private static void report(House house, String uuid, String name, long vcpus, Set<String> traits) {
        house.db.write(tx -> house.module.placement().report(tx, uuid, name, inventory(vcpus, 10_000), traits));
    }

    private static void claim(House house, String consumer, String provider, Map<String, Long> resources) {
        house.db.write(tx -> house.module.placement().claim(tx, consumer, provider, resources, "project", "user"));
    }

    private static Optional<Placement.Allocation> allocation(House house, String consumer) {
        return house.db.read(tx -> house.module.placement().allocation(tx, consumer));
    }

    private static long used(House house, String provider, String resourceClass) {
        return house.db.read(house.module.placement()::providers).stream()
                .filter(p -> p.uuid().equals(provider))
                .findFirst()
                .orElseThrow()
                .resources()
                .get(resourceClass)
                .used();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void claim_whenItFits_isTakenAndReleasedWhole(String kind) {
        try (var house = new House(kind, directory)) {
            report(house, HOST, "host1", 4, Set.of("COMPUTE_NODE"));
            claim(house, "server1", HOST, SMALL);
            assertThat(used(house, HOST, "VCPU")).isEqualTo(1);
            assertThat(allocation(house, "server1"))
                    .contains(new Placement.Allocation("server1", Map.of(HOST, Map.of("VCPU", 1L, "MEMORY_MB", 64L))));
            assertThat(house.violations()).isEmpty();
            house.db.write(tx -> house.module.placement().release(tx, "server1"));
            house.db.write(tx -> house.module.placement().release(tx, "server1"));
            assertThat(used(house, HOST, "VCPU")).isZero();
            assertThat(allocation(house, "server1")).isEmpty();
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void claim_whenItDoesNotFit_takesNothing(String kind) {
        try (var house = new House(kind, directory)) {
            report(house, HOST, "host1", 4, Set.of());
            assertThatThrownBy(() -> claim(house, "server1", HOST, Map.of("MEMORY_MB", 64L, "VCPU", 5L)))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("violate inventory constraints");
            claim(house, "a", HOST, Map.of("VCPU", 4L));
            claim(house, "b", HOST, Map.of("VCPU", 4L));
            assertThatThrownBy(() -> claim(house, "c", HOST, Map.of("MEMORY_MB", 64L, "VCPU", 1L)))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("exceed the capacity");
            assertThat(used(house, HOST, "MEMORY_MB")).isZero();
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void claim_whenTheConsumerMoves_replacesWhatItHad(String kind) {
        try (var house = new House(kind, directory)) {
            report(house, HOST, "host1", 4, Set.of());
            report(house, OTHER, "host2", 4, Set.of());
            claim(house, "server1", HOST, SMALL);
            claim(house, "server1", OTHER, Map.of("VCPU", 2L));
            assertThat(used(house, HOST, "VCPU")).isZero();
            assertThat(used(house, HOST, "MEMORY_MB")).isZero();
            assertThat(used(house, OTHER, "VCPU")).isEqualTo(2);
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void claim_whenManyRaceForTheLastUnits_neverGivesMoreThanThereIs(String kind) throws Exception {
        try (var house = new House(kind, directory);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            report(house, HOST, "host1", 8, Set.of()); // capacity 16
            report(house, OTHER, "host2", 8, Set.of());
            var calls = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 64; i++) {
                var consumer = "server" + i;
                var provider = i % 2 == 0 ? HOST : OTHER;
                calls.add(() -> {
                    claim(house, consumer, provider, Map.of("VCPU", 1L));
                    return true;
                });
            }
            int won = 0;
            for (var result : threads.invokeAll(calls)) {
                try {
                    result.get();
                    won++;
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(Conflict.class);
                }
            }
            assertThat(won).isEqualTo(32);
            assertThat(used(house, HOST, "VCPU")).isEqualTo(16);
            assertThat(used(house, OTHER, "VCPU")).isEqualTo(16);
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void candidates_whenTraitsAndResourcesAreAsked_areThoseThatHaveThem(String kind) {
        try (var house = new House(kind, directory)) {
            report(house, HOST, "host1", 4, Set.of("COMPUTE_NODE", "HW_CPU_X86_AVX2"));
            report(house, OTHER, "host2", 16, Set.of("COMPUTE_NODE", "CUSTOM_OLD"));
            assertThat(names(house, Map.of("VCPU", 1L), Set.of(), Set.of())).containsExactly("host1", "host2");
            assertThat(names(house, Map.of("VCPU", 5L), Set.of(), Set.of())).containsExactly("host2");
            assertThat(names(house, SMALL_WITHOUT_ZERO, Set.of("HW_CPU_X86_AVX2"), Set.of()))
                    .containsExactly("host1");
            assertThat(names(house, SMALL_WITHOUT_ZERO, Set.of(), Set.of("CUSTOM_OLD")))
                    .containsExactly("host1");
            assertThat(names(house, Map.of("PCPU", 1L), Set.of(), Set.of())).isEmpty();
            List<Placement.Provider> one = house.db.read(
                    tx -> house.module.placement().candidates(tx, Map.of("VCPU", 1L), Set.of(), Set.of(), 1));
            assertThat(one).hasSize(1);
        }
    }

    private static final Map<String, Long> SMALL_WITHOUT_ZERO = Map.of("VCPU", 1L, "MEMORY_MB", 64L);

    private static List<String> names(
            House house, Map<String, Long> resources, Set<String> required, Set<String> forbidden) {
        return house.db.read(tx -> house.module.placement().candidates(tx, resources, required, forbidden, 0).stream()
                .map(Placement.Provider::name)
                .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void report_whenNothingChanged_leavesTheGenerationAndWhatShrinksStaysTaken(String kind) {
        try (var house = new House(kind, directory)) {
            report(house, HOST, "host1", 4, Set.of("COMPUTE_NODE"));
            report(house, HOST, "host1", 4, Set.of("COMPUTE_NODE"));
            assertThat(generation(house)).isEqualTo(1);
            claim(house, "server1", HOST, SMALL_WITHOUT_ZERO);
            house.db.write(tx -> house.module
                    .placement()
                    .report(tx, HOST, "host1", Map.of("VCPU", new Inventory(1, 0, 1, 1, 1, 1.0)), Set.of()));
            assertThat(used(house, HOST, "MEMORY_MB")).isEqualTo(64);
            assertThat(names(house, Map.of("MEMORY_MB", 1L), Set.of(), Set.of()))
                    .isEmpty();
            assertThat(house.violations()).isEmpty();
        }
    }

    private static long generation(House house) {
        return house.db.read(tx -> tx.number("SELECT generation AS n FROM resource_provider WHERE uuid = ?", HOST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void claim_whenEightCallersClaim_doesMoreThan200PerSecond(String kind) throws Exception {
        try (var house = new House(kind, directory);
                var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 10; i++) {
                int n = i;
                house.db.write(tx -> house.module
                        .placement()
                        .report(
                                tx,
                                new UUID(7, n).toString(),
                                "host" + n,
                                inventory(1_000, 1_000_000),
                                Set.of("COMPUTE_NODE")));
            }
            var calls = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 1_000; i++) {
                var provider = new UUID(7, i % 10).toString();
                calls.add(() -> {
                    claim(house, UUID.randomUUID().toString(), provider, SMALL);
                    return true;
                });
            }
            long start = System.nanoTime();
            for (var result : threads.invokeAll(calls)) result.get();
            double perSecond = 1_000 / ((System.nanoTime() - start) / 1e9);
            System.out.printf("%s: %.0f claims per second%n", kind, perSecond);
            assertThat(perSecond).isGreaterThan(200);
            assertThat(house.violations()).isEmpty();
        }
    }
}
