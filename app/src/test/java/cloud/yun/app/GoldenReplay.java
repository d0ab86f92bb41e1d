package cloud.yun.app;

import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Sends a file of recorded requests to a cloud, in order, and says where its answers differ from the recorded
/// ones.
///
/// Ids in the recording stand for ours: wherever a recorded answer and ours hold an id at the same place, the one
/// is
/// replaced by the other in all later requests. Compared are status, names of headers, and the shape of the body;
/// values
/// only where they are words for people, because ids, times, names of hosts and versions differ by nature.
final class GoldenReplay {
    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Set<String> HEADERS_OF_THE_SERVER =
            Set.of("connection", "date", "content-length", "server", "keep-alive", "transfer-encoding");

    record Difference(String name, String what) {}

    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;
    private final Map<String, String> tokens;
    private final Map<String, String> ids = new LinkedHashMap<>();

    /// @param base address of the service
    /// @param tokens what `$ADMIN_TOKEN` and `$DEMO_TOKEN` stand for
    GoldenReplay(String base, Map<String, String> tokens) {
        this.base = base;
        this.tokens = tokens;
    }

    /// @param seeds our values of variables that the recording had before its first request, by name
    List<Difference> replay(JsonNode entries, Map<String, String> seeds) throws IOException, InterruptedException {
        for (var entry : entries) seed(entry.get("request"), seeds);
        var differences = new ArrayList<Difference>();
        for (var entry : entries) {
            var name = entry.get("name").asString();
            for (var what : compare(entry)) differences.add(new Difference(name, what));
        }
        return differences;
    }

    /// Reads the recorded value of a variable off a path and its template.
    private void seed(JsonNode request, Map<String, String> seeds) {
        var template = request.path("path_template").asString("");
        var names = new ArrayList<String>();
        var pattern = new StringBuilder();
        var variable = Pattern.compile("\\$\\{(\\w+)}").matcher(template);
        int end = 0;
        while (variable.find()) {
            pattern.append(Pattern.quote(template.substring(end, variable.start())))
                    .append("([^/?&]+)");
            names.add(variable.group(1));
            end = variable.end();
        }
        if (names.isEmpty()) return;
        pattern.append(Pattern.quote(template.substring(end)));
        Matcher values =
                Pattern.compile(pattern.toString()).matcher(request.get("path").asString());
        if (!values.matches()) return;
        for (int i = 0; i < names.size(); i++)
            if (seeds.containsKey(names.get(i))) ids.put(values.group(i + 1), seeds.get(names.get(i)));
    }

    private String ours(String recorded) {
        var text = recorded;
        for (var id : ids.entrySet()) text = text.replace(id.getKey(), id.getValue());
        for (var token : tokens.entrySet()) text = text.replace(token.getKey(), token.getValue());
        return text;
    }

    private List<String> compare(JsonNode entry) throws IOException, InterruptedException {
        var wanted = entry.get("response");
        if (wanted.path("status").isNull() || wanted.path("status").isMissingNode()) return List.of();
        var answer = client.send(request(entry.get("request")), BodyHandlers.ofString());
        var found = new ArrayList<String>();
        int status = wanted.get("status").intValue();
        if (answer.statusCode() != status) {
            found.add("status " + answer.statusCode() + " instead of " + status + ": "
                    + answer.body().substring(0, Math.min(160, answer.body().length())));
            return found;
        }
        var missing = new TreeSet<String>();
        for (var header : wanted.path("headers").propertyNames()) {
            var lower = header.toLowerCase(java.util.Locale.ROOT);
            if (!HEADERS_OF_THE_SERVER.contains(lower)
                    && answer.headers().firstValue(lower).isEmpty()) missing.add(lower);
        }
        if (!missing.isEmpty()) found.add("headers missing: " + missing);
        walk("", wanted.path("body"), parsed(answer.body()), found);
        return found;
    }

    private HttpRequest request(JsonNode recorded) {
        var path = ours(recorded.get("path").asString());
        var text = recorded.path("body").isNull() || recorded.path("body").isMissingNode()
                ? ""
                : recorded.get("body").isString()
                        ? recorded.get("body").asString()
                        : recorded.get("body").toString();
        var body = text.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(ours(text));
        var request = HttpRequest.newBuilder(URI.create(base + encoded(path)))
                .method(recorded.get("method").asString(), body);
        recorded.path("headers")
                .properties()
                .forEach(h -> request.header(h.getKey(), ours(h.getValue().asString())));
        return request.build();
    }

    private static String encoded(String path) {
        return path.replace(" ", "%20")
                .replace("\"", "%22")
                .replace("|", "%7C")
                .replace("{", "%7B")
                .replace("}", "%7D");
    }

    private static JsonNode parsed(String text) {
        if (text.isBlank()) return MissingNode.getInstance();
        try {
            return Json.stored(text);
        } catch (JacksonException e) {
            return Json.tree(text);
        }
    }

    private void walk(String at, JsonNode wanted, JsonNode got, List<String> found) {
        if (wanted.isNull() && (got.isMissingNode() || got.isNull())) return;
        if (wanted.isObject() && got.isObject()) {
            var lacks = new TreeSet<>(wanted.propertyNames());
            lacks.removeAll(got.propertyNames());
            var extra = new TreeSet<>(got.propertyNames());
            extra.removeAll(wanted.propertyNames());
            if (!lacks.isEmpty()) found.add("body" + at + " lacks " + lacks);
            if (!extra.isEmpty()) found.add("body" + at + " has besides " + extra);
            for (var field : wanted.properties())
                if (got.has(field.getKey()))
                    walk(at + "." + field.getKey(), field.getValue(), got.get(field.getKey()), found);
            return;
        }
        if (wanted.isArray() && got.isArray()) {
            if (!wanted.isEmpty() && got.isEmpty()) found.add("body" + at + " is empty");
            for (int i = 0; i < Math.min(1, Math.min(wanted.size(), got.size())); i++)
                walk(at + "[]", wanted.get(i), got.get(i), found);
            return;
        }
        if (wanted.isString() && got.isString()) {
            learn(wanted.asString(), got.asString());
            if (at.endsWith("message") && !same(wanted.asString(), got.asString()))
                found.add("body" + at + " says '" + got.asString() + "' instead of '" + wanted.asString() + "'");
            return;
        }
        boolean either = wanted.isNull() || got.isNull();
        if (!either && wanted.getNodeType() != got.getNodeType())
            found.add("body" + at + " is " + got.getNodeType() + " instead of " + wanted.getNodeType());
    }

    private void learn(String recorded, String own) {
        if (ID.matcher(recorded).matches() && ID.matcher(own).matches()) ids.putIfAbsent(recorded, own);
        else if (recorded.matches("\\d+\\.\\d+\\.\\d+\\.\\d+") && own.matches("\\d+\\.\\d+\\.\\d+\\.\\d+"))
            ids.putIfAbsent(recorded, own);
    }

    /// The same but for ids and numbers.
    private boolean same(String recorded, String own) {
        return plain(ours(recorded)).equals(plain(own));
    }

    private static String plain(String text) {
        return ID.matcher(text)
                .replaceAll("ID")
                .replaceAll("\\d+", "N")
                .replaceAll("\\s+", " ")
                .strip();
    }

    static Optional<JsonNode> file(String service) throws IOException {
        try (var in = GoldenReplay.class.getResourceAsStream("/golden/" + service + ".json")) {
            return in == null ? Optional.empty() : Optional.of(Json.parse(in.readAllBytes()));
        }
    }
}
