package cloud.yun.blockstorage.golden;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.TestCloud;
import cloud.yun.blockstorage.TestCloud.Answer;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a real Cinder answered, request by request, against what we answer: status, header names, keys and their
/// types, and the whole text of an error. Ids differ by nature: each of theirs stands for the one of ours that came at
/// the same place.
class GoldenTest {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    /// Where we differ on purpose: a request without a body is the client's mistake, not ours.
    private static final Set<String> OTHERWISE = Set.of("vol-nobody");

    @TempDir
    Path directory;

    private final Map<String, String> ours = new LinkedHashMap<>();

    @Test
    void replay_ofWhatCinderAnswered_hasItsStatusHeadersAndShape() throws IOException {
        var differences = new ArrayList<String>();
        int compared = 0;
        try (var cloud = TestCloud.simulated(directory);
                var in = GoldenTest.class.getResourceAsStream("/golden/volume.json")) {
            for (var entry : Json.stored(new String(in.readAllBytes(), StandardCharsets.UTF_8))) {
                var name = entry.path("name").asString("");
                if (OTHERWISE.contains(name)) continue;
                cloud.settle();
                // Whoever recorded this had associated the two; that request is not among the recorded ones.
                if (name.equals("qos-assocs"))
                    cloud.call(
                            "GET",
                            mapped("/v3/qos-specs/f489f796-57b2-4d84-be24-709f33eba246/associate"
                                    + "?vol_type_id=83f42aa1-d58f-442a-8209-24bdb922025a"),
                            null);
                var answer = send(cloud, entry.path("request"));
                compare(name, entry.path("response"), answer, differences);
                compared++;
            }
            cloud.settle();
            assertThat(cloud.violations()).isEmpty();
        }
        assertThat(differences).isEmpty();
        assertThat(compared).isGreaterThan(160);
    }

    private Answer send(TestCloud cloud, JsonNode request) {
        var headers = request.path("headers");
        var token = headers.path("X-Auth-Token").asString("");
        var version = headers.path("OpenStack-API-Version").asString("").replace("volume ", "");
        var body = request.get("body");
        String text =
                body == null || body.isNull() ? null : mapped(body.isString() ? body.asString("") : body.toString());
        return cloud.call(
                token.equals("$ADMIN_TOKEN") ? "admin" : token.equals("$DEMO_TOKEN") ? "demo" : token,
                version,
                request.path("method").asString(""),
                mapped(request.path("path").asString("")),
                text);
    }

    private String mapped(String text) {
        for (var e : ours.entrySet()) text = text.replace(e.getKey(), e.getValue());
        return text;
    }

    private void compare(String name, JsonNode golden, Answer answer, List<String> differences) {
        int status = golden.path("status").asInt(0);
        if (answer.status() != status)
            differences.add(name + ": status " + answer.status() + ", not " + status + " " + answer.body());
        for (var header : golden.path("headers").propertyNames()) {
            if (Set.of("content-length", "connection", "content-type").contains(header.toLowerCase())) continue;
            if (answer.headers().keySet().stream().noneMatch(header::equalsIgnoreCase))
                differences.add(name + ": no header " + header);
        }
        if (answer.status() != status) return;
        shape(name, "", golden.path("body"), answer.body(), status >= 400, differences);
    }

    private void shape(String name, String at, JsonNode golden, JsonNode is, boolean exact, List<String> differences) {
        if (golden.isNull() || golden.isMissingNode() || is.isNull()) return;
        if (golden.getNodeType() != is.getNodeType()) {
            differences.add(name + at + ": " + is + ", not " + golden);
            return;
        }
        if (golden.isObject()) {
            var want = new ArrayList<>(golden.propertyNames());
            var have = new ArrayList<>(is.propertyNames());
            // What users chose has no order, and how a volume is opened is another back end's affair.
            if (at.endsWith("metadata") || at.equals("/error")) {
                want.sort(null);
                have.sort(null);
            }
            if (!want.equals(have) && !at.endsWith("/connection_info"))
                differences.add(name + at + ": keys " + have + ", not " + want);
            if (golden.has("auth_key"))
                ours.put(
                        golden.path("auth_key").asString(""),
                        is.path("auth_key").asString(""));
            for (var key : want)
                if (is.has(key)) shape(name, at + "/" + key, golden.get(key), is.get(key), exact, differences);
        } else if (golden.isArray()) {
            if (golden.isEmpty() != is.isEmpty()) differences.add(name + at + ": " + is + ", not " + golden);
            for (int i = 0; i < Math.min(golden.size(), is.size()); i++)
                shape(name, at + "/" + i, golden.get(i), is.get(i), exact, differences);
        } else if (golden.isString()) {
            var theirs = golden.asString("");
            if (ID.matcher(theirs).matches() && ID.matcher(is.asString("")).matches())
                ours.putIfAbsent(theirs, is.asString(""));
            else if (exact && !mapped(theirs).replace("3.70", "3.71").equals(is.asString("")))
                differences.add(name + at + ": " + is + ", not " + mapped(theirs));
        }
    }
}
