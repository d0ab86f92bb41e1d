package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.ComputeApi.Answer;
import cloud.yun.compute.fake.WholeHouse;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Disks that `POST /servers` asks for.
class BlockDevicesTest {
    private static final String NONE = "11111111-2222-3333-4444-555555555555";
    private static final String SERVERS = "/v2.1/servers";
    private static WholeHouse house;
    private static String image;
    private static String blank;
    private static String bootable;

    @BeforeAll
    static void build() {
        house = new WholeHouse();
        image = house.image("tiny");
        blank = volume("'size':1");
        bootable = volume("'size':1,'imageRef':'" + image + "'");
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @BeforeEach
    void empty() {
        for (var server : house.get("demo", "2.1", SERVERS).body().path("servers"))
            delete(server.path("id").asString());
    }

    private static JsonNode json(String text) {
        return Json.stored(text.replace('\'', '"'));
    }

    private static String volume(String what) {
        var id = house.volume
                .post(ComputeApi.demo(), "/v3/volumes", json("{'volume':{" + what + "}}"))
                .path("volume")
                .path("id")
                .asString();
        await().atMost(Duration.ofSeconds(30)).until(() -> status(id).equals("available"));
        return id;
    }

    private static String snapshot(String volumeId) {
        var path = "/v3/snapshots";
        var id = house.volume
                .post(ComputeApi.demo(), path, json("{'snapshot':{'volume_id':'" + volumeId + "'}}"))
                .path("snapshot")
                .path("id")
                .asString();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> house.volume
                        .get(ComputeApi.demo(), path + "/" + id)
                        .path("snapshot")
                        .path("status")
                        .asString()
                        .equals("available"));
        return id;
    }

    /// @return `gone` when there is none
    private static String status(String volumeId) {
        try {
            return house.volume
                    .get(ComputeApi.demo(), "/v3/volumes/" + volumeId)
                    .path("volume")
                    .path("status")
                    .asString();
        } catch (NotFound e) {
            return "gone";
        }
    }

    /// @param more of the server
    private static Answer post(String more) {
        var body = "{'server':{'name':'s','flavorRef':'1','networks':'none'," + more + "}}";
        return house.send("demo", "2.67", "POST", SERVERS, body);
    }

    private static String devices(String... each) {
        return "'block_device_mapping_v2':[" + String.join(",", each) + "]";
    }

    /// @param what source, destination and id
    private static String device(String what, int bootIndex, String more) {
        var parts = what.split(" ", -1);
        return "{'source_type':'%s','destination_type':'%s'%s,'boot_index':%d%s}"
                .formatted(
                        parts[0],
                        parts[1],
                        parts.length > 2 ? ",'uuid':'" + parts[2] + "'" : "",
                        bootIndex,
                        more.isEmpty() ? "" : "," + more);
    }

    private static String active(Answer answer) {
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
        var id = answer.body().path("server").path("id").asString();
        await().atMost(Duration.ofSeconds(30)).until(() -> !house.status(id).equals("BUILD"));
        assertThat(house.status(id))
                .as(() -> house.get("admin", "2.1", SERVERS + "/" + id).body().toString())
                .isEqualTo("ACTIVE");
        return id;
    }

    private static List<JsonNode> attachments(String server) {
        return house.get("demo", "2.1", SERVERS + "/" + server + "/os-volume_attachments")
                .body()
                .path("volumeAttachments")
                .valueStream()
                .toList();
    }

    private static Stream<String> names(String server) {
        return attachments(server).stream().map(a -> a.path("device").asString());
    }

    private static String onlyVolume(String server) {
        assertThat(attachments(server)).hasSize(1);
        return attachments(server).getFirst().path("volumeId").asString();
    }

    private static void delete(String server) {
        house.send("demo", "2.1", "DELETE", SERVERS + "/" + server, "");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> house.get("demo", "2.1", SERVERS + "/" + server).status() == 404);
    }

    private static void refused(String more, String why) {
        var answer = post(more);
        assertThat(answer.status()).as(more).isEqualTo(400);
        assertThat(answer.message()).as(more).contains(why);
    }

    @Test
    @Requirement({"S3.222", "S3.224"})
    void volumeThatIsThere_isTheBootDiskOrADataDisk() {
        var root = active(post(devices(device("volume volume " + bootable, 0, ""))));
        assertThat(house.get("demo", "2.1", SERVERS + "/" + root)
                        .body()
                        .path("server")
                        .path("image")
                        .asString("?"))
                .isEmpty();
        assertThat(names(root)).containsExactly("/dev/vda");
        assertThat(status(bootable)).isEqualTo("in-use");
        delete(root);
        assertThat(status(bootable)).isEqualTo("available");
        var data = active(post("'imageRef':'" + image + "',"
                + devices(device("image local " + image, 0, ""), device("volume volume " + blank, -1, ""))));
        assertThat(names(data)).containsExactly("/dev/vdb");
        assertThat(house.hypervisor.volumesOf(data)).containsExactly(blank);
        refused(devices(device("volume volume " + blank, 0, "")), "Block Device " + blank + " is not bootable.");
    }

    @Test
    @Requirement("S3.225")
    void newVolumeOfAnImage_goesWithTheServerOrStays() {
        for (boolean goes : new boolean[] {true, false}) {
            var id = active(post(
                    devices(device("image volume " + image, 0, "'volume_size':1,'delete_on_termination':" + goes))));
            var volume = onlyVolume(id);
            assertThat(house.volume
                            .get(ComputeApi.demo(), "/v3/volumes/" + volume)
                            .at("/volume/volume_image_metadata/image_id")
                            .asString())
                    .isEqualTo(image);
            delete(id);
            await().atMost(Duration.ofSeconds(30)).until(() -> status(volume).equals(goes ? "gone" : "available"));
        }
    }

    @Test
    @Requirement("S3.226")
    void newVolumeOfASnapshot_bootsIfItsOriginDoes() {
        var good = snapshot(bootable);
        var id = active(post(devices(device("snapshot volume " + good, 0, "'delete_on_termination':true"))));
        assertThat(names(id)).containsExactly("/dev/vda");
        assertThat(house.volume
                        .get(ComputeApi.demo(), "/v3/volumes/" + onlyVolume(id))
                        .at("/volume/snapshot_id")
                        .asString())
                .isEqualTo(good);
        var bad = snapshot(blank);
        refused(devices(device("snapshot volume " + bad, 0, "")), "is not bootable.");
        var data = device("snapshot volume " + bad, -1, "'delete_on_termination':true");
        active(post("'imageRef':'" + image + "'," + devices(device("image local " + image, 0, ""), data)));
    }

    @Test
    @Requirement("S3.223")
    void imageOrSnapshotImage_boots() {
        var first = active(post("'imageRef':'" + image + "'"));
        var made = house.send(
                "demo", "2.45", "POST", SERVERS + "/" + first + "/action", "{'createImage':{'name':'copy'}}");
        var copy = made.body().path("image_id").asString();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> house.image
                        .get(ComputeApi.demo(), "/v2/images/" + copy)
                        .path("status")
                        .asString()
                        .equals("active"));
        active(post("'imageRef':'" + copy + "'"));
    }

    @Test
    @Requirement({"S2.14", "S4.18"})
    void everySourceAndDestination_isTakenOrRefusedWithItsReason() {
        var from = "'imageRef':'" + image + "',";
        var root = device("image local " + image, 0, "");
        var invalid = "Block Device Mapping is Invalid: ";
        refused(from + devices(root, device("volume local " + blank, -1, "")), "Mapping volume to local");
        refused(from + devices(root, device("snapshot local " + NONE, -1, "")), "Mapping snapshot to local");
        refused(from + devices(root, device("image local " + image, -1, "")), "Mapping image to local");
        refused(from + devices(root, device("volume volume " + NONE, -1, "")), invalid + "failed to get volume");
        refused(from + devices(root, device("snapshot volume " + NONE, -1, "")), invalid + "failed to get snapshot");
        refused(from + devices(root, device("image volume " + NONE, -1, "'volume_size':1")), "failed to get image");
        refused(from + devices(root, device("image volume " + image, -1, "")), "non-zero size");
        refused(from + devices(root, device("blank volume", -1, "")), "non-zero size");
        refused(from + devices(root, device("blank local", -1, "'volume_size':9")), "Ephemeral disks requested");
        refused(from + devices(root, device("blank local", -1, "'guest_format':'swap','volume_size':9")), "Swap drive");
        refused(from + devices(root, device("volume zz " + blank, -1, "")), "'zz' is not one of");
        refused(from + devices(root, device("zz volume " + blank, -1, "")), "'zz' is not one of");
        refused(devices(root, device("volume volume " + bootable, 0, "")), "Boot sequence");
        refused(devices(device("volume volume " + bootable, -1, "")), "Boot sequence");
        refused("'imageRef':''", "Missing imageRef");
        refused("'max_count':2," + devices(device("volume volume " + bootable, 0, "")), "multiple instances");
        active(post(from + devices(root, device("blank volume", -1, "'volume_size':1,'delete_on_termination':true"))));
        active(post(from
                + devices(root, device("image volume " + image, -1, "'volume_size':1,'delete_on_termination':true"))));
    }

    @Test
    @Requirement("S4.19")
    void mappingOfTheFirstVersion_isStillUnderstood() {
        var old = "'block_device_mapping':[{'device_name':'vda','volume_id':'%s','delete_on_termination':'0'}]"
                .formatted(bootable);
        var id = active(post(old));
        assertThat(onlyVolume(id)).isEqualTo(bootable);
        assertThat(names(id)).containsExactly("/dev/vda");
        delete(id);
        assertThat(status(bootable)).isEqualTo("available");
        refused(old + "," + devices(device("volume volume " + bootable, 0, "")), "different block_device_mapping");
    }

    @Test
    @Requirement({"S2.13", "S4.43"})
    void disks_areNamedInTurn_andOnlyVolumesAreAttachments() {
        var flavor = house.send(
                        "admin",
                        "2.1",
                        "POST",
                        "/v2.1/flavors",
                        "{'flavor':{'name':'f','ram':64,'vcpus':1,'disk':1,'OS-FLV-EXT-DATA:ephemeral':1,'swap':64}}")
                .body()
                .path("flavor")
                .path("id")
                .asString();
        var more = "'volume_size':1,'delete_on_termination':true";
        var body = "{'server':{'name':'s','imageRef':'%s','flavorRef':'%s','networks':'none',%s}}"
                .formatted(
                        image,
                        flavor,
                        devices(
                                device("image local " + image, 0, ""),
                                device("blank local", -1, "'volume_size':1"),
                                device("blank local", -1, "'guest_format':'swap','volume_size':64"),
                                device("blank volume", -1, more),
                                device("blank volume", -1, more + ",'device_name':'/dev/vdz'"),
                                device("blank volume", -1, more)));
        var id = active(house.send("demo", "2.67", "POST", SERVERS, body));
        assertThat(names(id))
                .as("vda is the root, vdb ephemeral, vdc swap")
                .containsExactlyInAnyOrder("/dev/vdd", "/dev/vdz", "/dev/vde");
        assertThat(house.hypervisor.volumesOf(id)).hasSize(3);
    }
}
