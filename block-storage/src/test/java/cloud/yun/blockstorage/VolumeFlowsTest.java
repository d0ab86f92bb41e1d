package cloud.yun.blockstorage;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.kernel.flow.FlowRecord;
import cloud.yun.kernel.flow.FlowState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The three free tests of every flow of this room: each task fails before and after its effect, each task runs twice,
/// and the process dies between any two tasks.
class VolumeFlowsTest {
    /// @param prepare leaves the volume or snapshot that the flow is for; what it returns goes to `begin`
    /// @param failed statuses of what the user sees when the flow turned back
    /// @param done statuses when it ended well
    record Case(
            String flow,
            List<String> tasks,
            java.util.function.Function<TestCloud, String> prepare,
            java.util.function.BiConsumer<TestCloud, String> begin,
            java.util.function.BiFunction<TestCloud, String, String> look,
            Set<String> failed,
            String done) {
        @Override
        public String toString() {
            return flow;
        }
    }

    private static final String SERVER = "11111111-2222-3333-4444-555555555555";
    private static final String ATTACHMENT = "22222222-2222-3333-4444-555555555555";

    static Stream<Case> flows() {
        return Stream.of(
                new Case(
                        "volume_create_scheduler",
                        List.of("ExtractSchedulerSpecTask", "ScheduleCreateVolumeTask"),
                        _ -> "",
                        (c, _) -> c.create("\"size\": 1"),
                        (c, _) -> only(c),
                        Set.of("error"),
                        "available"),
                new Case(
                        "volume_create_manager",
                        List.of(
                                "ExtractVolumeRefTask",
                                "OnFailureRescheduleTask",
                                "ExtractVolumeSpecTask",
                                "NotifyVolumeActionTask",
                                "CreateVolumeFromSpecTask"),
                        _ -> "",
                        (c, _) -> c.create("\"size\": 1, \"imageRef\": \"" + TestCloud.IMAGE + "\""),
                        (c, _) -> only(c),
                        Set.of("error"),
                        "available"),
                new Case(
                        "volume_delete",
                        List.of("NotifyVolumeActionTask", "DeleteSnapshotsTask", "DeleteVolumeTask"),
                        c -> {
                            var id = c.available("\"size\": 1");
                            snapshot(c, id);
                            return id;
                        },
                        (c, id) -> c.call("DELETE", "/v3/volumes/" + id + "?cascade=true", null),
                        TestCloud::status,
                        Set.of("error_deleting"),
                        "gone"),
                new Case(
                        "volume_extend",
                        List.of("NotifyVolumeActionTask", "ExtendVolumeTask"),
                        c -> c.available("\"size\": 1"),
                        (c, id) -> c.act(id, "\"os-extend\": {\"new_size\": 3}"),
                        (c, id) -> c.status(id) + " "
                                + c.call("GET", "/v3/volumes/" + id, null).text("/volume/size"),
                        Set.of("error_extending 1"),
                        "available 3"),
                new Case(
                        "volume_upload_image",
                        List.of("UploadingTask", "CopyVolumeToImageTask"),
                        c -> c.available("\"size\": 1"),
                        (c, id) -> c.act(id, "\"os-volume_upload_image\": {\"image_name\": \"up\"}"),
                        (c, id) -> c.status(id) + " " + c.images.images.size(),
                        Set.of("available 1"),
                        "available 2"),
                new Case(
                        "snapshot_create",
                        List.of("NotifySnapshotActionTask", "CreateSnapshotTask"),
                        c -> c.available("\"size\": 1"),
                        VolumeFlowsTest::snapshot,
                        (c, _) -> c.call("GET", "/v3/snapshots/detail", null).text("/snapshots/0/status"),
                        Set.of("error"),
                        "available"),
                new Case(
                        "snapshot_delete",
                        List.of("NotifySnapshotActionTask", "DeleteSnapshotTask"),
                        c -> snapshot(c, c.available("\"size\": 1")),
                        (c, id) -> c.call("DELETE", "/v3/snapshots/" + id, null),
                        (c, _) -> c.call("GET", "/v3/snapshots/detail", null).text("/snapshots/0/status"),
                        Set.of("error_deleting"),
                        ""),
                new Case(
                        "backup_create",
                        List.of("NotifyBackupActionTask", "CreateTempSnapshotTask", "CreateBackupTask"),
                        VolumeFlowsTest::inUse,
                        (c, id) -> c.call(
                                "POST",
                                "/v3/backups",
                                "{\"backup\": {\"force\": true, \"volume_id\": \"" + id + "\"}}"),
                        (c, id) -> c.status(id) + " " + backup(c) + " " + c.backupFiles(),
                        Set.of("in-use error 0"),
                        "in-use available 2"),
                new Case(
                        "volume_revert",
                        List.of("NotifyVolumeActionTask", "RevertToSnapshotTask"),
                        c -> {
                            var id = c.available("\"size\": 1");
                            c.driver().write(id, "before");
                            var snapshot = snapshot(c, id);
                            c.driver().write(id, "after");
                            return id + " " + snapshot;
                        },
                        (c, ids) -> c.act(
                                ids.split(" ")[0], "\"revert\": {\"snapshot_id\": \"" + ids.split(" ")[1] + "\"}"),
                        (c, ids) -> only(c) + " " + c.driver().content(ids.split(" ")[0]) + " "
                                + c.call("GET", "/v3/snapshots/detail", null).text("/snapshots/0/status"),
                        // The second: it had been written when it failed.
                        Set.of("error after available", "error before available"),
                        "available before available"),
                new Case(
                        "volume_reimage",
                        List.of("NotifyVolumeActionTask", "CopyImageToVolumeTask"),
                        c -> c.available("\"size\": 1"),
                        (c, id) -> c.act(id, "\"os-reimage\": {\"image_id\": \"" + TestCloud.IMAGE + "\"}"),
                        (c, id) ->
                                c.call("GET", "/v3/volumes/" + id, null).text("/volume/bootable") + " " + c.status(id),
                        Set.of("false error"),
                        "true available"),
                new Case(
                        "unmanage",
                        List.of("NotifyUnmanageActionTask", "UnmanageTask"),
                        c -> c.available("\"size\": 1"),
                        (c, id) -> c.act(id, "\"os-unmanage\": {}"),
                        (c, id) -> c.status(id) + " " + c.driver().unmanaged().size(),
                        Set.of("error_deleting 0"),
                        "gone 1"),
                new Case(
                        "manage_existing",
                        List.of("NotifyManageActionTask", "ManageExistingTask"),
                        c -> {
                            var id = c.available("\"size\": 1");
                            c.act(id, "\"os-unmanage\": {}");
                            c.settle();
                            return id;
                        },
                        (c, id) -> c.call(
                                "POST",
                                "/v3/manageable_volumes",
                                "{\"volume\": {\"host\": \"ref1@local#local\", \"ref\": {\"source-name\": \"volume-"
                                        + id + "\"}}}"),
                        (c, _) -> only(c) + " " + c.driver().unmanaged().size(),
                        Set.of("error_managing 1"),
                        "available 0"),
                new Case(
                        "backup_restore",
                        List.of("NotifyBackupActionTask", "RestoreBackupTask"),
                        VolumeFlowsTest::backedUp,
                        (c, id) -> c.call(
                                "POST",
                                "/v3/backups/" + id + "/restore",
                                "{\"restore\": {\"volume_id\": \"" + onlyId(c) + "\"}}"),
                        (c, _) -> only(c) + " " + backup(c) + " " + c.driver().content(onlyId(c)),
                        // The second: it had been written when it failed.
                        Set.of("error_restoring available after", "error_restoring available before"),
                        "available available before"),
                new Case(
                        "backup_delete",
                        List.of("NotifyBackupActionTask", "DeleteBackupTask"),
                        VolumeFlowsTest::backedUp,
                        (c, id) -> c.call("DELETE", "/v3/backups/" + id, null),
                        (c, _) -> backup(c) + " " + (backup(c).isEmpty() ? c.backupFiles() : ""),
                        Set.of("error_deleting "),
                        " 0"),
                new Case(
                        "backup_import",
                        List.of("ImportOnFailureTask", "VerifyBackupTask"),
                        c -> {
                            var id = backedUp(c);
                            var url = c.call("GET", "/v3/backups/" + id + "/export_record", null)
                                    .text("/backup-record/backup_url");
                            c.db.write(tx -> tx.update("DELETE FROM backup"));
                            c.db.write(tx -> tx.update("DELETE FROM quota_usage WHERE resource LIKE 'backup%'"));
                            return url;
                        },
                        (c, url) -> c.call(
                                "POST",
                                "/v3/backups/import_record",
                                "{\"backup-record\": {\"backup_service\":"
                                        + " \"cinder.backup.drivers.posix.PosixBackupDriver\", \"backup_url\": \"" + url
                                        + "\"}}"),
                        (c, _) -> backup(c),
                        Set.of("error"),
                        "available"),
                new Case(
                        "volume_attach",
                        List.of("UpdateAttachmentTask", "InitializeConnectionTask"),
                        c -> attachment(c, c.available("\"size\": 1")),
                        (c, id) -> c.call(
                                "PUT",
                                "/v3/attachments/" + id,
                                "{\"attachment\": {\"connector\": {\"host\": \"h1\"}}}"),
                        (c, id) -> c.call("GET", "/v3/attachments/" + id, null).text("/attachment/status") + " "
                                + only(c) + " " + c.driver().connections().size(),
                        Set.of("reserved reserved 0"),
                        "attaching attaching 1"),
                new Case(
                        "volume_detach",
                        List.of("TerminateConnectionTask"),
                        c -> {
                            var id = attachment(c, c.available("\"size\": 1"));
                            c.call(
                                    "PUT",
                                    "/v3/attachments/" + id,
                                    "{\"attachment\": {\"connector\": {\"host\": \"h1\"}}}");
                            c.call("POST", "/v3/attachments/" + id + "/action", "{\"os-complete\": {}}");
                            return id;
                        },
                        (c, id) -> c.call("DELETE", "/v3/attachments/" + id, null),
                        (c, _) -> only(c),
                        Set.of("in-use"),
                        "available"));
    }

    private static String only(TestCloud c) {
        return c.call("GET", "/v3/volumes/detail", null).text("/volumes/0/status");
    }

    private static String onlyId(TestCloud c) {
        return c.call("GET", "/v3/volumes/detail", null).text("/volumes/0/id");
    }

    private static String backup(TestCloud c) {
        return c.call("GET", "/v3/backups/detail", null).text("/backups/0/status");
    }

    /// A volume that a server has.
    private static String inUse(TestCloud c) {
        var id = c.available("\"size\": 1");
        var attachment = attachment(c, id);
        c.call("PUT", "/v3/attachments/" + attachment, "{\"attachment\": {\"connector\": {\"host\": \"h1\"}}}");
        c.call("POST", "/v3/attachments/" + attachment + "/action", "{\"os-complete\": {}}");
        return id;
    }

    /// A backup that says `before` of a volume that says `after`.
    private static String backedUp(TestCloud c) {
        var volume = c.available("\"size\": 1");
        c.driver().write(volume, "before");
        var answer = c.call("POST", "/v3/backups", "{\"backup\": {\"volume_id\": \"" + volume + "\"}}");
        c.settle();
        c.driver().write(volume, "after");
        return answer.text("/backup/id");
    }

    private static String snapshot(TestCloud c, String volumeId) {
        var answer = c.call("POST", "/v3/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volumeId + "\"}}");
        c.settle();
        return answer.text("/snapshot/id");
    }

    private static String attachment(TestCloud c, String volumeId) {
        return c.call(
                        "POST",
                        "/v3/attachments",
                        "{\"attachment\": {\"volume_uuid\": \"" + volumeId + "\", \"instance_uuid\": \"" + SERVER
                                + "\"}}")
                .text("/attachment/id");
    }

    @TempDir
    Path directory;

    private int runs;

    private void run(Consumer<TestCloud> test) {
        try (var cloud = TestCloud.on(
                "sqlite",
                directory.resolve("run" + runs++),
                java.util.Map.of(BlockStorageModule.BACKEND, new SimulatedVolumeDriver(1000)),
                "[DEFAULT]\nscheduler_max_attempts = 1\n")) {
            test.accept(cloud);
        }
    }

    @ParameterizedTest
    @MethodSource("flows")
    void flow_whenAnyTaskFails_leavesWhatCinderLeavesAndNoOrphan(Case c) {
        for (var task : c.tasks())
            for (boolean after : new boolean[] {false, true})
                run(cloud -> {
                    var id = c.prepare().apply(cloud);
                    cloud.probe(failing(c.flow(), task, after));
                    c.begin().accept(cloud, id);
                    cloud.settle();
                    assertThat(c.look().apply(cloud, id))
                            .as(task + " after=" + after)
                            .isIn(c.failed());
                    assertThat(record(cloud, c.flow()).state()).isEqualTo(FlowState.REVERTED);
                    assertThat(cloud.violations()).as(task + " after=" + after).isEmpty();
                });
    }

    @ParameterizedTest
    @MethodSource("flows")
    void flow_whenEveryTaskRunsTwice_doesItOnce(Case c) {
        run(cloud -> {
            var id = c.prepare().apply(cloud);
            var again = new AtomicBoolean();
            // Dies after the effect and before the log of it, once at every task: the effect then happens again.
            var died = new ArrayList<String>();
            cloud.probe(new FlowProbe() {
                @Override
                public void afterTask(String flow, String task) {
                    if (flow.equals(c.flow()) && !died.contains(task)) {
                        died.add(task);
                        again.set(true);
                        cloud.flows.close();
                        throw new Died();
                    }
                }
            });
            c.begin().accept(cloud, id);
            // A process that dies leaves its flow to the next one, which begins with the task that was under way.
            crashLoop(cloud, again);
            assertThat(died).containsAll(c.tasks());
            assertThat(c.look().apply(cloud, id)).isEqualTo(c.done());
            assertThat(cloud.violations()).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("flows")
    void flow_whenTheProcessDiesBetweenTwoTasks_goesOnAfterTheRestart(Case c) {
        for (var task : c.tasks())
            run(cloud -> {
                var id = c.prepare().apply(cloud);
                var died = new AtomicBoolean();
                cloud.probe(new FlowProbe() {
                    @Override
                    public void betweenTasks(String flow, String done) {
                        if (flow.equals(c.flow()) && done.equals(task) && died.compareAndSet(false, true))
                            throw new Died();
                    }
                });
                c.begin().accept(cloud, id);
                cloud.settle();
                assertThat(died).isTrue();
                cloud.restart();
                cloud.settle();
                assertThat(c.look().apply(cloud, id)).as(task).isEqualTo(c.done());
                assertThat(cloud.violations()).as(task).isEmpty();
            });
    }

    private static void crashLoop(TestCloud cloud, AtomicBoolean again) {
        for (int i = 0; i < 20; i++) {
            cloud.settle();
            if (!again.getAndSet(false)) return;
            cloud.restart();
        }
        throw new AssertionError("dies for ever");
    }

    private static FlowProbe failing(String flow, String task, boolean after) {
        return new FlowProbe() {
            @Override
            public void beforeTask(String f, String t) {
                if (!after && f.equals(flow) && t.equals(task)) fail();
            }

            @Override
            public void afterTask(String f, String t) {
                if (after && f.equals(flow) && t.equals(task)) fail();
            }

            private void fail() {
                throw new Unavailable("It failed.", "the test said so", null);
            }
        };
    }

    static FlowRecord record(TestCloud cloud, String flow) {
        return cloud.flows.list(java.util.Optional.empty(), java.util.Optional.empty(), 100).stream()
                .filter(f -> f.name().equals(flow))
                .findFirst()
                .orElseThrow();
    }

    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
