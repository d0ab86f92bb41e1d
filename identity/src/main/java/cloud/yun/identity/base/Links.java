package cloud.yun.identity.base;

import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `links` of objects and of lists.
public final class Links {
    private Links() {}

    /// Adds `links.self` to an object that lives under `/v3/COLLECTION/ID`.
    public static ObjectNode self(Request request, String collection, String id, ObjectNode object) {
        object.putObject("links").put("self", href(request, collection, id));
        return object;
    }

    public static String href(Request request, String collection, String id) {
        return request.url() + "/v3/" + collection + "/" + part(id);
    }

    /// An id as one part of a path.
    public static String part(String id) {
        return encode(id).replace("+", "%20");
    }

    /// A whole list, as Keystone answers it: `self` is the request's own address with its query.
    public static ObjectNode list(Request request, String key, List<? extends JsonNode> items) {
        return page(request, key, items, Optional.empty());
    }

    /// @param next the marker of the next page, if there is one
    public static ObjectNode page(Request request, String key, List<? extends JsonNode> items, Optional<String> next) {
        var body = Json.object();
        body.putArray(key).addAll(items);
        var links = body.putObject("links");
        links.put("next", next.map(m -> address(request, Optional.of(m))).orElse(null));
        links.put("self", address(request, Optional.empty()));
        links.putNull("previous");
        if (next.isPresent()) body.put("truncated", true);
        return body;
    }

    private static String address(Request request, Optional<String> marker) {
        var text = new StringBuilder(request.url()).append(request.path());
        char separator = '?';
        for (var parameter : request.query().entrySet()) {
            if (marker.isPresent() && parameter.getKey().equals("marker")) continue;
            for (var value : parameter.getValue()) {
                text.append(separator).append(encode(parameter.getKey()));
                if (!value.isEmpty()) text.append('=').append(encode(value));
                separator = '&';
            }
        }
        marker.ifPresent(m ->
                text.append(text.indexOf("?") < 0 ? '?' : '&').append("marker=").append(encode(m)));
        return text.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
