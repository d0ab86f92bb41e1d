package cloud.yun.compute.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.ComputeApi.Answer;
import cloud.yun.compute.fake.WholeHouse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The legacy proxies over HTTP, with the real rooms behind them.
class ProxyTest {
    private static final String NONE = "11111111-2222-3333-4444-555555555555";
    private static WholeHouse house;
    private static String privateNetwork;
    private static String image;

    @BeforeAll
    static void build() {
        house = new WholeHouse();
        var outer = network(
                ComputeApi.admin(), "{'network':{'name':'public','router:external':true}}", "198.51.100.0/24", true);
        privateNetwork = network(ComputeApi.demo(), "{'network':{'name':'private'}}", "10.0.0.0/24", false);
        var router = house.made(
                        ComputeApi.demo(),
                        "router",
                        "{'router':{'name':'r','external_gateway_info':{'network_id':'" + outer + "'}}}")
                .path("id")
                .asString();
        var subnet = house.network
                .get(ComputeApi.demo(), "/v2.0/subnets", Map.of("network_id", List.of(privateNetwork)))
                .path("subnets")
                .path(0)
                .path("id")
                .asString();
        house.network.put(
                ComputeApi.demo(),
                "/v2.0/routers/" + router + "/add_router_interface",
                json("{'subnet_id':'" + subnet + "'}"));
        image = house.image("tiny");
    }

    private static JsonNode json(String text) {
        return cloud.yun.kernel.json.Json.stored(text.replace('\'', '"'));
    }

    private static String network(cloud.yun.kernel.auth.Caller who, String body, String cidr, boolean external) {
        var id = house.made(who, "network", body).path("id").asString();
        house.made(
                who,
                "subnet",
                "{'subnet':{'network_id':'%s','cidr':'%s','ip_version':4,'enable_dhcp':%s}}"
                        .formatted(id, cidr, !external));
        return id;
    }

    @AfterAll
    static void close() {
        house.close();
    }

    private static Answer get(String path) {
        return house.get("demo", "2.1", "/v2.1" + path);
    }

    private static Answer send(String method, String path, String body) {
        return house.send("demo", "2.1", method, "/v2.1" + path, body);
    }

    private static Answer action(String server, String body) {
        return send("POST", "/servers/" + server + "/action", body);
    }

    private static void ended(String path, String last, String first) {
        assertThat(house.get("demo", last, "/v2.1" + path).status()).as(path).isNotEqualTo(404);
        assertThat(house.get("demo", first, "/v2.1" + path).status()).as(path).isEqualTo(404);
    }

    @Test
    void everyProxy_fromTheMicroversionThatDroppedIt_isNotThere() {
        for (var path : List.of(
                "/images",
                "/images/detail",
                "/os-volumes",
                "/os-snapshots/detail",
                "/os-networks",
                "/os-tenant-networks",
                "/os-security-groups",
                "/os-floating-ips",
                "/os-floating-ip-pools",
                "/os-baremetal-nodes")) ended(path, "2.35", "2.36");
        ended("/images/" + image + "/metadata", "2.38", "2.39");
        for (var action : List.of("addFloatingIp", "addFixedIp"))
            assertThat(house.send(
                                    "demo",
                                    "2.44",
                                    "POST",
                                    "/v2.1/servers/" + NONE + "/action",
                                    "{'" + action + "':{'networkId':'1'}}")
                            .status())
                    .isEqualTo(404);
    }

    @Test
    void images_areShownFilteredAndDescribed() {
        var list = get("/images?name=tiny&limit=1").body();
        assertThat(list.path("images").path(0).propertyNames()).containsExactly("id", "name", "links");
        assertThat(list.path("images_links").path(0).path("href").asString()).contains("marker=" + image);
        assertThat(get("/images?status=SAVING&name=tiny").body().path("images")).isEmpty();
        assertThat(get("/images/detail?status=ACTIVE&name=tiny").body().path("images"))
                .hasSize(1);
        var shown = get("/images/" + image).body().path("image");
        assertThat(shown.path("status").asString()).isEqualTo("ACTIVE");
        assertThat(shown.path("progress").asInt()).isEqualTo(100);
        assertThat(shown.path("OS-EXT-IMG-SIZE:size").asInt()).isEqualTo(1024);
        assertThat(get("/images/" + NONE).message()).isEqualTo("Image not found.");
        assertThat(get("/images?marker=" + NONE).status()).isEqualTo(400);
    }

    @Test
    void imageMetadata_whenWritten_isTheImagesProperties() {
        var id = house.image("described");
        var path = "/images/" + id + "/metadata";
        assertThat(send("POST", path, "{'metadata':{'a':'1','b/c':'2'}}").status())
                .as("a key with a slash is none")
                .isEqualTo(400);
        assertThat(send("POST", path, "{'metadata':{'a':'1','b':'2'}}").body().toString())
                .isEqualTo("{\"metadata\":{\"a\":\"1\",\"b\":\"2\"}}");
        assertThat(send("PUT", path + "/a", "{'meta':{'a':'3'}}").body().toString())
                .isEqualTo("{\"meta\":{\"a\":\"3\"}}");
        assertThat(send("PUT", path + "/a", "{'meta':{'b':'3'}}").message()).isEqualTo("Request body and URI mismatch");
        assertThat(get(path + "/a").body().path("meta").path("a").asString()).isEqualTo("3");
        assertThat(send("DELETE", path + "/b", "").status()).isEqualTo(204);
        assertThat(send("DELETE", path + "/b", "").message()).isEqualTo("Invalid metadata key");
        send("PUT", path, "{'metadata':{'z':'9'}}");
        assertThat(get(path).body().toString()).isEqualTo("{\"metadata\":{\"z\":\"9\"}}");
        assertThat(house.image
                        .get(ComputeApi.demo(), "/v2/images/" + id)
                        .path("z")
                        .asString())
                .isEqualTo("9");
        assertThat(send("DELETE", "/images/" + id, "").status()).isEqualTo(204);
        assertThat(get("/images/" + id).status()).isEqualTo(404);
    }

    @Test
    void volumesAndSnapshots_madeHere_areBlockStorages() {
        var made = send(
                "POST",
                "/os-volumes",
                "{'volume':{'size':'1','display_name':'v','display_description':'d','metadata':{'k':'x'}}}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(200);
        var volume = made.body().path("volume");
        var id = volume.path("id").asString();
        assertThat(volume.propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "status",
                        "size",
                        "availabilityZone",
                        "createdAt",
                        "attachments",
                        "displayName",
                        "displayDescription",
                        "volumeType",
                        "snapshotId",
                        "metadata");
        assertThat(volume.path("attachments").toString()).isEqualTo("[{}]");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get("/os-volumes/" + id)
                        .body()
                        .path("volume")
                        .path("status")
                        .asString()
                        .equals("available"));
        var snapshot = send("POST", "/os-snapshots", "{'snapshot':{'volume_id':'" + id + "','display_name':'s'}}")
                .body()
                .path("snapshot");
        var snapshotId = snapshot.path("id").asString();
        assertThat(snapshot.path("volumeId").asString()).isEqualTo(id);
        assertThat(get("/os-snapshots")
                        .body()
                        .path("snapshots")
                        .path(0)
                        .path("displayName")
                        .asString())
                .isEqualTo("s");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get("/os-snapshots/" + snapshotId)
                        .body()
                        .path("snapshot")
                        .path("status")
                        .asString()
                        .equals("available"));
        assertThat(send("DELETE", "/os-snapshots/" + snapshotId, "").status()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get("/os-snapshots/" + snapshotId).status() == 404);
        assertThat(send("DELETE", "/os-volumes/" + id, "").status()).isEqualTo(202);
        assertThat(get("/os-volumes/" + NONE).message()).isEqualTo("Volume " + NONE + " could not be found.");
        assertThat(send("POST", "/os-volumes", "{'volume':{'size':'0'}}").status())
                .isEqualTo(400);
        assertThat(house.send("reader", "2.1", "POST", "/v2.1/os-volumes", "{'volume':{'size':1}}")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void networks_areNames() {
        var networks = get("/os-networks").body().path("networks");
        assertThat(networks.valueStream().map(n -> n.path("label").asString())).contains("private", "public");
        assertThat(networks.path(0).has("vlan")).isFalse();
        assertThat(house.get("admin", "2.1", "/v2.1/os-networks/" + privateNetwork)
                        .body()
                        .path("network")
                        .has("vlan"))
                .isTrue();
        assertThat(get("/os-tenant-networks/" + privateNetwork).body().toString())
                .isEqualTo("{\"network\":{\"id\":\"" + privateNetwork + "\",\"cidr\":\"None\",\"label\":\"private\"}}");
        assertThat(get("/os-networks/" + NONE).message()).isEqualTo("Network not found");
        assertThat(send("POST", "/os-tenant-networks", "{}").status()).isEqualTo(410);
        assertThat(send("DELETE", "/os-networks/1", "").status()).isEqualTo(410);
    }

    @Test
    void securityGroup_whenMade_hasRulesInNovasTerms() {
        var group = send("POST", "/os-security-groups", "{'security_group':{'name':'web','description':''}}")
                .body()
                .path("security_group");
        var id = group.path("id").asString();
        assertThat(group.path("rules")).as("egress is not shown").isEmpty();
        var rule = "{'security_group_rule':{'parent_group_id':'" + id + "',%s}}";
        var tcp = rule.formatted("'ip_protocol':'tcp','from_port':80,'to_port':'81','cidr':'10.0.0.0/8'");
        var made = send("POST", "/os-security-group-rules", tcp);
        assertThat(made.status()).as(made.body().toString()).isEqualTo(200);
        var shown = made.body().path("security_group_rule");
        assertThat(shown.path("from_port").asInt()).isEqualTo(80);
        assertThat(shown.path("ip_range").path("cidr").asString()).isEqualTo("10.0.0.0/8");
        assertThat(send("POST", "/os-security-group-rules", tcp).message())
                .isEqualTo("This rule already exists in group " + id);
        assertThat(send("POST", "/os-security-group-rules", rule.formatted("'ip_protocol':'tcp'"))
                        .message())
                .isEqualTo("Not enough parameters to build a valid rule.");
        assertThat(send(
                                "POST",
                                "/os-security-group-rules",
                                rule.formatted("'ip_protocol':'tcp','from_port':9,'to_port':8"))
                        .message())
                .isEqualTo("Invalid port range 9:8. Former value cannot be greater than the later");
        var toGroup =
                send("POST", "/os-security-group-rules", rule.formatted("'ip_protocol':'udp','group_id':'" + id + "'"));
        assertThat(toGroup.body()
                        .path("security_group_rule")
                        .path("group")
                        .path("name")
                        .asString())
                .isEqualTo("web");
        assertThat(toGroup.body().path("security_group_rule").path("to_port").asInt())
                .isEqualTo(65535);
        assertThat(send("PUT", "/os-security-groups/" + id, "{'security_group':{'name':'web2','description':'d'}}")
                        .body()
                        .path("security_group")
                        .path("rules"))
                .hasSize(2);
        assertThat(send("DELETE", "/os-security-group-rules/" + shown.path("id").asString(), "")
                        .status())
                .isEqualTo(202);
        assertThat(get("/os-security-groups/" + id)
                        .body()
                        .path("security_group")
                        .path("rules"))
                .hasSize(1);
        assertThat(send("DELETE", "/os-security-groups/" + id, "").status()).isEqualTo(202);
        assertThat(get("/os-security-groups/" + id).status()).isEqualTo(404);
        assertThat(get("/os-security-groups/no-uuid").status()).isEqualTo(400);
    }

    @Test
    void serversGroups_whenChanged_areThoseOfItsPorts() {
        var server = house.server("grouped", image, ",'networks':[{'uuid':'" + privateNetwork + "'}]");
        house.made(ComputeApi.demo(), "security_group", "{'security_group':{'name':'extra'}}");
        assertThat(groups(server)).containsExactly("default");
        assertThat(action(server, "{'addSecurityGroup':{'name':'extra'}}").status())
                .isEqualTo(202);
        assertThat(groups(server)).containsExactly("default", "extra");
        action(server, "{'addSecurityGroup':{'name':'extra'}}");
        assertThat(action(server, "{'removeSecurityGroup':{'name':'default'}}").status())
                .isEqualTo(202);
        assertThat(groups(server)).containsExactly("extra");
        assertThat(action(server, "{'removeSecurityGroup':{'name':'default'}}").message())
                .isEqualTo("Security group default not associated with the instance " + server);
        assertThat(action(server, "{'addSecurityGroup':{'name':'nothing'}}").message())
                .isEqualTo("Security group nothing not found for project " + ComputeApi.DEMO_PROJECT + ".");
        assertThat(house.send(
                                "reader",
                                "2.1",
                                "POST",
                                "/v2.1/servers/" + server + "/action",
                                "{'addSecurityGroup':{'name':'default'}}")
                        .status())
                .isEqualTo(403);
    }

    private static List<String> groups(String server) {
        return get("/servers/" + server + "/os-security-groups")
                .body()
                .path("security_groups")
                .valueStream()
                .map(g -> g.path("name").asString())
                .toList();
    }

    @Test
    void floatingIp_whenMoved_leadsToTheServer() {
        assertThat(get("/os-floating-ip-pools").body().toString())
                .isEqualTo("{\"floating_ip_pools\":[{\"name\":\"public\"}]}");
        var server = house.server("reachable", image, ",'networks':[{'uuid':'" + privateNetwork + "'}]");
        var made = send("POST", "/os-floating-ips", "{'pool':'public'}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(200);
        var ip = made.body().path("floating_ip");
        assertThat(ip.path("instance_id").isNull()).isTrue();
        var address = ip.path("ip").asString();
        var add = "{'addFloatingIp':{'address':'" + address + "'}}";
        assertThat(action(server, "{'addFloatingIp':{'address':'no address'}}").status())
                .isEqualTo(400);
        assertThat(action(server, "{'addFloatingIp':{'address':'192.0.2.77'}}").message())
                .isEqualTo("floating IP not found");
        assertThat(action(server, add).status()).isEqualTo(202);
        assertThat(get("/os-floating-ips/" + ip.path("id").asString())
                        .body()
                        .path("floating_ip")
                        .path("instance_id")
                        .asString())
                .isEqualTo(server);
        var second = send("POST", "/os-floating-ips", "")
                .body()
                .path("floating_ip")
                .path("ip")
                .asString();
        assertThat(action(server, "{'addFloatingIp':{'address':'" + second + "'}}")
                        .message())
                .isEqualTo("Floating IP " + second + " association has failed.");
        assertThat(action(server, "{'removeFloatingIp':{'address':'" + second + "'}}")
                        .status())
                .isEqualTo(409);
        assertThat(action(server, "{'removeFloatingIp':{'address':'" + address + "'}}")
                        .status())
                .isEqualTo(202);
        assertThat(get("/os-floating-ips").body().path("floating_ips").valueStream())
                .allMatch(f -> f.path("instance_id").isNull());
        for (var f : get("/os-floating-ips").body().path("floating_ips"))
            assertThat(send("DELETE", "/os-floating-ips/" + f.path("id").asString(), "")
                            .status())
                    .isEqualTo(202);
        assertThat(send("POST", "/os-floating-ips", "{'pool':'none'}").message())
                .isEqualTo("Floating IP pool not found.");
    }

    @Test
    void fixedIp_whenAddedAndRemoved_isThePorts() {
        var server = house.server("many", image, ",'networks':[{'uuid':'" + privateNetwork + "'}]");
        assertThat(addresses(server)).hasSize(1);
        assertThat(action(server, "{'addFixedIp':{'networkId':'" + privateNetwork + "'}}")
                        .status())
                .isEqualTo(202);
        var two = addresses(server);
        assertThat(two).hasSize(2);
        assertThat(action(server, "{'removeFixedIp':{'address':'" + two.getFirst() + "'}}")
                        .status())
                .isEqualTo(202);
        assertThat(addresses(server)).containsExactly(two.getLast());
        assertThat(action(server, "{'removeFixedIp':{'address':'192.0.2.1'}}").message())
                .isEqualTo("Fixed IP 192.0.2.1 not found for instance " + server + ".");
        assertThat(action(server, "{'addFixedIp':{'networkId':'" + NONE + "'}}").status())
                .isEqualTo(404);
    }

    private static List<String> addresses(String server) {
        return get("/servers/" + server + "/ips")
                .body()
                .path("addresses")
                .path("private")
                .valueStream()
                .map(a -> a.path("addr").asString())
                .toList();
    }

    @Test
    void bareMetal_isNotHere() {
        assertThat(house.get("admin", "2.1", "/v2.1/os-baremetal-nodes").status())
                .isEqualTo(501);
        assertThat(house.send("admin", "2.1", "POST", "/v2.1/os-baremetal-nodes", "{}")
                        .message())
                .isEqualTo("Command not supported. Please use Ironic command node-create to perform this action.");
    }
}
