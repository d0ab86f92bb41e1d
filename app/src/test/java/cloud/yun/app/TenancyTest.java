package cloud.yun.app;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.Room;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Projects keep apart, in every call of every service: no token, a token of another project, a token without
/// rights, and
/// an administrator's.
class TenancyTest {
    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// Bodies of actions on what is somebody else's: such that only its owner is what they lack. Others get `null`, as
    /// most actions want it, or an empty object.
    private static final Map<String, String> ACTIONS = Map.ofEntries(
            Map.entry("reboot", "{\"type\": \"SOFT\"}"),
            Map.entry("resize", "{\"flavorRef\": \"1\"}"),
            Map.entry("rebuild", "{\"imageRef\": \"IMAGE\"}"),
            Map.entry("createImage", "{\"name\": \"x\"}"),
            Map.entry("createBackup", "{\"name\": \"x\", \"backup_type\": \"daily\", \"rotation\": 1}"),
            Map.entry("changePassword", "{\"adminPass\": \"x\"}"),
            Map.entry("rescue", "{}"),
            Map.entry("os-getConsoleOutput", "{}"),
            Map.entry("os-getVNCConsole", "{\"type\": \"novnc\"}"),
            Map.entry("os-getSerialConsole", "{\"type\": \"serial\"}"),
            Map.entry("addSecurityGroup", "{\"name\": \"default\"}"),
            Map.entry("removeSecurityGroup", "{\"name\": \"default\"}"),
            Map.entry("os-extend", "{\"new_size\": 2}"),
            Map.entry("os-attach", "{\"instance_uuid\": \"SERVER\", \"mountpoint\": \"/dev/vdz\"}"),
            Map.entry("os-detach", "{}"),
            Map.entry("os-volume_upload_image", "{\"image_name\": \"x\"}"),
            Map.entry("os-set_bootable", "{\"bootable\": true}"),
            Map.entry("os-update_readonly_flag", "{\"readonly\": true}"),
            Map.entry("os-set_image_metadata", "{\"metadata\": {\"a\": \"b\"}}"),
            Map.entry("os-show_image_metadata", "{}"),
            Map.entry("os-initialize_connection", "{\"connector\": {}}"),
            Map.entry("os-terminate_connection", "{\"connector\": {}}"),
            Map.entry("os-retype", "{\"new_type\": \"__DEFAULT__\", \"migration_policy\": \"never\"}"),
            Map.entry("revert", "{\"snapshot_id\": \"SNAPSHOT\"}"));

    /// Bodies of the calls that change one thing in place.
    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("PUT /v2.1/servers/{id}", "{\"server\": {\"name\": \"mine\"}}"),
            Map.entry("POST /v2.1/servers/{id}/metadata", "{\"metadata\": {\"a\": \"b\"}}"),
            Map.entry("PUT /v2.1/servers/{id}/metadata", "{\"metadata\": {\"a\": \"b\"}}"),
            Map.entry("PUT /v3/volumes/{id}", "{\"volume\": {\"name\": \"mine\"}}"),
            Map.entry("POST /v3/volumes/{id}/metadata", "{\"metadata\": {\"a\": \"b\"}}"),
            Map.entry("PUT /v3/volumes/{id}/metadata", "{\"metadata\": {\"a\": \"b\"}}"),
            Map.entry("PUT /v3/snapshots/{id}", "{\"snapshot\": {\"name\": \"mine\"}}"),
            Map.entry(
                    "PATCH /v2/images/{image_id}", "[{\"op\": \"replace\", \"path\": \"/name\", \"value\": \"mine\"}]"),
            Map.entry("POST /v2/images/{image_id}/members", "{\"member\": \"EVE\"}"),
            Map.entry("PUT /v2.0/networks/{id}", "{\"network\": {\"name\": \"mine\"}}"),
            Map.entry("PUT /v2.0/subnets/{id}", "{\"subnet\": {\"name\": \"mine\"}}"),
            Map.entry("PUT /v2.0/ports/{id}", "{\"port\": {\"name\": \"mine\"}}"),
            Map.entry("PUT /v2.0/routers/{id}", "{\"router\": {\"name\": \"mine\"}}"),
            Map.entry("PUT /v2.0/security-groups/{id}", "{\"security_group\": {\"name\": \"mine\"}}"),
            Map.entry("PUT /v2.0/routers/{id}/add_router_interface", "{\"subnet_id\": \"SUBNET\"}"),
            Map.entry("PUT /v2.0/routers/{id}/remove_router_interface", "{\"subnet_id\": \"SUBNET\"}"),
            Map.entry("PUT /v2.0/floatingips/{id}", "{\"floatingip\": {\"port_id\": null}}"),
            Map.entry("PATCH /v3/users/{user_id}", "{\"user\": {\"description\": \"mine\"}}"),
            Map.entry("PATCH /v3/projects/{project_id}", "{\"project\": {\"description\": \"mine\"}}"));

    @TempDir
    static Path directory;

    private static RunningCloud cloud;
    private static ApiClient admin;
    private static ApiClient demo;
    private static String eveProject = "";

    /// By the last word of the path that they stand behind.
    private static final Map<String, String> OWNED = new TreeMap<>();

    private record Answer(int status, String body, String token, String timing) {}

    @BeforeAll
    static void start() throws IOException {
        cloud = RunningCloud.with(TrainCommand.simulated().with(YunOptions.SERVER_TIMING, "true"), directory);
        admin = cloud.admin();
        demo = cloud.demo();
        eveProject = made(admin, "/identity/v3/projects", "project", "{\"name\": \"elsewhere\"}");
        user("eve", "member");
        user("guest", role("nothing"));
        own();
    }

    @AfterAll
    static void stop() {
        HTTP.close();
        cloud.close();
    }

    private static String role(String name) {
        made(admin, "/identity/v3/roles", "role", "{\"name\": \"" + name + "\"}");
        return name;
    }

    private static void user(String name, String role) {
        var id = made(admin, "/identity/v3/users", "user", "{\"name\": \"" + name + "\", \"password\": \"pw\"}");
        var roles =
                admin.get("/identity/v3/roles?name=" + role).at("/roles/0/id").asString();
        admin.put("/identity/v3/projects/" + eveProject + "/users/" + id + "/roles/" + roles, Json.object());
    }

    private static String made(ApiClient who, String path, String kind, String body) {
        return who.post(path, Json.stored("{\"" + kind + "\": " + body + "}"))
                .at("/" + kind + "/id")
                .asString();
    }

    private static String first(String path, String kind) {
        return demo.get(path).at("/" + kind + "/0/id").asString();
    }

    /// Demo's own: one of each kind.
    private static void own() {
        var day = new NormalDay(demo);
        var server = day.createServer();
        day.until(
                "/compute/v2.1/servers/" + server,
                s -> s.at("/server/status").asString().equals("ACTIVE"));
        var volume = day.createVolume();
        day.until(
                "/volume/v3/volumes/" + volume,
                v -> v.at("/volume/status").asString().equals("available"));
        var snapshot = made(demo, "/volume/v3/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");
        day.until(
                "/volume/v3/snapshots/" + snapshot,
                s -> s.at("/snapshot/status").asString().equals("available"));
        var net = made(demo, "/networking/v2.0/networks", "network", "{\"name\": \"own\"}");
        var subnet = made(
                demo,
                "/networking/v2.0/subnets",
                "subnet",
                "{\"network_id\": \"" + net + "\", \"ip_version\": 4, \"cidr\": \"10.66.0.0/24\"}");
        var group = made(demo, "/networking/v2.0/security-groups", "security_group", "{\"name\": \"own\"}");
        var rule = "{\"security_group_id\": \"" + group + "\", \"direction\": \"ingress\"}";
        var outside = first("/networking/v2.0/networks?name=public", "networks");
        OWNED.put("servers", server);
        OWNED.put("volumes", volume);
        OWNED.put("snapshots", snapshot);
        OWNED.put("networks", net);
        OWNED.put("subnets", subnet);
        OWNED.put("ports", made(demo, "/networking/v2.0/ports", "port", "{\"network_id\": \"" + net + "\"}"));
        OWNED.put("routers", made(demo, "/networking/v2.0/routers", "router", "{\"name\": \"own\"}"));
        OWNED.put("security-groups", group);
        OWNED.put(
                "security-group-rules",
                made(demo, "/networking/v2.0/security-group-rules", "security_group_rule", rule));
        OWNED.put(
                "floatingips",
                made(
                        demo,
                        "/networking/v2.0/floatingips",
                        "floatingip",
                        "{\"floating_network_id\": \"" + outside + "\"}"));
        OWNED.put(
                "images",
                demo.post(
                                "/image/v2/images",
                                Json.stored("{\"name\": \"own\", \"disk_format\": \"raw\","
                                        + " \"container_format\": \"bare\", \"visibility\": \"private\"}"))
                        .get("id")
                        .asString());
        OWNED.put(
                "os-server-groups",
                made(
                        demo,
                        "/compute/v2.1/os-server-groups",
                        "server_group",
                        "{\"name\": \"g\", \"policies\": [\"affinity\"]}"));
        var self = admin.get("/identity/v3/users?name=demo").at("/users/0/id").asString();
        OWNED.put("users", self);
        OWNED.put(
                "projects",
                admin.get("/identity/v3/projects?name=demo")
                        .at("/projects/0/id")
                        .asString());
        OWNED.put(
                "application_credentials",
                made(
                        demo,
                        "/identity/v3/users/" + self + "/application_credentials",
                        "application_credential",
                        "{\"name\": \"own\"}"));
    }

    private static Answer send(String token, String method, String url, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(cloud.url() + url))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header(
                        "Content-Type",
                        body.startsWith("[") ? "application/openstack-images-v2.1-json-patch" : "application/json");
        if (!token.isEmpty()) request.header("X-Auth-Token", token);
        if (headers.length > 0) request.headers(headers);
        try {
            var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    answer.statusCode(),
                    answer.body(),
                    answer.headers().firstValue("X-Subject-Token").orElse(""),
                    answer.headers().firstValue("Server-Timing").orElse(""));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Answer send(String token, Room room, Route route, String query) {
        var body = body(room, route);
        var url = room.service().mount() + path(route.path()) + query;
        var version = room.service().microversions().flatMap(m -> route.from().map(f -> m.header() + " " + f));
        return version.isPresent()
                ? send(token, route.method(), url, body, "OpenStack-API-Version", version.get())
                : send(token, route.method(), url, body);
    }

    private static String body(Room room, Route route) {
        if (Set.of("GET", "HEAD", "DELETE").contains(route.method())) return "";
        var body = route.action().isPresent()
                ? "{\"" + route.action().get() + "\": "
                        + ACTIONS.getOrDefault(route.action().get(), "null") + "}"
                : BODIES.getOrDefault(
                        route.method() + " " + route.path(),
                        route.path().startsWith("/v2.0/") ? "{\"" + singular(route.path()) + "\": {}}" : "{}");
        return body.replace("IMAGE", OWNED.get("images"))
                .replace("SERVER", OWNED.get("servers"))
                .replace("SNAPSHOT", OWNED.get("snapshots"))
                .replace("SUBNET", OWNED.get("subnets"))
                .replace("EVE", eveProject);
    }

    private static String singular(String path) {
        var collection = path.split("/")[2].replace('-', '_');
        return collection.endsWith("s") ? collection.substring(0, collection.length() - 1) : collection;
    }

    /// @return the path with demo's own in place of variables
    private static String path(String template) {
        var filled = new StringBuilder();
        var last = "";
        for (var part : template.substring(1).split("/", -1)) {
            filled.append('/').append(VARIABLE.matcher(part).matches() ? OWNED.getOrDefault(last, "unknown") : part);
            if (!VARIABLE.matcher(part).matches()) last = part;
        }
        return filled.toString();
    }

    private static boolean namesOwned(String path) {
        return OWNED.values().stream().anyMatch(path::contains);
    }

    private static List<Room> rooms() {
        return cloud.cloud().rooms();
    }

    private static String token(String user) {
        return ApiClient.login(cloud.url(), user, "pw", "elsewhere").token();
    }

    private static String ofTheSystem(String token) {
        var auth = "{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": {\"id\": \"" + token
                + "\"}}, \"scope\": {\"system\": {\"all\": true}}}}";
        return send("", "POST", "/identity/v3/auth/tokens", auth).token;
    }

    private static Map<String, JsonNode> state() {
        var found = new TreeMap<String, JsonNode>();
        Map.of(
                        "servers",
                        "/compute/v2.1/",
                        "os-server-groups",
                        "/compute/v2.1/",
                        "volumes",
                        "/volume/v3/",
                        "snapshots",
                        "/volume/v3/",
                        "images",
                        "/image/v2/",
                        "projects",
                        "/identity/v3/")
                .forEach((kind, prefix) -> found.put(kind, demo.get(prefix + kind + "/" + OWNED.get(kind))));
        for (var kind : List.of(
                "networks", "subnets", "ports", "routers", "security-groups", "security-group-rules", "floatingips"))
            found.put(kind, demo.get("/networking/v2.0/" + kind + "/" + OWNED.get(kind)));
        return found;
    }

    @Test
    @Requirement("S3.11")
    void anotherProjectsUser_inEveryCall_neitherSeesNorChangesWhatIsOurs() {
        var eve = token("eve");
        var theirs = "tenant_id=" + OWNED.get("projects");
        var before = state();
        var passed = new TreeSet<String>();
        var reached = new TreeSet<String>();
        var seen = new TreeSet<String>();
        var ours = new TreeSet<String>();
        for (var room : rooms())
            for (var route : room.routes()) {
                var name = room.service().type() + " " + route.method() + " " + route.path()
                        + route.action().map(a -> " " + a).orElse("");
                if (namesOwned(path(route.path()))) {
                    var answer = send(eve, room, route, "");
                    assertThat(answer.status)
                            .as(name + answer.body)
                            .isBetween(200, 499)
                            .isNotEqualTo(401);
                    if (answer.status < 300) passed.add(name);
                    if (route.method().equals("GET") && send(demo.token(), room, route, "").status == 200)
                        ours.add(name);
                    if (answer.status == 403 || answer.status == 404) reached.add(name);
                } else if (route.method().equals("GET"))
                    for (var query : List.of("", "?all_tenants=1&all_projects=1", "?" + theirs)) {
                        // Links repeat what was asked.
                        var body = send(eve, room, route, query).body.replace(theirs, "");
                        OWNED.forEach((kind, id) -> {
                            if (body.contains(id)) seen.add(name + query + " " + kind);
                        });
                    }
            }
        assertThat(state()).isEqualTo(before);
        assertThat(passed).isEmpty();
        assertThat(seen).isEmpty();
        assertThat(reached).hasSizeGreaterThan(200);
        // The same paths are good for their owner.
        assertThat(ours).hasSizeGreaterThan(40);
    }

    @Test
    @Requirement("S3.26")
    void call_withoutAToken_is401_andWithoutTheRight_is403() {
        var guest = token("guest");
        var caller =
                cloud.cloud().identity().authenticator().authenticate(guest).orElseThrow();
        int refused = 0;
        var wrong = new ArrayList<String>();
        for (var room : rooms())
            for (var route : room.routes()) {
                if (route.access() == Route.Access.OPEN) continue;
                var name = room.service().mount() + " " + route.method() + " " + route.path();
                for (var token : List.of("", "gAAAAABnonsense")) {
                    var answer = send(token, route.method(), room.service().mount() + path(route.path()), "");
                    if (answer.status != 401) wrong.add(name + " without a token: " + answer);
                }
                boolean knows = route.rule().isEmpty()
                        || room.policy().allows(caller, route.rule().get());
                boolean first = route.access() == Route.Access.BEFORE
                        && (route.schemas().isEmpty() || room.service().mount().equals("/identity"));
                if (knows || !first || !route.action().isEmpty()) continue;
                var answer = send(guest, room, route, "");
                if (answer.status != 403) wrong.add(name + " without the right: " + answer);
                refused++;
            }
        assertThat(wrong).isEmpty();
        assertThat(refused).isGreaterThan(150);
    }

    /// Upstream gives these to the user alone: they hand on the caller's own rights.
    private static final Set<String> OF_THE_USER_ALONE =
            Set.of("identity:create_application_credential", "identity:create_trust");

    @Test
    @Requirement("S3.16")
    void admin_ofAProjectOrTheSystem_passesEveryDefaultPolicyOfEveryService() {
        var admins = new ArrayList<Caller>();
        for (var token : List.of(admin.token(), ofTheSystem(admin.token())))
            admins.add(
                    cloud.cloud().identity().authenticator().authenticate(token).orElseThrow());
        var theirs = Target.project(OWNED.get("projects"))
                .with("user_id", OWNED.get("users"))
                .with("target.user.id", OWNED.get("users"));
        var refused = new TreeSet<String>();
        for (var room : rooms())
            for (var rule : EffectiveRights.operations(room).keySet())
                if (admins.stream().noneMatch(a -> room.policy().allows(a, rule, theirs))) refused.add(rule);
        assertThat(refused).isEqualTo(OF_THE_USER_ALONE);
    }

    @Test
    @Requirement("S3.13")
    void project_isAlsoCalledTenant_whereUpstreamDoesSo() {
        var project = OWNED.get("projects");
        for (var name : List.of("tenant_id", "project_id")) {
            var theirs = admin.post(
                            "/networking/v2.0/networks",
                            Json.stored("{\"network\": {\"" + name + "\": \"" + eveProject + "\"}}"))
                    .get("network");
            assertThat(theirs.get("tenant_id").asString()).isEqualTo(eveProject);
            assertThat(theirs.get("project_id").asString()).isEqualTo(eveProject);
        }
        for (var kind : List.of(
                "networks", "subnets", "ports", "routers", "security-groups", "security-group-rules", "floatingips")) {
            var shown = state().get(kind).iterator().next();
            assertThat(shown.get("tenant_id").asString()).as(kind).isEqualTo(project);
            assertThat(shown.get("project_id").asString()).as(kind).isEqualTo(project);
            var list = "/networking/v2.0/" + kind + "?fields=id&";
            assertThat(admin.get(list + "tenant_id=" + project).findValuesAsString("id"))
                    .as(kind)
                    .contains(OWNED.get(kind))
                    .containsExactlyInAnyOrderElementsOf(
                            admin.get(list + "project_id=" + project).findValuesAsString("id"));
        }
        var servers = "/compute/v2.1/servers/detail?all_tenants=1&";
        for (var name : List.of("tenant_id", "project_id")) {
            assertThat(admin.get(servers + name + "=" + project)
                            .at("/servers/0/tenant_id")
                            .asString())
                    .isEqualTo(project);
            assertThat(admin.get(servers + name + "=" + eveProject).get("servers"))
                    .isEmpty();
        }
        assertThat(state().get("volumes")
                        .at("/volume/os-vol-tenant-attr:tenant_id")
                        .asString())
                .isEqualTo(project);
        assertThat(admin.get("/compute/v2.1/os-simple-tenant-usage/" + project)
                        .at("/tenant_usage/tenant_id")
                        .asString())
                .isEqualTo(project);
        var signed = "/identity/v3/users/" + OWNED.get("users") + "/credentials/OS-EC2";
        assertThat(demo.post(signed, Json.object().put("tenant_id", project))
                        .at("/credential/tenant_id")
                        .asString())
                .isEqualTo(project);
        // Swift calls it account.
        assertThat(send(demo.token(), "GET", "/object-store/v1/AUTH_" + project, "").status)
                .isIn(200, 204);
    }

    /// The service asks identity, and identity confirms, within one call: that is one step here.
    @Test
    @Requirement("S3.33")
    void imageList_whenTimed_showsTheTokenThePolicyAndTheMethod() {
        var answer = send(demo.token(), "GET", "/image/v2/images", "");
        assertThat(answer.status).isEqualTo(200);
        var took = ";dur=\\d+\\.\\d{3}";
        assertThat(answer.timing)
                .matches("request" + took
                        + ", token;desc=\"user " + OWNED.get("users") + ", project " + OWNED.get("projects") + "\""
                        + took
                        + ", body" + took
                        + ", policy;desc=\"get_images\"" + took
                        + ", method;desc=\"GET /v2/images\"" + took);
        assertThat(send("", "GET", "/image/v2/images", "").timing).matches("request" + took + ", token" + took);
    }
}
