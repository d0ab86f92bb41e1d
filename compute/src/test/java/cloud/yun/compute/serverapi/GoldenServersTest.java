package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.Part;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.flavor.FlavorRoutes;
import cloud.yun.compute.flavor.FlavorService;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Sends what was once sent to a real Nova, in the same order, and compares the answers: status, the shape of
/// bodies, the words of faults.
class GoldenServersTest {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    private static final String IMAGE = "41163c11-9ed2-4d81-b1b0-5cf629d9a37c";
    private static final String VOLUME = "eba887d9-d93a-4cea-999f-5218757d66bc";
    private static final String NONE = "11111111-2222-3333-4444-555555555555";

    /// Where today's Nova, or we on purpose, answer otherwise than the recorded one.
    private static final Map<String, String> DIFFERENT = Map.of(
            "srv-badsort", "the same list, other quotes are fine",
            "srv-show-early", "ports and groups are known at once here, the host is not yet",
            "diag", "other disks and nics",
            "two", "the message names what is wrong",
            "evacuate", "hosts have other names");

    private final Map<String, String> variables = new HashMap<>(Map.of(
            "image0",
            IMAGE,
            "net0",
            cloud.yun.compute.fake.FakePorts.NETWORK,
            "uuid0",
            NONE,
            "vol",
            VOLUME,
            "long",
            "x".repeat(300)));

    @Test
    void answers_toWhatNovaWasAsked_areNovas() throws Exception {
        try (var cloud = TestCloud.sqlite("[quota]\nram = -1\ncores = -1\n", 1);
                var api = new ComputeApi(cloud.db, (_, _) -> parts(cloud))) {
            prepare(cloud);
            var wrong = new ArrayList<String>();
            for (var entry : golden()) {
                var differences = replay(api, cloud, entry);
                var name = entry.path("name").asString();
                if (!differences.isEmpty() && !DIFFERENT.containsKey(name)) wrong.add(name + ": " + differences);
            }
            assertThat(wrong).as(String.join("\n", wrong)).isEmpty();
        }
    }

    private static List<Part> parts(TestCloud cloud) {
        return List.of(
                new FlavorRoutes(new FlavorService(cloud.db, cloud.kernel.clock()), cloud.policy, UUID::randomUUID),
                cloud.part);
    }

    private static void prepare(TestCloud cloud) throws InterruptedException {
        cloud.image(IMAGE);
        var none = Optional.<String>empty();
        cloud.db.write(tx -> cloud.storage
                .serverVolumes()
                .create(
                        tx,
                        ComputeApi.admin(),
                        new ServerVolumes.NewVolume(VOLUME, "v", 1, none, none, none, none, "nova")));
        cloud.idle();
    }

    private static JsonNode golden() throws IOException {
        try (var in = GoldenServersTest.class.getResourceAsStream("/golden/servers.json")) {
            return Json.stored(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private List<String> replay(ComputeApi api, TestCloud cloud, JsonNode entry) throws InterruptedException {
        var request = entry.path("request");
        var name = entry.path("name").asString();
        var headers = request.path("headers");
        var token = headers.path("X-Auth-Token").asString("").equals("$DEMO_TOKEN") ? "demo" : "admin";
        var version =
                headers.path("OpenStack-API-Version").asString("compute 2.1").replace("compute ", "");
        var path = filled(
                request.path("path_template").asString(request.path("path").asString()));
        var body = request.path("body");
        var text = body.isMissingNode() || body.isNull()
                ? null
                : body.isString()
                        ? body.asString()
                        : filled(
                                request.path("body_template").isMissingNode()
                                        ? body.toString()
                                        : request.path("body_template").toString());
        var answer = api.send(token, version, request.path("method").asString(), path, text);
        if (!name.equals("srv-create")) cloud.idle(); // the next one looks at it while it is built
        remember(name, answer.body());
        var expected = entry.path("response");
        var found = new ArrayList<String>();
        if (answer.status() != expected.path("status").asInt())
            found.add("status " + answer.status() + " for " + expected.path("status") + " " + answer.body());
        else if (answer.status() >= 400) words(expected.path("body"), answer.body(), found);
        else shape("", expected.path("body"), answer.body(), found);
        return found;
    }

    private void remember(String name, JsonNode body) {
        switch (name) {
            case "srv-create" ->
                variables.put("srv", body.path("server").path("id").asString());
            case "srv-create-max" ->
                variables.put("srv2", body.path("server").path("id").asString());
            case "srv-toobig" ->
                variables.put("big", body.path("server").path("id").asString());
            case "ifaces" ->
                variables.put(
                        "ifport",
                        body.path("interfaceAttachments")
                                .path(0)
                                .path("port_id")
                                .asString());
            case "iface-attach" ->
                variables.put(
                        "ap", body.path("interfaceAttachment").path("port_id").asString());
            default -> {}
        }
    }

    private String filled(String template) {
        return VARIABLE.matcher(template).replaceAll(m -> variables.getOrDefault(m.group(1), "unknown-" + m.group(1)));
    }

    private static void words(JsonNode expected, JsonNode found, List<String> differences) {
        var fault = expected.propertyNames().stream().findFirst().orElse("");
        var want = stable(expected.path(fault).path("message").asString(""));
        var has = stable(found.path(fault).path("message").asString(""));
        if (!want.equals(has)) differences.add("says " + found + " for " + want);
    }

    /// Ids differ by nature.
    private static String stable(String text) {
        return text.replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID");
    }

    private static void shape(String at, JsonNode expected, JsonNode found, List<String> differences) {
        if (expected.isObject()) {
            Set<String> want = new TreeSet<>(expected.propertyNames());
            Set<String> has = new TreeSet<>(found.propertyNames());
            if (!want.equals(has) && !at.endsWith("metadata") && !at.endsWith("addresses")) {
                var missing = new TreeSet<>(want);
                missing.removeAll(has);
                var more = new TreeSet<>(has);
                more.removeAll(want);
                differences.add(at + " misses " + missing + ", has more " + more);
                return;
            }
            expected.properties()
                    .forEach(e -> shape(at + "/" + e.getKey(), e.getValue(), found.path(e.getKey()), differences));
        } else if (expected.isArray()) {
            if (!found.isArray()) differences.add(at + " is no list");
            else if (expected.size() > 0 && found.size() == 0) differences.add(at + " is empty");
            else if (expected.size() > 0) shape(at + "/0", expected.get(0), found.get(0), differences);
        } else if (!expected.isNull()
                && !expected.isMissingNode()
                && !found.isNull()
                && expected.getNodeType() != found.getNodeType()) {
            differences.add(at + " is " + found + " for " + expected);
        }
    }
}
