package cloud.yun.blockstorage.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.process.Commands;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileVolumeDriverTest extends VolumeDriverContract {
    @TempDir
    Path directory;

    private final Commands commands = Commands.system();
    private final DiskFiles files = new DiskFiles(commands);
    private final QemuImg qemuImg = new QemuImg(commands);
    private FileVolumeDriver driver;

    @BeforeEach
    void open() {
        driver = new FileVolumeDriver(directory, files, qemuImg, new Clearing(true, 0, 0));
    }

    @Override
    VolumeDriver driver() {
        return driver;
    }

    private Path file(String volumeId) {
        return Path.of(driver.connect(volumeId, "host").data().get("path"));
    }

    @Override
    void write(String volumeId, String text) {
        try (var disk = new RandomAccessFile(file(volumeId).toFile(), "rw")) {
            disk.write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    String content(String volumeId) {
        try (var disk = Files.newInputStream(file(volumeId))) {
            return new String(disk.readNBytes(64), StandardCharsets.US_ASCII).replace("\0", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    int sizeGib(String volumeId) {
        return (int) (file(volumeId).toFile().length() >> 30);
    }

    @Test
    void create_takesNoSpaceUntilSomebodyWrites() {
        driver.create(A, 100);
        assertThat(sizeGib(A)).isEqualTo(100);
        assertThat(files.allocatedBytes(file(A))).isLessThan(1 << 20);
    }

    @Test
    void connect_tellsPathAndFormat() {
        driver.create(A, 1);
        assertThat(driver.connect(A, "h").data())
                .containsEntry("format", "raw")
                .containsEntry("path", directory.resolve("volume-" + A).toString());
    }

    @Test
    void delete_withVolumeClearZero_overwritesTheDataBeforeItUnlinks() throws IOException {
        driver.create(A, 1);
        write(A, "secret");
        // A second name for the same blocks: what is left of them after the volume is gone.
        var remains = Files.createLink(directory.resolve("remains"), file(A));
        driver.delete(A);
        assertThat(driver.inventory().volumes()).isEmpty();
        try (var in = Files.newInputStream(remains)) {
            assertThat(in.readNBytes(6)).containsOnly(0);
        }
        assertThat(files.allocatedBytes(remains)).isLessThan(2 << 20);
    }

    @Test
    void delete_withVolumeClearNone_leavesTheBlocksButTheNextVolumeReadsZeros() throws IOException {
        driver = new FileVolumeDriver(directory, files, qemuImg, Clearing.NONE);
        driver.create(A, 1);
        write(A, "secret");
        var remains = Files.createLink(directory.resolve("remains"), file(A));
        driver.delete(A);
        try (var in = Files.newInputStream(remains)) {
            assertThat(new String(in.readNBytes(6), StandardCharsets.US_ASCII)).isEqualTo("secret");
        }
        driver.create(B, 1);
        assertThat(content(B)).isEmpty();
    }

    @Test
    void delete_withALimitedRate_takesItsTime() throws IOException {
        driver = new FileVolumeDriver(directory, files, qemuImg, new Clearing(true, 0, 8 << 20));
        driver.create(A, 1);
        try (var disk = new RandomAccessFile(file(A).toFile(), "rw")) {
            disk.write(new byte[] {1});
            for (int mib = 0; mib < 4; mib++) {
                disk.seek((long) mib << 20);
                disk.write(1);
            }
        }
        long begun = System.nanoTime();
        driver.delete(A);
        assertThat((System.nanoTime() - begun) / 1_000_000).isGreaterThanOrEqualTo(450); // 4 MiB at 8 MiB/s
    }

    @Test
    void create_afterACrashInTheMiddle_startsOver() throws IOException {
        Files.writeString(directory.resolve("volume-" + A + ".part"), "half of it");
        assertThat(driver.inventory().volumes()).containsExactly(A);
        driver.create(A, 1);
        assertThat(content(A)).isEmpty();
        assertThat(directory.resolve("volume-" + A + ".part")).doesNotExist();
    }

    @Test
    void delete_afterACrashInTheMiddle_removesTheHalf() throws IOException {
        Files.writeString(directory.resolve("volume-" + A + ".part"), "half of it");
        driver.delete(A);
        assertThat(driver.inventory().volumes()).isEmpty();
    }

    @Test
    void copyImage_ofQcow2_holdsItsContentAsRaw() {
        var raw = temporary.resolve("raw");
        files.allocate(raw, 1 << 20);
        try (var disk = new RandomAccessFile(raw.toFile(), "rw")) {
            disk.write("from a qcow2".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var image = temporary.resolve("image.qcow2");
        qemuImg.convert(raw, ImageFormat.RAW, image, ImageFormat.QCOW2);
        driver.create(A, 1);
        driver.copyImage(A, image, "qcow2");
        assertThat(content(A)).isEqualTo("from a qcow2");
        assertThat(sizeGib(A)).isEqualTo(1);
    }

    @Test
    void copyImage_largerThanTheVolume_isRefusedAndLeavesTheVolume() {
        var image = temporary.resolve("large.qcow2");
        qemuImg.create(image, ImageFormat.QCOW2, 3L << 30);
        driver.create(A, 1);
        assertThatThrownBy(() -> driver.copyImage(A, image, "qcow2"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("larger than volume size 1GB");
        assertThat(sizeGib(A)).isEqualTo(1);
    }

    @Test
    void copyImage_thatLiesAboutItsFormat_isRefused() {
        var image = temporary.resolve("lie");
        qemuImg.create(image, ImageFormat.QCOW2, 1 << 20);
        driver.create(A, 1);
        assertThatThrownBy(() -> driver.copyImage(A, image, "raw")).isInstanceOf(Invalid.class);
    }

    @Test
    void create_onAFullDisk_saysThatTheBackEndIsFull() throws IOException {
        // A device that is always full, in the place of the file that would be written.
        Files.createSymbolicLink(directory.resolve("full"), Path.of("/dev/full"));
        driver.create(A, 1);
        Files.delete(file(A));
        Files.createSymbolicLink(directory.resolve("volume-" + A), Path.of("/dev/full"));
        assertThatThrownBy(() -> driver.extend(A, 2))
                .isInstanceOf(Unavailable.class)
                .hasMessage("The storage back end is full.");
    }
}
