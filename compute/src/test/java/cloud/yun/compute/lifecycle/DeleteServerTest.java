package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.FakePorts;
import cloud.yun.compute.fake.Gate;
import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.kernel.flow.FlowState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeleteServerTest {
    private static final String FLOW = "server_delete";
    private static final List<String> TASKS = List.of(
            "destroy-guest",
            "unplug-ports",
            "disconnect-volumes",
            "delete-disks",
            "delete-shelved-image",
            "mark-deleted");

    private final TestCloud cloud = TestCloud.sqlite();
    private final ComputeApi api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part));
    private final String image = cloud.image();
    private final String kept = UUID.randomUUID().toString();
    private final String userPort = cloud.db.transaction(cloud.ports::user);

    @BeforeEach
    void volumeThatOutlivesItsServers() throws InterruptedException {
        var none = Optional.<String>empty();
        cloud.db.write(tx -> cloud.storage
                .serverVolumes()
                .create(
                        tx,
                        ComputeApi.demo(),
                        new ServerVolumes.NewVolume(kept, "kept", 1, none, none, none, none, "nova")));
        cloud.idle();
    }

    @AfterEach
    void close() {
        cloud.close();
        api.close();
    }

    @Test
    void registered_tasks_areTheOnesTestedHere() {
        assertThat(cloud.flows.registered()).containsEntry(FLOW, TASKS);
    }

    @Test
    void delete_whenAnyTaskFailsBeforeOrAfterItsEffect_isFinishedOnceItPasses() throws InterruptedException {
        for (var task : TASKS)
            for (boolean after : new boolean[] {false, true}) {
                var id = server();
                var why = task + (after ? " after" : " before");
                cloud.flows.probe(Mishap.failing(FLOW, task, after));
                delete(id);
                cloud.idle();
                requireUnfinished(id, why);
                cloud.flows.begin(); // tried again, and it fails again
                cloud.idle();
                requireUnfinished(id, why);
                restarted();
                requireDeleted(id, why);
            }
    }

    @Test
    void delete_whenATaskFailed_isTriedAgainWithoutARestart() throws InterruptedException {
        var id = server();
        cloud.flows.probe(Mishap.failing(FLOW, "delete-disks", true));
        delete(id);
        cloud.idle();
        requireUnfinished(id, "failed");
        cloud.flows.probe(FlowProbe.NONE);
        Awaitility.await().until(() -> {
            cloud.flows.reconciler().reconcile();
            return cloud.server(id).vmState() == VmState.DELETED;
        });
        cloud.idle();
        requireDeleted(id, "tried again");
    }

    /// The host has lost the guest, which is made again; the user deletes the server in that very moment.
    @Test
    void delete_whileALostGuestIsMadeAgain_leavesNothing() throws InterruptedException {
        var id = server();
        cloud.hypervisor().destroy(id);
        cloud.ports.meanwhile(() -> {
            delete(id);
            Awaitility.await().until(() -> cloud.server(id).vmState() == VmState.DELETED);
        });
        cloud.sync.settled("host1");
        assertThat(cloud.hypervisor().guests()).isEmpty();
        assertThat(cloud.hypervisor().serversWithFiles()).isEmpty();
    }

    @Test
    void delete_whenTheProcessDiesBetweenAnyTwoTasks_isFinishedAfterTheRestart() throws InterruptedException {
        for (var task : TASKS.subList(0, TASKS.size() - 1)) {
            var id = server();
            cloud.flows.probe(Mishap.dying(FLOW, task));
            delete(id);
            cloud.idle();
            requireUnfinished(id, task);
            restarted();
            requireDeleted(id, task);
        }
    }

    /// The last task has no second run: its effect and the log are one transaction.
    @Test
    void delete_whenEachTaskRunsTwice_isAsIfOnce() throws InterruptedException {
        for (var task : TASKS.subList(0, TASKS.size() - 1)) {
            var id = server();
            cloud.flows.probe(Mishap.dyingUnlogged(cloud, FLOW, task));
            delete(id);
            cloud.idle();
            requireUnfinished(id, task);
            var again = new AtomicInteger();
            cloud.flows.probe(new FlowProbe() {
                @Override
                public void beforeTask(String flow, String name) {
                    if (flow.equals(FLOW) && name.equals(task)) again.incrementAndGet();
                }
            });
            cloud.flows.begin();
            cloud.idle();
            assertThat(again).as(task).hasValue(1);
            requireDeleted(id, task);
            cloud.flows.probe(FlowProbe.NONE);
        }
    }

    @Test
    void delete_whenAskedAgainBeforeAnyTask_isOneDelete() throws InterruptedException {
        for (var task : TASKS) {
            var id = server();
            var gate = new Gate(FLOW, task);
            cloud.flows.probe(Gate.all(gate));
            delete(id);
            gate.awaitReached();
            delete(id);
            gate.open();
            cloud.idle();
            requireDeleted(id, task);
            cloud.flows.probe(FlowProbe.NONE);
        }
    }

    @Test
    void delete_whenTheHypervisorRefuses_staysDeletingUntilItObeys() throws InterruptedException {
        for (var command : List.of("destroy", "deleteDisks")) {
            var id = server();
            cloud.hypervisor().fail(command, new Unavailable("not now", "test", null));
            delete(id);
            cloud.idle();
            requireUnfinished(id, command);
            cloud.hypervisor().heal();
            restarted();
            requireDeleted(id, command);
        }
    }

    @Test
    void delete_whenItsHostComesBackInBetween_removesTheGuestBeforeItsDisks() throws InterruptedException {
        var id = server();
        cloud.hypervisor().fail("destroy", new Unavailable("not now", "test", null));
        var host = cloud.server(id).host().orElseThrow();
        var there = cloud.db.read(tx -> cloud.hosts.find(tx, host)).orElseThrow();
        cloud.hosts.down(host);
        cloud.flows.probe(new FlowProbe() {
            @Override
            public void betweenTasks(String flow, String task) {
                if (!flow.equals(FLOW) || !task.equals("destroy-guest")) return;
                cloud.hypervisor().heal();
                cloud.hosts.put(there);
            }
        });
        delete(id);
        cloud.idle();
        requireDeleted(id, "its host is back");
    }

    /// ACTIVE with a port of its own and a user's, a volume that goes with it and one that stays.
    private String server() throws InterruptedException {
        var answer = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s",
                 "networks": [{"uuid": "%s"}, {"port": "%s"}],
                 "block_device_mapping_v2": [{"source_type": "blank", "destination_type": "volume",
                                              "volume_size": 1, "boot_index": -1, "delete_on_termination": true}]}}
                """.formatted(image, FakePorts.NETWORK, userPort));
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
        var id = answer.body().path("server").path("id").asString();
        cloud.idle();
        assertThat(api.post(
                                "demo",
                                "2.1",
                                "/v2.1/servers/" + id + "/os-volume_attachments",
                                "{\"volumeAttachment\": {\"volumeId\": \"" + kept + "\"}}")
                        .status())
                .isEqualTo(200);
        cloud.idle();
        assertThat(cloud.server(id).vmState()).isEqualTo(VmState.ACTIVE);
        assertThat(cloud.hypervisor().volumesOf(id)).hasSize(2).contains(kept);
        assertThat(cloud.volumeDriver.connections()).hasSize(2);
        assertThat(cloud.ports.plugged).hasSize(2);
        assertThat(cloud.violations()).isEmpty();
        return id;
    }

    private void delete(String id) {
        assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status()).isEqualTo(204);
    }

    private void restarted() throws InterruptedException {
        cloud.flows.probe(FlowProbe.NONE);
        cloud.flows.begin(); // what the next process does with what it finds
        cloud.idle();
    }

    /// Users still see it and are charged for it.
    private void requireUnfinished(String id, String why) {
        assertThat(cloud.server(id).vmState()).as(why).isEqualTo(VmState.ACTIVE);
        assertThat(cloud.server(id).taskState()).as(why).isEqualTo(TaskState.DELETING);
        assertThat(cloud.db.<List<ServerVolumes.Volume>>read(
                        tx -> cloud.storage.serverVolumes().find(tx, ComputeApi.demo(), kept).stream()
                                .toList()))
                .as(why)
                .allMatch(v -> v.serverIds().contains(id));
        assertThat(cloud.violations()).as(why).isEmpty();
    }

    private void requireDeleted(String id, String why) {
        assertThat(cloud.server(id).vmState()).as(why).isEqualTo(VmState.DELETED);
        assertThat(cloud.server(id).taskState()).as(why).isEqualTo(TaskState.NONE);
        assertThat(api.get("demo", "2.1", "/v2.1/servers/" + id).status())
                .as(why)
                .isEqualTo(404);
        assertThat(cloud.flows.ofResource(id).stream()
                        .filter(f -> f.name().equals(FLOW))
                        .map(f -> f.state()))
                .as(why)
                .containsExactly(FlowState.SUCCESS);
        assertThat(cloud.remains()).as(why).isEmpty();
        assertThat(cloud.volumeDriver.inventory().volumes())
                .as(why + ": delete_on_termination")
                .containsExactly(kept);
        assertThat(cloud.db
                        .read(tx -> cloud.storage.serverVolumes().find(tx, ComputeApi.demo(), kept))
                        .orElseThrow()
                        .status())
                .as(why)
                .isEqualTo("available");
        assertThat(cloud.db.<List<String>>read(tx -> tx.query(
                        "SELECT id FROM fake_port WHERE server_id IS NULL AND host IS NULL", r -> r.string("id"))))
                .as(why + ": the user's port is free")
                .containsExactly(userPort);
        assertThat(cloud.db.<Long>read(tx -> tx.number("SELECT count(*) AS n FROM fake_port")))
                .as(why + ": its own port is gone")
                .isEqualTo(1);
    }
}
