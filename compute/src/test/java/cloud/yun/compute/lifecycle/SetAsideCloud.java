package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.FakePorts;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.image.Images;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A cloud with servers that are copied and set aside, asked through the API as user `demo`.
final class SetAsideCloud implements AutoCloseable {
    final TestCloud cloud;
    final ComputeApi api;
    final String image;

    SetAsideCloud(String config, int hosts) {
        this(TestCloud.sqlite(limits(config), hosts));
    }

    static SetAsideCloud postgresql() {
        return new SetAsideCloud(TestCloud.postgresql(limits("shutdown_timeout = 1\n"), 2));
    }

    private SetAsideCloud(TestCloud cloud) {
        this.cloud = cloud;
        api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part));
        image = cloud.image();
    }

    /// @param config options of section DEFAULT
    private static String limits(String config) {
        return "[quota]\ninstances = -1\ncores = -1\nram = -1\n[DEFAULT]\nquota_volumes = -1\nquota_snapshots = -1\n"
                + "quota_gigabytes = -1\n" + config;
    }

    /// An active server on a port of its own.
    String server() throws InterruptedException {
        return made(api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s", "networks": [{"uuid": "%s"}]}}
                """.formatted(image, FakePorts.NETWORK)));
    }

    /// An active server whose root disk is a volume.
    String volumeServer() throws InterruptedException {
        return made(api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "v", "flavorRef": "1", "networks": [{"uuid": "%s"}],
                 "block_device_mapping_v2": [{"source_type": "image", "uuid": "%s", "destination_type": "volume",
                   "volume_size": 1, "boot_index": 0, "delete_on_termination": true}]}}
                """.formatted(FakePorts.NETWORK, image)));
    }

    private String made(ComputeApi.Answer answer) throws InterruptedException {
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
        cloud.idle();
        var id = answer.body().path("server").path("id").asString();
        is(id, "ACTIVE");
        return id;
    }

    /// A volume of the user's, available.
    String volume() throws InterruptedException {
        var id = UUID.randomUUID().toString();
        var none = Optional.<String>empty();
        cloud.db.write(tx -> cloud.storage
                .serverVolumes()
                .create(
                        tx,
                        ComputeApi.demo(),
                        new ServerVolumes.NewVolume(id, "data", 1, none, none, none, none, "nova")));
        cloud.idle();
        return id;
    }

    ComputeApi.Answer act(String user, String version, String id, String body) {
        return api.post(user, version, "/v2.1/servers/" + id + "/action", body);
    }

    void accepted(String id, String body) {
        var answer = act("demo", "2.1", id, body);
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
    }

    /// Asks and waits until it is done.
    void done(String id, String body) throws InterruptedException {
        accepted(id, body);
        cloud.idle();
    }

    void is(String id, String status) {
        var shown = api.get("demo", "2.1", "/v2.1/servers/" + id).body().path("server");
        assertThat(shown.path("status").asString())
                .as(shown + " " + cloud.flows.ofResource(id))
                .isEqualTo(status);
    }

    /// @return what images were made of the server, newest first
    List<String> images(String serverId) {
        return cloud.db.read(
                tx -> cloud.images.withProperties(tx, ComputeApi.demo(), Map.of("instance_uuid", serverId)));
    }

    Optional<Images.Image> image(String id) {
        return cloud.db.read(tx -> cloud.images.find(tx, ComputeApi.demo(), id));
    }

    void delete(String id) throws InterruptedException {
        assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status()).isEqualTo(204);
        cloud.idle();
        assertThat(api.get("demo", "2.1", "/v2.1/servers/" + id).status()).isEqualTo(404);
    }

    @Override
    public void close() {
        cloud.close();
        api.close();
    }
}
