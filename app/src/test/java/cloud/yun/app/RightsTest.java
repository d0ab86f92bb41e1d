package cloud.yun.app;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who may do what, over all services of one cloud.
class RightsTest {
    /// One rule of each service, with a call that asks for it and needs nothing else.
    private static final Map<String, List<String>> ONE_EACH = Map.of(
            "identity", List.of("identity:get_auth_projects", "/identity/v3/auth/projects"),
            "compute", List.of("os_compute_api:servers:index", "/compute/v2.1/servers"),
            "image", List.of("get_images", "/image/v2/images"),
            "placement", List.of("placement:resource_providers:list", "/placement/resource_providers"),
            "block-storage", List.of("volume:get_all", "/volume/v3/volumes"));

    @TempDir
    static Path directory;

    private static RunningCloud cloud;
    private static ApiClient admin;
    private static String demoProject = "";
    private static String demoUser = "";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        cloud = RunningCloud.simulated(directory);
        admin = cloud.admin();
        demoProject = idOf("projects", "demo");
        demoUser = idOf("users", "demo");
    }

    @AfterAll
    static void stop() {
        HTTP.close();
        cloud.close();
    }

    private static String idOf(String collection, String name) {
        return admin.get("/identity/v3/" + collection + "?name=" + name)
                .at("/" + collection + "/0/id")
                .asString();
    }

    private static String made(String collection, String kind, ObjectNode object) {
        var body = Json.object();
        body.set(kind, object);
        return admin.post("/identity/v3/" + collection, body)
                .at("/" + kind + "/id")
                .asString();
    }

    /// @return a token of a new user with one role in demo's project
    private static String user(String name, String role) {
        var id = made("users", "user", Json.object().put("name", name).put("password", "pw"));
        admin.put(
                "/identity/v3/projects/" + demoProject + "/users/" + id + "/roles/" + idOf("roles", role),
                Json.object());
        return ApiClient.login(cloud.url(), name, "pw", "demo").token();
    }

    private static int status(String token, String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(cloud.url() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("X-Auth-Token", token)
                .header("Content-Type", "application/json");
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int get(String token, String path) {
        return status(token, "GET", path, "");
    }

    private static Set<String> allowed(JsonNode rights) {
        return rights.at("/rights/rules")
                .valueStream()
                .map(r -> r.get("rule").asString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    @Requirement("S1.71")
    void rights_whenAsked_areWhatTheServicesDo() {
        var asked = "/yun/v1/rights?user_id=" + demoUser + "&project_id=" + demoProject;
        var rights = admin.get(asked);
        assertThat(rights.at("/rights/roles").valueStream().map(JsonNode::asString))
                .containsExactly("member", "reader");
        var may = allowed(rights);
        assertThat(may).contains("os_compute_api:servers:create", "volume:create", "create_network", "add_image");
        assertThat(may)
                .doesNotContain("os_compute_api:os-hypervisors:list", "identity:create_project", "publicize_image");
        var demo = cloud.demo();
        assertThat(allowed(demo.get(asked))).isEqualTo(may);
        assertThat(get(demo.token(), "/compute/v2.1/os-hypervisors")).isEqualTo(403);
        var adminUser = idOf("users", "admin");
        assertThat(get(demo.token(), "/yun/v1/rights?user_id=" + adminUser + "&project_id=" + demoProject))
                .isEqualTo(403);
        var all = admin.get(asked + "&all=true").at("/rights/rules");
        assertThat(all.size()).isGreaterThan(may.size());
        assertThat(all.valueStream()
                        .filter(r -> r.get("rule").asString().equals("os_compute_api:servers:create"))
                        .findFirst()
                        .orElseThrow()
                        .get("operations")
                        .valueStream()
                        .map(JsonNode::asString))
                .contains("POST /compute/v2.1/servers");
        assertThat(get(admin.token(), "/yun/v1/rights?user_id=" + demoUser)).isEqualTo(400);
        assertThat(get(admin.token(), "/yun/v1/rights?user_id=nobody&project_id=" + demoProject))
                .isEqualTo(404);
    }

    @Test
    @Requirement("S1.71")
    void rights_whenAskedForOneRule_nameTheRolesAndUsersThatPass() {
        var path = "/yun/v1/rights/os_compute_api:servers:create?project_id=" + demoProject;
        var right = admin.get(path).get("right");
        assertThat(right.get("roles").valueStream().map(JsonNode::asString))
                .contains("admin", "manager", "member", "project_admin")
                .doesNotContain("reader", "monitor", "service");
        assertThat(right.get("users").valueStream().map(u -> u.at("/user/id").asString()))
                .contains(demoUser);
        assertThat(right.get("service").asString()).isEqualTo("compute");
        assertThat(get(cloud.demo().token(), path)).isEqualTo(403);
        assertThat(get(admin.token(), "/yun/v1/rights/no:such?project_id=" + demoProject))
                .isEqualTo(404);
    }

    @Test
    @Requirement({"S1.73", "S3.22"})
    void policySet_whenAllOfItIsRight_isInForceAtOnce_andElseNothingChanges() throws IOException {
        var set = Files.createDirectory(directory.resolve("set"));
        Files.writeString(set.resolve("nova.yaml"), "\"os_compute_api:servers:index\": \"role:auditor\"\n");
        Files.writeString(set.resolve("block-storage.json"), "{\"volume:get_all\": \"rule:nothing\"}");
        var demo = cloud.demo().token();
        var wrong = PolicyCommand.set(set);
        var problems = admin.post("/yun/v1/policies/check", wrong).get("problems");
        assertThat(problems.valueStream().map(JsonNode::asString))
                .containsExactly("block-storage: volume:get_all: there is no rule:nothing");
        assertThat(status(admin.token(), "PUT", "/yun/v1/policies", wrong.toString()))
                .isEqualTo(400);
        assertThat(get(demo, "/compute/v2.1/servers")).isEqualTo(200);

        Files.writeString(set.resolve("block-storage.json"), "{\"volume:get_all\": \"!\"}");
        var shown = admin.put("/yun/v1/policies", PolicyCommand.set(set));
        assertThat(shown.at("/policies/compute/os_compute_api:servers:index/check")
                        .asString())
                .isEqualTo("role:auditor");
        assertThat(get(demo, "/compute/v2.1/servers")).isEqualTo(403);
        assertThat(get(demo, "/volume/v3/volumes")).isEqualTo(403);
        var right = admin.get("/yun/v1/rights/os_compute_api:servers:index?project_id=" + demoProject);
        assertThat(right.at("/right/users")).isEmpty();
        admin.put("/yun/v1/policies", (ObjectNode) Json.stored("{\"policies\": {}}"));
        assertThat(get(demo, "/compute/v2.1/servers")).isEqualTo(200);
        assertThat(get(demo, "/volume/v3/volumes")).isEqualTo(200);
        assertThat(status(demo, "PUT", "/yun/v1/policies", "{\"policies\": {}}"))
                .isEqualTo(403);
    }

    @Test
    @Requirement({"S3.22", "S3.25"})
    void policyFile_whenItAppearsChangesAndGoes_isFollowedByItsServiceAlone_withoutRestart() throws IOException {
        made("roles", "role", Json.object().put("name", "auditor"));
        var auditor = user("auditor", "auditor");
        var reader = user("onlooker", "reader");
        for (var service : ONE_EACH.entrySet()) {
            var rule = service.getValue().getFirst();
            var path = service.getValue().getLast();
            var file = directory.resolve(service.getKey()).resolve("policy.json");
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file.resolveSibling("policy.yaml"));
            Files.writeString(file, "{\"" + rule + "\": \"role:auditor\"}");
            var demo = cloud.demo().token();
            Awaitility.await(path).until(() -> get(demo, path) == 403);
            assertThat(get(auditor, path)).as(path).isEqualTo(200);
            Files.writeString(file.resolveSibling("policy.yaml"), rule + ": 'role:member'\n");
            Awaitility.await(path).until(() -> get(demo, path) == 200);
            assertThat(get(auditor, path)).as(path).isEqualTo(403);
            Files.delete(file);
            Files.delete(file.resolveSibling("policy.yaml"));
            // the default is back once a reader passes, or, where it is for admins, once a member does not
            Awaitility.await(path).until(() -> get(reader, path) == 200 || get(demo, path) == 403);
        }
        // The role gives that call only.
        assertThat(get(auditor, "/compute/v2.1/os-hypervisors")).isEqualTo(403);
    }

    /// Logging out, and a read that is a POST.
    private static final Set<String> OWN =
            Set.of("identity:revoke_token", "volume_extension:volume_image_metadata:show");

    @Test
    @Requirement("S1.78")
    void monitor_whenInItsProject_readsInEveryService_andPassesNoRuleOfAWrite() {
        var monitor = user("watch", "monitor");
        for (var path : List.of(
                "/compute/v2.1/servers/detail",
                "/compute/v2.1/flavors",
                "/volume/v3/volumes/detail",
                "/volume/v3/snapshots",
                "/networking/v2.0/networks",
                "/networking/v2.0/ports",
                "/networking/v2.0/security-groups",
                "/image/v2/images",
                "/identity/v3/auth/projects",
                "/identity/v3/projects/" + demoProject))
            assertThat(get(monitor, path)).as(path).isEqualTo(200);
        var rights = admin.get("/yun/v1/rights?user_id=" + idOf("users", "watch") + "&project_id=" + demoProject);
        var may = allowed(rights);
        var writes = cloud.cloud().rooms().stream()
                .flatMap(r -> r.routes().stream())
                .filter(r -> !Set.of("GET", "HEAD").contains(r.method()))
                .flatMap(r -> r.rule().stream())
                .filter(may::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(writes).isSubsetOf(OWN);
        var server = "{\"server\": {\"name\": \"x\", \"imageRef\": \"" + image() + "\", \"flavorRef\": \"1\"}}";
        assertThat(status(monitor, "POST", "/compute/v2.1/servers", server)).isEqualTo(403);
        assertThat(status(monitor, "POST", "/volume/v3/volumes", "{\"volume\": {\"size\": 1}}"))
                .isEqualTo(403);
        assertThat(status(monitor, "POST", "/networking/v2.0/networks", "{\"network\": {\"name\": \"x\"}}"))
                .isEqualTo(403);
        assertThat(status(monitor, "POST", "/image/v2/images", "{\"name\": \"x\"}"))
                .isEqualTo(403);
    }

    @Test
    @Requirement("S1.76")
    void enrolment_makesProjectUsersAndRolesInOneCall_andOnlyWhatIsMissing() {
        var body = """
                {"enrolment": {"project": {"name": "lab"},
                               "users": [{"name": "ann", "password": "pw"},
                                         {"name": "bob", "password": "pw", "roles": ["reader", "ROLE"]}]}}
                """;
        // All of it or nothing.
        var noRole = body.replace("ROLE", "no-such-role");
        assertThat(status(admin.token(), "POST", "/yun/v1/enrolments", noRole)).isEqualTo(404);
        assertThat(admin.get("/identity/v3/projects?name=lab").get("projects")).isEmpty();
        assertThat(admin.get("/identity/v3/users?name=ann").get("users")).isEmpty();

        var whole = Json.stored(body.replace("ROLE", "monitor"));
        var made = admin.post("/yun/v1/enrolments", whole);
        assertThat(made.findValuesAsString("made")).hasSize(6).containsOnly("true");
        var ann = ApiClient.login(cloud.url(), "ann", "pw", "lab");
        assertThat(get(ann.token(), "/compute/v2.1/servers")).isEqualTo(200);
        assertThat(get(ApiClient.login(cloud.url(), "bob", "pw", "lab").token(), "/volume/v3/volumes"))
                .isEqualTo(200);

        // What is missing is made anew, and the rest is left alone.
        var roles = "/identity/v3/projects/" + made.at("/enrolment/project/id").asString() + "/users/"
                + made.at("/enrolment/users/0/id").asString() + "/roles/";
        admin.delete(roles + idOf("roles", "member"));
        var again =
                admin.post("/yun/v1/enrolments", Json.stored(whole.toString().replace("pw", "other")));
        assertThat(again.findValuesAsString("id")).isEqualTo(made.findValuesAsString("id"));
        assertThat(again.findValuesAsString("made"))
                .containsExactly("false", "false", "true", "false", "false", "false");
        assertThat(ApiClient.login(cloud.url(), "ann", "pw", "lab").token()).isNotEmpty();

        assertThat(status(cloud.demo().token(), "POST", "/yun/v1/enrolments", whole.toString()))
                .isEqualTo(403);
        assertThat(status(admin.token(), "POST", "/yun/v1/enrolments", "{\"enrolment\": {}}"))
                .isEqualTo(400);
        var nameless = "{\"enrolment\": {\"project\": {}, \"users\": []}}";
        assertThat(status(admin.token(), "POST", "/yun/v1/enrolments", nameless))
                .isEqualTo(400);
    }

    @Test
    @Requirement("S1.79")
    void monitor_ofAProject_readsItsServersDiagnosticsActionsAndUsage_andTheHypervisors() {
        var monitor = user("compute-watch", "monitor");
        var demo = cloud.demo();
        var wanted = Json.object();
        wanted.putObject("server")
                .put("name", "watched")
                .put("imageRef", image())
                .put("flavorRef", "1")
                .putArray("networks")
                .addObject()
                .put(
                        "uuid",
                        demo.get("/networking/v2.0/networks?name=private")
                                .at("/networks/0/id")
                                .asString());
        var server = "/compute/v2.1/servers/"
                + demo.post("/compute/v2.1/servers", wanted).at("/server/id").asString();
        Awaitility.await()
                .until(() -> demo.get(server).at("/server/status").asString().equals("ACTIVE"));
        for (var path : List.of(
                "/compute/v2.1/servers",
                "/compute/v2.1/servers/detail",
                server,
                server + "/diagnostics",
                server + "/os-instance-actions",
                "/compute/v2.1/os-hypervisors",
                "/compute/v2.1/os-hypervisors/detail",
                "/compute/v2.1/os-hypervisors/1",
                "/compute/v2.1/os-hypervisors/statistics",
                "/compute/v2.1/os-simple-tenant-usage/" + demoProject))
            assertThat(get(monitor, path)).as(path).isEqualTo(200);
        assertThat(get(demo.token(), server + "/diagnostics")).isEqualTo(403);
        assertThat(get(demo.token(), "/compute/v2.1/os-hypervisors")).isEqualTo(403);
        assertThat(get(monitor, "/compute/v2.1/os-hypervisors/host/servers"))
                .as("whose servers they are")
                .isEqualTo(403);
        assertThat(status(demo.token(), "DELETE", server, "")).isEqualTo(204);
    }

    private static String image() {
        return admin.get("/image/v2/images").at("/images/0/id").asString();
    }

    @Test
    @Requirement("S1.68")
    void projectAdmin_whenInItsProject_managesUsersRolesQuotasAndResources_andNothingOutside() {
        var pa = user("pa", "project_admin");
        var other = made("projects", "project", Json.object().put("name", "other"));
        var quotas = Map.of(
                "/compute/v2.1/os-quota-sets/", "{\"quota_set\": {\"cores\": 21}}",
                "/volume/v3/os-quota-sets/", "{\"quota_set\": {\"volumes\": 11}}",
                "/networking/v2.0/quotas/", "{\"quota\": {\"network\": 11}}");
        quotas.forEach((path, body) -> {
            assertThat(status(pa, "PUT", path + demoProject, body)).as(path).isEqualTo(200);
            assertThat(status(pa, "PUT", path + other, body)).as(path).isEqualTo(403);
            assertThat(status(pa, "DELETE", path + other, "")).as(path).isEqualTo(403);
            assertThat(status(cloud.demo().token(), "PUT", path + demoProject, body))
                    .as(path)
                    .isEqualTo(403);
            assertThat(status(pa, "DELETE", path + demoProject, "")).as(path).isLessThan(300);
        });
        var volume = cloud.demo()
                .post("/volume/v3/volumes", Json.stored("{\"volume\": {\"size\": 1, \"name\": \"demo's\"}}"))
                .at("/volume/id")
                .asString();
        Awaitility.await()
                .until(() -> cloud.demo()
                        .get("/volume/v3/volumes/" + volume)
                        .at("/volume/status")
                        .asString()
                        .equals("available"));
        var renamed = "{\"volume\": {\"name\": \"ours\"}}";
        assertThat(status(pa, "PUT", "/volume/v3/volumes/" + volume, renamed)).isEqualTo(200);
        var network = cloud.demo()
                .post("/networking/v2.0/networks", Json.stored("{\"network\": {\"name\": \"n\"}}"))
                .at("/network/id")
                .asString();
        assertThat(status(pa, "DELETE", "/networking/v2.0/networks/" + network, ""))
                .isEqualTo(204);
        var adminVolume = admin.post("/volume/v3/volumes", Json.stored("{\"volume\": {\"size\": 1}}"))
                .at("/volume/id")
                .asString();
        assertThat(get(pa, "/volume/v3/volumes/" + adminVolume)).isEqualTo(404);
        assertThat(get(pa, "/volume/v3/volumes?all_tenants=1")).isIn(200, 403);
        assertThat(get(pa, "/compute/v2.1/os-hypervisors")).isEqualTo(403);
        assertThat(status(
                        pa,
                        "POST",
                        "/compute/v2.1/flavors",
                        "{\"flavor\": {\"name\": \"x\", \"ram\": 1, \"vcpus\": 1," + " \"disk\": 1}}"))
                .isEqualTo(403);

        var created = "{\"user\": {\"name\": \"hand\", \"password\": \"pw\", \"default_project_id\": \"" + demoProject
                + "\"}}";
        assertThat(status(pa, "POST", "/identity/v3/users", created)).isEqualTo(201);
        var grants = "/identity/v3/projects/" + demoProject + "/users/" + idOf("users", "hand") + "/roles/";
        assertThat(status(pa, "PUT", grants + idOf("roles", "member"), "")).isEqualTo(204);
        assertThat(status(pa, "PUT", grants + idOf("roles", "admin"), "")).isEqualTo(403);
        assertThat(status(pa, "PUT", grants.replace(demoProject, other) + idOf("roles", "member"), ""))
                .isEqualTo(403);
    }
}
