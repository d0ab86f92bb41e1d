package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.FlowTrial;
import cloud.yun.compute.serverapi.ServersLookup;
import cloud.yun.image.Images;
import cloud.yun.testing.Requirement;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RescueServerTest {
    private static final String RESCUE = "{'rescue': {'adminPass': 'secret'}}";

    private final SetAsideCloud c = new SetAsideCloud("shutdown_timeout = 1\n", 1);

    @AfterEach
    void close() {
        c.close();
    }

    private String image(Map<String, String> properties) {
        var id = UUID.randomUUID().toString();
        c.cloud.db.write(tx -> c.cloud.images.create(
                tx, ComputeApi.demo(), new Images.Draft(id, "rescue", "private", "raw", "bare", 0, 0, properties)));
        c.cloud.images.upload(id, new ByteArrayInputStream(new byte[1024]));
        return id;
    }

    private void rescued(String id) {
        c.is(id, "RESCUE");
        assertThat(c.cloud.hypervisor().rescueImage(id)).contains(c.image);
    }

    private void active(String id) {
        c.is(id, "ACTIVE");
        assertThat(c.cloud.hypervisor().rescueImage(id)).isEmpty();
        var found1 = c.cloud.db.read(tx -> new RescueStore(tx).find(id));
        assertThat(found1).isEmpty();
    }

    @Test
    @Requirement("S3.106")
    void rescue_startsAnotherDisk_andUnrescueItsOwn() throws Exception {
        var id = c.server();
        var answer = c.act("demo", "2.1", id, RESCUE);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("adminPass").asString()).isEqualTo("secret");
        c.cloud.idle();
        rescued(id);
        var inside = c.cloud.db.read(tx -> new ServersLookup().find(tx, id)).orElseThrow();
        assertThat(inside.adminPassword()).as("for its config drive").contains("secret");
        for (var body : List.of(RESCUE, "{'os-stop': null}", "{'pause': null}", "{'reboot': {'type': 'HARD'}}"))
            assertThat(c.act("demo", "2.1", id, body).status()).as(body).isEqualTo(409);
        var attach = c.api.post(
                "demo",
                "2.1",
                "/v2.1/servers/" + id + "/os-volume_attachments",
                "{'volumeAttachment': {'volumeId': '" + c.volume() + "'}}");
        assertThat(attach.status()).isEqualTo(409);
        assertThat(attach.message())
                .isEqualTo("Cannot 'attach_volume' instance " + id + " while it is in vm_state rescued");
        assertThat(c.cloud.violations()).isEmpty();
        c.done(id, "{'unrescue': null}");
        active(id);
        assertThat(c.cloud
                        .db
                        .read(tx -> new ServersLookup().find(tx, id))
                        .orElseThrow()
                        .adminPassword())
                .isEmpty();
        assertThat(c.act("demo", "2.1", id, "{'unrescue': null}").status()).isEqualTo(409);
        assertThat(c.act("demo", "2.1", id, "{'rescue': null}")
                        .body()
                        .path("adminPass")
                        .asString())
                .as("one is made")
                .hasSize(12);
        c.cloud.idle();
        rescued(id);
        c.delete(id);
        assertThat(c.cloud.remains()).isEmpty();
    }

    @Test
    @Requirement("S3.105")
    void rescue_withAnImage_takesItIfItCan() throws Exception {
        var id = c.server();
        var gone = UUID.randomUUID().toString();
        var answer = c.act("demo", "2.1", id, "{'rescue': {'rescue_image_ref': '" + gone + "'}}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).isEqualTo("Requested rescue image '" + gone + "' is not supported");
        assertThat(c.act("demo", "2.1", id, "{'rescue': {'rescue_image_ref': 'x'}}")
                        .status())
                .isEqualTo(400);
        var image = image(Map.of("hw_rescue_device", "disk"));
        assertThat(c.act("demo", "2.1", id, "{'rescue': {'rescue_image_ref': '" + image + "'}}")
                        .status())
                .isEqualTo(200);
        c.cloud.idle();
        assertThat(c.cloud.hypervisor().rescueImage(id)).contains(image);
        c.done(id, "{'unrescue': null}");
        active(id);

        var onVolume = c.volumeServer();
        var refused = c.act("demo", "2.86", onVolume, "{'rescue': {'rescue_image_ref': '" + image + "'}}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message())
                .isEqualTo("Instance " + onVolume + " cannot be rescued: Cannot rescue a volume-backed instance");
        assertThat(c.act("demo", "2.87", onVolume, RESCUE).status())
                .as("not with an image that would take the root's place")
                .isEqualTo(400);
        assertThat(c.act("demo", "2.87", onVolume, "{'rescue': {'rescue_image_ref': '" + image + "'}}")
                        .status())
                .isEqualTo(200);
        c.cloud.idle();
        assertThat(c.cloud.hypervisor().rescueImage(onVolume)).contains(image);
    }

    @Test
    void rescue_ofAStoppedServer_whenItFails_leavesItStopped() throws Exception {
        var id = c.server();
        c.done(id, "{'os-stop': null}");
        c.cloud.flows.probe(cloud.yun.compute.fake.Mishap.failing("server_rescue", "start-rescue", true));
        assertThat(c.act("demo", "2.1", id, RESCUE).status()).isEqualTo(200);
        c.cloud.idle();
        c.is(id, "SHUTOFF");
        assertThat(c.cloud.hypervisor().state(id).orElseThrow().number()).isEqualTo(4);
    }

    @Test
    void rescue_whateverHappensToItsTasks_isRescuedOrAsItWas() throws Exception {
        new FlowTrial(
                        c.cloud,
                        "server_rescue",
                        List.of("give-up", "stop-guest", "cache-rescue-image", "start-rescue", "settle"),
                        Set.of("settle"),
                        c::server,
                        id -> assertThat(c.act("demo", "2.1", id, RESCUE).status())
                                .isEqualTo(200),
                        this::rescued,
                        id -> {
                            active(id);
                            assertThat(c.cloud
                                            .hypervisor()
                                            .state(id)
                                            .orElseThrow()
                                            .number())
                                    .isEqualTo(1);
                        })
                .run();
    }

    @Test
    void unrescue_whateverHappensToItsTasks_isActiveOrRescued() throws Exception {
        new FlowTrial(
                        c.cloud,
                        "server_unrescue",
                        List.of("give-up", "start-guest", "settle"),
                        Set.of("settle"),
                        () -> {
                            var id = c.server();
                            assertThat(c.act("demo", "2.1", id, RESCUE).status())
                                    .isEqualTo(200);
                            c.cloud.idle();
                            return id;
                        },
                        id -> c.accepted(id, "{'unrescue': null}"),
                        this::active,
                        id -> c.is(id, "RESCUE"))
                .run();
    }
}
