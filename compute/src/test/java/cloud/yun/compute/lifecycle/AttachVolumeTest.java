package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.serverapi.ServerPolicies;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowProbe;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttachVolumeTest {
    private static final List<String> ATTACH = List.of("give-up", "connect-volume", "attach-to-guest", "mark-attached");
    private static final List<String> DETACH =
            List.of("give-back", "detach-from-guest", "disconnect-volume", "mark-detached");

    private final TestCloud cloud = TestCloud.sqlite();
    private final ComputeApi api = new ComputeApi(cloud.db, ServerPolicies.RULES, (_, _) -> List.of(cloud.part));
    private String server = "";
    private final String volume = UUID.randomUUID().toString();

    @BeforeEach
    void serverAndVolume() throws InterruptedException {
        server = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(cloud.image()))
                .body()
                .path("server")
                .path("id")
                .asString();
        var none = Optional.<String>empty();
        cloud.db.write(tx -> cloud.storage
                .serverVolumes()
                .create(
                        tx,
                        ComputeApi.demo(),
                        new ServerVolumes.NewVolume(volume, "v", 1, none, none, none, none, "nova")));
        cloud.idle();
        assertThat(cloud.server(server).vmState()).isEqualTo(VmState.ACTIVE);
        assertThat(status()).isEqualTo("available");
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
    }

    private void requireDetached(String why) {
        assertThat(status()).as(why).isEqualTo("available");
        assertThat(cloud.hypervisor().volumesOf(server)).as(why).isEmpty();
        assertThat(cloud.volumeDriver.connections()).as(why).isEmpty();
        assertThat(cloud.db.<List<ServerVolume>>read(tx -> new VolumeStore(tx).of(server)))
                .as(why)
                .isEmpty();
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
                failing("server_attach_volume", task, after);
                assertThat(attach()).isEqualTo(200);
                cloud.idle();
                requireDetached(task + " " + after);
            }
    }

    @Test
    void detach_whenATaskBeforeThePointOfNoReturnFails_isAttachedAsBefore() throws InterruptedException {
        attach();
        cloud.idle();
        for (var task : DETACH.subList(0, 2))
            for (boolean after : new boolean[] {false, true}) {
                failing("server_detach_volume", task, after);
                assertThat(detach()).isEqualTo(202);
                cloud.idle();
                requireAttached(task + " " + after);
            }
    }

    @Test
    void attachAndDetach_whenTheProcessDiesBetweenAnyTwoTasks_areFinishedAfterTheRestart() throws InterruptedException {
        for (int i = 0; i < ATTACH.size() - 1; i++) {
            dying("server_attach_volume", ATTACH.get(i));
            attach();
            restarted();
            requireAttached(ATTACH.get(i));
            dying("server_detach_volume", DETACH.get(i));
            assertThat(detach()).isEqualTo(202);
            restarted();
            requireDetached(DETACH.get(i));
        }
    }

    @Test
    void deleteServer_whileAVolumeIsAttached_leavesNothing() throws InterruptedException {
        var goOn = new CountDownLatch(1);
        cloud.flows.probe(new FlowProbe() {
            @Override
            public void beforeTask(String flow, String name) {
                if (!name.equals("attach-to-guest")) return;
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        assertThat(attach()).isEqualTo(200);
        assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + server).status())
                .isEqualTo(204);
        org.awaitility.Awaitility.await().until(() -> cloud.server(server).vmState() == VmState.DELETED);
        goOn.countDown();
        cloud.idle();
        assertThat(status()).isEqualTo("available");
        assertThat(cloud.remains()).isEmpty();
    }

    private void restarted() throws InterruptedException {
        cloud.idle();
        cloud.flows.probe(FlowProbe.NONE);
        cloud.flows.begin();
        cloud.idle();
    }

    private void dying(String flow, String task) {
        cloud.flows.probe(new FlowProbe() {
            @Override
            public void betweenTasks(String f, String name) {
                if (f.equals(flow) && name.equals(task)) throw new IllegalStateException("died");
            }
        });
    }

    private void failing(String flow, String task, boolean after) {
        cloud.flows.probe(new FlowProbe() {
            @Override
            public void beforeTask(String f, String name) {
                if (!after && f.equals(flow) && name.equals(task)) throw new Unavailable("it failed", "test", null);
            }

            @Override
            public void afterTask(String f, String name) {
                if (after && f.equals(flow) && name.equals(task)) throw new Unavailable("it failed", "test", null);
            }
        });
    }
}
