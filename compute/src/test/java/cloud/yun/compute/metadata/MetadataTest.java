package cloud.yun.compute.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.FakeServers;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.ServerPorts.Address;
import cloud.yun.network.ServerPorts.Port;
import cloud.yun.testing.Requirement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MetadataTest {
    private static final String ID = "0123abcd-0000-4000-8000-000000000001";

    private final Database db = ComputeApi.sqlite();
    private final FakeServers servers = new FakeServers();
    private final Port port = new Port(
            "port-1",
            "net-1",
            "private",
            "fa:16:3e:00:00:01",
            List.of(
                    new Address("10.0.0.5", 4, "sub-1", "10.0.0.0/26", Optional.of("10.0.0.1"), List.of("172.24.4.9")),
                    new Address("fd00::5", 6, "sub-2", "fd00::/64", Optional.empty(), List.of())),
            "ACTIVE",
            true,
            "tap0",
            1450,
            List.of("default"),
            List.of("9.9.9.9"),
            Optional.of("cmp1"),
            Optional.of("front"));

    private static final ServerVolume VOLUME = new ServerVolume(
            "attachment",
            ID,
            "0b7e61d4-33d7-4d7a-9a0b-0c4d7f1f0a10",
            VolumeState.ATTACHED,
            "/dev/vdb",
            -1,
            false,
            Optional.of("database"),
            "bdm",
            Instant.EPOCH);

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        db.close();
    }

    private MetadataService service(String config) {
        servers.all.clear();
        servers.all.add(FakeServers.server(ID, ComputeApi.DEMO_PROJECT, Optional.of("cmp1"), Instant.EPOCH));
        return new MetadataService(
                db,
                servers,
                (_, _) -> List.of(port),
                (_, _) -> List.of(VOLUME),
                Config.parse(MetadataService.options(), config));
    }

    private static String text(MetadataService service, String path) {
        return service.read(ID, path)
                .map(d -> new String(d.bytes(), StandardCharsets.UTF_8))
                .orElse("(none)");
    }

    private static JsonNode json(MetadataService service, String path) {
        return Json.stored(text(service, path));
    }

    @Test
    void ec2_isATreeOfSmallTexts() {
        var service = service("");
        assertThat(text(service, "/")).startsWith("1.0\n").endsWith("\nlatest");
        assertThat(text(service, "/2009-04-04/")).isEqualTo("meta-data/\nuser-data");
        assertThat(text(service, "/latest/meta-data/"))
                .contains("block-device-mapping/\n", "public-keys/\n", "hostname\n");
        assertThat(text(service, "/latest/meta-data/instance-id")).isEqualTo("i-0123abcd");
        assertThat(text(service, "/2009-04-04/meta-data/local-hostname")).isEqualTo("host-" + ID + ".novalocal");
        assertThat(text(service, "/latest/meta-data/local-ipv4")).isEqualTo("10.0.0.5");
        assertThat(text(service, "/latest/meta-data/public-ipv4")).isEqualTo("172.24.4.9");
        assertThat(text(service, "/latest/meta-data/public-keys")).isEqualTo("0=key");
        assertThat(text(service, "/latest/meta-data/public-keys/")).isEqualTo("0=key");
        assertThat(text(service, "/latest/meta-data/public-keys/0")).isEqualTo("openssh-key");
        assertThat(text(service, "/latest/meta-data/public-keys/0/openssh-key")).isEqualTo("ssh-ed25519 AAAA me");
        assertThat(text(service, "/latest/meta-data/placement/availability-zone"))
                .isEqualTo("nova");
        assertThat(text(service, "/latest/user-data")).isEqualTo("#!/bin/sh\n");
        assertThat(text(service, "/latest/meta-data/zz")).isEqualTo("(none)");
        assertThat(text(service, "/1999-01-01/meta-data")).isEqualTo("(none)");
    }

    @Test
    void openStack_saysWhoTheGuestIs_withoutThePassword() {
        var service = service("");
        assertThat(text(service, "/openstack")).contains("2012-08-10\n").endsWith("latest");
        assertThat(text(service, "/openstack/latest"))
                .isEqualTo(
                        "meta_data.json\npassword\nuser_data\nvendor_data.json\nnetwork_data.json\nvendor_data2.json");
        assertThat(text(service, "/openstack/2012-08-10")).isEqualTo("meta_data.json\nuser_data");
        var data = json(service, "/openstack/latest/meta_data.json");
        assertThat(data.path("uuid").asString()).isEqualTo(ID);
        assertThat(data.path("hostname").asString()).isEqualTo("host-" + ID + ".novalocal");
        assertThat(data.path("name").asString()).isEqualTo("name-" + ID);
        assertThat(data.path("meta").path("role").asString()).isEqualTo("web");
        assertThat(data.path("public_keys").path("key").asString()).isEqualTo("ssh-ed25519 AAAA me");
        assertThat(data.path("keys").get(0).path("type").asString()).isEqualTo("ssh");
        assertThat(data.path("project_id").asString()).isEqualTo(ComputeApi.DEMO_PROJECT);
        assertThat(data.has("admin_pass")).isFalse();
        assertThat(data.has("files")).isFalse();
        assertThat(data.path("devices").toString())
                .isEqualTo("[{'type':'nic','bus':'pci','mac':'%s','vf_trusted':false,'tags':['front']},"
                                .formatted(port.mac())
                                .replace('\'', '"')
                        + "{'type':'disk','bus':'pci','serial':'%s','path':'/dev/vdb','tags':['database']}]"
                                .formatted(VOLUME.volumeId())
                                .replace('\'', '"'));
        assertThat(json(service, "/openstack/2015-10-15/meta_data.json").has("devices"))
                .isFalse();
        assertThat(json(service, "/openstack/2013-04-04/meta_data.json").has("project_id"))
                .isFalse();
        assertThat(text(service, "/openstack/latest/user_data")).isEqualTo("#!/bin/sh\n");
        assertThat(text(service, "/openstack/latest/vendor_data.json")).isEqualTo("{}");
        assertThat(text(service, "/openstack/latest/password")).isEmpty();
        assertThat(service.read("ffffffff-0000-4000-8000-000000000001", "/openstack/latest/meta_data.json"))
                .isEmpty();
    }

    @Test
    void networkData_givesTheAddressesOfBothFamilies() {
        var data = json(service(""), "/openstack/latest/network_data.json");
        assertThat(data.path("links").get(0).path("mtu").asInt()).isEqualTo(1450);
        var four = data.path("networks").get(0);
        assertThat(four.path("id").asString()).isEqualTo("network0");
        assertThat(four.path("netmask").asString()).isEqualTo("255.255.255.192");
        assertThat(four.path("routes").get(0).path("gateway").asString()).isEqualTo("10.0.0.1");
        var six = data.path("networks").get(1);
        assertThat(six.path("netmask").asString()).isEqualTo("ffff:ffff:ffff:ffff:0:0:0:0");
        assertThat(six.path("routes").isEmpty()).isTrue();
        assertThat(data.path("services").get(0).path("address").asString()).isEqualTo("9.9.9.9");
    }

    @Requirement("S2.15")
    @Test
    void vendorData_comesFromItsFile_inMetadataAndOnTheConfigDrive() throws Exception {
        var file = directory.resolve("vendor.json");
        Files.writeString(file, "{\"licence\": \"x\"}");
        for (var section : List.of("api", "DEFAULT")) {
            var service = service("[" + section + "]\nvendordata_jsonfile_path = " + file + "\n");
            assertThat(json(service, "/openstack/latest/vendor_data.json")
                            .path("licence")
                            .asString())
                    .isEqualTo("x");
            assertThat(service.configDrive(ID).get("openstack/latest/vendor_data.json"))
                    .isEqualTo("{\"licence\":\"x\"}");
        }
        Files.writeString(file, "[]");
        assertThatThrownBy(() -> service("[api]\nvendordata_jsonfile_path = " + file + "\n"))
                .isInstanceOf(Config.Wrong.class);
    }

    @Test
    void configDrive_hasThePassword_andKeepsBytesThatAreNoText() {
        var service = service("");
        var files = service.configDrive(ID);
        assertThat(Json.stored(files.getOrDefault("openstack/latest/meta_data.json", "{}"))
                        .path("admin_pass")
                        .asString())
                .isEqualTo("secret");
        assertThat(files).containsKeys("ec2/latest/meta-data.json", "openstack/latest/network_data.json");
        assertThat(files).doesNotContainKey("openstack/latest/password");
        var injected = Json.stored(files.getOrDefault("openstack/latest/meta_data.json", "{}"))
                .path("files");
        assertThat(injected.toString()).isEqualTo("[{\"content_path\":\"/content/0000\",\"path\":\"/etc/motd\"}]");
        assertThat(files).containsEntry("openstack/content/0000", "hello");
        var server = servers.all.removeFirst();
        servers.all.add(new cloud.yun.compute.server.Servers.Summary(
                server.id(),
                server.instanceName(),
                server.name(),
                server.hostname(),
                server.projectId(),
                server.userId(),
                server.vmState(),
                server.taskState(),
                server.host(),
                server.availabilityZone(),
                server.keyName(),
                server.publicKey(),
                Optional.of("H4sIAP//"),
                server.adminPassword(),
                server.flavorName(),
                server.vcpus(),
                server.ramMib(),
                server.rootGib(),
                server.ephemeralGib(),
                server.launchIndex(),
                server.reservationId(),
                server.imageId(),
                server.metadata(),
                server.files(),
                server.createdAt(),
                server.deletedAt()));
        assertThat(service.configDrive(ID)).containsEntry("openstack/latest/user_data;base64", "H4sIAP//");
    }
}
