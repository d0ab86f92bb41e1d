package cloud.yun.blockstorage.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every back end must do. What it holds is told by a short text at its beginning.
abstract class VolumeDriverContract {
    static final String A = "a0000000-0000-0000-0000-000000000001";
    static final String B = "b0000000-0000-0000-0000-000000000002";
    static final String S = "50000000-0000-0000-0000-000000000003";

    @TempDir
    Path temporary;

    abstract VolumeDriver driver();

    /// What a guest would write at the beginning of the disk.
    abstract void write(String volumeId, String text);

    /// @return as many bytes as `length`, zeros left out at the end
    abstract String content(String volumeId);

    abstract int sizeGib(String volumeId);

    @Test
    void create_twice_makesOneEmptyVolume() {
        driver().create(A, 1);
        write(A, "mine");
        driver().create(A, 1);
        assertThat(driver().inventory().volumes()).containsExactly(A);
        assertThat(content(A)).isEqualTo("mine");
        assertThat(sizeGib(A)).isEqualTo(1);
    }

    @Test
    void delete_thenCreateAgain_showsNothingOfTheOldData() {
        driver().create(A, 1);
        write(A, "secret");
        driver().delete(A);
        assertThat(driver().inventory().volumes()).isEmpty();
        driver().create(A, 1);
        driver().create(B, 1);
        assertThat(content(A)).isEmpty();
        assertThat(content(B)).isEmpty();
    }

    @Test
    void delete_ofWhatIsNotThere_succeeds() {
        driver().delete(A);
        driver().deleteSnapshot(S, A);
        driver().disconnect(A, "host");
        assertThat(driver().inventory().volumes()).isEmpty();
    }

    @Test
    void extend_twice_keepsTheDataAndNeverShrinks() {
        driver().create(A, 1);
        write(A, "mine");
        driver().extend(A, 3);
        driver().extend(A, 3);
        assertThat(sizeGib(A)).isEqualTo(3);
        driver().extend(A, 2);
        assertThat(sizeGib(A)).isEqualTo(3);
        assertThat(content(A)).isEqualTo("mine");
    }

    @Test
    void extend_ofWhatIsNotThere_isNotFound() {
        assertThatThrownBy(() -> driver().extend(A, 2)).isInstanceOf(NotFound.class);
    }

    @Test
    void snapshot_keepsWhatTheVolumeHeldAndOutlivesChanges() {
        driver().create(A, 1);
        write(A, "before");
        driver().createSnapshot(S, A);
        driver().createSnapshot(S, A);
        write(A, "after!");
        driver().createFromSnapshot(B, S, A, 2);
        driver().createFromSnapshot(B, S, A, 2);
        assertThat(content(B)).isEqualTo("before");
        assertThat(sizeGib(B)).isEqualTo(2);
        assertThat(driver().inventory().snapshots()).containsExactly(S);
        driver().deleteSnapshot(S, A);
        driver().deleteSnapshot(S, A);
        assertThat(driver().inventory().snapshots()).isEmpty();
        assertThat(content(A)).isEqualTo("after!");
        assertThat(content(B)).isEqualTo("before");
    }

    @Test
    void createFromVolume_isACopyOfItsOwn() {
        driver().create(A, 1);
        write(A, "mine");
        driver().createFromVolume(B, A, 2);
        write(A, "else");
        driver().delete(A);
        assertThat(content(B)).isEqualTo("mine");
        assertThat(sizeGib(B)).isEqualTo(2);
    }

    @Test
    void copyImage_twice_holdsTheImageAndKeepsTheSize() throws IOException {
        var image = Files.write(temporary.resolve("image"), "bytes of an image".getBytes(StandardCharsets.US_ASCII));
        driver().create(A, 1);
        driver().copyImage(A, image, "raw");
        driver().copyImage(A, image, "raw");
        assertThat(content(A)).contains("image");
        assertThat(sizeGib(A)).isEqualTo(1);
    }

    @Test
    void open_readsAndWritesAnywhere() {
        driver().create(A, 1);
        write(A, "0123456789");
        try (var content = driver().open(A)) {
            content.write(4, "xy".getBytes(StandardCharsets.US_ASCII), 2);
            content.force();
            var into = new byte[4];
            assertThat(content.read(3, into, 4)).isEqualTo(4);
            assertThat(new String(into, StandardCharsets.US_ASCII)).isEqualTo("3xy6");
            assertThat(content.read(content.size(), into, 4)).isZero();
        }
        assertThat(content(A)).isEqualTo("0123xy6789");
        assertThatThrownBy(() -> driver().open(B)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> driver().openSnapshot(S, A)).isInstanceOf(NotFound.class);
    }

    @Test
    void revertToSnapshot_twice_holdsWhatTheSnapshotHolds() {
        driver().create(A, 1);
        write(A, "before");
        driver().createSnapshot(S, A);
        write(A, "after!");
        driver().revertToSnapshot(A, S);
        driver().revertToSnapshot(A, S);
        assertThat(content(A)).isEqualTo("before");
        assertThat(sizeGib(A)).isEqualTo(1);
        assertThat(driver().inventory().snapshots()).containsExactly(S);
        try (var content = driver().openSnapshot(S, A)) {
            var into = new byte[6];
            assertThat(content.read(0, into, 6)).isEqualTo(6);
            assertThat(new String(into, StandardCharsets.US_ASCII)).isEqualTo("before");
        }
    }

    @Test
    void unmanage_andManage_keepTheDataUnderAnotherName() {
        driver().create(A, 1);
        write(A, "mine");
        driver().createSnapshot(S, A);
        driver().unmanage(A, Optional.empty(), "old");
        driver().unmanage(A, Optional.empty(), "old");
        driver().unmanage(A, Optional.of(S), "older");
        assertThat(driver().inventory().volumes()).isEmpty();
        assertThat(driver().inventory().snapshots()).isEmpty();
        assertThat(driver().unmanaged()).containsExactlyInAnyOrderEntriesOf(Map.of("old", 1, "older", 1));
        driver().manage(B, Optional.empty(), "old");
        driver().manage(B, Optional.empty(), "old");
        driver().manage(B, Optional.of(S), "older");
        assertThat(content(B)).isEqualTo("mine");
        assertThat(driver().inventory().snapshots()).containsExactly(S);
        assertThat(driver().unmanaged()).isEmpty();
        assertThatThrownBy(() -> driver().manage(A, Optional.empty(), "none")).isInstanceOf(NotFound.class);
    }

    @Test
    void connect_twice_saysTheSame() {
        driver().create(A, 1);
        var first = driver().connect(A, "host");
        assertThat(driver().connect(A, "host")).isEqualTo(first);
        assertThat(first.type()).isEqualTo(driver().protocol());
        driver().disconnect(A, "host");
        driver().disconnect(A, "host");
    }

    @Test
    void connect_toWhatIsNotThere_isNotFound() {
        assertThatThrownBy(() -> driver().connect(A, "host")).isInstanceOf(CloudException.class);
    }

    @Test
    void capacity_isPositiveAndNoMoreIsFreeThanThereIs() {
        var capacity = driver().capacity();
        assertThat(capacity.totalGib()).isPositive();
        assertThat(capacity.freeGib()).isBetween(0.0, capacity.totalGib());
    }
}
