package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.FakePorts;
import cloud.yun.compute.fake.Gate;
import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.kernel.flow.FlowState;
import cloud.yun.testing.Requirement;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CreateServerTest {
    private static final List<String> TASKS = List.of(
            "schedule", "plug-ports", "connect-volumes", "cache-image", "create-disks", "start-guest", "mark-active");

    private TestCloud cloud = TestCloud.sqlite();
    private ComputeApi api = api(cloud);
    private final String image = cloud.image();

    private static ComputeApi api(TestCloud cloud) {
        return new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part));
    }

    @AfterEach
    void close() {
        cloud.close();
        api.close();
    }

    /// Boots from an image with one more volume that is made for it.
    private String create() {
        var answer = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s", "networks": [{"uuid": "%s"}],
                 "block_device_mapping_v2": [{"source_type": "blank", "destination_type": "volume",
                                              "volume_size": 1, "boot_index": -1, "delete_on_termination": true}]}}
                """.formatted(image, FakePorts.NETWORK));
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
        return answer.body().path("server").path("id").asString();
    }

    private void delete(String id) throws InterruptedException {
        assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status()).isEqualTo(204);
        cloud.idle();
        assertThat(cloud.server(id).vmState()).isEqualTo(VmState.DELETED);
        assertThat(cloud.remains()).isEmpty();
    }

    @Test
    @Requirement({"S3.73", "S3.85", "S3.95"})
    void create_whenAllIsWell_isActiveAndDeleteLeavesNothing() throws InterruptedException {
        var id = create();
        cloud.idle();
        var server = cloud.server(id);
        assertThat(server.vmState()).isEqualTo(VmState.ACTIVE);
        assertThat(server.taskState()).isEqualTo(TaskState.NONE);
        assertThat(server.powerState().number()).isEqualTo(1);
        assertThat(server.wanted().adminPassword())
                .as("nobody needs it any more")
                .isEmpty();
        assertThat(cloud.hypervisor().guests()).containsOnlyKeys(id);
        assertThat(cloud.hypervisor().volumesOf(id)).hasSize(1);
        delete(id);
        assertThat(cloud.volumeDriver.inventory().volumes())
                .as("delete_on_termination")
                .isEmpty();
    }

    @Test
    @Requirement({"S4.38", "S4.40"})
    void create_whenAnyTaskFailsBeforeOrAfterItsEffect_endsInErrorWithNothingOnTheHost() throws InterruptedException {
        for (var task : TASKS)
            for (boolean after : new boolean[] {false, true}) {
                cloud.flows.probe(Mishap.failing("server_create", task, after));
                var id = create();
                cloud.idle();
                cloud.flows.probe(FlowProbe.NONE);
                var server = cloud.server(id);
                assertThat(server.vmState()).as(task + " " + after).isEqualTo(VmState.ERROR);
                assertThat(server.taskState()).isEqualTo(TaskState.NONE);
                assertThat(server.host()).isEmpty();
                assertThat(server.fault().orElseThrow().message()).isEqualTo("it failed");
                assertThat(cloud.remains()).as(task + " " + after).isEmpty();
                delete(id);
            }
    }

    @Test
    @Requirement({"S3.84", "S4.41"})
    void create_beforeTheGuestStarts_hasItsPortsBoundAndPlugged() throws InterruptedException {
        var gate = new Gate("server_create", "start-guest");
        cloud.flows.probe(Gate.all(gate));
        var id = create();
        gate.awaitReached();
        var ports = cloud.db.read(tx -> cloud.ports.ofServer(tx, id));
        assertThat(ports).hasSize(1);
        assertThat(ports.getFirst().host()).contains("host1");
        assertThat(cloud.ports.plugged).containsExactly(ports.getFirst().id() + "@host1");
        assertThat(cloud.hypervisor().guests()).isEmpty();
        gate.open();
        cloud.idle();
        assertThat(cloud.hypervisor().guests()).containsOnlyKeys(id);
    }

    @Test
    @Requirement("S4.48")
    void create_whenItEnds_isNotifiedAsActiveOrAsAnError() throws InterruptedException {
        var good = create();
        cloud.idle();
        cloud.flows.probe(Mishap.failing("server_create", "start-guest", false));
        var bad = create();
        cloud.idle();
        var told = new Events(cloud.db, Clock.systemUTC())
                .after(0, 1000).stream()
                        .filter(e -> e.type().startsWith("compute.instance.create."))
                        .map(e -> (e.resourceId().equals(good)
                                        ? "good"
                                        : e.resourceId().equals(bad) ? "bad" : "?")
                                + e.type().substring("compute.instance.create".length()) + " "
                                + e.payload().path("state").asString())
                        .toList();
        assertThat(told)
                .containsSubsequence(
                        "good.start building", "good.end active", "bad.start building", "bad.error building")
                .doesNotContain("bad.end active");
    }

    @Test
    void create_whenTheProcessDiesBetweenAnyTwoTasks_isFinishedAfterTheRestart() throws InterruptedException {
        for (var task : TASKS.subList(0, TASKS.size() - 1)) {
            cloud.flows.probe(Mishap.dying("server_create", task));
            var id = create();
            cloud.idle();
            assertThat(cloud.server(id).vmState()).isEqualTo(VmState.BUILDING);
            cloud.flows.probe(FlowProbe.NONE);
            cloud.flows.begin(); // what the next process does with what it finds
            cloud.idle();
            assertThat(cloud.server(id).vmState()).as(task).isEqualTo(VmState.ACTIVE);
            delete(id);
        }
    }

    @Test
    void create_whenEachTaskRunsTwice_isAsIfOnce() throws InterruptedException {
        for (var task : TASKS.subList(1, TASKS.size() - 1)) {
            cloud.flows.probe(Mishap.dyingUnlogged(cloud, "server_create", task));
            var id = create();
            cloud.idle();
            var runs = new AtomicInteger();
            cloud.flows.probe(new FlowProbe() {
                @Override
                public void beforeTask(String flow, String name) {
                    if (name.equals(task)) runs.incrementAndGet();
                }
            });
            cloud.flows.begin();
            cloud.idle();
            assertThat(runs).hasValue(1);
            assertThat(cloud.server(id).vmState()).as(task).isEqualTo(VmState.ACTIVE);
            assertThat(cloud.hypervisor().volumesOf(id)).hasSize(1);
            delete(id);
        }
    }

    @Test
    void delete_whileTheBuildRuns_turnsItBackAndTakesOver() throws InterruptedException {
        for (var task : TASKS) {
            var reached = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            cloud.flows.probe(new FlowProbe() {
                @Override
                public void beforeTask(String flow, String name) {
                    if (!flow.equals("server_create") || !name.equals(task)) return;
                    reached.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            var id = create();
            assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status())
                    .isEqualTo(204);
            assertThat(cloud.server(id).taskState()).isEqualTo(TaskState.DELETING);
            goOn.countDown();
            cloud.idle();
            assertThat(cloud.server(id).vmState())
                    .as("%s: %s", task, cloud.flows.ofResource(id))
                    .isEqualTo(VmState.DELETED);
            assertThat(cloud.remains()).as(task).isEmpty();
            cloud.flows.probe(FlowProbe.NONE);
        }
    }

    @Test
    @Requirement("S4.34")
    void create_whenAHostFails_triesOthersThenEndsInErrorWithTheReason() throws InterruptedException {
        close();
        cloud = TestCloud.sqlite("", 4);
        api = api(cloud);
        var other = cloud.image();
        cloud.hypervisors.forEach(h -> h.fail("start", new Unavailable("no guest today", "test", null)));
        var answer = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(other));
        var id = answer.body().path("server").path("id").asString();
        cloud.idle();
        var server = cloud.server(id);
        assertThat(server.vmState()).isEqualTo(VmState.ERROR);
        assertThat(server.fault().orElseThrow().message()).isEqualTo("no guest today");
        assertThat(cloud.flows.ofResource(id)).hasSize(3).allMatch(f -> f.state() == FlowState.REVERTED);
        assertThat(cloud.remains()).isEmpty();

        cloud.hypervisors.subList(1, 4).forEach(h -> h.heal());
        id = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(other))
                .body()
                .path("server")
                .path("id")
                .asString();
        cloud.idle();
        assertThat(cloud.server(id).vmState()).isEqualTo(VmState.ACTIVE);
    }

    @Test
    @Requirement("S3.56")
    void create_whenNoHostFits_saysWhyForEachHost() throws InterruptedException {
        cloud.hosts.down("host1");
        var id = create();
        cloud.idle();
        var fault = cloud.server(id).fault().orElseThrow();
        assertThat(fault.message()).isEqualTo("No valid host was found. There are not enough hosts available.");
        assertThat(fault.details()).contains("host1: ComputeFilter: down");
        delete(id);
    }
}
