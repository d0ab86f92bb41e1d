package cloud.yun.identity.ec2;

import cloud.yun.identity.catalog.Catalog;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/ec2tokens` and `/v3/s3tokens`.
public final class SignedRequestRoutes {
    private final SignedRequests requests;
    private final Catalog catalog;

    public SignedRequestRoutes(SignedRequests requests, Catalog catalog) {
        this.requests = requests;
        this.catalog = catalog;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/v3/ec2tokens", this::ec2).policy("identity:ec2tokens_validate"),
                Route.post("/v3/s3tokens", this::s3).policy("identity:s3tokens_validate"));
    }

    private Reply ec2(Request request) {
        var token = requests.token(credentials(request), SignedRequests::ec2);
        return Reply.text(200, token.json(catalog, true), "application/json").header("X-Subject-Token", token.id());
    }

    private Reply s3(Request request) {
        var token = requests.token(credentials(request), SignedRequests::s3);
        return Reply.text(200, token.json(catalog, true), "application/json");
    }

    /// Clients send them under three names.
    private static ObjectNode credentials(Request request) {
        if (!(request.body() instanceof ObjectNode body) || body.isEmpty())
            throw new Invalid("request must include a request body");
        for (var name : List.of("credentials", "credential", "ec2Credentials"))
            if (body.get(name) instanceof ObjectNode found && !found.isEmpty()) return found;
        if (body.size() == 0) return Json.object();
        throw new Unauthorized();
    }
}
