package cloud.yun.network.router;

import static cloud.yun.network.router.RouterService.INTERFACE;
import static cloud.yun.network.router.RouterService.bad;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.address.Ip;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Standard;
import cloud.yun.network.floatingip.FloatingIpStore;
import cloud.yun.network.ipam.Ipam.Wanted;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.port.Port;
import cloud.yun.network.port.PortService;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.port.Ports;
import cloud.yun.network.subnet.Subnet;
import cloud.yun.network.subnet.SubnetService;
import cloud.yun.network.subnet.SubnetStore;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Interfaces of routers: by subnet (the router takes the gateway's address) or by a port that is there.
public final class RouterInterfaces {
    private final Common common;
    private final Ports ports;
    private final RouterService routers;
    private final RouterFlows flows;

    public RouterInterfaces(Common common, Ports ports, RouterService routers, RouterFlows flows) {
        this.common = common;
        this.ports = ports;
        this.routers = routers;
        this.flows = flows;
    }

    /// @throws Invalid neither or both of subnet and port, no gateway address, overlap with another subnet of the
    ///     router
    public ObjectNode add(Caller caller, String routerId, JsonNode body) {
        return common.db().transaction(tx -> {
            var router = routers.visible(tx, caller, routerId);
            common.guard().require(caller, "add_router_interface", Target.project(router.projectId()));
            var locked = new RouterStore(tx).lock(routerId).orElseThrow(() -> RouterService.SHAPE.notFound(routerId));
            var subnetId = text(body, "subnet_id");
            var portId = text(body, "port_id");
            if (subnetId.isEmpty() && portId.isEmpty()) throw bad("Either subnet_id or port_id must be specified");
            if (subnetId.isPresent() && portId.isPresent()) throw bad("Cannot specify both subnet-id and port-id");
            var port = portId.isPresent()
                    ? byPort(tx, caller, locked, portId.get())
                    : bySubnet(tx, caller, locked, subnetId.get());
            return told(tx, caller, locked, port, subnetId);
        });
    }

    private static Optional<String> text(JsonNode body, String key) {
        return Optional.ofNullable(body.path(key).asString(null)).filter(t -> !t.isEmpty());
    }

    private ObjectNode told(Tx tx, Caller caller, RouterRow router, Port port, Optional<String> subnetId) {
        Standard.bump(tx, "router", router.id(), common.now());
        flows.updated(tx, caller, router, List.of(port.networkId()));
        var subnets =
                port.addresses().stream().map(a -> a.subnetId()).distinct().toList();
        var answer = Json.object()
                .put("id", router.id())
                .put("tenant_id", router.projectId())
                .put("port_id", port.id())
                .put("network_id", port.networkId())
                .put("subnet_id", subnetId.orElse(subnets.isEmpty() ? null : subnets.getFirst()));
        answer.set("subnet_ids", Json.tree(subnetId.isPresent() ? List.of(subnetId.get()) : subnets));
        return answer;
    }

    private Port bySubnet(Tx tx, Caller caller, RouterRow router, String subnetId) {
        var subnet = new SubnetStore(tx).find(subnetId).orElseThrow(() -> SubnetService.SHAPE.notFound(subnetId));
        var network = new NetworkStore(tx).find(subnet.networkId()).orElseThrow();
        var target = NetworkService.targetOf(tx, caller, network);
        boolean usable = subnet.projectId().equals(router.projectId())
                || network.projectId().equals(router.projectId())
                || Boolean.TRUE.equals(target.attributes().get("shared"))
                || common.guard().all(caller);
        if (!usable) throw SubnetService.SHAPE.notFound(subnetId);
        if (subnet.gateway().isEmpty()) throw bad("Subnet for router interface must have a gateway IP");
        check(tx, router, List.of(subnet));
        var gateway = Ip.of(subnet.gateway().get());
        return ports.internal(
                tx,
                network,
                router.projectId(),
                INTERFACE,
                router.id(),
                Optional.of(List.of(new Wanted(Optional.of(subnetId), Optional.of(gateway)))));
    }

    private void check(Tx tx, RouterRow router, List<Subnet> wanted) {
        var ids = new PortStore(tx)
                .ofDevice(router.id()).stream()
                        .flatMap(p -> p.addresses().stream().map(a -> a.subnetId()))
                        .distinct()
                        .toList();
        for (var own : new SubnetStore(tx).find(ids).values())
            for (var subnet : wanted) {
                if (own.id().equals(subnet.id())) throw bad("Router already has a port on subnet " + subnet.id());
                if (own.cidr().overlaps(subnet.cidr()))
                    throw bad("Cidr " + subnet.cidr() + " of subnet " + subnet.id() + " overlaps with cidr "
                            + own.cidr() + " of subnet " + own.id());
            }
    }

    private Port byPort(Tx tx, Caller caller, RouterRow router, String portId) {
        var port = new PortStore(tx).lock(portId).orElseThrow(() -> PortService.SHAPE.notFound(portId));
        if (!port.projectId().equals(router.projectId()) && !common.guard().all(caller))
            throw PortService.SHAPE.notFound(portId);
        if (!port.deviceId().isEmpty())
            throw new Conflict(
                    "Unable to complete operation on port " + portId + " for network " + port.networkId()
                            + ". Port already has an attached device " + port.deviceId() + ".",
                    "PortInUse");
        if (port.addresses().isEmpty()) throw bad("Router port must have at least one fixed IP");
        var subnets = new SubnetStore(tx)
                .find(port.addresses().stream().map(a -> a.subnetId()).toList())
                .values();
        if (subnets.stream().filter(s -> s.version() == 4).count() > 1)
            throw bad("Cannot have multiple IPv4 subnets on router port");
        check(tx, router, List.copyOf(subnets));
        var network = new NetworkStore(tx).find(port.networkId()).orElseThrow();
        var bare = ports.regroup(tx, port, List.of());
        new PortStore(tx).owned(portId, router.id(), INTERFACE, common.now());
        ports.changed(tx, bare, network);
        return bare;
    }

    /// @throws NotFound the router has no such interface
    /// @throws Conflict a floating IP or an extra route needs it
    public ObjectNode remove(Caller caller, String routerId, JsonNode body) {
        return common.db().transaction(tx -> {
            var router = routers.visible(tx, caller, routerId);
            common.guard().require(caller, "remove_router_interface", Target.project(router.projectId()));
            var locked = new RouterStore(tx).lock(routerId).orElseThrow(() -> RouterService.SHAPE.notFound(routerId));
            var subnetId = text(body, "subnet_id");
            var portId = text(body, "port_id");
            if (subnetId.isEmpty() && portId.isEmpty())
                throw new Invalid(
                        "Invalid input for operation: Either subnet_id or port_id must be specified.", "InvalidInput");
            var port = find(tx, locked, subnetId, portId);
            needed(tx, locked, port);
            ports.delete(tx, port, new NetworkStore(tx).find(port.networkId()).orElseThrow());
            return told(tx, caller, locked, port, subnetId);
        });
    }

    private static Port find(Tx tx, RouterRow router, Optional<String> subnetId, Optional<String> portId) {
        var own = new PortStore(tx)
                .ofDevice(router.id()).stream()
                        .filter(p -> p.deviceOwner().equals(INTERFACE))
                        .toList();
        if (portId.isPresent()) {
            var port = own.stream()
                    .filter(p -> p.id().equals(portId.get()))
                    .findFirst()
                    .orElseThrow(() -> NotFound.typed(
                            "Router " + router.id() + " does not have an interface with id " + portId.get(),
                            "RouterInterfaceNotFound"));
            if (subnetId.isPresent()
                    && port.addresses().stream().noneMatch(a -> a.subnetId().equals(subnetId.get())))
                throw new Conflict(
                        "Subnet " + subnetId.get() + " does not match port " + portId.get() + " on the router.",
                        "SubnetMismatchForPort");
            return port;
        }
        if (new SubnetStore(tx).find(subnetId.orElseThrow()).isEmpty())
            throw SubnetService.SHAPE.notFound(subnetId.get());
        return own.stream()
                .filter(p -> p.addresses().stream().anyMatch(a -> a.subnetId().equals(subnetId.get())))
                .findFirst()
                .orElseThrow(() -> NotFound.typed(
                        "Router " + router.id() + " has no interface on subnet " + subnetId.get(),
                        "RouterInterfaceNotFoundForSubnet"));
    }

    private static void needed(Tx tx, RouterRow router, Port port) {
        for (var address : port.addresses()) {
            if (new FloatingIpStore(tx).through(router.id(), address.subnetId()))
                throw new Conflict(
                        "Router interface for subnet " + address.subnetId() + " on router " + router.id()
                                + " cannot be deleted, as it is required by one or more floating IPs.",
                        "RouterInterfaceInUseByFloatingIP");
            var cidr = new SubnetStore(tx).find(address.subnetId()).map(Subnet::cidr);
            for (var route : router.routes())
                if (cidr.isPresent()
                        && cidr.get().contains(Ip.of(route.path("nexthop").asString())))
                    throw new Conflict(
                            "Router interface for subnet " + address.subnetId() + " on router " + router.id()
                                    + " cannot be deleted, as it is required by one or more routes.",
                            "RouterInterfaceInUseByRoute");
        }
    }
}
