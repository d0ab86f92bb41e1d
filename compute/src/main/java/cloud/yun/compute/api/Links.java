package cloud.yun.compute.api;

import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;

/// Addresses in answers, as the client reached us.
public final class Links {
    private Links() {}

    /// @return the address with its version, for example `http://cloud/compute/v2.1`
    public static String base(Request request) {
        return request.url() + (request.path().startsWith("/v2/") ? "/v2" : "/v2.1");
    }

    /// @param collection for example `flavors`
    /// @return `self` with the version and `bookmark` without
    public static ArrayNode of(Request request, String collection, String id) {
        var links = Json.array();
        links.addObject().put("rel", "self").put("href", base(request) + "/" + collection + "/" + id);
        links.addObject().put("rel", "bookmark").put("href", request.url() + "/" + collection + "/" + id);
        return links;
    }

    /// The `next` link of a page that may not be the last one.
    ///
    /// @param collection with `/detail` when the list was a detailed one
    /// @param marker the last id on this page
    public static ArrayNode next(Request request, String collection, String marker) {
        var query = new StringBuilder();
        new TreeMap<>(request.query()).forEach((name, values) -> {
            if (name.equals("marker")) return;
            for (var value : values)
                query.append(encode(name)).append('=').append(encode(value)).append('&');
        });
        query.append("marker=").append(encode(marker));
        var links = Json.array();
        links.addObject().put("rel", "next").put("href", base(request) + "/" + collection + "?" + query);
        return links;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
