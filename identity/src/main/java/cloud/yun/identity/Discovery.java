package cloud.yun.identity;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Which versions there are.
final class Discovery {
    List<Route> routes() {
        return List.of(
                Route.get("/", this::versions).open(),
                Route.get("/v3", this::version).open());
    }

    private Reply versions(Request request) {
        var body = Json.object();
        body.putObject("versions").putArray("values").add(v3(request));
        return Reply.json(300, body).header("Location", request.url() + "/v3/");
    }

    private Reply version(Request request) {
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
