package cloud.yun.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FernetKeysTest {
    private static final byte[] PLAIN = "payload".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    @Test
    void all_whenRepositoryIsNew_hasStagedAndPrimaryKeyInKeystonesLayout() throws IOException {
        var place = directory.resolve("fernet-keys");
        var keys = new FernetKeys(place);
        assertThat(keys.all()).hasSize(2);
        try (var files = Files.list(place)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("0", "1");
        }
        assertThat(Files.readString(place.resolve("1"))).hasSize(44);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.resolve("1"))))
                .isEqualTo("rw-------");
        assertThat(keys.primary().material())
                .isEqualTo(Fernet.Key.of(Files.readString(place.resolve("1"))).material());
        assertThat(keys.primary().toString()).doesNotContain(Files.readString(place.resolve("1")));
    }

    @Test
    void rotate_whenTokensAreAround_losesNoneUntilTheirKeyLeaves() {
        var place = directory.resolve("fernet-keys");
        var keys = new FernetKeys(place);
        var other = new FernetKeys(place);
        var token = Fernet.seal(keys.primary(), PLAIN, Instant.now());
        keys.rotate(3);
        assertThat(Fernet.open(keys.all(), token)).isPresent();
        // A process that has not seen the rotation yet still reads what the new primary key made: it was staged.
        var next = Fernet.seal(keys.primary(), PLAIN, Instant.now());
        assertThat(Fernet.open(List.of(Fernet.Key.of(read(place.resolve("2")))), next))
                .isPresent();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Fernet.open(other.all(), next).isPresent());
        keys.rotate(3);
        assertThat(keys.all()).hasSize(3);
        assertThat(Fernet.open(keys.all(), next)).isPresent();
        assertThat(Fernet.open(keys.all(), token)).isEmpty();
    }

    @Test
    void all_whenOtherProcessesRotate_alwaysReadsWhatTheyMake() throws InterruptedException {
        var place = directory.resolve("fernet-keys");
        new FernetKeys(place).all();
        var failures = new java.util.concurrent.ConcurrentLinkedQueue<Throwable>();
        var rotations = new java.util.concurrent.atomic.AtomicInteger();
        var threads = new java.util.ArrayList<Thread>();
        // A process keeps to its own lock object, so each rotation comes from one thread here as from one process.
        threads.add(Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 200; i++) {
                new FernetKeys(place).rotate(3);
                rotations.incrementAndGet();
            }
        }));
        for (int n = 0; n < 2; n++)
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    while (rotations.get() < 200) {
                        var keys = new FernetKeys(place);
                        var token = Fernet.seal(keys.primary(), PLAIN, Instant.now());
                        assertThat(Fernet.open(keys.all(), token)).isPresent();
                        assertThat(keys.all()).hasSizeBetween(2, 4);
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            }));
        for (var thread : threads) thread.join();
        assertThat(failures).isEmpty();
        try (var files = Files.list(place)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("0", "200", "201");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
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
    void rotate_whenRepeated_losesNoTokenAsLongAsItsKeyIsActive_evenForReadersWhoHaveNotLooked() {
        var payload = new TokenPayload(
                "u",
                List.of("password"),
                new Scope.Unscoped(),
                Delegation.NONE,
                java.time.Instant.ofEpochSecond(1_763_618_400),
                java.time.Instant.ofEpochSecond(1_763_622_000),
                List.of("MDEyMzQ1Njc4OWFiY2RlZg"));
        var keys = new FernetKeys(directory.resolve("rotated"));
        var methods = List.of("password");
        var writer = new FernetTokens(keys, methods);
        var tokens = new java.util.ArrayList<String>();
        tokens.add(writer.seal(payload));
        for (int i = 0; i < 6; i++) {
            // Another process that read the directory before the rotation and not since.
            var late = new FernetTokens(new FernetKeys(directory.resolve("rotated")), methods);
            assertThat(late.open(tokens.getLast())).contains(payload);
            keys.rotate(4);
            tokens.add(writer.seal(payload));
            assertThat(late.open(tokens.getLast())).contains(payload);
            var fresh = new FernetTokens(new FernetKeys(directory.resolve("rotated")), methods);
            // Of four active keys one is staged; the three others made the last three tokens.
            for (int age = 0; age < tokens.size(); age++)
                assertThat(fresh.open(tokens.get(tokens.size() - 1 - age)).isPresent())
                        .as("token of %d rotations ago", age)
                        .isEqualTo(age < 3);
        }
    }
}
