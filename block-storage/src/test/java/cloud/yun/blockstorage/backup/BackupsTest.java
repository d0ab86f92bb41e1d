package cloud.yun.blockstorage.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.blockstorage.BlockStorageModule;
import cloud.yun.blockstorage.TestCloud;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupsTest {
    @TempDir
    Path directory;

    private void on(String dialect, Consumer<TestCloud> test) {
        try (var cloud = TestCloud.on(
                dialect,
                directory.resolve(dialect),
                Map.of(BlockStorageModule.BACKEND, new SimulatedVolumeDriver(1000)),
                "[DEFAULT]\nbackup_sha_block_size_bytes = 4\nbackup_file_size = 8\nquota_backups = 3\n")) {
            test.accept(cloud);
            cloud.settle();
            assertThat(cloud.violations()).isEmpty();
        }
    }

    private static String backUp(TestCloud c, String inner) {
        var answer = c.call("POST", "/v3/backups", "{\"backup\": {" + inner + "}}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
        c.settle();
        var id = answer.text("/backup/id");
        assertThat(show(c, id).text("/backup/status")).isEqualTo("available");
        return id;
    }

    private static TestCloud.Answer show(TestCloud c, String id) {
        return c.call("GET", "/v3/backups/" + id, null);
    }

    private static String of(String volumeId) {
        return "\"volume_id\": \"" + volumeId + "\"";
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement({"S3.205", "S3.216"})
    void restore_ofAnIncrementalOne_isANewVolumeWithNameMetadataAndData(String dialect) {
        on(dialect, c -> {
            var volume = c.available("\"size\": 1, \"name\": \"v\", \"metadata\": {\"a\": \"b\"}");
            c.driver().write(volume, "0123456789");
            var full = backUp(c, of(volume) + ", \"name\": \"full\"");
            c.driver().write(volume, "01234x6789");
            var delta = backUp(c, of(volume) + ", \"incremental\": true, \"metadata\": {\"k\": \"1\"}");
            assertThat(show(c, full).body().at("/backup/has_dependent_backups").asBoolean(false))
                    .isTrue();
            assertThat(show(c, full).body().at("/backup/object_count").asInt(0)).isEqualTo(2);
            assertThat(show(c, delta).body().at("/backup/object_count").asInt(0))
                    .isEqualTo(1);
            assertThat(show(c, delta).body().at("/backup/is_incremental").asBoolean(false))
                    .isTrue();
            assertThat(c.call("DELETE", "/v3/backups/" + full, null).text("/badRequest/message"))
                    .isEqualTo("Invalid backup: Incremental backups exist for this backup.");
            c.call("DELETE", "/v3/volumes/" + volume, null);
            c.settle();
            assertThat(c.status(volume)).isEqualTo("gone");
            var answer = c.call("POST", "/v3/backups/" + delta + "/restore", "{\"restore\": {}}");
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.text("/restore/volume_name")).isEqualTo("restore_backup_" + delta);
            c.settle();
            var restored = c.call("GET", "/v3/volumes/" + answer.text("/restore/volume_id"), null);
            assertThat(restored.text("/volume/status")).isEqualTo("available");
            assertThat(restored.text("/volume/name")).isEqualTo("v");
            assertThat(restored.text("/volume/metadata/a")).isEqualTo("b");
            assertThat(c.driver().content(restored.text("/volume/id"))).isEqualTo("01234x6789");
            assertThat(show(c, delta).text("/backup/status")).isEqualTo("available");
            c.call("DELETE", "/v3/backups/" + delta, null);
            c.settle();
            assertThat(c.call("DELETE", "/v3/backups/" + full, null).status()).isEqualTo(202);
            c.settle();
            assertThat(c.backupFiles()).isZero();
        });
    }

    /// The names of a volume's flows, oldest first.
    private static List<String> flows(TestCloud c, String volume) {
        return c.flows.ofResource(volume).stream().map(f -> f.name()).sorted().toList();
    }

    private static TestCloud.Answer restored(TestCloud c, String backup, String inner) {
        var answer = c.call("POST", "/v3/backups/" + backup + "/restore", "{\"restore\": {" + inner + "}}");
        assertThat(answer.status()).isEqualTo(202);
        c.settle();
        return c.call("GET", "/v3/volumes/" + answer.text("/restore/volume_id"), null);
    }

    @Test
    @Requirement({"S3.217", "S3.221"})
    void restore_ofABootableOne_isBootableWithTheImagesMetadataAndKeepsGivenNames() {
        on("sqlite", c -> {
            var volume = c.available("\"size\": 2, \"name\": \"system\", \"imageRef\": \"" + TestCloud.IMAGE + "\"");
            var backup = backUp(c, of(volume));
            var there = c.available("\"size\": 2, \"name\": \"mine\"");
            for (var look : List.of(
                    restored(c, backup, ""),
                    restored(c, backup, "\"name\": \"given\""),
                    restored(c, backup, "\"volume_id\": \"" + there + "\""))) {
                assertThat(look.text("/volume/status")).isEqualTo("available");
                assertThat(look.text("/volume/bootable")).isEqualTo("true");
                assertThat(look.text("/volume/volume_image_metadata/image_id")).isEqualTo(TestCloud.IMAGE);
            }
            var names = c.call("GET", "/v3/volumes?sort=created_at:asc", null)
                    .body()
                    .path("volumes");
            assertThat(names.valueStream().map(v -> v.path("name").asString("")))
                    .containsExactly("system", "mine", "system", "given");
            var fresh = c.call("GET", "/v3/volumes?name=given", null).text("/volumes/0/id");
            assertThat(flows(c, fresh)).isEqualTo(flows(c, c.available("\"size\": 2")));
        });
    }

    @Test
    @Requirement("S3.219")
    void restore_whenAFileIsMissingOrOfAnotherVersion_isErrorRestoringWithTheReason() {
        on("sqlite", c -> {
            var volume = c.available("\"size\": 1");
            c.driver().write(volume, "0123456789");
            var backup = backUp(c, of(volume));
            edit("_metadata", text -> Optional.of(text.replace("1.0.0", "9.9.9")));
            assertThat(restored(c, backup, of(volume)).text("/volume/status")).isEqualTo("error_restoring");
            assertThat(reason(c, backup)).contains("No support to restore backup version 9.9.9");
            edit("_metadata", text -> Optional.of(text.replace("9.9.9", "1.0.0")));
            edit("-00001", _ -> Optional.empty());
            c.act(volume, "\"os-reset_status\": {\"status\": \"available\"}");
            assertThat(restored(c, backup, of(volume)).text("/volume/status")).isEqualTo("error_restoring");
            assertThat(reason(c, backup)).contains("actual object list does not match object list stored in metadata");
            assertThat(show(c, backup).text("/backup/status")).isEqualTo("available");
            assertThat(c.call("GET", "/v3/messages", null).body().toString()).contains(backup);
            c.act(volume, "\"os-reset_status\": {\"status\": \"available\"}");
        });
    }

    private static String reason(TestCloud c, String backup) {
        return c.flows.ofResource(backup).stream()
                .filter(f -> f.name().equals("backup_restore"))
                .max(java.util.Comparator.comparing(f -> f.createdAt()))
                .map(f -> f.error().orElse("") + f.detail().orElse(""))
                .orElse("");
    }

    /// @param change empty deletes the file
    private void edit(String suffix, Function<String, Optional<String>> change) {
        try (var all = Files.walk(directory)) {
            var file =
                    all.filter(f -> f.toString().endsWith(suffix)).findFirst().orElseThrow();
            var changed = change.apply(Files.readString(file, StandardCharsets.ISO_8859_1));
            if (changed.isPresent()) Files.writeString(file, changed.get(), StandardCharsets.ISO_8859_1);
            else Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TestCloud installation(String name, String options) {
        return TestCloud.on(
                "sqlite",
                directory.resolve(name),
                Map.of(BlockStorageModule.BACKEND, new SimulatedVolumeDriver(1000)),
                "[DEFAULT]\nbackup_posix_path = " + directory.resolve("shared") + "\n" + options);
    }

    @Test
    @Requirement({"S3.207", "S3.208"})
    void record_importedByAnotherInstallation_restoresTheData() {
        String backup;
        String exported;
        try (var first = installation("first", "backup_driver = cinder.backup.drivers.posix.PosixBackupDriver\n")) {
            var volume = first.available("\"size\": 1");
            first.driver().write(volume, "0123456789");
            backup = backUp(first, of(volume));
            exported = first.call("GET", "/v3/backups/" + backup + "/export_record", null)
                    .body()
                    .toString();
        }
        try (var second = installation("second", "backup_driver = cinder.backup.drivers.posix\n")) {
            assertThat(second.call("POST", "/v3/backups/import_record", exported)
                            .status())
                    .isEqualTo(201);
            second.settle();
            var found = restored(second, backup, "");
            assertThat(found.text("/volume/status")).isEqualTo("available");
            assertThat(second.driver().content(found.text("/volume/id"))).isEqualTo("0123456789");
            var services = second.call("GET", "/v3/os-services?binary=cinder-backup", null);
            assertThat(services.text("/services/0/state")).isEqualTo("up");
        }
        assertThatThrownBy(() -> installation("third", "backup_driver = cinder.backup.drivers.none.NoneDriver\n")
                        .close())
                .isInstanceOf(Config.Wrong.class)
                .hasMessageContaining("'cinder.backup.drivers.none.NoneDriver' is not supported");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite"})
    @Requirement({"S3.211", "S3.215"})
    void create_ofAVolumeInUse_takesASnapshotAndForgetsIt(String dialect) {
        on(dialect, c -> {
            var volume = c.available("\"size\": 1");
            c.driver().write(volume, "before");
            var attachment = c.call(
                            "POST",
                            "/v3/attachments",
                            "{\"attachment\": {\"volume_uuid\": \"" + volume
                                    + "\", \"instance_uuid\": \"aaaaaaaa-2222-3333-4444-555555555555\"}}")
                    .text("/attachment/id");
            c.call("POST", "/v3/attachments/" + attachment + "/action", "{\"os-complete\": {}}");
            var taken = new AtomicReference<Set<String>>(Set.of());
            c.probe(new FlowProbe() {
                @Override
                public void beforeTask(String flow, String task) {
                    if (!task.equals("CreateBackupTask")) return;
                    taken.set(c.driver().inventory().snapshots());
                    c.driver().write(volume, "after");
                }
            });
            var backup = backUp(c, of(volume) + ", \"force\": true");
            assertThat(taken.get()).hasSize(1);
            assertThat(c.driver().inventory().snapshots()).isEmpty();
            assertThat(c.status(volume)).isEqualTo("in-use");
            var made = c.available("\"size\": 1, \"backup_id\": \"" + backup + "\"");
            assertThat(c.driver().content(made)).isEqualTo("before");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void create_ofASnapshot_holdsWhatTheSnapshotHolds(String dialect) {
        on(dialect, c -> {
            var volume = c.available("\"size\": 1");
            c.driver().write(volume, "before");
            var snapshot = c.call("POST", "/v3/snapshots", "{\"snapshot\": {" + of(volume) + "}}")
                    .text("/snapshot/id");
            c.settle();
            c.driver().write(volume, "after");
            var backup = backUp(c, of(volume) + ", \"snapshot_id\": \"" + snapshot + "\"");
            assertThat(show(c, backup).text("/backup/snapshot_id")).isEqualTo(snapshot);
            var made = c.available("\"size\": 1, \"backup_id\": \"" + backup + "\"");
            assertThat(c.driver().content(made)).isEqualTo("before");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite"})
    void create_whenItMayNot_saysWhyInCindersWords(String dialect) {
        on(dialect, c -> {
            var volume = c.available("\"size\": 1");
            assertThat(error(c, of(volume) + ", \"incremental\": true"))
                    .isEqualTo("Invalid backup: No backups available to do an incremental backup.");
            assertThat(error(c, of(volume) + ", \"container\": \"../up\"")).contains("is not a directory below");
            assertThat(error(c, of(volume) + ", \"snapshot_id\": \"" + volume + "\""))
                    .isEqualTo("Snapshot " + volume + " could not be found.");
            for (int i = 0; i < 3; i++) backUp(c, of(volume));
            assertThat(error(c, of(volume)))
                    .isEqualTo("BackupLimitExceeded: Maximum number of backups allowed (3) exceeded");
            assertThat(c.status(volume)).isEqualTo("available");
            assertThat(c.act(volume, "\"os-reset_status\": {\"status\": \"in-use\"}"))
                    .isEqualTo(202);
            assertThat(error(c, of(volume)))
                    .isEqualTo("Invalid volume: Backing up an in-use volume must use the force flag.");
            c.act(volume, "\"os-reset_status\": {\"status\": \"available\"}");
        });
    }

    private static String error(TestCloud c, String inner) {
        var answer = c.call("POST", "/v3/backups", "{\"backup\": {" + inner + "}}");
        assertThat(answer.status()).isBetween(400, 413);
        return answer.body().iterator().next().path("message").asString("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_filtersSortsAndPages(String dialect) {
        on(dialect, c -> {
            var volume = c.available("\"size\": 1");
            backUp(c, of(volume) + ", \"name\": \"bee\"");
            backUp(c, of(volume) + ", \"name\": \"ant\"");
            var all = c.call("GET", "/v3/backups?sort=name:asc&limit=1&with_count=true", null);
            assertThat(all.text("/backups/0/name")).isEqualTo("ant");
            assertThat(all.body().path("count").asInt(0)).isEqualTo(2);
            assertThat(all.text("/backups_links/0/rel")).isEqualTo("next");
            assertThat(c.call("GET", "/v3/backups?name~=EE", null)
                            .body()
                            .path("backups")
                            .size())
                    .isEqualTo(1);
            assertThat(c.call("demo", "3.71", "GET", "/v3/backups/detail", null)
                            .body()
                            .path("backups"))
                    .isEmpty();
            assertThat(c.call("demo", "3.71", "GET", "/v3/backups?nonsense=1", null)
                            .status())
                    .isEqualTo(400);
        });
    }
}
