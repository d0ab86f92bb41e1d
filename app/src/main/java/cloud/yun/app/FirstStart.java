package cloud.yun.app;

import cloud.yun.identity.Bootstrap;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// What a new cloud begins with: users, catalog, networks, an image, and the files that clients read.
///
/// Every step looks first whether it is already done, so a start that was killed in the middle goes on at the next.
final class FirstStart {
    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);
    private static final int BLANK_IMAGE_BYTES = 1 << 20;

    private final Cloud cloud;
    private final Path data;
    private final String region;
    private final String url;
    private final boolean simulated;
    private final Path secrets;

    FirstStart(Cloud cloud, Config config, Path data) {
        this.cloud = cloud;
        this.data = data;
        this.region = config.get(YunOptions.REGION);
        this.simulated = ComputeDriver.of(config).simulated().isPresent();
        this.secrets = data.resolve("passwords");
        var configured = config.get(YunOptions.PUBLIC_URL);
        var listen = config.get(YunOptions.LISTEN);
        var address = listen.equals("0.0.0.0") || listen.equals("::") ? "127.0.0.1" : listen;
        this.url = configured.isEmpty() ? "http://" + address + ":" + cloud.port() : configured;
    }

    void run() throws IOException {
        var stamp = data.resolve("bootstrapped");
        var wanted = url + " " + region;
        if (Files.exists(stamp) && Files.readString(stamp).strip().equals(wanted)) return;
        boolean first = !Files.exists(stamp);
        var passwords = passwords();
        var admin = passwords.getProperty("admin");
        var demo = passwords.getProperty("demo");
        cloud.identity().bootstrap(new Bootstrap("admin", admin, "demo", demo, region, catalog()));
        clientFiles(admin, demo);
        if (first) {
            var local = "http://127.0.0.1:" + cloud.port();
            var asAdmin = ApiClient.login(local, "admin", admin, "admin");
            var asDemo = ApiClient.login(local, "demo", demo, "demo");
            var external = publicNetwork(asAdmin);
            demoNetwork(asDemo, external);
            image(asAdmin);
        }
        write(stamp, wanted + "\n", false);
        LOG.info("{} start: users, catalog, networks and image are there", first ? "first" : "moved");
    }

    String greeting() {
        return """
                Yun answers at %s
                  identity       %s/identity/v3
                  credentials    . %s/admin-openrc   (or demo-openrc; clouds yun-admin and yun-demo in %s/clouds.yaml)
                  log            %s/log/yun.log
                Next: . %s/demo-openrc && openstack server create --image yunos --flavor m1.nano --network private first
                """.formatted(url, url, data, data, data, data);
    }

    private List<Bootstrap.Entry> catalog() {
        return List.of(
                entry("identity", "keystone", "/identity"),
                entry("image", "glance", "/image"),
                entry("placement", "placement", "/placement"),
                entry("compute", "nova", "/compute/v2.1"),
                entry("compute_legacy", "nova_legacy", "/compute/v2/$(project_id)s"),
                entry("network", "neutron", "/networking"),
                entry("block-storage", "cinder", "/volume/v3/$(project_id)s"),
                entry("volumev3", "cinderv3", "/volume/v3/$(project_id)s"),
                entry("object-store", "swift", "/object-store/v1/AUTH_$(project_id)s"));
    }

    private Bootstrap.Entry entry(String type, String name, String path) {
        return new Bootstrap.Entry(type, name, url + path, url + path, url + path);
    }

    /// From the environment, else random; kept so that a start that was killed goes on with the same ones.
    private Properties passwords() throws IOException {
        var found = new Properties();
        if (Files.exists(secrets)) {
            try (var in = Files.newBufferedReader(secrets)) {
                found.load(in);
            }
            return found;
        }
        found.setProperty("admin", password("YUN_ADMIN_PASSWORD"));
        found.setProperty("demo", password("YUN_DEMO_PASSWORD"));
        write(secrets, "admin=" + found.getProperty("admin") + "\ndemo=" + found.getProperty("demo") + "\n", true);
        return found;
    }

    private static String password(String variable) {
        return Optional.ofNullable(System.getenv(variable))
                .filter(p -> !p.isEmpty())
                .orElseGet(() -> {
                    var bytes = new byte[15];
                    new SecureRandom().nextBytes(bytes);
                    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
                });
    }

    private void clientFiles(String admin, String demo) throws IOException {
        write(data.resolve("admin-openrc"), openrc("admin", admin), true);
        write(data.resolve("demo-openrc"), openrc("demo", demo), true);
        write(data.resolve("clouds.yaml"), "clouds:\n" + cloudYaml("admin", admin) + cloudYaml("demo", demo), true);
    }

    private String openrc(String user, String password) {
        return """
                unset OS_CLOUD OS_TOKEN OS_AUTH_TYPE OS_SYSTEM_SCOPE
                export OS_AUTH_URL=%s/identity/v3
                export OS_IDENTITY_API_VERSION=3
                export OS_USERNAME=%s
                export OS_PASSWORD='%s'
                export OS_PROJECT_NAME=%s
                export OS_USER_DOMAIN_ID=default
                export OS_PROJECT_DOMAIN_ID=default
                export OS_REGION_NAME=%s
                """.formatted(url, user, password.replace("'", "'\\''"), user, region);
    }

    private String cloudYaml(String user, String password) {
        return """
                  yun-%s:
                    auth:
                      auth_url: %s/identity/v3
                      username: %s
                      password: %s
                      project_name: %s
                      user_domain_id: default
                      project_domain_id: default
                    region_name: %s
                    identity_api_version: 3
                """.formatted(user, url, user, Json.text(password), user, region);
    }

    private static void write(Path file, String text, boolean secret) throws IOException {
        var temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        var mode = PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--"));
        Files.createFile(temporary, mode);
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Optional<String> idOf(JsonNode list, String name) {
        return list.valueStream()
                .filter(n -> n.path("name").asString().equals(name))
                .map(n -> n.get("id").asString())
                .findFirst();
    }

    private String publicNetwork(ApiClient admin) {
        var there = idOf(admin.get("/networking/v2.0/networks?name=public").get("networks"), "public");
        String network;
        if (there.isPresent()) network = there.get();
        else {
            var body = Json.object();
            body.putObject("network")
                    .put("name", "public")
                    .put("router:external", true)
                    .put("is_default", true)
                    .put("provider:network_type", "flat")
                    .put("provider:physical_network", "public");
            network = admin.post("/networking/v2.0/networks", body)
                    .get("network")
                    .get("id")
                    .asString();
        }
        if (admin.get("/networking/v2.0/subnets?network_id=" + network)
                .get("subnets")
                .isEmpty()) {
            var body = Json.object();
            var subnet = body.putObject("subnet")
                    .put("name", "public-subnet")
                    .put("network_id", network)
                    .put("ip_version", 4)
                    .put("cidr", "172.24.4.0/24")
                    .put("gateway_ip", "172.24.4.1")
                    .put("enable_dhcp", false);
            subnet.putArray("allocation_pools")
                    .addObject()
                    .put("start", "172.24.4.2")
                    .put("end", "172.24.4.254");
            admin.post("/networking/v2.0/subnets", body);
        }
        return network;
    }

    private void demoNetwork(ApiClient demo, String external) {
        var networks = demo.get("/networking/v2.0/networks?name=private").get("networks");
        String network = idOf(networks, "private").orElseGet(() -> {
            var body = Json.object();
            body.putObject("network").put("name", "private");
            return demo.post("/networking/v2.0/networks", body)
                    .get("network")
                    .get("id")
                    .asString();
        });
        var subnets = demo.get("/networking/v2.0/subnets?network_id=" + network).get("subnets");
        String subnet = idOf(subnets, "private-subnet").orElseGet(() -> {
            var body = Json.object();
            body.putObject("subnet")
                    .put("name", "private-subnet")
                    .put("network_id", network)
                    .put("ip_version", 4)
                    .put("cidr", "10.0.0.0/24");
            return demo.post("/networking/v2.0/subnets", body)
                    .get("subnet")
                    .get("id")
                    .asString();
        });
        if (idOf(demo.get("/networking/v2.0/routers?name=router").get("routers"), "router")
                .isPresent()) return;
        var body = Json.object();
        body.putObject("router")
                .put("name", "router")
                .putObject("external_gateway_info")
                .put("network_id", external);
        var router = demo.post("/networking/v2.0/routers", body)
                .get("router")
                .get("id")
                .asString();
        demo.put(
                "/networking/v2.0/routers/" + router + "/add_router_interface",
                Json.object().put("subnet_id", subnet));
    }

    private void image(ApiClient admin) throws IOException {
        var images = admin.get("/image/v2/images?name=yunos").get("images");
        var active =
                images.valueStream().anyMatch(i -> i.get("status").asString().equals("active"));
        if (active) return;
        var file = Optional.ofNullable(System.getenv("YUN_GUEST_IMAGE"))
                .map(Path::of)
                .filter(Files::exists);
        var body = Json.object()
                .put("name", "yunos")
                .put("container_format", "bare")
                .put("disk_format", file.isPresent() ? "qcow2" : "raw")
                .put("visibility", "public");
        var id = idOf(images, "yunos")
                .orElseGet(() -> admin.post("/image/v2/images", body).get("id").asString());
        if (file.isPresent()) admin.upload("/image/v2/images/" + id + "/file", file.get());
        // A simulated guest boots from anything; without root no bootable image can be made.
        else if (simulated) admin.upload("/image/v2/images/" + id + "/file", new byte[BLANK_IMAGE_BYTES]);
    }
}
