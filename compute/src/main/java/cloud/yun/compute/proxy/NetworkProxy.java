package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of networks as compute showed them, until 2.35; what changed them went with nova-network and is gone.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#networks-os-networks-deprecated">os-networks</a>
public final class NetworkProxy implements Part {
    private static final String NETWORKS = "/v2.1/os-networks";
    private static final String TENANT = "/v2.1/os-tenant-networks";

    /// Of the old fields only id and label still say something.
    private static final List<String> EMPTY =
            List.of("cidr", "netmask", "gateway", "broadcast", "dns1", "dns2", "cidr_v6", "gateway_v6", "netmask_v6");

    private static final List<String> EMPTY_FOR_ADMINS = List.of(
            "created_at",
            "updated_at",
            "deleted_at",
            "deleted",
            "injected",
            "bridge",
            "vlan",
            "vpn_public_address",
            "vpn_public_port",
            "vpn_private_address",
            "dhcp_start",
            "project_id",
            "host",
            "bridge_interface",
            "multi_host",
            "priority",
            "rxtx_base",
            "mtu",
            "dhcp_server",
            "enable_dhcp",
            "share_address");

    private final Peer network;

    public NetworkProxy(Peer network) {
        this.network = network;
    }

    @Override
    public List<Route> routes() {
        var rule = "os_compute_api:os-networks:";
        var tenantRule = "os_compute_api:os-tenant-networks:";
        var all = new ArrayList<>(List.of(
                Route.get(NETWORKS, r -> list(r, NetworkProxy::old))
                        .until("2.35")
                        .policy(rule + "list"),
                Route.get(NETWORKS + "/{id}", r -> show(r, NetworkProxy::old))
                        .until("2.35")
                        .policy(rule + "show"),
                Route.get(TENANT, r -> list(r, NetworkProxy::brief))
                        .until("2.35")
                        .policy(tenantRule + "list"),
                Route.get(TENANT + "/{id}", r -> show(r, NetworkProxy::brief))
                        .until("2.35")
                        .policy(tenantRule + "show")));
        for (var path : List.of(NETWORKS, NETWORKS + "/add", NETWORKS + "/{id}/action", TENANT))
            all.add(Route.post(path, NetworkProxy::gone));
        for (var path : List.of(NETWORKS + "/{id}", TENANT + "/{id}")) all.add(Route.delete(path, NetworkProxy::gone));
        return all;
    }

    private static Reply gone(Request request) {
        throw new Refused(410, "This resource is no longer available. No forwarding address is given.");
    }

    private interface View {
        ObjectNode of(Caller caller, JsonNode network);
    }

    private Reply list(Request request, View view) {
        var body = Json.object();
        var array = body.putArray("networks");
        network.get(request.caller(), "/v2.0/networks")
                .path("networks")
                .forEach(n -> array.add(view.of(request.caller(), n)));
        return Reply.ok(body);
    }

    private Reply show(Request request, View view) {
        var body = Json.object();
        try {
            body.set(
                    "network",
                    view.of(
                            request.caller(),
                            network.get(request.caller(), "/v2.0/networks/" + request.variable("id"))
                                    .path("network")));
        } catch (NotFound e) {
            throw new NotFound("Network not found");
        }
        return Reply.ok(body);
    }

    private static ObjectNode old(Caller caller, JsonNode n) {
        var view = Json.object();
        view.set("id", n.path("id"));
        view.set("label", n.path("name"));
        EMPTY.forEach(view::putNull);
        if (caller.admin()) EMPTY_FOR_ADMINS.forEach(view::putNull);
        return view;
    }

    private static ObjectNode brief(Caller caller, JsonNode n) {
        var view = Json.object();
        view.set("id", n.path("id"));
        view.put("cidr", "None"); // as it always was with Neutron
        view.set("label", n.path("name"));
        return view;
    }
}
