package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.lifecycle.AttachInterface;
import cloud.yun.compute.lifecycle.DetachInterface;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.flow.FlowState;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.ServerPorts;
import cloud.yun.network.ServerPorts.Port;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of the ports and addresses of a server.
final class InterfaceRoutes implements Part {
    private static final String INTERFACES = "/v2.1/servers/{server_id}/os-interface";
    private static final String INTERFACE = INTERFACES + "/{port_id}";
    private static final String IPS = "/v2.1/servers/{server_id}/ips";
    private static final String RULE = "os-attach-interfaces:";
    /// As long as Nova's API waits for a compute host.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServerAccess access;
    private final ServerPorts ports;
    private final AttachInterface attach;
    private final DetachInterface detach;
    private final Flows flows;
    private final Database db;

    InterfaceRoutes(
            ServerAccess access,
            ServerPorts ports,
            AttachInterface attach,
            DetachInterface detach,
            Flows flows,
            Database db) {
        this.access = access;
        this.ports = ports;
        this.attach = attach;
        this.detach = detach;
        this.flows = flows;
        this.db = db;
    }

    @Override
    public List<Route> routes() {
        var prefix = ComputePolicy.PREFIX + RULE;
        return List.of(
                Route.get(INTERFACES, this::list).policyOnObject(prefix + "list"),
                Route.post(INTERFACES, this::attach)
                        .policyOnObject(prefix + "create")
                        .schema("schema/compute/interface-attach.json")
                        .schema("schema/compute/interface-attach-2.49.json", "2.49"),
                Route.get(INTERFACE, this::show).policyOnObject(prefix + "show"),
                Route.delete(INTERFACE, this::detach).policyOnObject(prefix + "delete"),
                Route.get(IPS, this::addresses).policyOnObject(ComputePolicy.PREFIX + "ips:index"),
                Route.get(IPS + "/{network}", this::network).policyOnObject(ComputePolicy.PREFIX + "ips:show"));
    }

    private Reply list(Request request) {
        return access.read(request.caller(), request.variable("server_id"), RULE + "list", (tx, server) -> {
            var body = Json.object();
            var array = body.putArray("interfaceAttachments");
            ports.ofServer(tx, server.id()).forEach(p -> array.add(view(p, request.microversion())));
            return Reply.ok(body);
        });
    }

    private Reply show(Request request) {
        return access.read(
                request.caller(),
                request.variable("server_id"),
                RULE + "show",
                (tx, server) -> answer(find(tx, server.id(), request.variable("port_id")), request.microversion()));
    }

    private Reply attach(Request request) {
        var body = request.object("interfaceAttachment");
        var network = CreateRequest.text(body, "net_id");
        var port = CreateRequest.text(body, "port_id");
        var fixed = CreateRequest.text(body.path("fixed_ips").path(0), "ip_address");
        if (network.isPresent() && port.isPresent()) throw new Invalid("Must not input both network_id and port_id");
        if (fixed.isPresent() && network.isEmpty()) throw new Invalid("Must input network_id when request IP address");
        var id = request.variable("server_id");
        var begun = access.change(request.caller(), id, RULE + "create", (tx, server) -> {
            var wanted = network.isEmpty() && port.isEmpty()
                    ? ports.standard(tx, request.caller()).stream()
                            .findFirst()
                            .orElseThrow(() -> new Invalid("No network was named and none is available."))
                    : new ServerPorts.Wanted(network, port, fixed, CreateRequest.text(body, "tag"));
            return attach.begin(tx, request.caller(), server, wanted);
        });
        var flow = flows.await(begun.flowId(), PATIENCE);
        if (flow.state() != FlowState.SUCCESS)
            throw new Refused(500, "Failed to attach network adapter device to " + id);
        return answer(db.read(tx -> find(tx, id, begun.portId())), request.microversion());
    }

    private Reply detach(Request request) {
        access.change(request.caller(), request.variable("server_id"), RULE + "delete", (tx, server) -> {
            detach.begin(tx, request.caller(), server, find(tx, server.id(), request.variable("port_id")));
            return server;
        });
        return Reply.accepted();
    }

    private Reply addresses(Request request) {
        return access.read(request.caller(), request.variable("server_id"), "ips:index", (tx, server) -> {
            var body = Json.object();
            body.set("addresses", Addresses.of(ports.ofServer(tx, server.id()), false));
            return Reply.ok(body);
        });
    }

    private Reply network(Request request) {
        var name = request.variable("network");
        return access.read(request.caller(), request.variable("server_id"), "ips:show", (tx, server) -> {
            var list = Optional.ofNullable(
                            Addresses.of(ports.ofServer(tx, server.id()), false).get(name))
                    .orElseThrow(() -> new NotFound("Instance is not a member of specified network"));
            var body = Json.object();
            body.set(name, list);
            return Reply.ok(body);
        });
    }

    private Port find(Tx tx, String serverId, String portId) {
        return ports.ofServer(tx, serverId).stream()
                .filter(p -> p.id().equals(portId))
                .findFirst()
                .orElseThrow(() -> new NotFound("Port id " + portId + " could not be found."));
    }

    private static Reply answer(Port port, Microversion version) {
        var body = Json.object();
        body.set("interfaceAttachment", view(port, version));
        return Reply.ok(body);
    }

    private static ObjectNode view(Port port, Microversion version) {
        var i = Json.object()
                .put("net_id", port.networkId())
                .put("port_id", port.id())
                .put("mac_addr", port.mac())
                .put("port_state", port.status());
        var fixed = i.putArray("fixed_ips");
        for (var address : port.addresses())
            fixed.addObject().put("subnet_id", address.subnetId()).put("ip_address", address.address());
        if (version.atLeast(70)) i.put("tag", port.tag().orElse(null));
        return i;
    }
}
