package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of floating IPs and their pools as compute showed them, until 2.35. A pool is an external network.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#floating-ips-os-floating-ips-deprecated">API</a>
public final class FloatingIpProxy implements Part {
    private static final Option<String> DEFAULT_POOL = Option.text(
            "neutron",
            "default_floating_pool",
            "public",
            "External network of floating IPs that are asked of compute without naming a pool.");
    private static final String IPS = "/v2.1/os-floating-ips";
    private static final String RULE = "os_compute_api:os-floating-ips:";

    private final Peer network;
    private final Config config;

    public FloatingIpProxy(Peer network, Config config) {
        this.network = network;
        this.config = config;
    }

    public static List<Option<?>> options() {
        return List.of(DEFAULT_POOL);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                        Route.get("/v2.1/os-floating-ip-pools", this::pools)
                                .policy("os_compute_api:os-floating-ip-pools"),
                        Route.get(IPS, this::list).policy(RULE + "list"),
                        Route.post(IPS, this::create).policy(RULE + "create"),
                        Route.get(IPS + "/{id}", this::show).policy(RULE + "show"),
                        Route.delete(IPS + "/{id}", this::delete).policy(RULE + "delete"))
                .stream()
                .map(r -> r.until("2.35"))
                .toList();
    }

    private Reply pools(Request request) {
        var body = Json.object();
        var array = body.putArray("floating_ip_pools");
        external(request.caller(), Map.of()).forEach(n -> array.addObject().put("name", label(n)));
        return Reply.ok(body);
    }

    private JsonNode external(Caller caller, Map<String, List<String>> query) {
        var all = new HashMap<>(query);
        all.put("router:external", List.of("True"));
        return network.get(caller, "/v2.0/networks", all).path("networks");
    }

    private static String label(JsonNode network) {
        var name = network.path("name").asString("");
        return name.isEmpty() ? network.path("id").asString() : name;
    }

    private Reply list(Request request) {
        var caller = request.caller();
        var names = new HashMap<String, String>();
        external(caller, Map.of()).forEach(n -> names.put(n.path("id").asString(), label(n)));
        var body = Json.object();
        var array = body.putArray("floating_ips");
        network.get(caller, "/v2.0/floatingips", Map.of("project_id", List.of(caller.projectId())))
                .path("floatingips")
                .forEach(f -> array.add(view(
                        f,
                        names.getOrDefault(
                                f.path("floating_network_id").asString(),
                                f.path("floating_network_id").asString()))));
        return Reply.ok(body);
    }

    private static ObjectNode view(JsonNode f, String pool) {
        var view = Json.object();
        view.set("fixed_ip", f.path("fixed_ip_address"));
        view.set("id", f.path("id"));
        view.put(
                "instance_id",
                Optional.of(f.path("port_details").path("device_id").asString(""))
                        .filter(d -> !d.isEmpty())
                        .orElse(null));
        view.set("ip", f.path("floating_ip_address"));
        return view.put("pool", pool);
    }

    private Reply answer(Caller caller, JsonNode f) {
        var id = f.path("floating_network_id").asString();
        var pool = external(caller, Map.of("id", List.of(id)))
                .valueStream()
                .findFirst()
                .map(FloatingIpProxy::label)
                .orElse(id);
        var body = Json.object();
        body.set("floating_ip", view(f, pool));
        return Reply.ok(body);
    }

    private JsonNode find(Request request) {
        var id = request.variable("id");
        try {
            return network.get(request.caller(), "/v2.0/floatingips/" + id).path("floatingip");
        } catch (NotFound e) {
            throw new NotFound("Floating IP not found for ID " + id);
        }
    }

    private Reply show(Request request) {
        return answer(request.caller(), find(request));
    }

    private Reply create(Request request) {
        var caller = request.caller();
        var asked = OldRule.text(request.body(), "pool").filter(p -> !p.isEmpty());
        var pool = asked.orElseGet(() -> config.get(DEFAULT_POOL));
        var networkId = pool(caller, pool);
        var body = Json.object();
        body.putObject("floatingip").put("floating_network_id", networkId);
        try {
            return answer(
                    caller, network.post(caller, "/v2.0/floatingips", body).path("floatingip"));
        } catch (OverQuota e) {
            throw new Forbidden(asked.map(p -> "IP allocation over quota in pool " + p + ".")
                    .orElse("IP allocation over quota."));
        } catch (Conflict e) {
            throw new NotFound(asked.map(p -> "No more floating IPs in pool " + p + ".")
                    .orElse("No more floating IPs available."));
        }
    }

    private String pool(Caller caller, String nameOrId) {
        for (var key : List.of("id", "name")) {
            var found = external(caller, Map.of(key, List.of(nameOrId)));
            if (found.size() > 1)
                throw new Invalid("Multiple floating IP pools matches found for name '" + nameOrId + "'");
            if (found.size() == 1) return found.path(0).path("id").asString();
        }
        throw new NotFound("Floating IP pool not found.");
    }

    private Reply delete(Request request) {
        var id = find(request).path("id").asString();
        network.delete(request.caller(), "/v2.0/floatingips/" + id);
        return Reply.accepted();
    }
}
