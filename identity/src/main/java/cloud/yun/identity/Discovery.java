package cloud.yun.identity;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Which versions there are, and which resources.
final class Discovery {
    private final Supplier<List<Route>> all;

    /// @param all the whole route table, once it is complete
    Discovery(Supplier<List<Route>> all) {
        this.all = all;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/", this::versions).open(),
                Route.get("/v3", this::version).open());
    }

    private Reply home(String prefix) {
        var document = new JsonHome(all.get()).document(prefix);
        return Reply.text(200, document.toString(), JsonHome.TYPE);
    }

    private static boolean homeWanted(Request request) {
        return JsonHome.wanted(request.header("Accept").orElse(""));
    }

    private Reply versions(Request request) {
        if (homeWanted(request)) return home("/v3");
        var body = Json.object();
        body.putObject("versions").putArray("values").add(v3(request));
        return Reply.json(300, body).header("Location", request.url() + "/v3/");
    }

    private Reply version(Request request) {
        if (homeWanted(request)) return home("");
        var body = Json.object();
        body.set("version", v3(request));
        return Reply.ok(body);
    }

    private static ObjectNode v3(Request request) {
        var version = Json.object();
        version.put("id", "v3.14").put("status", "stable").put("updated", "2020-04-07T00:00:00Z");
        version.putArray("links").addObject().put("rel", "self").put("href", request.url() + "/v3/");
        version.putArray("media-types")
                .addObject()
                .put("base", "application/json")
                .put("type", "application/vnd.openstack.identity-v3+json");
        return version;
    }
}
