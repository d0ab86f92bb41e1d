package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.fake.FlowTrial;
import cloud.yun.compute.fake.Gate;
import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CreateImageTest {
    private static final String CREATE = "{'createImage': {'name': 'copy', 'metadata': {'k': 'v'}}}";

    private final SetAsideCloud c = new SetAsideCloud("", 1);

    @AfterEach
    void close() {
        c.close();
    }

    private void unchanged(String id) {
        c.is(id, "ACTIVE");
        assertThat(c.images(id)).isEmpty();
    }

    private void copied(String id) {
        c.is(id, "ACTIVE");
        assertThat(c.images(id)).hasSize(1);
        assertThat(c.image(c.images(id).getFirst()).orElseThrow().status()).isEqualTo("active");
    }

    @Test
    void createImage_whateverHappensToItsTasks_endsWholeOrNotAtAll() throws Exception {
        new FlowTrial(
                        c.cloud,
                        "server_create_image",
                        List.of(
                                "give-up",
                                "make-image",
                                "mark-pending",
                                "copy-disk",
                                "mark-uploading",
                                "upload-image",
                                "delete-copy",
                                "settle"),
                        Set.of("delete-copy", "settle"),
                        c::server,
                        id -> c.accepted(id, CREATE),
                        this::copied,
                        this::unchanged)
                .run();
    }

    @Test
    @Requirement({"S3.38", "S3.107"})
    void createImage_givesAnImageWithNovasProperties_whateverTheServerDoes() throws Exception {
        var id = c.server();
        var before = List.of("", "{'os-stop': null}", "{'os-start': null}", "{'pause': null}");
        var states = List.of("ACTIVE", "SHUTOFF", "ACTIVE", "PAUSED");
        for (int i = 0; i < before.size(); i++) {
            if (!before.get(i).isEmpty()) c.done(id, before.get(i));
            var answer = c.act("demo", i % 2 == 0 ? "2.1" : "2.45", id, CREATE);
            assertThat(answer.status()).isEqualTo(202);
            c.cloud.idle();
            c.is(id, states.get(i));
            var imageId = i % 2 == 0
                    ? answer.header("Location").orElseThrow().replaceFirst(".*/", "")
                    : answer.body().path("image_id").asString();
            var image = c.image(imageId).orElseThrow();
            assertThat(image.name()).isEqualTo("copy");
            assertThat(image.status()).isEqualTo("active");
            assertThat(image.sizeBytes()).isPositive();
            assertThat(image.visibility()).isEqualTo("private");
            assertThat(image.minDiskGib()).isEqualTo(1);
            assertThat(image.properties())
                    .containsEntry("image_type", "snapshot")
                    .containsEntry("base_image_ref", c.image)
                    .containsEntry("instance_uuid", id)
                    .containsEntry("boot_roles", "member,reader")
                    .containsEntry("k", "v");
        }
        var action = c.api.get("demo", "2.1", "/v2.1/servers/" + id + "/os-instance-actions")
                .body()
                .path("instanceActions")
                .get(0);
        assertThat(action.path("action").asString()).isEqualTo("createImage");
        c.delete(id);
        assertThat(c.images(id)).as("images outlive their server").hasSize(4);
        assertThat(c.cloud.remains()).isEmpty();
    }

    @Test
    void createImage_whileOneIsMade_isRefused_andItsDeletionEndsIt() throws Exception {
        var id = c.server();
        var gate = new Gate("server_create_image", "upload-image");
        c.cloud.flows.probe(Gate.all(gate));
        c.accepted(id, CREATE);
        gate.awaitReached();
        assertThat(c.cloud.server(id).taskState()).isEqualTo(TaskState.IMAGE_UPLOADING);
        var second = c.act("demo", "2.1", id, CREATE);
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.message())
                .isEqualTo("Cannot 'createImage' instance " + id + " while it is in task_state image_uploading");
        var imageId = c.images(id).getFirst();
        c.cloud.images.delete(imageId);
        gate.open();
        c.cloud.idle();
        assertThat(c.cloud.flows.ofResource(id))
                .anySatisfy(
                        f -> assertThat(f.error()).contains("Image " + imageId + " was deleted while it was made."));
        unchanged(id);
        assertThat(c.cloud.hypervisor().snapshots()).isEmpty();
    }

    @Test
    void delete_whileAnImageIsMade_leavesNeither() throws Exception {
        for (var task : List.of("mark-pending", "copy-disk", "mark-uploading", "upload-image")) {
            var id = c.server();
            var gate = new Gate("server_create_image", task);
            c.cloud.flows.probe(Gate.all(gate));
            c.accepted(id, CREATE);
            gate.awaitReached();
            assertThat(c.api.delete("demo", "2.1", "/v2.1/servers/" + id).status())
                    .isEqualTo(204);
            gate.open();
            c.cloud.idle();
            c.cloud.flows.probe(FlowProbe.NONE);
            assertThat(c.cloud.server(id).vmState()).as(task).isEqualTo(VmState.DELETED);
            assertThat(c.cloud.remains()).as(task).isEmpty();
            assertThat(c.cloud.hypervisor().snapshots()).isEmpty();
        }
    }

    @Test
    void createImage_whenAskedWrongly_isRefusedInNovasWords() throws Exception {
        var id = c.server();
        var many = new StringBuilder();
        for (int i = 0; i < 129; i++)
            many.append(i == 0 ? "" : ",").append("'k").append(i).append("': 'v'");
        var full = c.act("demo", "2.1", id, "{'createImage': {'name': 'copy', 'metadata': {" + many + "}}}");
        assertThat(full.status()).isEqualTo(403);
        assertThat(full.message()).isEqualTo("Image metadata limit exceeded");
        for (var body : List.of(
                "{'createImage': {}}",
                "{'createImage': {'name': ''}}",
                "{'createImage': {'name': 'n', 'metadata': {'': 'v'}}}",
                "{'createImage': {'name': 'n', 'metadata': {'k': 1}}}",
                "{'createImage': {'name': 'n', 'more': 1}}"))
            assertThat(c.act("demo", "2.1", id, body).status()).as(body).isEqualTo(400);
        assertThat(c.act("reader", "2.1", id, CREATE).status()).isEqualTo(403);
        unchanged(id);
    }

    @Test
    @Requirement("S1.58")
    void createImage_ofAServerOnVolumes_snapshotsThem_andAServerBootsFromIt() throws Exception {
        var id = c.volumeServer();
        c.done(id, CREATE);
        c.is(id, "ACTIVE");
        var image = c.image(c.images(id).getFirst()).orElseThrow();
        assertThat(image.status()).isEqualTo("active");
        assertThat(image.sizeBytes()).isZero();
        assertThat(image.properties()).containsEntry("bdm_v2", "True").containsEntry("root_device_name", "/dev/vda");
        var device = Json.stored(image.properties().get("block_device_mapping")).get(0);
        assertThat(device.path("boot_index").asInt()).isZero();
        assertThat(device.path("source_type").asString()).isEqualTo("snapshot");
        var snapshot = device.path("snapshot_id").asString();
        var found1 = c.cloud.db.read(tx -> c.cloud.storage.serverVolumes().snapshotStatus(tx, snapshot));
        assertThat(found1).contains("available");

        var answer = c.api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "again", "flavorRef": "1", "imageRef": "%s"}}""".formatted(image.id()));
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
        c.cloud.idle();
        var again = answer.body().path("server").path("id").asString();
        c.is(again, "ACTIVE");
        assertThat(c.cloud.hypervisor().volumesOf(again)).hasSize(1);
        assertThat(c.cloud.server(again).bootsFromVolume()).isTrue();
    }

    @Test
    void createVolumeImage_whateverHappensToItsTasks_endsWholeOrNotAtAll() throws Exception {
        new FlowTrial(
                        c.cloud,
                        "server_create_volume_image",
                        List.of("give-up", "make-image", "await-snapshots", "activate-image", "settle"),
                        Set.of("settle"),
                        c::volumeServer,
                        id -> c.accepted(id, CREATE),
                        this::copied,
                        id -> {
                            unchanged(id);
                            assertThat(snapshots())
                                    .as("of servers that stayed as they were")
                                    .isEmpty();
                        })
                .run();
    }

    /// @return snapshots that no image names
    private List<String> snapshots() {
        return c.cloud.db.read(tx -> tx.query(
                "SELECT id FROM snapshot WHERE NOT EXISTS (SELECT 1 FROM image_property p"
                        + " WHERE p.name = 'block_device_mapping' AND p.value LIKE '%' || snapshot.id || '%')",
                r -> r.string("id")));
    }

    @Test
    void createImage_whenTheHostRefuses_leavesNoImageAndSaysSo() throws Exception {
        var id = c.server();
        c.cloud.flows.probe(Mishap.failing("server_create_image", "copy-disk", false));
        c.done(id, CREATE);
        unchanged(id);
        var action = c.api.get("demo", "2.1", "/v2.1/servers/" + id + "/os-instance-actions")
                .body()
                .path("instanceActions")
                .get(0);
        assertThat(action.path("message").asString()).isEqualTo("Error");
    }
}
