package cloud.yun.objectstore;

import static cloud.yun.objectstore.House.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.reconcile.Reconciler;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What must hold when something goes wrong between the disk and the database.
class SafetyTest {
    private static final String C = DEMO + "/c";
    private static final String FAST = "[object-auditor]\nbytes_per_second = 0\nfiles_per_second = 0\n";

    private static void run(House house, String name) {
        house.module.reconcilers().stream().filter(r -> r.name().contains(name)).forEach(Reconciler::reconcile);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void crash_betweenFileAndRow_leavesTheOldObjectAndNothingElse(String kind, @TempDir Path directory)
            throws IOException {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            demo.put(C, "");
            demo.put(C + "/o", "old");
            // A process that dies here runs no `finally` either: the file is put back as the crash would leave it.
            var left = new AtomicReference<Path>();
            house.module.puts().betweenFileAndRow(() -> {
                var file = house.files().stream()
                        .filter(f -> read(f).equals("new"))
                        .findFirst()
                        .orElseThrow();
                left.set(file);
                throw new IllegalStateException("the process dies");
            });
            assertThat(demo.put(C + "/o", "new").status()).isEqualTo(500);
            Files.writeString(left.get(), "new");
            Files.writeString(left.get().resolveSibling("0b0e0000-0000-0000-0000-000000000000.part"), "ne");
            assertThat(demo.get(C + "/o").body()).isEqualTo("old");
            assertThat(house.violations()).isEmpty();
            run(house, "files and sums");
            assertThat(house.files()).hasSize(3);
            house.clock.advance(3600);
            assertThat(house.violations()).hasSize(2);
            run(house, "files and sums");
            assertThat(house.files()).hasSize(1);
            assertThat(demo.get(C + "/o").body()).isEqualTo("old");
            assertThat(house.violations()).isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void upload_thatBreaksOff_leavesNothing(@TempDir Path directory) throws IOException {
        try (var house = new House("sqlite", directory)) {
            house.as("demo").put(C, "");
            var address = URI.create(house.root());
            try (var socket = new Socket(address.getHost(), address.getPort())) {
                socket.getOutputStream()
                        .write(("PUT /object-store/v1/" + C + "/o HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo\r\n"
                                        + "Content-Length: 1000000\r\n\r\nonly this")
                                .getBytes(StandardCharsets.US_ASCII));
                Awaitility.await().until(() -> house.files().size() == 1);
            }
            Awaitility.await().until(() -> house.files().isEmpty());
            assertThat(house.as("demo").get(C + "/o").status()).isEqualTo(404);
        }
    }

    @Test
    void ofTwoWriters_theOneThatBeganLaterWins(@TempDir Path directory) throws Exception {
        try (var house = new House("sqlite", directory)) {
            var demo = house.as("demo");
            demo.put(C, "");
            var address = URI.create(house.root());
            try (var early = new Socket(address.getHost(), address.getPort())) {
                early.getOutputStream()
                        .write(("PUT /object-store/v1/" + C + "/o HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo\r\n"
                                        + "Content-Length: 5\r\nConnection: close\r\n\r\near")
                                .getBytes(StandardCharsets.US_ASCII));
                Awaitility.await().until(() -> house.files().size() == 1);
                assertThat(demo.put(C + "/o", "late").status()).isEqualTo(201);
                early.getOutputStream().write("ly".getBytes(StandardCharsets.US_ASCII));
                var answer = new String(early.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(answer).startsWith("HTTP/1.1 202");
            }
            assertThat(demo.get(C + "/o").body()).isEqualTo("late");
            assertThat(house.files()).hasSize(1);
            assertThat(house.violations()).isEmpty();
        }
    }

    @Test
    void auditor_putsDamagedDataAside_andLeavesTheRest(@TempDir Path directory) throws IOException {
        try (var house = new House("sqlite", directory, FAST)) {
            var demo = house.as("demo");
            demo.put(C, "", "X-Versions-Enabled", "true");
            demo.put(C + "/whole", "good");
            demo.put(C + "/bits", "good1");
            demo.put(C + "/short", "good12");
            demo.put(C + "/lost", "good123");
            var version = demo.put(C + "/versioned", "good1234").header("X-Object-Version-Id");
            demo.put(C + "/versioned", "good12345");
            for (var file : house.files()) {
                var text = read(file);
                if (text.equals("good1")) Files.writeString(file, "evil1");
                if (text.equals("good12")) Files.writeString(file, "good");
                if (text.equals("good123")) Files.delete(file);
                if (text.equals("good1234")) Files.writeString(file, "evil1234");
            }
            assertThat(house.violations()).hasSize(1);
            run(house, "auditor");
            assertThat(demo.names(C)).containsExactly("versioned", "whole");
            assertThat(demo.get(C + "/bits").status()).isEqualTo(404);
            assertThat(demo.get(C + "/versioned?version-id=" + version).status())
                    .isEqualTo(404);
            assertThat(demo.get(C + "/versioned").body()).isEqualTo("good12345");
            assertThat(demo.head(C).header("X-Container-Bytes-Used")).isEqualTo("13");
            try (var aside = Files.list(house.data.resolve("quarantined"))) {
                assertThat(aside.toList()).hasSize(3);
            }
            assertThat(house.db.<Long>read(tx -> tx.number("SELECT COUNT(*) AS n FROM object_quarantine")))
                    .isEqualTo(4);
            assertThat(house.violations()).isEmpty();
        }
    }

    @Test
    void auditor_keepsToItsRate(@TempDir Path directory) {
        var slow = "[object-auditor]\nbytes_per_second = 1000000\nfiles_per_second = 0\n";
        try (var house = new House("sqlite", directory, slow)) {
            var demo = house.as("demo");
            demo.put(C, "");
            for (int i = 0; i < 5; i++) demo.put(C + "/" + i, "x".repeat(100_000));
            long began = System.nanoTime();
            run(house, "auditor");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void manyWriters_onTheSameFewNames_leaveSumsAndFilesInStep(String kind, @TempDir Path directory)
            throws InterruptedException {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            demo.put(DEMO + "/old", "");
            demo.put(C, "", "X-Versions-Location", "old");
            demo.put(DEMO + "/v", "", "X-Versions-Enabled", "true");
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 6; t++) {
                int seed = t;
                threads.add(Thread.ofVirtual().start(() -> {
                    var random = new java.util.Random(seed);
                    for (int i = 0; i < 15; i++) {
                        var path = (random.nextBoolean() ? C : DEMO + "/v") + "/" + random.nextInt(3);
                        switch (random.nextInt(4)) {
                            case 0 -> demo.delete(path);
                            case 1 -> demo.send("COPY", path, "", "Destination", "v/copy");
                            default -> demo.put(path, "x".repeat(random.nextInt(50)));
                        }
                    }
                }));
            }
            for (var thread : threads) thread.join();
            house.clock.advance(3600);
            assertThat(house.violations()).isEmpty();
        }
    }
}
