package cloud.yun.blockstorage;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.TestCloud.Answer;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.event.Event;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.kernel.flow.FlowRecord;
import cloud.yun.kernel.flow.FlowState;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Volumes through the API, on both databases.
class VolumesTest {
    private static final String NOBODY = "11111111-2222-3333-4444-555555555555";

    @TempDir
    Path directory;

    private TestCloud cloud(String dialect) {
        return TestCloud.on(dialect, directory.resolve("cloud"), new SimulatedVolumeDriver(1000));
    }

    private static FlowRecord flow(TestCloud cloud, String volumeId, String name) {
        return cloud.flows.ofResource(volumeId).stream()
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> tasks(FlowRecord flow) {
        return flow.tasks().stream().map(FlowRecord.TaskRecord::name).toList();
    }

    private static List<Event> events(TestCloud cloud) {
        return new Events(cloud.db, Clock.systemUTC()).after(0, 1000);
    }

    private static long usage(TestCloud cloud, String resource) {
        return cloud.call("GET", "/v3/os-quota-sets/" + TestCloud.ADMIN_PROJECT + "?usage=True", null)
                .body()
                .at("/quota_set/" + resource + "/in_use")
                .asLong(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement({
        "S3.129", "S3.135", "S3.150", "S3.152", "S3.153", "S3.155", "S3.157", "S3.158", "S3.160", "S3.161", "S3.164",
        "S3.165", "S3.166", "S3.168", "S3.169", "S3.170", "S3.171"
    })
    void create_whenBlank_goesThroughCindersThreeFlowsToAvailable(String dialect) {
        try (var cloud = cloud(dialect)) {
            var answer = cloud.call("POST", "/v3/volumes", "{\"volume\": {\"size\": 2, \"name\": \"a\"}}");
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.text("/volume/status")).isEqualTo("creating");
            var id = answer.text("/volume/id");
            cloud.settle();

            var api = flow(cloud, id, "volume_create_api");
            assertThat(api.state()).isEqualTo(FlowState.SUCCESS);
            assertThat(api.origin().requestId()).startsWith("req-");
            assertThat(tasks(api))
                    .containsExactly(
                            "ExtractVolumeRequestTask",
                            "QuotaReserveTask",
                            "EntryCreateTask",
                            "QuotaCommitTask",
                            "VolumeCastTask");
            var scheduler = flow(cloud, id, "volume_create_scheduler");
            assertThat(scheduler.state()).isEqualTo(FlowState.SUCCESS);
            assertThat(tasks(scheduler)).containsExactly("ExtractSchedulerSpecTask", "ScheduleCreateVolumeTask");
            var manager = flow(cloud, id, "volume_create_manager");
            assertThat(manager.state()).isEqualTo(FlowState.SUCCESS);
            assertThat(manager.params()).contains("ref1@local#local");
            assertThat(tasks(manager))
                    .containsExactly(
                            "ExtractVolumeRefTask",
                            "OnFailureRescheduleTask",
                            "ExtractVolumeSpecTask",
                            "NotifyVolumeActionTask",
                            "CreateVolumeFromSpecTask",
                            "CreateVolumeOnFinishTask");

            assertThat(cloud.status(id)).isEqualTo("available");
            assertThat(cloud.driver().sizeGib(id)).isEqualTo(2);
            assertThat(events(cloud).stream().map(Event::type))
                    .containsSubsequence("scheduler.create_volume", "volume.create.start", "volume.create.end");
            assertThat(events(cloud).getLast().payload().path("launched_at").asString(""))
                    .isNotEmpty();
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.159")
    void create_whenAnyTaskOfTheRequestFails_leavesNoRowNoQuotaAndNoVolume(String dialect) {
        try (var cloud = cloud(dialect)) {
            for (var task : List.of(
                    "ExtractVolumeRequestTask",
                    "QuotaReserveTask",
                    "EntryCreateTask",
                    "QuotaCommitTask",
                    "VolumeCastTask")) {
                for (boolean after : new boolean[] {false, true}) {
                    cloud.probe(new FlowProbe() {
                        @Override
                        public void beforeTask(String flow, String t) {
                            if (!after && t.equals(task)) throw new Unavailable("It failed.", "test", null);
                        }

                        @Override
                        public void afterTask(String flow, String t) {
                            if (after && t.equals(task)) throw new Unavailable("It failed.", "test", null);
                        }
                    });
                    var answer = cloud.call("POST", "/v3/volumes", "{\"volume\": {\"size\": 1}}");
                    assertThat(answer.status()).as(task).isEqualTo(503);
                    cloud.settle();
                    assertThat(cloud.call("GET", "/v3/volumes", null).body().path("volumes"))
                            .isEmpty();
                    assertThat(usage(cloud, "volumes")).isZero();
                    assertThat(cloud.driver().inventory().volumes()).isEmpty();
                    assertThat(cloud.violations()).isEmpty();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.151")
    void create_whenTheBackEndFails_staysInErrorWithItsQuotaAndTheFlowIsReverted(String dialect) {
        try (var cloud = cloud(dialect)) {
            cloud.driver().faults("create"::equals);
            var id = cloud.create("\"size\": 2");
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("error");
            var flow = flow(cloud, id, "volume_create_manager");
            assertThat(flow.state()).isEqualTo(FlowState.REVERTED);
            assertThat(flow.error()).contains("The storage back end failed.");
            assertThat(flow.detail().orElse("")).contains("CreateVolumeFromSpecTask", "simulated fault");
            assertThat(usage(cloud, "gigabytes")).isEqualTo(2);
            assertThat(cloud.violations()).isEmpty();

            assertThat(cloud.call("DELETE", "/v3/volumes/" + id, null).status()).isEqualTo(202);
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("gone");
            assertThat(usage(cloud, "gigabytes")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.133")
    void create_withAWrongRequest_is400WithTheField(String dialect) {
        try (var cloud = cloud(dialect)) {
            assertThat(message(cloud, "\"size\": 0", 400)).contains("field/attribute size");
            assertThat(message(cloud, "\"size\": -1", 400)).contains("field/attribute size");
            assertThat(message(cloud, "\"size\": 1, \"volume_type\": \"none\"", 404))
                    .contains("none");
            assertThat(message(cloud, "\"size\": 1, \"snapshot_id\": \"x\"", 400))
                    .contains("field/attribute snapshot_id");
            assertThat(message(cloud, "\"size\": 1, \"snapshot_id\": \"" + NOBODY + "\"", 404))
                    .contains(NOBODY);
            assertThat(message(cloud, "\"size\": 1, \"source_volid\": \"" + NOBODY + "\"", 404))
                    .contains(NOBODY);
            assertThat(message(cloud, "\"size\": 1, \"imageRef\": \"" + NOBODY + "\"", 400))
                    .isEqualTo("Invalid image identifier or unable to access requested image.");
            assertThat(message(cloud, "\"size\": 1, \"availability_zone\": \"mars\"", 400))
                    .isEqualTo("Availability zone 'mars' is invalid.");
            assertThat(cloud.call("GET", "/v3/volumes", null).body().path("volumes"))
                    .isEmpty();
            assertThat(cloud.violations()).isEmpty();
        }
    }

    private static String message(TestCloud cloud, String inner, int status) {
        var answer = cloud.call("POST", "/v3/volumes", "{\"volume\": {" + inner + "}}");
        assertThat(answer.status()).as(inner + answer.body()).isEqualTo(status);
        return answer.body().iterator().next().path("message").asString("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.202")
    void create_fromImageSnapshotAndVolume_holdsTheirData(String dialect) {
        try (var cloud = cloud(dialect)) {
            var fromImage = cloud.available("\"size\": 2, \"imageRef\": \"" + TestCloud.IMAGE + "\"");
            assertThat(cloud.driver().content(fromImage)).isEqualTo("image " + TestCloud.IMAGE);
            var shown = cloud.call("GET", "/v3/volumes/" + fromImage, null);
            assertThat(shown.text("/volume/bootable")).isEqualTo("true");
            assertThat(shown.text("/volume/volume_image_metadata/image_id")).isEqualTo(TestCloud.IMAGE);

            cloud.driver().write(fromImage, "changed");
            var snapshot = cloud.call("POST", "/v3/snapshots", "{\"snapshot\": {\"volume_id\": \"" + fromImage + "\"}}")
                    .text("/snapshot/id");
            cloud.settle();
            cloud.driver().write(fromImage, "changed again");
            var fromSnapshot = cloud.available("\"snapshot_id\": \"" + snapshot + "\"");
            assertThat(cloud.driver().content(fromSnapshot)).isEqualTo("changed");
            assertThat(cloud.driver().sizeGib(fromSnapshot)).isEqualTo(2);
            var clone = cloud.available("\"size\": 3, \"source_volid\": \"" + fromImage + "\"");
            assertThat(cloud.driver().content(clone)).isEqualTo("changed again");
            assertThat(message(cloud, "\"size\": 1, \"snapshot_id\": \"" + snapshot + "\"", 400))
                    .isEqualTo("Invalid input received: Volume size '1'GB cannot be smaller than the snapshot size 2GB."
                            + " They must be >= original snapshot size.");
            // Since 3.40 the volume itself goes back, too.
            assertThat(cloud.act(fromImage, "\"revert\": {\"snapshot_id\": \"" + snapshot + "\"}"))
                    .isEqualTo(202);
            cloud.settle();
            assertThat(cloud.status(fromImage)).isEqualTo("available");
            assertThat(cloud.driver().content(fromImage)).isEqualTo("changed");
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.193")
    void extend_toALargerSize_growsAndCountsQuota(String dialect) {
        try (var cloud = cloud(dialect)) {
            var id = cloud.available("\"size\": 2");
            assertThat(cloud.act(id, "\"os-extend\": {\"new_size\": 5}")).isEqualTo(202);
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("available");
            assertThat(cloud.driver().sizeGib(id)).isEqualTo(5);
            assertThat(usage(cloud, "gigabytes")).isEqualTo(5);
            assertThat(cloud.act(id, "\"os-extend\": {\"new_size\": 5}")).isEqualTo(400);
            assertThat(cloud.act(id, "\"os-extend\": {\"new_size\": 4}")).isEqualTo(400);
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void extend_ofAVolumeInUse_needs342AndTellsTheServers(String dialect) {
        try (var cloud = cloud(dialect)) {
            var id = cloud.available("\"size\": 1");
            cloud.act(id, "\"os-attach\": {\"instance_uuid\": \"" + NOBODY + "\", \"mountpoint\": \"/dev/vdb\"}");
            var told = new ArrayList<String>();
            cloud.module.onGrown(g -> told.add(g.volumeId() + g.serverIds() + g.sizeGib()));
            var path = "/v3/volumes/" + id + "/action";
            var old = cloud.call("admin", "3.41", "POST", path, "{\"os-extend\": {\"new_size\": 2}}");
            assertThat(old.status()).isEqualTo(400);
            assertThat(old.text("/badRequest/message")).contains("status must be", "currently in-use");
            assertThat(cloud.call("admin", "3.42", "POST", path, "{\"os-extend\": {\"new_size\": 2}}")
                            .status())
                    .isEqualTo(202);
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("in-use");
            assertThat(told).containsExactly(id + "[" + NOBODY + "]2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void delete_withSnapshots_isRefusedUnlessTheyGoWithIt(String dialect) {
        try (var cloud = cloud(dialect)) {
            var id = cloud.available("\"size\": 1");
            cloud.call("POST", "/v3/snapshots", "{\"snapshot\": {\"volume_id\": \"" + id + "\"}}");
            cloud.settle();
            var refused = cloud.call("DELETE", "/v3/volumes/" + id, null);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text("/badRequest/message")).contains("have snapshots");
            assertThat(cloud.call("DELETE", "/v3/volumes/" + id + "?cascade=true", null)
                            .status())
                    .isEqualTo(202);
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("gone");
            assertThat(cloud.driver().inventory().snapshots()).isEmpty();
            assertThat(usage(cloud, "gigabytes")).isZero();
            assertThat(usage(cloud, "snapshots")).isZero();
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void attach_whenManyWantOneVolume_oneWinsAndTheOthersGetCindersAnswer(String dialect) throws Exception {
        try (var cloud = cloud(dialect);
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var id = cloud.available("\"size\": 1");
            var answers = new ArrayList<Future<Answer>>();
            for (int i = 0; i < 8; i++) {
                var server = "11111111-2222-3333-4444-00000000000" + i;
                answers.add(callers.submit(() -> cloud.call(
                        "POST",
                        "/v3/attachments",
                        "{\"attachment\": {\"volume_uuid\": \"" + id + "\", \"instance_uuid\": \"" + server + "\"}}")));
            }
            int won = 0;
            for (var future : answers) {
                var answer = future.get();
                if (answer.status() == 200) won++;
                else
                    assertThat(answer.text("/badRequest/message"))
                            .isEqualTo("Invalid volume: Volume " + id + " status must be available or downloading to"
                                    + " reserve, but the current status is reserved.");
            }
            assertThat(won).isEqualTo(1);
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void create_whenManyPassTheQuotaTogether_noMoreThanTheLimitAreMade(String dialect) throws Exception {
        try (var cloud = cloud(dialect);
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            cloud.call(
                    "PUT",
                    "/v3/os-quota-sets/" + TestCloud.DEMO_PROJECT,
                    "{\"quota_set\": {\"volumes\": 3, \"gigabytes\": 100}}");
            var answers = new ArrayList<Future<Answer>>();
            for (int i = 0; i < 8; i++)
                answers.add(callers.submit(
                        () -> cloud.call("demo", "3.71", "POST", "/v3/volumes", "{\"volume\": {\"size\": 1}}")));
            int made = 0;
            for (var future : answers) {
                var answer = future.get();
                if (answer.status() == 202) made++;
                else {
                    assertThat(answer.status()).isEqualTo(413);
                    assertThat(answer.text("/overLimit/message"))
                            .isEqualTo("VolumeLimitExceeded: Maximum number of volumes allowed (3) exceeded for quota"
                                    + " 'volumes'.");
                }
            }
            assertThat(made).isEqualTo(3);
            cloud.settle();
            var big = cloud.call("demo", "3.71", "POST", "/v3/volumes", "{\"volume\": {\"size\": 98}}");
            assertThat(big.text("/overLimit/message"))
                    .isEqualTo("VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes"
                            + " quota. Requested 98G, quota is 100G and 3G has been consumed.");
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_byLimitMarkerSortAndFilter_showsEveryVolumeOnce(String dialect) {
        try (var cloud = cloud(dialect)) {
            for (var name : List.of("c", "a", "d", "b"))
                cloud.available("\"size\": 1, \"name\": \"" + name + "\", \"metadata\": {\"k\": \"" + name + "\"}");
            var seen = new ArrayList<String>();
            var path = "/v3/volumes?limit=2&sort=name:asc";
            while (!path.isEmpty()) {
                var page = cloud.call("GET", path, null);
                page.body().path("volumes").forEach(v -> seen.add(v.path("name").asString("")));
                var next = page.text("/volumes_links/0/href");
                path = next.isEmpty() ? "" : next.substring(next.indexOf("/volume/") + "/volume".length());
            }
            assertThat(seen).containsExactly("a", "b", "c", "d");
            assertThat(names(cloud, "?sort=name:desc&offset=1&limit=2")).containsExactly("c", "b");
            assertThat(names(cloud, "?name=a")).containsExactly("a");
            assertThat(names(cloud, "?name~=A")).containsExactly("a");
            assertThat(names(cloud, "?metadata=%7B%27k%27%3A%20%27d%27%7D")).containsExactly("d");
            assertThat(names(cloud, "?status=error")).isEmpty();
            assertThat(names(cloud, "?bootable=false&sort=name:asc&limit=1")).containsExactly("a");
            assertThat(names(cloud, "?created_at=gt:2099-01-01T00:00:00")).isEmpty();
            assertThat(cloud.call("GET", "/v3/volumes?with_count=true&limit=1", null)
                            .body()
                            .path("count")
                            .asInt(0))
                    .isEqualTo(4);
            assertThat(cloud.call("demo", "3.71", "GET", "/v3/volumes?all_tenants=1", null)
                            .body()
                            .path("volumes"))
                    .isEmpty();
            assertThat(cloud.call("demo", "3.71", "GET", "/v3/volumes?zz=1", null)
                            .status())
                    .isEqualTo(400);
            assertThat(cloud.call("GET", "/v3/volumes/summary", null)
                            .body()
                            .at("/volume-summary/total_size")
                            .asInt(0))
                    .isEqualTo(4);
        }
    }

    private static List<String> names(TestCloud cloud, String query) {
        var found = new ArrayList<String>();
        cloud.call("GET", "/v3/volumes" + query, null)
                .body()
                .path("volumes")
                .forEach(v -> found.add(v.path("name").asString("")));
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void volume_ofAnotherProject_doesNotExist(String dialect) {
        try (var cloud = cloud(dialect)) {
            var id = cloud.available("\"size\": 1");
            for (var method : List.of("GET", "DELETE"))
                assertThat(cloud.call("demo", "3.71", method, "/v3/volumes/" + id, null)
                                .status())
                        .isEqualTo(404);
            var snapshot = "{\"snapshot\": {\"volume_id\": \"" + id + "\"}}";
            assertThat(cloud.call("demo", "3.71", "POST", "/v3/snapshots", snapshot)
                            .status())
                    .isEqualTo(404);
            var attachment = "{\"attachment\": {\"volume_uuid\": \"" + id + "\"}}";
            assertThat(cloud.call("demo", "3.71", "POST", "/v3/attachments", attachment)
                            .status())
                    .isEqualTo(404);
            var reset = "{\"os-reset_status\": {\"status\": \"error\"}}";
            assertThat(cloud.call("demo", "3.71", "POST", "/v3/volumes/" + id + "/action", reset)
                            .status())
                    .isEqualTo(404);
            assertThat(cloud.status(id)).isEqualTo("available");
        }
    }
}
