package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.WholeHouse;
import cloud.yun.testing.Requirement;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Every filter and sort key that the API reference has for `GET /servers`.
class ServerListTest {
    private static final String SERVERS = "/v2.1/servers";
    private static final List<String> ALL = List.of("anna", "bert", "carl");
    private static final Map<String, String> IDS = new TreeMap<>();
    private static WholeHouse house;
    private static String image;
    private static String other;
    private static String gone;

    @BeforeAll
    static void build() {
        house = new WholeHouse();
        image = house.image("one");
        other = house.image("two");
        house.send("demo", "2.1", "POST", "/v2.1/os-keypairs", "{'keypair':{'name':'key'}}");
        var network = house.made(ComputeApi.demo(), "network", "{'network':{'name':'n'}}")
                .path("id")
                .asString();
        for (var range : List.of("'10.5.0.0/24','ip_version':4", "'fd05::/64','ip_version':6"))
            house.made(ComputeApi.demo(), "subnet", "{'subnet':{'network_id':'" + network + "','cidr':" + range + "}}");
        add(
                "anna",
                image,
                "1",
                ",'accessIPv4':'1.2.3.4','accessIPv6':'fe80::1','OS-DCF:diskConfig':'AUTO','config_drive':true,"
                        + "'key_name':'key','description':'the first','tags':['red','green'],'networks':[{'uuid':'"
                        + network + "'}]");
        add("bert", other, "2", ",'networks':'none','tags':['red']");
        add("carl", image, "1", ",'networks':'none'");
        act("bert", "'os-stop':null");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> house.status(id("bert")).equals("SHUTOFF"));
        act("carl", "'lock':null");
        gone = house.server("gone", image, ",'networks':'none'");
        house.send("demo", "2.1", "DELETE", SERVERS + "/" + gone, "");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> house.get("demo", "2.1", SERVERS + "/" + gone).status() == 404);
    }

    @AfterAll
    static void close() {
        house.close();
    }

    private static void add(String name, String imageId, String flavor, String more) {
        var answer = house.send(
                "demo",
                "2.52",
                "POST",
                SERVERS,
                "{'server':{'name':'%s','imageRef':'%s','flavorRef':'%s'%s}}".formatted(name, imageId, flavor, more));
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
        var id = answer.body().path("server").path("id").asString();
        await().atMost(Duration.ofSeconds(30)).until(() -> house.status(id).equals("ACTIVE"));
        IDS.put(name, id);
    }

    private static void act(String name, String action) {
        assertThat(house.send("demo", "2.1", "POST", SERVERS + "/" + id(name) + "/action", "{" + action + "}")
                        .status())
                .isEqualTo(202);
    }

    private static String id(String name) {
        return Optional.ofNullable(IDS.get(name)).orElseThrow();
    }

    private static JsonNode shown(String name) {
        return house.get("admin", "2.73", SERVERS + "/" + id(name)).body().path("server");
    }

    private static List<String> names(JsonNode servers) {
        return servers.valueStream().map(s -> s.path("name").asString()).toList();
    }

    private static List<String> list(String query) {
        var answer = house.get(
                "admin", "2.73", SERVERS + "/detail?all_tenants=1&sort_key=display_name&sort_dir=asc&" + query);
        assertThat(answer.status()).as(query + " " + answer.message()).isEqualTo(200);
        return names(answer.body().path("servers"));
    }

    private static void finds(String query, String... expected) {
        assertThat(list(query)).as(query).containsExactly(expected);
    }

    @Test
    @Requirement("S3.71")
    void everyFilter_findsWhatItSays() {
        var anna = shown("anna");
        finds("", "anna", "bert", "carl");
        finds("access_ip_v4=1.2.3.4", "anna");
        finds("access_ip_v6=fe80::1", "anna");
        finds("auto_disk_config=True", "anna");
        finds("auto_disk_config=False", "bert", "carl");
        finds("availability_zone=nova", "anna", "bert", "carl");
        finds("availability_zone=zz");
        finds("config_drive=True", "anna");
        finds("config_drive=False", "bert", "carl");
        for (var time : Map.of(
                        "created_at", "created", "launched_at", "OS-SRV-USG:launched_at", "updated_at", "updated")
                .entrySet())
            assertThat(list(time.getKey() + "=" + anna.path(time.getValue()).asString()))
                    .as(time.getKey())
                    .contains("anna");
        finds("created_at=2001-01-01T00:00:00Z");
        finds("terminated_at=2001-01-01T00:00:00Z");
        finds("deleted=True", "gone");
        finds("status=DELETED&deleted=True", "gone");
        finds("changes-since=2001-01-01T00:00:00Z", "anna", "bert", "carl", "gone");
        finds("changes-before=2001-01-01T00:00:00Z");
        finds("description=first", "anna");
        finds("flavor=2", "bert");
        finds("host=host1", "anna", "bert", "carl");
        finds("host=zz");
        finds("node=host1", "anna", "bert", "carl");
        finds("hostname=bert", "bert");
        finds("image=" + other, "bert");
        finds("ip=10.5.0", "anna");
        finds("ip=10.6");
        finds("ip6=fd05", "anna");
        finds("kernel_id=zz");
        finds("ramdisk_id=zz");
        finds("key_name=key", "anna");
        finds("launch_index=0", "anna", "bert", "carl");
        finds("launch_index=1");
        finds("locked_by=owner", "carl");
        finds("locked=true", "carl");
        finds("locked=false", "anna", "bert");
        finds("name=er", "bert");
        finds("name=%5Ea", "anna");
        finds("power_state=4", "bert");
        finds("progress=0", "anna", "bert", "carl");
        finds("progress=50");
        finds("project_id=" + ComputeApi.ADMIN_PROJECT);
        finds("tenant_id=" + ComputeApi.DEMO_PROJECT, "anna", "bert", "carl");
        finds("reservation_id=" + anna.path("OS-EXT-SRV-ATTR:reservation_id").asString(), "anna");
        finds("root_device_name=/dev/vda", "anna", "bert", "carl");
        finds("root_device_name=/dev/sda");
        finds("soft_deleted=True", "anna", "bert", "carl");
        finds("status=SHUTOFF", "bert");
        finds("status=ACTIVE&status=SHUTOFF", "anna", "bert", "carl");
        finds("task_state=spawning");
        finds("user_id=" + ComputeApi.DEMO_USER, "anna", "bert", "carl");
        finds("user_id=zz");
        finds("uuid=" + id("carl"), "carl");
        finds("vm_state=stopped", "bert");
        finds("tags=red,green", "anna");
        finds("tags-any=red,green", "anna", "bert");
        finds("not-tags=red,green", "bert", "carl");
        finds("not-tags-any=red,green", "carl");
        finds("name=r&status=ACTIVE", "carl");
    }

    @Test
    void filtersOfAdmins_areNoneToOthers_andOtherProjectsAreNotSeen() {
        assertThat(names(house.get("demo", "2.1", SERVERS + "?host=zz&sort_key=display_name&sort_dir=asc")
                        .body()
                        .path("servers")))
                .isEqualTo(ALL);
        assertThat(house.get("admin", "2.1", SERVERS).body().path("servers")).isEmpty();
        assertThat(house.get("demo", "2.1", SERVERS + "?all_tenants=1").status())
                .isEqualTo(403);
        assertThat(house.get("demo", "2.1", SERVERS + "?status=DELETED").status())
                .isEqualTo(403);
    }

    @Test
    @Requirement("S3.71")
    void everySortKey_goesBothWays_andPagesHaveEachServerOnce() {
        for (var key : List.of(
                "access_ip_v4",
                "access_ip_v6",
                "auto_disk_config",
                "availability_zone",
                "config_drive",
                "created_at",
                "display_description",
                "display_name",
                "host",
                "hostname",
                "image_ref",
                "instance_type_id",
                "kernel_id",
                "key_name",
                "launch_index",
                "launched_at",
                "locked_by",
                "node",
                "power_state",
                "progress",
                "project_id",
                "ramdisk_id",
                "root_device_name",
                "task_state",
                "terminated_at",
                "updated_at",
                "user_id",
                "uuid",
                "vm_state"))
            for (var direction : List.of("asc", "desc"))
                assertThat(paged("sort_key=" + key + "&sort_dir=" + direction))
                        .as(key + " " + direction)
                        .containsExactlyInAnyOrderElementsOf(ALL)
                        .doesNotHaveDuplicates();
        assertThat(paged("sort_key=display_name&sort_dir=desc")).containsExactly("carl", "bert", "anna");
        assertThat(paged("sort_key=created_at&sort_dir=asc")).isEqualTo(ALL);
        assertThat(paged("")).as("the newest first").containsExactly("carl", "bert", "anna");
        assertThat(house.get("demo", "2.1", SERVERS + "?sort_key=zz").status()).isEqualTo(400);
        assertThat(house.get("demo", "2.1", SERVERS + "?marker=zz").status()).isEqualTo(400);
        assertThat(house.get("demo", "2.1", SERVERS + "?limit=-1").status()).isEqualTo(400);
    }

    /// One server on each page, as the links lead.
    private static List<String> paged(String query) {
        var found = new ArrayList<String>();
        var path = SERVERS + "?limit=1&" + query;
        while (true) {
            var answer = house.get("demo", "2.1", path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            found.addAll(names(answer.body().path("servers")));
            var next = answer.body().path("servers_links").path(0).path("href").asString("");
            if (next.isEmpty() || found.size() > ALL.size()) return found;
            var uri = URI.create(next);
            path = uri.getRawPath().replaceFirst("^/compute", "") + "?" + uri.getRawQuery();
        }
    }
}
