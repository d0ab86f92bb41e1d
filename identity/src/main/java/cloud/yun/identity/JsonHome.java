package cloud.yun.identity;

import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// The resources of the API as a JSON Home document: what a client asks who wants to know what is there.
///
/// @see <a href="https://datatracker.ietf.org/doc/html/draft-nottingham-json-home-06">JSON Home</a>
final class JsonHome {
    static final String TYPE = "application/json-home";

    private static final String BASE = "https://docs.openstack.org/api/openstack-identity/3/";
    private static final Pattern VARIABLE = Pattern.compile("\\{([^}*]+)\\*?}");

    /// Variables that the documents call by another name.
    private static final Map<String, String> RENAMED = Map.of(
            "group", "config_group",
            "option", "config_option",
            "value", "tag_value",
            "prior_role_id", "role_id",
            "implied_role_id", "role_id");

    /// Variables that belong to an extension.
    private static final Map<String, String> EXTENSIONS = extensions();

    private record Resource(String relation, String path, boolean experimental) {}

    private final List<Resource> resources;

    /// @param routes what this program answers; other resources are not told of
    JsonHome(List<Route> routes) {
        Set<String> shapes = new HashSet<>();
        for (var route : routes) shapes.add(shape(route.path()));
        resources = read().stream()
                .filter(r -> shapes.contains(shape("/v3" + r.path())))
                .toList();
    }

    private static Map<String, String> extensions() {
        var all = new HashMap<String, String>();
        all.put("endpoint_group_id", "OS-EP-FILTER");
        all.put("trust_id", "OS-TRUST");
        for (var name : List.of("consumer_id", "request_token_id", "access_token_id")) all.put(name, "OS-OAUTH1");
        for (var name : List.of("idp_id", "protocol_id", "mapping_id", "sp_id")) all.put(name, "OS-FEDERATION");
        return Map.copyOf(all);
    }

    private static String shape(String path) {
        return VARIABLE.matcher(path).replaceAll("{}");
    }

    private static List<Resource> read() {
        try (var in = JsonHome.class.getClassLoader().getResourceAsStream("json-home/identity.txt")) {
            if (in == null) throw new IllegalStateException("no json-home/identity.txt");
            var all = new ArrayList<Resource>();
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (line.startsWith("#")) continue;
                var words = line.split(" ");
                all.add(new Resource(words[0], words[1], words.length > 2));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param prefix before each address: empty, or `/v3` when the document is asked for above the version
    ObjectNode document(String prefix) {
        var body = Json.object();
        var all = body.putObject("resources");
        for (var resource : resources) {
            var node = all.putObject(BASE + resource.relation());
            var variables = VARIABLE.matcher(resource.path()).results().toList();
            if (variables.isEmpty()) node.put("href", prefix + resource.path());
            else {
                node.put("href-template", prefix + resource.path());
                var vars = node.putObject("href-vars");
                for (var variable : variables) vars.put(variable.group(1), parameter(variable.group(1)));
            }
            if (resource.experimental()) node.putObject("hints").put("status", "experimental");
        }
        return body;
    }

    private static String parameter(String name) {
        var extension = EXTENSIONS.get(name);
        var scope = extension == null ? "" : "ext/" + extension + "/1.0/";
        return BASE + scope + "param/" + RENAMED.getOrDefault(name, name);
    }

    /// @param accept the request's `Accept`
    /// @return whether JSON Home is wanted more than plain JSON
    static boolean wanted(String accept) {
        double home = 0;
        double plain = 0;
        for (var part : accept.split(",")) {
            var words = part.strip().split(";");
            double weight = 1;
            for (var word : words)
                if (word.strip().startsWith("q=")) weight = weight(word.strip().substring(2));
            switch (words[0].strip()) {
                case TYPE -> home = Math.max(home, weight);
                case "application/json", "application/*", "*/*" -> plain = Math.max(plain, weight);
                default -> {}
            }
        }
        return home > plain;
    }

    private static double weight(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return 0; // what cannot be read asks for nothing
        }
    }
}
