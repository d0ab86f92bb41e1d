package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.fake.FakePorts;
import cloud.yun.compute.fake.Gate;
import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.testing.Requirement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RebuildServerTest {
    private static final String FLOW = "server_rebuild";
    private static final List<String> TASKS = List.of(
            "give-up",
            "prepare",
            "cache-image",
            "stop-guest",
            "destroy-guest",
            "delete-disks",
            "reimage-volume",
            "begin-spawning",
            "create-disks",
            "start-guest",
            "mark-rebuilt");

    private final TestCloud cloud = TestCloud.sqlite();
    private final ComputeApi api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part));
    private final String other = cloud.image();
    private String id = "";

    @BeforeEach
    void server() throws InterruptedException {
        id = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s", "networks": [{"uuid": "%s"}],
                 "metadata": {"a": "b"},
                 "block_device_mapping_v2": [{"source_type": "blank", "destination_type": "volume",
                                              "volume_size": 1, "boot_index": -1, "delete_on_termination": true}]}}
                """.formatted(cloud.image(), FakePorts.NETWORK))
                .body()
                .path("server")
                .path("id")
                .asString();
        cloud.idle();
    }

    @AfterEach
    void close() {
        cloud.close();
        api.close();
    }

    private JsonNode rebuild(String version, String more, int status) throws InterruptedException {
        var answer = api.post(
                "demo",
                version,
                "/v2.1/servers/" + id + "/action",
                "{\"rebuild\": {\"imageRef\": \"" + other + "\"" + more + "}}");
        assertThat(answer.status()).as(answer.message()).isEqualTo(status);
        cloud.idle();
        return answer.body().path("server");
    }

    private void rebuild() throws InterruptedException {
        rebuild("2.1", "", 202);
    }

    private void require(String why, VmState state, PowerState power) {
        var server = cloud.server(id);
        assertThat(server.vmState()).as(why).isEqualTo(state);
        assertThat(server.taskState()).as(why).isEqualTo(TaskState.NONE);
        assertThat(server.imageId()).as(why).contains(other);
        assertThat(server.wanted().adminPassword()).as(why).isEmpty();
        assertThat(cloud.hypervisor().guests()).as(why).containsEntry(id, power);
        assertThat(cloud.hypervisor().volumesOf(id)).as(why).hasSize(1);
        assertThat(cloud.hypervisor().nicsOf(id)).as(why).hasSize(1);
        assertThat(cloud.violations()).as(why).isEmpty();
    }

    @Test
    @Requirement("S3.108")
    void rebuild_thatNamesEverything_changesItAndAnswersWithIt() throws InterruptedException {
        assertThat(cloud.flows.registered()).containsEntry(FLOW, TASKS);
        var shown = rebuild("2.90", """
                , "name": "new", "adminPass": "secret", "metadata": {"c": "d"}, "description": "other",
                "user_data": "aGk=", "hostname": "host-2", "accessIPv4": "1.2.3.4", "accessIPv6": "::1",
                "OS-DCF:diskConfig": "AUTO", "key_name": null""", 202);
        assertThat(shown.path("status").asString()).isEqualTo("REBUILD");
        assertThat(shown.path("adminPass").asString()).isEqualTo("secret");
        assertThat(shown.path("user_data").asString()).isEqualTo("aGk=");
        assertThat(shown.path("OS-EXT-SRV-ATTR:hostname").asString()).isEqualTo("host-2");
        require("rebuilt", VmState.ACTIVE, PowerState.RUNNING);
        var server = cloud.server(id);
        assertThat(server.name()).isEqualTo("new");
        assertThat(server.metadata()).containsOnly(java.util.Map.entry("c", "d"));
        assertThat(server.description()).contains("other");
        assertThat(server.wanted().diskConfig()).isEqualTo("AUTO");
        assertThat(server.accessV4()).contains("1.2.3.4");
        assertThat(server.accessV6()).contains("::1");
        rebuild();
        assertThat(cloud.server(id).metadata())
                .as("not named, not changed")
                .containsOnly(java.util.Map.entry("c", "d"));
    }

    /// Before microversion 2.93 the volume stays as it is, so another image is no rebuild.
    @Test
    void rebuild_ofAServerThatBootsFromAVolume_fillsTheVolumeWithTheImage() throws InterruptedException {
        var image = cloud.image();
        id = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "networks": [{"uuid": "%s"}],
                 "block_device_mapping_v2": [{"source_type": "image", "destination_type": "volume", "uuid": "%s",
                                              "volume_size": 1, "boot_index": 0, "delete_on_termination": true}]}}
                """.formatted(FakePorts.NETWORK, image))
                .body()
                .path("server")
                .path("id")
                .asString();
        cloud.idle();
        var volume = cloud.hypervisor().volumesOf(id).iterator().next();
        rebuild("2.92", "", 400);
        assertThat(api.post(
                                "demo",
                                "2.92",
                                "/v2.1/servers/" + id + "/action",
                                "{'rebuild': {'imageRef': '" + image + "'}}")
                        .status())
                .isEqualTo(202);
        cloud.idle();
        assertThat(imageOf(volume)).isEqualTo(image);
        rebuild("2.93", "", 202);
        assertThat(imageOf(volume)).isEqualTo(other);
        assertThat(cloud.server(id).vmState()).isEqualTo(VmState.ACTIVE);
        assertThat(cloud.server(id).imageId()).isEmpty();
        assertThat(cloud.hypervisor().volumesOf(id)).containsExactly(volume);
        assertThat(cloud.violations()).isEmpty();
    }

    private String imageOf(String volume) {
        return String.valueOf(cloud.db
                .read(tx -> cloud.storage.serverVolumes().find(tx, ComputeApi.demo(), volume))
                .orElseThrow()
                .imageMetadata()
                .get("image_id"));
    }

    @Test
    void rebuild_ofAServerThatIsOff_leavesItOff() throws InterruptedException {
        assertThat(api.post("demo", "2.1", "/v2.1/servers/" + id + "/action", "{'os-stop': null}")
                        .status())
                .isEqualTo(202);
        cloud.idle();
        rebuild();
        require("off", VmState.STOPPED, PowerState.SHUTDOWN);
    }

    @Test
    void rebuild_whenItCannotBe_saysWhy() throws InterruptedException {
        assertThat(api.post(
                                "demo",
                                "2.1",
                                "/v2.1/servers/" + id + "/action",
                                "{'rebuild': {'imageRef': '11111111-2222-3333-4444-555555555555'}}")
                        .message())
                .isEqualTo("Cannot find image for rebuild");
        rebuild("2.1", ", \"description\": \"x\"", 400);
        rebuild("2.57", ", \"personality\": []", 400);
        rebuild("2.63", ", \"trusted_image_certificates\": [\"c\"]", 400);
        rebuild("2.54", ", \"key_name\": \"nosuch\"", 400);
        rebuild("2.1", ", \"preserve_ephemeral\": true", 202);
        assertThat(cloud.server(id).vmState()).isEqualTo(VmState.ERROR);
        assertThat(cloud.server(id).fault().orElseThrow().message())
                .isEqualTo("The current driver does not support preserving ephemeral partitions.");
    }

    @Test
    void rebuild_whenAnyTaskFailsBeforeOrAfterItsEffect_isAnErrorThatAnotherRebuildMends() throws InterruptedException {
        for (var task : TASKS)
            for (boolean after : new boolean[] {false, true}) {
                cloud.flows.probe(Mishap.failing(FLOW, task, after));
                rebuild();
                cloud.flows.probe(FlowProbe.NONE);
                var why = task + (after ? " after" : " before");
                assertThat(cloud.server(id).vmState()).as(why).isEqualTo(VmState.ERROR);
                assertThat(cloud.server(id).fault().orElseThrow().message())
                        .as(why)
                        .isEqualTo("it failed");
                assertThat(cloud.violations()).as(why).isEmpty();
                rebuild();
                require(why, VmState.ACTIVE, PowerState.RUNNING);
            }
    }

    @Test
    void rebuild_whenTheProcessDiesBetweenTwoTasksOrRunsOneTwice_isFinishedAfterTheRestart()
            throws InterruptedException {
        for (var task : TASKS.subList(0, TASKS.size() - 1))
            for (boolean twice : new boolean[] {false, true}) {
                // What is one transaction with the log has no second run.
                if (twice && List.of("give-up", "prepare", "begin-spawning").contains(task)) continue;
                cloud.flows.probe(twice ? Mishap.dyingUnlogged(cloud, FLOW, task) : Mishap.dying(FLOW, task));
                rebuild();
                assertThat(cloud.server(id).taskState()).as(task).isNotEqualTo(TaskState.NONE);
                cloud.flows.probe(FlowProbe.NONE);
                cloud.flows.begin();
                cloud.idle();
                require(task + " " + twice, VmState.ACTIVE, PowerState.RUNNING);
            }
    }

    @Test
    void delete_beforeAnyTaskOfARebuild_leavesNothing() throws InterruptedException {
        for (var task : TASKS) {
            var gate = new Gate(FLOW, task);
            cloud.flows.probe(Gate.all(gate));
            assertThat(api.post(
                                    "demo",
                                    "2.1",
                                    "/v2.1/servers/" + id + "/action",
                                    "{'rebuild': {'imageRef': '" + other + "'}}")
                            .status())
                    .isEqualTo(202);
            gate.awaitReached();
            assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status())
                    .isEqualTo(204);
            gate.open();
            cloud.idle();
            assertThat(cloud.server(id).vmState()).as(task).isEqualTo(VmState.DELETED);
            assertThat(cloud.remains()).as(task).isEmpty();
            cloud.flows.probe(FlowProbe.NONE);
            server();
        }
    }
}
