package cloud.yun.blockstorage.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.blockstorage.driver.BackupRepository.Header;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Blocks of 512 bytes, files of 2048: the layout is Cinder's at any size.
class PosixBackupsTest {
    private static final int BLOCK = 512;
    private static final Key FULL = new Key("ab/cd/abcd", "volume_v_20260101000000_backup_full");
    private static final Key DELTA = new Key("other", "volume_v_20260102000000_backup_delta");

    @TempDir
    Path directory;

    private PosixBackups backups;
    private Path disk;

    @BeforeEach
    void disk() throws IOException {
        backups = repository(true);
        disk = directory.resolve("disk");
        var data = new byte[5000];
        new Random(1).nextBytes(data);
        Arrays.fill(data, 2048, 4096, (byte) 0);
        Files.write(disk, data);
    }

    private PosixBackups repository(boolean compress) {
        return new PosixBackups(directory.resolve("backups"), new PosixBackups.Settings(4 * BLOCK, BLOCK, compress));
    }

    private static Header header(String id, Optional<Key> parent) {
        return new Header(
                id,
                "v",
                Optional.of("name"),
                Optional.empty(),
                "2026-01-01 00:00:00+00:00",
                parent.map(_ -> "full"),
                parent,
                "{}");
    }

    private int write(Key key, Optional<Key> parent) throws IOException {
        try (var content = FileContent.open(disk)) {
            return backups.write(key, header("id", parent), content);
        }
    }

    private byte[] restored(boolean blank, Key... chain) throws IOException {
        var target = directory.resolve("restored");
        Files.write(target, new byte[6000]);
        if (!blank) Files.write(target, "old data".repeat(750).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        try (var content = FileContent.open(target)) {
            backups.restore(List.of(chain), content, blank);
        }
        return Arrays.copyOf(Files.readAllBytes(target), 5000);
    }

    private JsonNode file(Key key, String suffix) throws IOException {
        return Json.stored(Files.readString(
                directory.resolve("backups").resolve(key.container()).resolve(key.prefix() + suffix)));
    }

    @Test
    void write_full_isInCindersLayout() throws IOException {
        assertThat(write(FULL, Optional.empty())).isEqualTo(3);
        var metadata = file(FULL, "_metadata");
        assertThat(metadata.path("version").asString("")).isEqualTo("1.0.0");
        assertThat(metadata.path("objects").size()).isEqualTo(3);
        var second = metadata.path("objects").get(1).path(FULL.prefix() + "-00002");
        assertThat(second.path("offset").asInt(0)).isEqualTo(2048);
        assertThat(second.path("length").asInt(0)).isEqualTo(2048);
        assertThat(second.path("compression").asString("")).isEqualTo("zlib"); // zeros
        assertThat(second.path("md5").asString("")).isEqualTo("c99a74c555371a433d121f551d6c6398");
        // Noise does not become smaller: it is kept as it is.
        assertThat(metadata.at("/objects/0/" + FULL.prefix() + "-00001/compression")
                        .asString(""))
                .isEqualTo("none");
        var hashes = file(FULL, "_sha256file");
        assertThat(hashes.path("chunk_size").asInt(0)).isEqualTo(BLOCK);
        assertThat(hashes.path("sha256s").size()).isEqualTo(10);
    }

    @Test
    @Requirement("S3.220")
    void restore_ofAFullOne_givesBackEveryByte() throws IOException {
        write(FULL, Optional.empty());
        assertThat(restored(true, FULL)).isEqualTo(Files.readAllBytes(disk));
        assertThat(restored(false, FULL)).isEqualTo(Files.readAllBytes(disk));
    }

    @Test
    void write_incremental_keepsOnlyBlocksThatChanged() throws IOException {
        write(FULL, Optional.empty());
        var data = Files.readAllBytes(disk);
        data[10] = 1;
        data[BLOCK * 5] = 1;
        Arrays.fill(data, BLOCK * 8, 5000, (byte) 0);
        Files.write(disk, data);
        assertThat(write(DELTA, Optional.of(FULL))).isEqualTo(3);
        var lengths = new ArrayList<Integer>();
        for (var o : file(DELTA, "_metadata").path("objects"))
            lengths.add(o.iterator().next().path("length").asInt(0));
        assertThat(lengths).containsExactly(BLOCK, BLOCK, 5000 - BLOCK * 8);
        assertThat(restored(true, FULL, DELTA)).isEqualTo(data);
        assertThat(restored(false, FULL, DELTA)).isEqualTo(data);
    }

    @Test
    void write_twice_leavesWhatTheSecondWrote() throws IOException {
        write(FULL, Optional.empty());
        assertThat(write(FULL, Optional.empty())).isEqualTo(3);
        assertThat(backups.verify(FULL)).isEqualTo("{}");
    }

    @Test
    void write_withoutCompression_keepsPlainObjects() throws IOException {
        backups = repository(false);
        write(FULL, Optional.empty());
        assertThat(file(FULL, "_metadata").toString()).doesNotContain("zlib");
        assertThat(restored(true, FULL)).isEqualTo(Files.readAllBytes(disk));
    }

    @Test
    void write_incrementalWithOtherBlockSize_isRefused() throws IOException {
        write(FULL, Optional.empty());
        backups = new PosixBackups(directory.resolve("backups"), new PosixBackups.Settings(2048, 1024, true));
        assertThatThrownBy(() -> write(DELTA, Optional.of(FULL))).isInstanceOf(Invalid.class);
    }

    @Test
    void restore_whenAnObjectIsDamagedOrMissing_fails() throws IOException {
        write(FULL, Optional.empty());
        var object = directory.resolve("backups/ab/cd/abcd/" + FULL.prefix() + "-00001");
        var bytes = Files.readAllBytes(object);
        bytes[100]++;
        Files.write(object, bytes);
        assertThatThrownBy(() -> restored(true, FULL)).isInstanceOf(Unavailable.class);
        Files.delete(object);
        assertThatThrownBy(() -> restored(true, FULL)).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> backups.verify(FULL)).isInstanceOf(Unavailable.class);
    }

    @Test
    @Requirement("S3.214")
    void restore_whenTheMetadataOrTheHashesAreNotThoseOfTheData_fails() throws IOException {
        write(FULL, Optional.empty());
        for (var suffix : List.of("_metadata", "_sha256file")) {
            var file = directory.resolve("backups").resolve(FULL.container()).resolve(FULL.prefix() + suffix);
            var good = Files.readString(file);
            // The first digit of the first object's, or block's, hash.
            var before = suffix.equals("_metadata") ? "\"md5\":\"" : "\"sha256s\":[\"";
            int at = good.indexOf(before) + before.length();
            assertThat(at).isGreaterThan(before.length());
            Files.writeString(
                    file, good.substring(0, at) + (good.charAt(at) == '0' ? '1' : '0') + good.substring(at + 1));
            assertThatThrownBy(() -> restored(true, FULL)).as(suffix).isInstanceOf(Unavailable.class);
            Files.delete(file);
            assertThatThrownBy(() -> restored(true, FULL)).as(suffix).isInstanceOf(Unavailable.class);
            Files.writeString(file, good);
            assertThat(restored(true, FULL)).isEqualTo(Files.readAllBytes(disk));
        }
    }

    @Test
    void delete_twice_leavesNoFileAndNoDirectory() throws IOException {
        write(FULL, Optional.empty());
        write(DELTA, Optional.of(FULL));
        backups.delete(FULL);
        backups.delete(FULL);
        try (var left = Files.list(directory.resolve("backups"))) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactly("other");
        }
        assertThat(backups.verify(DELTA)).isEqualTo("{}");
    }

    @Test
    void anyCall_withAContainerOutside_isRefused() {
        for (var container : List.of("..", "../x", "/etc", "."))
            assertThatThrownBy(() -> backups.delete(new Key(container, "p"))).isInstanceOf(Invalid.class);
    }
}
