package cloud.yun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalImagesTest {
    @TempDir
    Path directory;

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream breaksAfter(String text) {
        return new SequenceInputStream(text(text), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the other side is gone");
            }
        });
    }

    private static String create(House house) {
        var id = UUID.randomUUID().toString();
        house.db.write(tx -> house.module
                .images()
                .create(
                        tx,
                        House.DEMO,
                        new Images.Draft(
                                id, "snap", "private", "raw", "bare", 1, 64, Map.of("image_type", "snapshot"))));
        return id;
    }

    private static Optional<Images.Image> find(House house, String id) {
        return house.db.read(tx -> house.module.images().find(tx, House.DEMO, id));
    }

    private List<String> files() throws IOException {
        try (var all = Files.list(directory.resolve("image/images"))) {
            return all.map(f -> f.getFileName().toString()).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void upload_whenWhole_makesTheImageActive(String kind) throws IOException {
        try (var house = new House(kind, directory)) {
            var id = create(house);
            assertThat(find(house, id).orElseThrow().status()).isEqualTo("queued");
            assertThatThrownBy(() -> house.module.images().data(id)).isInstanceOf(NotFound.class);
            house.module.images().upload(id, text("hello world"));
            var image = find(house, id).orElseThrow();
            assertThat(image.status()).isEqualTo("active");
            assertThat(image.sizeBytes()).isEqualTo(11);
            assertThat(image.virtualSizeBytes()).contains(11L);
            assertThat(image.checksumMd5()).contains("5eb63bbbe01eeed093cb22bb8f5acdc3");
            assertThat(image.ownerProjectId()).isEqualTo(House.DEMO_PROJECT);
            assertThat(image.properties()).isEqualTo(Map.of("image_type", "snapshot"));
            assertThat(house.module.images().data(id)).hasContent("hello world");
            // Again, as a repeated task does: nothing happens.
            house.module.images().upload(id, text("other"));
            assertThat(house.module.images().data(id)).hasContent("hello world");
            assertThat(house.violations()).isEmpty();
            house.module.images().delete(id);
            house.module.images().delete(id);
            assertThat(find(house, id)).isEmpty();
            assertThat(files()).isEmpty();
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void upload_whenTheDataBreaksOff_leavesTheImageQueuedAndNoFile(String kind) throws IOException {
        try (var house = new House(kind, directory)) {
            var id = create(house);
            assertThatThrownBy(() -> house.module.images().upload(id, breaksAfter("x".repeat(2_000_000))))
                    .isInstanceOf(CloudException.class);
            assertThat(find(house, id).orElseThrow().status()).isEqualTo("queued");
            assertThat(find(house, id).orElseThrow().sizeBytes()).isZero();
            assertThat(files()).isEmpty();
            house.module.images().upload(id, text("hello world"));
            assertThat(find(house, id).orElseThrow().status()).isEqualTo("active");
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void upload_whenItsProcessDied_isGivenUpAtTheNextStart(String kind) throws IOException {
        try (var house = new House(kind, directory)) {
            var id = create(house);
            var attempt = UUID.randomUUID().toString();
            // What a killed process leaves: the row, a part, or a file that has its name already.
            house.db.write(tx -> tx.update("""
                    UPDATE image SET status = 'saving', attempt = ?, attempt_process = ?, attempt_until = ?
                     WHERE id = ?
                    """, attempt, "host1/1999999999/0", Long.MAX_VALUE, id));
            Files.writeString(directory.resolve("image/images/" + id), "whole, but nobody said so");
            Files.writeString(directory.resolve("image/images/" + id + "." + attempt + ".part"), "half");
            assertThat(house.violations()).isNotEmpty();
            house.module.start();
            assertThat(find(house, id).orElseThrow().status()).isEqualTo("queued");
            assertThat(files()).isEmpty();
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void upload_whenTheImageIsDeletedMeanwhile_failsAndLeavesNothing(String kind) throws IOException {
        try (var house = new House(kind, directory)) {
            var id = create(house);
            var deletes = new SequenceInputStream(text("some data"), new InputStream() {
                private boolean deleted;

                @Override
                public int read() {
                    if (!deleted) house.module.images().delete(id);
                    deleted = true;
                    return -1;
                }
            });
            assertThatThrownBy(() -> house.module.images().upload(id, deletes))
                    .hasMessageContaining("deleted during the upload");
            assertThat(files()).isEmpty();
            assertThat(find(house, id)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void find_whenAnotherProjectOwnsAPrivateImage_isEmpty(String kind) {
        try (var house = new House(kind, directory)) {
            var id = create(house);
            Optional<Images.Image> seen =
                    house.db.read(tx -> house.module.images().find(tx, House.OTHER, id));
            assertThat(seen).isEmpty();
            Optional<Images.Image> byAdmin =
                    house.db.read(tx -> house.module.images().find(tx, House.ADMIN, id));
            assertThat(byAdmin).isPresent();
        }
    }
}
