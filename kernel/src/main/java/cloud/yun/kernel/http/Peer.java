package cloud.yun.kernel.http;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Another service of the house, asked from inside: the same routes, schemas and rules as over HTTP, with the rights
/// of whoever asked us. For APIs that only pass on what another service says; everything else uses front doors.
public final class Peer {
    private final ServiceHandler handler;

    public Peer(ApiService service, List<Route> routes, Policy policy) {
        this.handler = new ServiceHandler(service, routes, policy, _ -> Optional.empty());
    }

    /// @param path below the service's mount, for example `/v2.0/networks`
    /// @param query decoded parameters
    /// @param headers names in lower case
    /// @param body a missing node for none
    /// @return the answer's JSON; a missing node when it has none
    /// @throws CloudException the service refuses, in its own words
    public JsonNode call(
            Caller caller,
            String method,
            String path,
            Map<String, List<String>> query,
            Map<String, String> headers,
            JsonNode body) {
        var reply = handler.call(caller, method, path, query, headers, body);
        return reply.body() instanceof Reply.Body.Json json ? json.tree() : MissingNode.getInstance();
    }

    public JsonNode get(Caller caller, String path) {
        return call(caller, "GET", path, Map.of(), Map.of(), MissingNode.getInstance());
    }

    public JsonNode get(Caller caller, String path, Map<String, List<String>> query) {
        return call(caller, "GET", path, query, Map.of(), MissingNode.getInstance());
    }

    public JsonNode post(Caller caller, String path, JsonNode body) {
        return call(caller, "POST", path, Map.of(), Map.of(), body);
    }

    public JsonNode put(Caller caller, String path, JsonNode body) {
        return call(caller, "PUT", path, Map.of(), Map.of(), body);
    }

    public void delete(Caller caller, String path) {
        call(caller, "DELETE", path, Map.of(), Map.of(), MissingNode.getInstance());
    }
}
