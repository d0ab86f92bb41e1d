package cloud.yun.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Replays what a real OpenStack was asked, in order, and compares the answers: status, names of headers, shape
/// of the body, and its texts as far as they do not name ids, times or addresses.
///
/// Ids that were made up there and here are told apart by position: where an answer has another id than the
/// recorded one, later requests use ours.
public final class Golden {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Pattern RANDOM = Pattern.compile(
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:|https?://");
    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}");
    /// Said by the web server, not by the service.
    private static final Set<String> TRANSPORT = Set.of(
            "content-length", "connection", "date", "server", "transfer-encoding", "vary", "keep-alive", ":status");

    private final Path file;
    private final String url;
    private final Map<String, String> tokens;
    private final Map<String, String> ids = new LinkedHashMap<>();
    private final Set<String> sent = new TreeSet<>();
    private Set<String> ignored = Set.of();
    private Predicate<String> texts = _ -> true;
    private Consumer<String> before = _ -> {};

    /// @param url address of the service here, without a slash at the end
    /// @param tokens `$ADMIN_TOKEN` and the like to what stands for them here
    public Golden(Path file, String url, Map<String, String> tokens) {
        this.file = file;
        this.url = url;
        this.tokens = tokens;
    }

    /// Leaves out headers that tell of something that is not built here.
    public Golden withoutHeaders(Set<String> names) {
        ignored = names;
        return this;
    }

    /// Compares only the shape, not the texts, of the requests that `names` does not accept.
    public Golden comparingTextsOf(Predicate<String> names) {
        texts = names;
        return this;
    }

    /// Ids of what was there before the recording, and of what stands for it here.
    public Golden knowing(Map<String, String> thereToHere) {
        ids.putAll(thereToHere);
        return this;
    }

    /// Runs before each request, with its name: to wait for what the one before has begun.
    public Golden before(Consumer<String> work) {
        before = work;
        return this;
    }

    /// @return the file with the recorded answers of a service: in the directory that the environment variable
    ///     YUN_GOLDEN names, or in this repository
    public static Optional<Path> file(String service) {
        var named = System.getenv("YUN_GOLDEN");
        if (named != null) return Optional.of(Path.of(named, service + ".json")).filter(Files::exists);
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var found = at.resolve("testing/golden/" + service + ".json");
            if (Files.exists(found)) return Optional.of(found);
        }
        return Optional.empty();
    }

    /// @param skip names of the requests that are left out
    /// @return one line for each difference, with the name of the request; empty when all is alike
    public List<String> replay(Set<String> skip) {
        var differences = new ArrayList<String>();
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (var entry : MAPPER.readTree(Files.readString(file))) {
                var name = entry.path("name").stringValue();
                if (skip.contains(name)) continue;
                before.accept(name);
                var here = client.send(request(entry.path("request")), BodyHandlers.ofString());
                compare(name, entry.path("response"), here, differences);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return differences;
    }

    /// An id that a request made up is the same here and there.
    private void remember(String text) {
        var matcher = ID.matcher(text);
        while (matcher.find()) sent.add(matcher.group());
    }

    private String ours(String text) {
        var out = text;
        for (var id : ids.entrySet()) out = out.replace(id.getKey(), id.getValue());
        return out;
    }

    private HttpRequest request(JsonNode asked) {
        var path = ours(asked.path("path").stringValue());
        var builder =
                HttpRequest.newBuilder(URI.create(url + path.replace("|", "%7C").replace(" ", "%20")));
        asked.path("headers").propertyStream().forEach(h -> {
            var value = h.getValue().stringValue();
            builder.header(h.getKey(), tokens.getOrDefault(value, value));
        });
        remember(asked.path("path").stringValue());
        remember(asked.path("body").toString());
        var body = asked.path("body");
        var text = body.isString() ? body.stringValue() : body.toString();
        var none = body.isNull() || body.isMissingNode();
        builder.method(
                asked.path("method").stringValue(),
                none ? BodyPublishers.noBody() : BodyPublishers.ofString(ours(text)));
        return builder.build();
    }

    private void compare(String name, JsonNode there, HttpResponse<String> here, List<String> differences) {
        if (there.path("status").intValue() != here.statusCode()) {
            differences.add(name + ": status " + here.statusCode() + " instead of " + there.path("status") + " "
                    + shortened(here.body()));
            return;
        }
        var wanted = new TreeSet<String>();
        there.path("headers").propertyNames().forEach(h -> wanted.add(h.toLowerCase(java.util.Locale.ROOT)));
        var got = new TreeSet<>(here.headers().map().keySet());
        wanted.removeAll(TRANSPORT);
        got.removeAll(TRANSPORT);
        wanted.removeAll(ignored);
        if (!wanted.contains("x-openstack-request-id")) got.remove("x-openstack-request-id"); // ours is always there
        if (here.body().isEmpty()) {
            wanted.remove("content-type");
            got.remove("content-type");
        }
        if (!wanted.equals(got)) differences.add(name + ": headers " + got + " instead of " + wanted);
        var body = there.path("body");
        if (body.isString() || body.isNull() || body.isMissingNode()) {
            var text = body.isString() ? body.stringValue() : "";
            if (!text.equals(here.body())) differences.add(name + ": body " + shortened(here.body()));
            return;
        }
        var tree = tree(atRoot(here.body()));
        learn(body, tree);
        shape(name, "", body, tree, differences);
    }

    /// The recorded service had a port of its own; ours may stand under a path.
    private String atRoot(String text) {
        var prefix = String.valueOf(URI.create(url).getPath());
        if (prefix.isEmpty()) return text;
        return text.replace("\"" + prefix + "/", "\"/").replace("\"" + prefix + "\"", "\"\"");
    }

    private static JsonNode tree(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    private void learn(JsonNode there, JsonNode here) {
        if (there.isObject() && here.isObject())
            there.propertyStream().forEach(e -> learn(e.getValue(), here.path(e.getKey())));
        if (there.isArray() && there.size() == here.size())
            for (int i = 0; i < there.size(); i++) learn(there.path(i), here.path(i));
        if (there.isString()
                && here.isString()
                && !there.equals(here)
                && !sent.contains(there.stringValue())
                && ID.matcher(there.stringValue()).matches()) ids.putIfAbsent(there.stringValue(), here.stringValue());
    }

    private void shape(String name, String at, JsonNode there, JsonNode here, List<String> differences) {
        if (there.isNull() || (here.isNull() && !there.isContainer())) return;
        if (there.getNodeType() != here.getNodeType()) {
            differences.add(name + ": " + at + " is " + shortened(here.toString()) + " instead of "
                    + shortened(there.toString()));
            return;
        }
        if (there.isObject()) {
            var wanted = names(there);
            var got = names(here);
            if (!wanted.equals(got)) differences.add(name + ": " + at + " has " + got + " instead of " + wanted);
            there.propertyStream()
                    .filter(e -> here.has(e.getKey()))
                    .forEach(e -> shape(name, at + "/" + e.getKey(), e.getValue(), here.path(e.getKey()), differences));
        } else if (there.isArray()) {
            if (!there.isEmpty() && here.isEmpty()) differences.add(name + ": " + at + " is empty");
            for (int i = 0; i < Math.min(there.size(), here.size()); i++)
                shape(name, at + "/" + i, there.path(i), here.path(i), differences);
        } else if (there.isString()
                && texts.test(name)
                && !RANDOM.matcher(there.stringValue()).find()) {
            if (!said(there).equals(said(here)))
                differences.add(name + ": " + at + " is " + shortened(here.toString()) + " instead of "
                        + shortened(there.toString()));
        }
    }

    /// A message without the copy of a schema that Python's jsonschema appends to it.
    private static String said(JsonNode text) {
        return text.stringValue().split("\\s+Failed validating '", 2)[0].stripTrailing();
    }

    /// Keys that are ids count as one.
    private static Set<String> names(JsonNode object) {
        var found = new TreeSet<String>();
        object.propertyNames().forEach(n -> found.add(ID.matcher(n).matches() ? "<id>" : n));
        return found;
    }

    private static String shortened(String text) {
        return text.length() <= 400 ? text : text.substring(0, 400) + "...";
    }
}
