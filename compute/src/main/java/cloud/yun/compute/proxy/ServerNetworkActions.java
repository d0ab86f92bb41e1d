package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.serverapi.ServerAccess;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of the server actions that move addresses, until 2.43: floating ones and more fixed ones.
public final class ServerNetworkActions implements Part {
    private static final String ACTION = "/v2.1/servers/{server_id}/action";
    private static final String LAST = "2.43";

    private final Database db;
    private final ServerAccess access;
    private final Peer network;

    public ServerNetworkActions(Database db, ServerAccess access, Peer network) {
        this.db = db;
        this.access = access;
        this.network = network;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.action(ACTION, "addFloatingIp", this::addFloatingIp)
                        .policyOnObject("os_compute_api:os-floating-ips:add")
                        .until(LAST)
                        .schema("schema/compute/server-add-floating-ip.json"),
                Route.action(ACTION, "removeFloatingIp", this::removeFloatingIp)
                        .policyOnObject("os_compute_api:os-floating-ips:remove")
                        .until(LAST)
                        .schema("schema/compute/server-remove-floating-ip.json"),
                Route.action(ACTION, "addFixedIp", this::addFixedIp)
                        .policyOnObject("os_compute_api:os-multinic:add")
                        .until(LAST)
                        .schema("schema/compute/server-add-fixed-ip.json"),
                Route.action(ACTION, "removeFixedIp", this::removeFixedIp)
                        .policyOnObject("os_compute_api:os-multinic:remove")
                        .until(LAST)
                        .schema("schema/compute/server-remove-fixed-ip.json"));
    }

    private Server server(Request request, String rule) {
        return access.read(request.caller(), request.variable("server_id"), rule, (_, s) -> s);
    }

    private List<JsonNode> ports(Caller caller, Map<String, List<String>> query) {
        return network.get(caller, "/v2.0/ports", query)
                .path("ports")
                .valueStream()
                .toList();
    }

    private Optional<JsonNode> floating(Caller caller, String address) {
        return network.get(caller, "/v2.0/floatingips", Map.of("floating_ip_address", List.of(address)))
                .path("floatingips")
                .valueStream()
                .findFirst();
    }

    private Reply addFloatingIp(Request request) {
        var caller = request.caller();
        var server = server(request, "os-floating-ips:add");
        var asked = request.object("addFloatingIp");
        var address = asked.path("address").asString();
        var ports = ports(caller, Map.of("device_id", List.of(server.id())));
        if (ports.isEmpty()) throw new Invalid("Instance network is not ready yet");
        if (ports.stream().allMatch(p -> p.path("fixed_ips").isEmpty()))
            throw new Invalid("No fixed IPs associated to instance");
        var fixed = OldRule.text(asked, "fixed_address");
        var to = target(ports, fixed);
        if (to.isEmpty())
            throw new Invalid(
                    fixed.isPresent()
                            ? "Specified fixed address not assigned to instance"
                            : "Unable to associate floating IP " + address + " to any fixed IPs for instance "
                                    + server.id()
                                    + ". Instance has no fixed IPv4 addresses to associate.");
        var found = floating(caller, address).orElseThrow(() -> new NotFound("floating IP not found"));
        try {
            lead(caller, found, Optional.of(to.get()));
        } catch (Conflict e) {
            throw new Invalid("Floating IP " + address + " association has failed.");
        } catch (NotFound e) {
            throw new Invalid("Unable to associate floating IP " + address + " to fixed IP "
                    + to.get().address() + " for instance " + server.id() + ". Error: " + e.userMessage());
        }
        return Reply.accepted();
    }

    private record Target(String portId, String address) {}

    private static Optional<Target> target(List<JsonNode> ports, Optional<String> fixed) {
        for (var port : ports)
            for (var ip : port.path("fixed_ips")) {
                var address = ip.path("ip_address").asString();
                if (fixed.map(address::equals).orElse(!address.contains(":")))
                    return Optional.of(new Target(port.path("id").asString(), address));
            }
        return Optional.empty();
    }

    private void lead(Caller caller, JsonNode floating, Optional<Target> to) {
        var body = Json.object();
        var change = body.putObject("floatingip")
                .put("port_id", to.map(Target::portId).orElse(null));
        to.ifPresent(t -> change.put("fixed_ip_address", t.address()));
        network.put(caller, "/v2.0/floatingips/" + floating.path("id").asString(), body);
    }

    private Reply removeFloatingIp(Request request) {
        var caller = request.caller();
        var id = request.variable("server_id");
        var address = request.object("removeFloatingIp").path("address").asString();
        var found = floating(caller, address)
                .orElseThrow(() -> new NotFound("Floating IP not found for address " + address + "."));
        var device = found.path("port_details").path("device_id").asString("");
        boolean known = db.read(tx -> new ServerStore(tx).find(device)).isPresent();
        if (known) access.read(caller, device, "os-floating-ips:remove", (_, s) -> s);
        if (!known || !device.equals(id))
            throw new Conflict("Floating IP " + address + " is not associated with instance " + id + ".");
        lead(caller, found, Optional.empty());
        return Reply.accepted();
    }

    /// Compute's own right, as for the ports that it makes: users may not name addresses on networks of others.
    private void addresses(Caller caller, JsonNode port, ObjectNode change) {
        var body = Json.object();
        body.set("port", change);
        network.put(
                Caller.system(caller.requestId()),
                "/v2.0/ports/" + port.path("id").asString(),
                body);
    }

    private Reply addFixedIp(Request request) {
        var caller = request.caller();
        var server = server(request, "os-multinic:add");
        var networkId = request.object("addFixedIp").path("networkId").asString();
        var subnets = network.get(caller, "/v2.0/subnets", Map.of("network_id", List.of(networkId)))
                .path("subnets");
        Optional<CloudException> last = Optional.empty();
        for (var port : ports(caller, Map.of("device_id", List.of(server.id()), "network_id", List.of(networkId))))
            for (var subnet : subnets) {
                var change = Json.object();
                var all = change.putArray("fixed_ips");
                port.path("fixed_ips").forEach(all::add);
                all.addObject().put("subnet_id", subnet.path("id").asString());
                try {
                    addresses(caller, port, change);
                    return Reply.accepted();
                } catch (Conflict | OverQuota e) {
                    last = Optional.of(e); // full: the next subnet may have one
                }
            }
        throw last.<CloudException>map(e -> new Invalid(e.userMessage()))
                .orElseGet(() -> new NotFound("Network could not be found for instance " + server.id() + "."));
    }

    private Reply removeFixedIp(Request request) {
        var caller = request.caller();
        var server = server(request, "os-multinic:remove");
        var address = request.object("removeFixedIp").path("address").asString();
        for (var port : ports(caller, Map.of("device_id", List.of(server.id())))) {
            var change = Json.object();
            var rest = change.putArray("fixed_ips");
            boolean has = false;
            for (var ip : port.path("fixed_ips"))
                if (ip.path("ip_address").asString().equals(address)) has = true;
                else rest.add(ip);
            if (!has) continue;
            addresses(caller, port, change);
            return Reply.accepted();
        }
        throw new Invalid("Fixed IP " + address + " not found for instance " + server.id() + ".");
    }
}
