package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.ComputeApi.Answer;
import cloud.yun.compute.fake.Gate;
import cloud.yun.compute.fake.WholeHouse;
import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.testing.Requirement;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What `POST /servers` may say, one thing after the other.
class CreateParametersTest {
    private static final String NONE = "11111111-2222-3333-4444-555555555555";
    private static final String SERVERS = "/v2.1/servers";
    private static final String QUOTA = "/v2.1/os-quota-sets/" + ComputeApi.DEMO_PROJECT;
    private static WholeHouse house;
    private static String image;

    @BeforeAll
    static void build() {
        house = new WholeHouse();
        image = image("public", 0, 0);
    }

    private static String image(String visibility, int minDiskGib, int minRamMib) {
        var id = UUID.randomUUID().toString();
        var draft = new Images.Draft(id, "i", visibility, "raw", "bare", minDiskGib, minRamMib, Map.of());
        var owner = visibility.equals("public") ? ComputeApi.admin() : ComputeApi.demo();
        house.db.write(tx -> house.images.create(tx, owner, draft));
        house.images.upload(id, new ByteArrayInputStream(new byte[1024]));
        return id;
    }

    @AfterAll
    static void close() {
        house.close();
    }

    /// Quota for many servers, and none of the last test's.
    @BeforeEach
    void empty() {
        for (var token : List.of("demo", "admin")) {
            for (var server : house.get(token, "2.1", SERVERS).body().path("servers"))
                house.send(
                        token,
                        "2.1",
                        "DELETE",
                        SERVERS + "/" + server.path("id").asString(),
                        "");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> house.get(token, "2.1", SERVERS)
                            .body()
                            .path("servers")
                            .isEmpty());
        }
        house.send("admin", "2.1", "DELETE", QUOTA, "");
    }

    /// @param more of the server, beginning with a comma
    private static Answer post(String token, String version, String more) {
        var body = "{'server':{'name':'s','imageRef':'%s','flavorRef':'1'%s}}";
        return house.send(token, version, "POST", SERVERS, body.formatted(image, more));
    }

    private static String refused(String version, String more) {
        var answer = post("demo", version, more);
        assertThat(answer.status()).as(answer.message()).isEqualTo(400);
        return answer.message();
    }

    private static JsonNode made(Answer answer) {
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
        return active(answer.body().path("server").path("id").asString(), "2.93");
    }

    private static JsonNode active(String id, String version) {
        await().atMost(Duration.ofSeconds(30)).until(() -> !house.status(id).equals("BUILD"));
        var server = house.get("admin", version, SERVERS + "/" + id).body().path("server");
        assertThat(server.path("status").asString()).as(server.toString()).isEqualTo("ACTIVE");
        return server;
    }

    private static String text(String serverId, String path) {
        return house.compute
                .metadata()
                .read(serverId, path)
                .map(d -> new String(d.bytes(), StandardCharsets.UTF_8))
                .orElse("(none)");
    }

    private static String id(JsonNode server) {
        return server.path("id").asString();
    }

    private static String network(Caller who, String name, String range) {
        var id = house.made(who, "network", "{'network':{'name':'" + name + "'}}")
                .path("id")
                .asString();
        house.made(who, "subnet", "{'subnet':{'network_id':'%s','cidr':'%s','ip_version':4}}".formatted(id, range));
        return id;
    }

    private static List<JsonNode> ports(String serverId) {
        return house.network
                .get(ComputeApi.admin(), "/v2.0/ports", Map.of("device_id", List.of(serverId)))
                .path("ports")
                .valueStream()
                .toList();
    }

    private static String address(JsonNode port) {
        return port.path("fixed_ips").path(0).path("ip_address").asString();
    }

    @Test
    @Requirement({"S4.1", "S4.14"})
    void networks_byIdAddressPortTagAndWord_areThePorts() {
        var demo = ComputeApi.demo();
        var net = network(demo, "typed", "10.7.0.0/24");
        var port = house.made(demo, "port", "{'port':{'network_id':'" + net + "'}}");
        var server = made(post(
                "demo",
                "2.70",
                ",'networks':[{'uuid':'%s','tag':'first'},{'uuid':'%s','fixed_ip':'10.7.0.77'},{'port':'%s'}]"
                        .formatted(net, net, port.path("id").asString())));
        var ports = ports(id(server));
        assertThat(ports)
                .hasSize(3)
                .allMatch(p -> p.path("network_id").asString().equals(net));
        assertThat(ports.stream().map(CreateParametersTest::address)).contains("10.7.0.77", address(port));
        assertThat(ports.stream().map(CreateParametersTest::id)).contains(id(port));
        var tags = house.get("demo", "2.70", SERVERS + "/" + id(server) + "/os-interface")
                .body()
                .path("interfaceAttachments");
        assertThat(tags.valueStream().map(i -> i.path("tag").asString("")).filter(t -> !t.isEmpty()))
                .containsExactly("first");
        assertThat(ports(id(made(post("demo", "2.37", ",'networks':'none'"))))).isEmpty();
        assertThat(ports(id(made(post("demo", "2.37", ",'networks':'auto'"))))).hasSize(1);
        refused("2.36", ",'networks':'auto'");
        assertThat(refused("2.1", ",'networks':[{'uuid':'" + NONE + "'}]")).contains(NONE);
        assertThat(refused("2.1", ",'networks':[{'port':'" + NONE + "'}]")).contains(NONE);
        refused("2.1", ",'networks':[{'uuid':'zz'}]");
        refused("2.1", ",'networks':[{'uuid':'" + net + "','fixed_ip':'zz'}]");
        assertThat(post("demo", "2.1", ",'networks':[{'uuid':'" + net + "'}],'max_count':2,'min_count':2")
                        .status())
                .isEqualTo(202);
    }

    /// The admin's project has networks of its own.
    @Test
    @Requirement("S2.11")
    void networks_whenNoneAreNamed_areTheOnlyOneThereIsOrAreAmbiguous() {
        assertThat(ports(id(made(post("admin", "2.1", "")))))
                .as("there is none")
                .isEmpty();
        var net = network(ComputeApi.admin(), "only", "10.8.0.0/24");
        assertThat(ports(id(made(post("admin", "2.1", "")))))
                .extracting(p -> p.path("network_id").asString())
                .containsExactly(net);
        assertThat(ports(id(made(post("admin", "2.37", ",'networks':'auto'"))))).hasSize(1);
        assertThat(ports(id(made(post("admin", "2.37", ",'networks':'none'"))))).isEmpty();
        network(ComputeApi.admin(), "another", "10.9.0.0/24");
        var ambiguous = post("admin", "2.1", "");
        assertThat(ambiguous.status()).isEqualTo(409);
        assertThat(ambiguous.message()).contains("Multiple possible networks found");
        assertThat(ports(id(made(post("admin", "2.1", ",'networks':[{'uuid':'" + net + "'}]")))))
                .hasSize(1);
    }

    @Test
    @Requirement("S4.8")
    void flavorRef_isAnIdOfAFlavorThatIsInUse() {
        var unknown = "{'server':{'name':'s','imageRef':'%s','flavorRef':'zz'}}".formatted(image);
        var refusal = house.send("demo", "2.1", "POST", SERVERS, unknown);
        assertThat(refusal.status()).isEqualTo(400);
        assertThat(refusal.message()).isEqualTo("Flavor zz could not be found.");
        house.db.write(tx -> tx.update("UPDATE flavor SET disabled = 1 WHERE flavorid = '2'"));
        var body = "{'server':{'name':'s','imageRef':'%s','flavorRef':'2','networks':'none'}}".formatted(image);
        assertThat(house.send("demo", "2.37", "POST", SERVERS, body).status()).isEqualTo(400);
        house.db.write(tx -> tx.update("UPDATE flavor SET disabled = 0 WHERE flavorid = '2'"));
        var server = made(house.send("demo", "2.37", "POST", SERVERS, body));
        assertThat(server.path("flavor").path("original_name").asString()).isEqualTo("m1.small");
        assertThat(house.send("demo", "2.1", "POST", SERVERS, "{'server':{'name':'s','imageRef':'" + image + "'}}")
                        .message())
                .contains("'flavorRef' is a required property");
    }

    @Test
    void imageRef_mustBeActiveAndFitTheFlavor_andSignaturesAreNotChecked() {
        var queued = UUID.randomUUID().toString();
        var large = image("private", 2, 0);
        var hungry = image("private", 0, 99_999);
        house.db.write(tx -> house.images.create(
                tx, ComputeApi.demo(), new Images.Draft(queued, "q", "private", "raw", "bare", 0, 0, Map.of())));
        var said = new LinkedHashMap<String, String>();
        for (var id : List.of(queued, large, hungry, NONE)) {
            var body = "{'server':{'name':'s','imageRef':'%s','flavorRef':'1'}}".formatted(id);
            var answer = house.send("demo", "2.1", "POST", SERVERS, body);
            assertThat(answer.status()).isEqualTo(400);
            said.put(id, answer.message());
        }
        assertThat(said.get(queued)).isEqualTo("Image " + queued + " is not active.");
        assertThat(said.get(large)).startsWith("Flavor's disk is smaller than the minimum size");
        assertThat(said.get(hungry)).isEqualTo("Flavor's memory is too small for requested image.");
        assertThat(said.get(NONE)).isEqualTo("Can not find requested image");
        assertThat(refused("2.63", ",'networks':'none','trusted_image_certificates':['c']"))
                .startsWith("Image signature certificate validation is not enabled");
    }

    @Test
    @Requirement({"S4.10", "S4.23"})
    void manyAtOnce_areNumbered_andAllOrNoneOfTheSmallestNumber() {
        refused("2.1", ",'min_count':0");
        for (var name : List.of("", " ", "x".repeat(256))) {
            var body = "{'server':{'name':'%s','imageRef':'%s','flavorRef':'1'}}".formatted(name, image);
            assertThat(house.send("demo", "2.1", "POST", SERVERS, body).status())
                    .as(name)
                    .isEqualTo(400);
        }
        var many = post("demo", "2.1", ",'min_count':2,'max_count':3,'return_reservation_id':true");
        assertThat(many.status()).isEqualTo(202);
        assertThat(many.body().propertyNames()).containsExactly("reservation_id");
        var reserved = SERVERS + "?reservation_id="
                + many.body().path("reservation_id").asString();
        assertThat(names(reserved)).containsExactlyInAnyOrder("s-1", "s-2", "s-3");
        house.send("admin", "2.1", "PUT", QUOTA, "{'quota_set':{'instances':5}}");
        made(post("demo", "2.1", ",'min_count':1,'max_count':9"));
        assertThat(names(SERVERS)).as("as many as fit").hasSize(5);
        var over = post("demo", "2.1", ",'min_count':2,'max_count':2");
        assertThat(over.status()).isEqualTo(403);
        assertThat(over.message())
                .isEqualTo("Quota exceeded for instances: Requested 2, but already used 5 of 5 instances");
        assertThat(names(SERVERS)).hasSize(5);
        assertThat(refused("2.1", ",'min_count':3,'max_count':2")).isEqualTo("min_count must be <= max_count");
    }

    private static List<String> names(String path) {
        return house.get("demo", "2.1", path)
                .body()
                .path("servers")
                .valueStream()
                .map(s -> s.path("name").asString())
                .toList();
    }

    @Test
    @Requirement("S4.11")
    void description_isThereFrom219() {
        assertThat(refused("2.18", ",'description':'d'")).contains("'description' was unexpected");
        var id = id(made(post("demo", "2.19", ",'description':'a machine'")));
        assertThat(active(id, "2.19").path("description").asString()).isEqualTo("a machine");
        assertThat(active(id, "2.18").has("description")).isFalse();
        assertThat(refused("2.19", ",'description':'" + "x".repeat(256) + "'")).contains("too long");
    }

    @Test
    @Requirement("S4.12")
    void metadata_isShortTexts_asManyAsTheQuotaSays() {
        var server = made(post("demo", "2.1", ",'metadata':{'role':'web'}"));
        assertThat(server.path("metadata").path("role").asString()).isEqualTo("web");
        refused("2.1", ",'metadata':{'" + "k".repeat(256) + "':'v'}");
        refused("2.1", ",'metadata':{'k':'" + "v".repeat(256) + "'}");
        refused("2.1", ",'metadata':{'k':1}");
        house.send("admin", "2.1", "PUT", QUOTA, "{'quota_set':{'metadata_items':1}}");
        var over = post("demo", "2.1", ",'metadata':{'a':'1','b':'2'}");
        assertThat(over.status()).isEqualTo(403);
        assertThat(over.message()).isEqualTo("Maximum number of metadata items exceeds 1");
    }

    @Test
    @Requirement("S4.15")
    void group_isFullAtItsQuota() {
        house.send("admin", "2.1", "PUT", QUOTA, "{'quota_set':{'server_group_members':1}}");
        var group = house.send(
                        "demo",
                        "2.1",
                        "POST",
                        "/v2.1/os-server-groups",
                        "{'server_group':{'name':'g','policies':['affinity']}}")
                .body()
                .path("server_group")
                .path("id")
                .asString();
        var body = "{'server':{'name':'s','imageRef':'%s','flavorRef':'1'},'os:scheduler_hints':{'group':'%s'}}"
                .formatted(image, group);
        made(house.send("demo", "2.1", "POST", SERVERS, body));
        var full = house.send("demo", "2.1", "POST", SERVERS, body);
        assertThat(full.status()).isEqualTo(403);
        assertThat(full.message()).isEqualTo("Quota exceeded, too many servers in group");
        assertThat(names(SERVERS)).hasSize(1);
    }

    @Test
    @Requirement({"S4.16", "S4.21"})
    void accessAddressesAndDiskConfig_areShownAgain() {
        var server =
                made(post("demo", "2.1", ",'accessIPv4':'1.2.3.4','accessIPv6':'FE80::1','OS-DCF:diskConfig':'AUTO'"));
        assertThat(server.path("accessIPv4").asString()).isEqualTo("1.2.3.4");
        assertThat(server.path("accessIPv6").asString()).isEqualTo("fe80::1");
        assertThat(server.path("OS-DCF:diskConfig").asString()).isEqualTo("AUTO");
        assertThat(made(post("demo", "2.1", "")).path("OS-DCF:diskConfig").asString())
                .isEqualTo("MANUAL");
        for (var wrong : List.of("'accessIPv4':'1.2.3'", "'accessIPv6':'zz'", "'OS-DCF:diskConfig':'zz'"))
            refused("2.1", "," + wrong);
    }

    @Test
    @Requirement("S4.17")
    void availabilityZone_mayNameTheHostToAdminsOnly() {
        assertThat(made(post("demo", "2.1", ",'availability_zone':'nova'"))
                        .path("OS-EXT-AZ:availability_zone")
                        .asString())
                .isEqualTo("nova");
        assertThat(refused("2.1", ",'availability_zone':'zz'"))
                .isEqualTo("The requested availability zone is not available");
        assertThat(post("demo", "2.1", ",'availability_zone':'nova:host1'").status())
                .isEqualTo(403);
        var forced = ",'networks':'none','availability_zone':";
        assertThat(made(post("admin", "2.37", forced + "'nova:host1'"))
                        .path("OS-EXT-SRV-ATTR:host")
                        .asString())
                .isEqualTo("host1");
        made(post("admin", "2.37", forced + "'nova:host1:host1'"));
        assertThat(post("admin", "2.37", forced + "'nova:zz'").status()).isEqualTo(400);
        assertThat(post("admin", "2.37", forced + "'a:b:c:d'").status()).isEqualTo(400);
    }

    @Test
    @Requirement("S4.22")
    void keyName_isInTheMetadata() {
        var key = house.send("demo", "2.1", "POST", "/v2.1/os-keypairs", "{'keypair':{'name':'k'}}")
                .body()
                .path("keypair")
                .path("public_key")
                .asString();
        var server = made(post("demo", "2.1", ",'key_name':'k'"));
        assertThat(server.path("key_name").asString()).isEqualTo("k");
        assertThat(text(id(server), "/openstack/latest/meta_data.json")).contains(key.strip());
        assertThat(text(id(server), "/latest/meta-data/public-keys/0/openssh-key"))
                .isEqualTo(key.strip());
        assertThat(refused("2.1", ",'key_name':'zz'")).isEqualTo("Invalid key_name provided.");
    }

    @Test
    @Requirement("S4.24")
    void personality_until256_isFilesWithinTheirLimits() {
        var hello = Base64.getEncoder().encodeToString("hello".getBytes(StandardCharsets.UTF_8));
        var file = "{'path':'%s','contents':'%s'}";
        made(post("demo", "2.56", ",'networks':'none','personality':[" + file.formatted("/etc/hi", hello) + "]"));
        assertThat(refused("2.57", ",'networks':'none','personality':[" + file.formatted("/etc/hi", hello) + "]"))
                .contains("'personality' was unexpected");
        house.send(
                "admin",
                "2.1",
                "PUT",
                QUOTA,
                "{'quota_set':{'injected_files':1,'injected_file_content_bytes':4,'injected_file_path_bytes':9}}");
        var said = List.of(
                file.formatted("/a", "YQ==") + "," + file.formatted("/b", "YQ=="),
                file.formatted("/a", hello),
                file.formatted("/etc/hello", "YQ=="));
        assertThat(said.stream().map(f -> post("demo", "2.1", ",'personality':[" + f + "]")))
                .allMatch(a -> a.status() == 403)
                .map(Answer::message)
                .containsExactly(
                        "Personality file limit exceeded: maximum is 1",
                        "Personality file content exceeds maximum 4",
                        "Personality file path exceeds maximum 9");
    }

    @Test
    @Requirement("S4.26")
    void securityGroups_byNameOrId_areThePortsThatComputeMakes() {
        var demo = ComputeApi.demo();
        var net = network(demo, "guarded", "10.6.0.0/24");
        var one = id(house.made(demo, "security_group", "{'security_group':{'name':'one'}}"));
        var two = id(house.made(demo, "security_group", "{'security_group':{'name':'two'}}"));
        var server = made(post(
                "demo",
                "2.1",
                ",'networks':[{'uuid':'%s'}],'security_groups':[{'name':'one'},{'name':'%s'}]".formatted(net, two)));
        assertThat(ports(id(server))
                        .getFirst()
                        .path("security_groups")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactlyInAnyOrder(one, two);
        assertThat(refused("2.1", ",'networks':[{'uuid':'" + net + "'}],'security_groups':[{'name':'zz'}]"))
                .contains("zz");
    }

    @Test
    @Requirement("S4.27")
    void userData_isBase64UpTo64Kib_andWhatTheGuestReads() {
        var script = "#!/bin/sh\necho hello\n";
        var encoded = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
        var id = id(made(post("demo", "2.1", ",'user_data':'" + encoded + "'")));
        assertThat(text(id, "/openstack/latest/user_data")).isEqualTo(script);
        assertThat(text(id, "/latest/user-data")).isEqualTo(script);
        made(post("demo", "2.1", ",'user_data':'" + "A".repeat(65_532) + "'"));
        assertThat(refused("2.1", ",'user_data':'" + "A".repeat(65_536) + "'")).contains("too long");
        assertThat(refused("2.1", ",'user_data':'abc'")).endsWith("'abc' is not a 'base64'");
    }

    @Test
    @Requirement({"S4.30", "S4.31"})
    void rows_areThereWhenTheAnswerIs_andNoHostWasWaitedFor() throws InterruptedException {
        var gate = new Gate("server_create", "schedule");
        house.flows.probe(Gate.all(gate));
        try {
            var answer = post("demo", "2.1", "");
            assertThat(answer.status()).isEqualTo(202);
            gate.awaitReached();
            var id = answer.body().path("server").path("id").asString();
            var server = house.get("admin", "2.1", SERVERS + "/" + id).body().path("server");
            assertThat(server.path("status").asString()).isEqualTo("BUILD");
            assertThat(server.path("OS-EXT-STS:task_state").asString()).isEqualTo("scheduling");
            assertThat(server.path("OS-EXT-STS:vm_state").asString()).isEqualTo("building");
            assertThat(server.path("OS-EXT-SRV-ATTR:host").isNull()).isTrue();
            house.send("admin", "2.1", "PUT", QUOTA, "{'quota_set':{'instances':1}}");
            assertThat(post("demo", "2.1", "").status()).isEqualTo(403);
            assertThat(names(SERVERS)).hasSize(1);
            gate.open();
            active(id, "2.1");
        } finally {
            gate.open();
            house.flows.probe(FlowProbe.NONE);
        }
    }

    @Test
    @Requirement("S1.152")
    void fieldsThatAreUnknownOrMalformed_areNamed() {
        assertThat(refused("2.1", ",'zz':1")).contains("Additional properties are not allowed ('zz' was unexpected)");
        assertThat(refused("2.1", ",'metadata':[]")).contains("metadata", "is not of type 'object'");
        assertThat(refused("2.51", ",'networks':'none','tags':['a']")).contains("'tags' was unexpected");
        assertThat(refused("2.52", ",'networks':'none','tags':'a'")).contains("tags", "is not of type 'array'");
        made(post("demo", "2.52", ",'networks':'none','tags':['a']"));
    }
}
