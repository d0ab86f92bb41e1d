package cloud.yun.app;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A recorded OpenStack's requests get the recorded answers. What differs is listed in `golden-known/` with a
/// reason and the
/// list only shrinks: a difference that is gone must leave the list, a new one fails.
class GoldenTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "identity, /identity",
        "image, /image",
        "placement, /placement",
        "compute, /compute",
        "network, /networking",
        "volume, /volume"
    })
    void recordedRequests_getTheRecordedAnswers(String service, String mount) throws Exception {
        try (var running = RunningCloud.simulated(directory)) {
            var admin = running.admin();
            var demo = running.demo();
            var seeds = seeds(admin, demo);
            var replay = new GoldenReplay(
                    running.url() + mount,
                    Map.of(
                            "$ADMIN_TOKEN",
                            admin.token(),
                            "$DEMO_TOKEN",
                            demo.token(),
                            "$BAD_TOKEN",
                            "bad",
                            "$TMP_TOKEN",
                            "tmp"));
            var differences = replay.replay(GoldenReplay.file(service).orElseThrow(), seeds);
            var names = new TreeSet<String>();
            var report = new StringBuilder();
            for (var difference : differences) {
                names.add(difference.name());
                report.append(difference.name())
                        .append('\t')
                        .append(difference.what())
                        .append('\n');
            }
            Files.createDirectories(Path.of("target/golden"));
            Files.writeString(Path.of("target/golden", service + ".tsv"), report.toString());
            assertThat(names).as(report.toString()).isEqualTo(known(service));
        }
    }

    private static Map<String, String> seeds(ApiClient admin, ApiClient demo) {
        var seeds = new HashMap<String, String>();
        for (var project : admin.get("/identity/v3/projects").get("projects"))
            seeds.put(project.get("name").asString() + "_pid", project.get("id").asString());
        for (var user : admin.get("/identity/v3/users").get("users"))
            seeds.put(user.get("name").asString() + "_uid", user.get("id").asString());
        seeds.put(
                "role0",
                admin.get("/identity/v3/roles?name=member").at("/roles/0/id").asString());
        seeds.put("image0", admin.get("/image/v2/images").at("/images/0/id").asString());
        seeds.put(
                "ext0",
                admin.get("/networking/v2.0/networks?name=public")
                        .at("/networks/0/id")
                        .asString());
        seeds.put("net0", sharedNetwork(admin));
        seeds.put("long", "x".repeat(256));
        seeds.put("uuid0", "11111111-2222-3333-4444-555555555555");
        seeds.put("hex0", "0".repeat(32));
        return seeds;
    }

    /// The recorded cloud had one network that everybody could use.
    private static String sharedNetwork(ApiClient admin) {
        var body = Json.object();
        body.putObject("network").put("name", "net0").put("shared", true);
        var id = admin.post("/networking/v2.0/networks", body).at("/network/id").asString();
        var subnet = Json.object();
        subnet.putObject("subnet").put("network_id", id).put("ip_version", 4).put("cidr", "10.20.0.0/24");
        admin.post("/networking/v2.0/subnets", subnet);
        return id;
    }

    private static Set<String> known(String service) throws IOException {
        try (var in = GoldenTest.class.getResourceAsStream("/golden-known/" + service + ".tsv")) {
            if (in == null) return Set.of();
            var lines = List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
            var names = new TreeSet<String>();
            for (var line : lines) if (!line.isBlank() && !line.startsWith("#")) names.add(line.split("\t")[0]);
            return names;
        }
    }
}
