package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.blockstorage.VolumeGrowth;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.FlowTrial;
import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.flow.FlowProbe;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ExtendVolumeTest {
    private static final String TASK = "extend-volume";

    private final TestCloud cloud = TestCloud.sqlite();
    private final ComputeApi api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part));
    private final String image = cloud.image();
    private int requests;

    @AfterEach
    void close() {
        cloud.close();
        api.close();
    }

    /// A server that has a volume of 1 GiB.
    private String server() throws InterruptedException {
        var none = Optional.<String>empty();
        var volume = UUID.randomUUID().toString();
        cloud.db.write(tx -> cloud.storage
                .serverVolumes()
                .create(
                        tx,
                        ComputeApi.demo(),
                        new ServerVolumes.NewVolume(volume, "v", 1, none, none, none, none, "nova")));
        var id = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(image))
                .body()
                .path("server")
                .path("id")
                .asString();
        cloud.idle();
        assertThat(api.post(
                                "demo",
                                "2.1",
                                "/v2.1/servers/" + id + "/os-volume_attachments",
                                "{'volumeAttachment': {'volumeId': '" + volume + "'}}")
                        .status())
                .isEqualTo(200);
        cloud.idle();
        return id;
    }

    private String volume(String server) {
        return cloud.db.read(tx -> new VolumeStore(tx).of(server)).getFirst().volumeId();
    }

    private String extended(String server) {
        var request = "req-extend-" + ++requests;
        tell(server, request);
        return request;
    }

    private void tell(String server, String request) {
        cloud.part
                .extendVolume()
                .grown(new VolumeGrowth(
                        volume(server), List.of(server), 3, ComputeApi.DEMO_PROJECT, ComputeApi.DEMO_USER, request));
    }

    private List<JsonNode> actions(String server) {
        return api.get("demo", "2.84", "/v2.1/servers/" + server + "/os-instance-actions")
                .body()
                .path("instanceActions")
                .valueStream()
                .filter(a -> a.path("action").asString().equals("extend_volume"))
                .toList();
    }

    private JsonNode event(String server, String request) {
        return api.get("admin", "2.84", "/v2.1/servers/" + server + "/os-instance-actions/" + request)
                .body()
                .at("/instanceAction/events")
                .valueStream()
                .filter(e -> e.path("event").asString().equals("compute_extend_volume"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void grown_ofAnAttachedVolume_isAnActionWithAnEventThatHasItsTimes() throws InterruptedException {
        var id = server();
        var request = extended(id);
        cloud.idle();
        assertThat(cloud.hypervisor().sizeOf(id, volume(id))).contains(3L << 30);
        var action = actions(id).getFirst();
        assertThat(action.path("request_id").asString()).isEqualTo(request);
        assertThat(action.path("user_id").asString()).isEqualTo(ComputeApi.DEMO_USER);
        assertThat(action.path("project_id").asString()).isEqualTo(ComputeApi.DEMO_PROJECT);
        assertThat(action.path("message").isNull()).isTrue();
        var event = event(id, request);
        assertThat(event.path("result").asString()).isEqualTo("Success");
        assertThat(event.path("start_time").asString()).isNotEmpty();
        assertThat(event.path("finish_time").asString()).isNotEmpty();
        tell(id, request);
        cloud.idle();
        assertThat(actions(id)).as("told twice").hasSize(1);
    }

    @Test
    void grown_whenTheGuestDoesNotTakeIt_isAnActionThatFailedAndSaysWhy() throws InterruptedException {
        var id = server();
        cloud.flows.probe(Mishap.failing("server_extend_volume", TASK, false));
        var request = extended(id);
        cloud.idle();
        cloud.flows.probe(FlowProbe.NONE);
        assertThat(actions(id).getFirst().path("message").asString()).isEqualTo("Error");
        var event = event(id, request);
        assertThat(event.path("result").asString()).isEqualTo("Error");
        assertThat(event.path("details").asString()).startsWith("it failed");
    }

    @Test
    void volumeExtended_asAnExternalEvent_isTheSameAction() throws InterruptedException {
        var id = server();
        var answer = api.post(
                "admin",
                "2.51",
                "/v2.1/os-server-external-events",
                "{'events': [{'name': 'volume-extended', 'server_uuid': '" + id + "', 'tag': '" + volume(id) + "'}]}");
        assertThat(answer.status()).isEqualTo(200);
        cloud.idle();
        assertThat(cloud.hypervisor().sizeOf(id, volume(id))).contains(1L << 30);
        assertThat(actions(id)).hasSize(1);
    }

    @Test
    void extendVolume_whateverHappensToItsTasks_endsInTheLog() throws Exception {
        new FlowTrial(
                        cloud,
                        "server_extend_volume",
                        List.of("give-up", TASK, "mark-extended"),
                        Set.of("mark-extended"),
                        this::server,
                        this::extended,
                        id -> {
                            assertThat(cloud.hypervisor().sizeOf(id, volume(id)))
                                    .contains(3L << 30);
                            assertThat(actions(id).getFirst().path("message").isNull())
                                    .isTrue();
                        },
                        id -> assertThat(actions(id).getFirst().path("message").asString())
                                .isEqualTo("Error"))
                .run();
    }
}
