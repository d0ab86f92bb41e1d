package cloud.yun.host.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.host.RealHost;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Needs qemu-utils but no privileges.
class QemuImgTest {
    private static final long MIB = 1 << 20;

    private final Commands commands = Commands.system();
    private final QemuImg images = new QemuImg(commands);
    private final DiskFiles files = new DiskFiles(commands);

    @TempDir
    Path directory;

    @BeforeEach
    void prepare() {
        RealHost.assumeInstalled("qemu-img", "prlimit");
    }

    private Path raw(String name, int mib, int fill) throws Exception {
        byte[] content = new byte[(int) (mib * MIB)];
        Arrays.fill(content, 0, (int) MIB, (byte) fill);
        return Files.write(directory.resolve(name), content);
    }

    @Test
    void overlay_hidesItsBaseUntilRebased() throws Exception {
        var base = raw("base.raw", 4, 7);
        var overlay = directory.resolve("overlay.qcow2");
        images.createOverlay(overlay, base, ImageFormat.RAW, Optional.of(16 * MIB));
        var info = images.info(overlay, ImageFormat.QCOW2);
        assertThat(info.virtualBytes()).isEqualTo(16 * MIB);
        assertThat(info.backingFile()).contains(base.toString());
        assertThat(info.backingFormat()).contains("raw");
        images.rebase(overlay, Optional.empty(), ImageFormat.RAW);
        assertThat(images.info(overlay, ImageFormat.QCOW2).backingFile()).isEmpty();
        Files.delete(base);
        var out = directory.resolve("out.raw");
        images.convert(overlay, ImageFormat.QCOW2, out, ImageFormat.RAW);
        assertThat(Files.size(out)).isEqualTo(16 * MIB);
        assertThat(Arrays.copyOf(Files.readAllBytes(out), 3)).containsExactly(7, 7, 7);
        assertThat(files.allocatedBytes(out)).isLessThan(4 * MIB);
    }

    @Test
    void resize_neverShrinksUnlessSaid() throws Exception {
        var disk = directory.resolve("d.qcow2");
        images.create(disk, ImageFormat.QCOW2, 8 * MIB);
        images.resize(disk, ImageFormat.QCOW2, 16 * MIB, false);
        assertThatThrownBy(() -> images.resize(disk, ImageFormat.QCOW2, 8 * MIB, false))
                .isInstanceOf(CommandFailed.class);
        images.resize(disk, ImageFormat.QCOW2, 4 * MIB, true);
        assertThat(images.info(disk, ImageFormat.QCOW2).virtualBytes()).isEqualTo(4 * MIB);
    }

    @Test
    void snapshots_areIdempotent() throws Exception {
        var disk = directory.resolve("d.qcow2");
        images.convert(raw("one.raw", 2, 1), ImageFormat.RAW, disk, ImageFormat.QCOW2);
        for (int i = 0; i < 2; i++) images.createSnapshot(disk, "s1");
        assertThat(images.snapshots(disk)).extracting(QemuImg.Snapshot::name).containsExactly("s1");
        images.revertSnapshot(disk, "s1");
        var copy = directory.resolve("copy.raw");
        images.convert(disk.toString(), ImageFormat.QCOW2, copy.toString(), ImageFormat.RAW, Optional.of("s1"), false);
        assertThat(images.same(copy, ImageFormat.RAW, disk, ImageFormat.QCOW2)).isTrue();
        for (int i = 0; i < 2; i++) images.deleteSnapshot(disk, "s1");
        assertThat(images.snapshots(disk)).isEmpty();
    }

    @Test
    void inspect_whenAFileNamesOthers_rejects() throws Exception {
        var base = raw("base.raw", 2, 1);
        var backed = directory.resolve("backed.qcow2");
        images.createOverlay(backed, base, ImageFormat.RAW, Optional.empty());
        assertThatThrownBy(() -> images.inspect(backed, Optional.of(ImageFormat.QCOW2)))
                .isInstanceOf(ImageRejected.class)
                .hasMessageContaining("backing file");
        var split = directory.resolve("split.qcow2");
        commands.run(Command.of(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-o",
                "data_file=" + directory.resolve("data") + ",data_file_raw=on",
                split.toString(),
                "1M"));
        assertThatThrownBy(() -> images.inspect(split, Optional.empty())).hasMessageContaining("data file");
        var flat = directory.resolve("flat.vmdk");
        commands.run(Command.of(
                "qemu-img", "create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat", flat.toString(), "1M"));
        assertThatThrownBy(() -> images.inspect(flat, Optional.of(ImageFormat.VMDK)))
                .hasMessageContaining("monolithicFlat");
    }

    @Test
    void inspect_whenTheClaimIsWrong_rejects() throws Exception {
        var disk = directory.resolve("d.qcow2");
        images.create(disk, ImageFormat.QCOW2, MIB);
        assertThatThrownBy(() -> images.inspect(disk, Optional.of(ImageFormat.RAW)))
                .hasMessageContaining("said to be raw but its content is qcow2");
        assertThat(images.inspect(disk, Optional.empty()).format()).isEqualTo(ImageFormat.QCOW2);
        var broken = directory.resolve("broken.qcow2");
        Files.write(broken, Arrays.copyOf(Files.readAllBytes(disk), 40));
        assertThatThrownBy(() -> images.inspect(broken, Optional.empty()))
                .isInstanceOf(ImageRejected.class)
                .hasMessageContaining("not a readable qcow2");
    }

    @Test
    void wipe_leavesNothing() throws Exception {
        var disk = raw("d.raw", 2, 9);
        files.wipe(disk, MIB / 2);
        byte[] content = Files.readAllBytes(disk);
        assertThat(content[0]).isZero();
        assertThat(content[(int) MIB - 1]).isEqualTo((byte) 9);
        files.wipe(disk, 0);
        assertThat(Files.readAllBytes(disk)).containsOnly(0);
        Files.delete(disk);
        files.wipe(disk, 0);
    }

    @Test
    void allocate_growsSparselyAndNeverShrinks() throws Exception {
        var disk = directory.resolve("d.raw");
        files.allocate(disk, 64 * MIB);
        files.allocate(disk, 32 * MIB);
        assertThat(Files.size(disk)).isEqualTo(64 * MIB);
        assertThat(files.allocatedBytes(disk)).isLessThan(MIB);
        files.copy(disk, directory.resolve("copy.raw"), Duration.ofSeconds(30));
        assertThat(files.allocatedBytes(directory.resolve("copy.raw"))).isLessThan(MIB);
        assertThat(DiskFiles.freeBytes(directory)).isPositive().isLessThan(DiskFiles.totalBytes(directory));
    }

    @Test
    void configDrive_hasItsLabelAndFiles() throws Exception {
        RealHost.assumeInstalled("isoinfo");
        var iso = directory.resolve("disk.config");
        var drive = new ConfigDrive(commands);
        for (int i = 0; i < 2; i++) {
            drive.write(iso, Map.of("openstack/latest/meta_data.json", "{\"uuid\":1}".getBytes()));
        }
        assertThat(commands.output(Command.of("isoinfo", "-d", "-i", iso.toString())))
                .contains("Volume id: config-2");
        assertThat(commands.output(
                        Command.of("isoinfo", "-R", "-i", iso.toString(), "-x", "/openstack/latest/meta_data.json")))
                .isEqualTo("{\"uuid\":1}");
        assertThatThrownBy(() -> drive.write(iso, Map.of("../../etc/x", new byte[1])))
                .isInstanceOf(IllegalArgumentException.class);
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactly(iso);
        }
    }
}
