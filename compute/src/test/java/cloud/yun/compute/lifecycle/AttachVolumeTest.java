package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.Gate;
import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeStore;
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

class AttachVolumeTest {
    private static final List<String> ATTACH = List.of("give-up", "connect-volume", "attach-to-guest", "mark-attached");
    private static final List<String> DETACH =
            List.of("give-back", "detach-from-guest", "disconnect-volume", "mark-detached");

    private final TestCloud cloud = TestCloud.sqlite();
    private final ComputeApi api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part));
    private final String image = cloud.image();
    private String server = "";
    private final String volume = UUID.randomUUID().toString();

    @BeforeEach
    void serverAndVolume() throws InterruptedException {
        var none = Optional.<String>empty();
        cloud.db.write(tx -> cloud.storage
                .serverVolumes()
                .create(
                        tx,
                        ComputeApi.demo(),
                        new ServerVolumes.NewVolume(volume, "v", 1, none, none, none, none, "nova")));
        server();
        assertThat(status()).isEqualTo("available");
    }

    /// Another server.
    private void server() throws InterruptedException {
        server = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(image))
                .body()
                .path("server")
                .path("id")
                .asString();
        cloud.idle();
        assertThat(cloud.server(server).vmState()).isEqualTo(VmState.ACTIVE);
    }

    @AfterEach
    void close() {
        cloud.close();
        api.close();
    }

    private String status() {
        return cloud.db
                .read(tx -> cloud.storage.serverVolumes().find(tx, ComputeApi.demo(), volume))
                .orElseThrow()
                .status();
    }

    private int attach() {
        return api.post(
                        "demo",
                        "2.1",
                        "/v2.1/servers/" + server + "/os-volume_attachments",
                        "{\"volumeAttachment\": {\"volumeId\": \"" + volume + "\"}}")
                .status();
    }

    private int detach() {
        return api.delete("demo", "2.1", "/v2.1/servers/" + server + "/os-volume_attachments/" + volume)
                .status();
    }

    private void requireAttached(String why) {
        assertThat(status()).as(why).isEqualTo("in-use");
        assertThat(cloud.hypervisor().volumesOf(server)).as(why).containsExactly(volume);
        assertThat(cloud.volumeDriver.connections()).as(why).hasSize(1);
        assertThat(cloud.violations()).as(why).isEmpty();
    }

    private void requireDetached(String why) {
        assertThat(status()).as(why).isEqualTo("available");
        assertThat(cloud.hypervisor().volumesOf(server)).as(why).isEmpty();
        assertThat(cloud.volumeDriver.connections()).as(why).isEmpty();
        assertThat(cloud.db.<List<ServerVolume>>read(tx -> new VolumeStore(tx).of(server)))
                .as(why)
                .isEmpty();
        assertThat(cloud.violations()).as(why).isEmpty();
    }

    @Test
    void registered_tasks_areTheOnesTestedHere() {
        assertThat(cloud.flows.registered())
                .containsEntry("server_attach_volume", ATTACH)
                .containsEntry("server_detach_volume", DETACH);
    }

    @Test
    void attach_thenDetach_leavesTheVolumeAvailable() throws InterruptedException {
        assertThat(attach()).isEqualTo(200);
        cloud.idle();
        requireAttached("attached");
        assertThat(attach()).as("twice").isEqualTo(400);
        assertThat(detach()).isEqualTo(202);
        cloud.idle();
        requireDetached("detached");
        assertThat(detach()).as("again").isEqualTo(404);
    }

    @Test
    void attach_whenAnyTaskFailsBeforeOrAfterItsEffect_isAsIfNothingHadBeenAsked() throws InterruptedException {
        for (var task : ATTACH)
            for (boolean after : new boolean[] {false, true}) {
                cloud.flows.probe(Mishap.failing("server_attach_volume", task, after));
                assertThat(attach()).isEqualTo(200);
                cloud.idle();
                requireDetached(task + " " + after);
            }
    }

    @Test
    void detach_whenAnyTaskFailsBeforeOrAfterItsEffect_isAsBeforeOrFinishedOnceItPasses() throws InterruptedException {
        for (var task : DETACH)
            for (boolean after : new boolean[] {false, true}) {
                var why = task + (after ? " after" : " before");
                attached();
                cloud.flows.probe(Mishap.failing("server_detach_volume", task, after));
                assertThat(detach()).isEqualTo(202);
                cloud.idle();
                if (DETACH.indexOf(task) < 2) {
                    requireAttached(why);
                    cloud.flows.probe(FlowProbe.NONE);
                    assertThat(detach()).as(why).isEqualTo(202);
                    cloud.idle();
                } else {
                    // Behind the point of no return: it goes on until it passes.
                    assertThat(status()).as(why).isEqualTo("detaching");
                    assertThat(cloud.violations()).as(why).isEmpty();
                    restarted();
                }
                requireDetached(why);
            }
    }

    @Test
    void attachAndDetach_whenTheProcessDiesBetweenAnyTwoTasks_areFinishedAfterTheRestart() throws InterruptedException {
        for (int i = 0; i < ATTACH.size() - 1; i++) {
            cloud.flows.probe(Mishap.dying("server_attach_volume", ATTACH.get(i)));
            attach();
            cloud.idle();
            assertThat(status()).as(ATTACH.get(i)).isNotIn("in-use", "available");
            restarted();
            requireAttached(ATTACH.get(i));
            cloud.flows.probe(Mishap.dying("server_detach_volume", DETACH.get(i)));
            assertThat(detach()).isEqualTo(202);
            cloud.idle();
            assertThat(status()).as(DETACH.get(i)).isEqualTo("detaching");
            restarted();
            requireDetached(DETACH.get(i));
        }
    }

    /// The last tasks have no second run: their effect and the log are one transaction.
    @Test
    void attachAndDetach_whenEachTaskRunsTwice_areAsIfOnce() throws InterruptedException {
        for (int i = 0; i < ATTACH.size() - 1; i++) {
            cloud.flows.probe(Mishap.dyingUnlogged(cloud, "server_attach_volume", ATTACH.get(i)));
            attach();
            cloud.idle();
            assertThat(runsAgain(ATTACH.get(i))).as(ATTACH.get(i)).isEqualTo(1);
            requireAttached(ATTACH.get(i));
            cloud.flows.probe(Mishap.dyingUnlogged(cloud, "server_detach_volume", DETACH.get(i)));
            assertThat(detach()).isEqualTo(202);
            cloud.idle();
            assertThat(runsAgain(DETACH.get(i))).as(DETACH.get(i)).isEqualTo(1);
            requireDetached(DETACH.get(i));
        }
    }

    /// What the attach connects when the delete has already looked would stay connected: so the delete waits.
    @Test
    void deleteServer_beforeAnyTaskOfAnAttach_waitsForItAndLeavesNothing() throws InterruptedException {
        for (var task : ATTACH) {
            var gate = new Gate("server_attach_volume", task);
            cloud.flows.probe(Gate.all(gate));
            assertThat(attach()).isEqualTo(200);
            gate.awaitReached();
            assertThat(deleteServer()).isEqualTo(204);
            Awaitility.await().until(() -> deleteStandsAt("disconnect-volumes"));
            gate.open();
            Awaitility.await().until(() -> {
                cloud.flows.reconciler().reconcile();
                return cloud.server(server).vmState() == VmState.DELETED;
            });
            cloud.idle();
            requireDetached(task);
            assertThat(cloud.remains()).as(task).isEmpty();
            cloud.flows.probe(FlowProbe.NONE);
            server();
        }
    }

    @Test
    void deleteServer_beforeAnyTaskOfADetach_leavesNothing() throws InterruptedException {
        for (var task : DETACH) {
            attached();
            var gate = new Gate("server_detach_volume", task);
            cloud.flows.probe(Gate.all(gate));
            assertThat(detach()).isEqualTo(202);
            gate.awaitReached();
            assertThat(deleteServer()).isEqualTo(204);
            Awaitility.await().until(() -> cloud.server(server).vmState() == VmState.DELETED);
            gate.open();
            cloud.idle();
            requireDetached(task);
            assertThat(cloud.remains()).as(task).isEmpty();
            cloud.flows.probe(FlowProbe.NONE);
            server();
        }
    }

    /// Deletes do not wait for an operator; what the operator tries again afterwards finds nothing and ends.
    @Test
    void deleteServer_whenAnAttachIsStuckOnItsWayBack_leavesNothing() throws InterruptedException {
        cloud.flows.probe(Mishap.failing("server_attach_volume", "attach-to-guest", true));
        cloud.volumeDriver.faults(call -> call.equals("disconnect"));
        attach();
        cloud.idle();
        var stuck = cloud.flows.ofResource(volume).stream()
                .filter(f -> f.state() == FlowState.STUCK)
                .toList();
        assertThat(stuck).hasSize(1);
        cloud.volumeDriver.faults(_ -> false);
        cloud.flows.probe(FlowProbe.NONE);
        assertThat(deleteServer()).isEqualTo(204);
        cloud.idle();
        assertThat(cloud.server(server).vmState()).isEqualTo(VmState.DELETED);
        cloud.flows.retry(stuck.getFirst().id());
        cloud.idle();
        assertThat(cloud.flows.find(stuck.getFirst().id()).orElseThrow().state())
                .isEqualTo(FlowState.REVERTED);
        requireDetached("retried");
        assertThat(cloud.remains()).isEmpty();
    }

    @Test
    void attach_whenStuckOnItsWayBackAndTriedAgain_isAsIfNothingHadBeenAsked() throws InterruptedException {
        cloud.flows.probe(Mishap.failing("server_attach_volume", "mark-attached", true));
        cloud.volumeDriver.faults(call -> call.equals("disconnect"));
        attach();
        cloud.idle();
        var stuck = cloud.flows.ofResource(volume).stream()
                .filter(f -> f.state() == FlowState.STUCK)
                .toList();
        assertThat(stuck).hasSize(1);
        cloud.volumeDriver.faults(_ -> false);
        cloud.flows.retry(stuck.getFirst().id());
        cloud.idle();
        requireDetached("retried");
    }

    private int deleteServer() {
        return api.delete("demo", "2.1", "/v2.1/servers/" + server).status();
    }

    private boolean deleteStandsAt(String task) {
        return cloud.flows.ofResource(server).stream()
                .filter(f -> f.name().equals("server_delete"))
                .flatMap(f -> f.tasks().stream())
                .anyMatch(t -> t.name().equals(task) && t.state().equals("FAILURE"));
    }

    private void attached() throws InterruptedException {
        cloud.flows.probe(FlowProbe.NONE);
        assertThat(attach()).isEqualTo(200);
        cloud.idle();
        requireAttached("to begin with");
    }

    /// The next process goes on.
    ///
    /// @return how often it runs the task
    private int runsAgain(String task) throws InterruptedException {
        var runs = new AtomicInteger();
        cloud.flows.probe(new FlowProbe() {
            @Override
            public void beforeTask(String flow, String name) {
                if (name.equals(task)) runs.incrementAndGet();
            }
        });
        cloud.flows.begin();
        cloud.idle();
        return runs.get();
    }

    private void restarted() throws InterruptedException {
        cloud.flows.probe(FlowProbe.NONE);
        cloud.flows.begin();
        cloud.idle();
    }
}
