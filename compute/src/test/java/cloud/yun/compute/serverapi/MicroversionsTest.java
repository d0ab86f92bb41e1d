package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.ComputeApi.Answer;
import cloud.yun.compute.api.Ipv6;
import cloud.yun.compute.fake.WholeHouse;
import cloud.yun.testing.Requirement;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What later microversions changed in resources that are there from the first.
class MicroversionsTest {
    private static final String NONE = "11111111-2222-3333-4444-555555555555";
    private static WholeHouse house;
    private static String image;
    private static String server;

    @BeforeAll
    static void build() {
        house = new WholeHouse();
        image = house.image("tiny");
        server = house.server("s", image, ",'networks':'none'");
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @Test
    void queries_since2102_knowWhatTheyAreAskedFor() {
        for (var path : List.of(
                "/os-keypairs?zz=1",
                "/os-aggregates?zz=1",
                "/servers/" + server + "?zz=1",
                "/servers/" + server + "/os-interface?zz=1",
                "/flavors/1?zz=1",
                "/limits?zz=1",
                "/os-hypervisors/detail?zz=1")) {
            assertThat(house.get("admin", "2.74", "/v2.1" + path).status())
                    .as(path)
                    .isEqualTo(200);
            assertThat(house.get("admin", "2.102", "/v2.1" + path).message())
                    .as(path)
                    .isEqualTo("Additional properties are not allowed ('zz' was unexpected)");
        }
        assertThat(house.get("admin", "2.103", "/v2.1/os-keypairs?limit=1").status())
                .isEqualTo(200);
        assertThat(house.get("admin", "2.103", "/v2.1/os-hypervisors/detail?with_servers=true")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void flavors_since2102_areFilteredByNameAndSayLess() {
        var named = house.get("demo", "2.102", "/v2.1/flavors/detail?name=m1.tiny")
                .body()
                .path("flavors");
        assertThat(named).hasSize(1);
        assertThat(named.path(0).has("rxtx_factor")).isFalse();
        assertThat(named.path(0).has("OS-FLV-DISABLED:disabled")).isFalse();
        assertThat(house.get("demo", "2.101", "/v2.1/flavors/detail")
                        .body()
                        .path("flavors")
                        .path(0)
                        .has("rxtx_factor"))
                .isTrue();
        assertThat(house.get("demo", "2.102", "/v2.1/flavors?sort_key=rxtx_factor")
                        .status())
                .isEqualTo(400);
        var flavor = "{'flavor':{'name':'f','ram':1,'vcpus':1,'disk':0,'rxtx_factor':1.0}}";
        assertThat(house.send("admin", "2.102", "POST", "/v2.1/flavors", flavor).status())
                .isEqualTo(400);
    }

    @Test
    void volumesBoot_until2102_isAnotherNameOfServers() {
        assertThat(house.get("demo", "2.102", "/v2.1/os-volumes_boot/" + server)
                        .body()
                        .path("server")
                        .path("id")
                        .asString())
                .isEqualTo(server);
        assertThat(house.get("demo", "2.1", "/v2.1/os-volumes_boot/detail")
                        .body()
                        .path("servers"))
                .isNotEmpty();
        assertThat(house.get("demo", "2.103", "/v2.1/os-volumes_boot").status()).isEqualTo(404);
    }

    @Test
    void volume_whenSwapped_isRefusedToAllButAMigration() {
        var path = "/v2.1/servers/" + server + "/os-volume_attachments/" + NONE;
        var body = "{'volumeAttachment':{'volumeId':'" + NONE + "'}}";
        assertThat(house.send("demo", "2.1", "PUT", path, body).status()).isEqualTo(403);
        assertThat(house.send("admin", "2.1", "PUT", path, body).status()).isEqualTo(404);
        assertThat(house.send("admin", "2.85", "PUT", path, body).status())
                .as("it is not attached")
                .isEqualTo(404);
    }

    @Test
    void instanceActions_between_areThoseOfThatTime() {
        var path = "/v2.1/servers/" + server + "/os-instance-actions";
        assertThat(house.get("demo", "2.58", path + "?changes-since=2020-01-01T00:00:00Z")
                        .body()
                        .path("instanceActions"))
                .isNotEmpty();
        assertThat(house.get("demo", "2.66", path + "?changes-before=2020-01-01T00:00:00Z")
                        .body()
                        .path("instanceActions"))
                .isEmpty();
        assertThat(house.get("demo", "2.58", path + "?changes-since=zz").status())
                .isEqualTo(400);
    }

    @Test
    void servers_changedBefore_areShownUntilThenAlsoWhenDeleted() {
        assertThat(house.get("demo", "2.66", "/v2.1/servers?changes-before=2020-01-01T00:00:00Z")
                        .body()
                        .path("servers"))
                .isEmpty();
        assertThat(house.get(
                                "demo",
                                "2.66",
                                "/v2.1/servers?changes-since=2021-01-01T00:00:00Z&changes-before=2020-01-01T00:00:00Z")
                        .message())
                .isEqualTo("The value of changes-since must be less than or equal to changes-before.");
    }

    @Test
    void quotaOfAUser_insideTheProjects_holdsForThatUserOnly() {
        var path = "/v2.1/os-quota-sets/" + ComputeApi.DEMO_PROJECT + "?user_id=" + ComputeApi.DEMO_USER;
        assertThat(put(path, "{'quota_set':{'instances':99}}").message())
                .isEqualTo("Quota limit 99 for instances must be less than or equal to 10.");
        assertThat(put(path, "{'quota_set':{'instances':0}}").status())
                .as("there is one already")
                .isEqualTo(400);
        assertThat(put(path, "{'quota_set':{'instances':1}}").status()).isEqualTo(200);
        assertThat(house.get("admin", "2.1", path.replace("?", "/detail?"))
                        .body()
                        .path("quota_set")
                        .path("instances")
                        .toString())
                .isEqualTo("{\"in_use\":1,\"limit\":1,\"reserved\":0}");
        var create = "{'server':{'name':'x','imageRef':'" + image + "','flavorRef':'1','networks':'none'}}";
        var refused = house.send("demo", "2.37", "POST", "/v2.1/servers", create);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message())
                .isEqualTo("Quota exceeded for instances: Requested 1, but already used 1 of 1 instances");
        assertThat(house.get("admin", "2.1", "/v2.1/os-quota-sets/" + ComputeApi.DEMO_PROJECT)
                        .body()
                        .path("quota_set")
                        .path("instances")
                        .asInt())
                .isEqualTo(10);
        assertThat(house.send("admin", "2.1", "DELETE", path, "").status()).isEqualTo(202);
        assertThat(house.get("admin", "2.1", path)
                        .body()
                        .path("quota_set")
                        .path("instances")
                        .asInt())
                .isEqualTo(10);
    }

    private static Answer put(String path, String body) {
        return house.send("admin", "2.1", "PUT", path, body);
    }

    @Test
    void quotaClass_before250_remembersWhatIsTheNetworks() {
        var path = "/v2.1/os-quota-class-sets/gold";
        put(path, "{'quota_class_set':{'floating_ips':99}}");
        assertThat(house.get("admin", "2.1", path)
                        .body()
                        .path("quota_class_set")
                        .path("floating_ips")
                        .asInt())
                .isEqualTo(99);
    }

    @Test
    void personality_until256_isBase64() {
        var create = "{'server':{'name':'x','imageRef':'" + image
                + "','flavorRef':'1','networks':'none','personality':[{'path':'/etc/x','contents':'%s'}]}}";
        assertThat(house.send("demo", "2.56", "POST", "/v2.1/servers", create.formatted("not base64 %%"))
                        .message())
                .endsWith("is not a 'base64'");
        assertThat(house.send("demo", "2.57", "POST", "/v2.1/servers", create.formatted("aGk="))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void simulatedScreen_speaksRfb() throws Exception {
        var address = house.hypervisor.vnc(server).orElseThrow();
        try (var socket = new Socket(address.host(), address.port())) {
            socket.setSoTimeout(10_000);
            var in = new DataInputStream(socket.getInputStream());
            var out = new DataOutputStream(socket.getOutputStream());
            var version = in.readNBytes(12);
            assertThat(new String(version, StandardCharsets.US_ASCII)).isEqualTo("RFB 003.008\n");
            out.write(version);
            assertThat(in.readNBytes(2)).containsExactly(1, 1);
            out.writeByte(1);
            assertThat(in.readInt()).isZero();
            out.writeByte(1);
            int width = in.readUnsignedShort();
            int height = in.readUnsignedShort();
            in.skipNBytes(16);
            in.skipNBytes(in.readInt());
            out.write(new byte[] {3, 0, 0, 0, 0, 0, 0, 64, 0, 48});
            assertThat(in.readNBytes(4)).containsExactly(0, 0, 0, 1);
            assertThat(in.readNBytes(12)).hasSize(12);
            assertThat(in.readNBytes(4 * width * height)).containsOnly(0x80);
        }
    }

    @Test
    void addresses_ofVersion6_areWrittenInOneWay() {
        assertThat(Ipv6.canonical("0000:0000:0000:0000:0000:babe:220.12.22.2")).isEqualTo("::babe:dc0c:1602");
        assertThat(Ipv6.canonical("2001:DB8:0:0:1:0:0:1")).isEqualTo("2001:db8::1:0:0:1");
        assertThat(Ipv6.canonical("::")).isEqualTo("::");
        assertThat(Ipv6.canonical("1:0:2:3:4:5:6:7")).isEqualTo("1:0:2:3:4:5:6:7");
    }

    @Test
    @Requirement("S1.151")
    void clientWithoutMicroversions_findsTheSameUnderV2AndV21() {
        for (var version : List.of("/v2", "/v2.1")) {
            var shown = house.plain("demo", "GET", version + "/servers/" + server, "");
            assertThat(shown.status()).as(version).isEqualTo(200);
            assertThat(shown.body().path("server").path("id").asString()).isEqualTo(server);
            var path = version + "/servers/" + server + "/metadata";
            var written = house.plain("demo", "POST", path, "{'metadata':{'by':'" + version + "'}}");
            assertThat(written.status()).isEqualTo(200);
            assertThat(house.plain("demo", "GET", path, "")
                            .body()
                            .path("metadata")
                            .path("by")
                            .asString())
                    .isEqualTo(version);
        }
    }

    @Test
    @Requirement("S1.153")
    void microversions_areNegotiatedByEitherHeader_andSaidInTheAnswer() {
        for (var header : Map.of("OpenStack-API-Version", "compute ", "X-OpenStack-Nova-API-Version", "")
                .entrySet()) {
            for (int minor = 1; minor <= 103; minor++) {
                var asked = "2." + minor;
                var answer = flavors(header, asked);
                assertThat(answer.status()).as(asked).isEqualTo(200);
                assertThat(answer.header("openstack-api-version")).as(asked).contains("compute " + asked);
                assertThat(answer.header("x-openstack-nova-api-version")).contains(asked);
                assertThat(String.join(",", answer.headers().getOrDefault("vary", List.of())))
                        .contains("OpenStack-API-Version", "X-OpenStack-Nova-API-Version");
            }
            for (var wrong : List.of("2.104", "2.0", "3.0"))
                assertThat(flavors(header, wrong).status()).as(wrong).isEqualTo(406);
            assertThat(flavors(header, "zz").status()).isEqualTo(400);
        }
    }

    private static Answer flavors(Map.Entry<String, String> header, String version) {
        return house.plain("demo", "GET", "/v2.1/flavors?limit=1", "", header.getKey(), header.getValue() + version);
    }
}
