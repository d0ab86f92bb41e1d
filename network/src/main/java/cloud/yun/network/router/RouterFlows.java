package cloud.yun.network.router;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.network.agents.AgentStore;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Standard;
import cloud.yun.network.apply.Applier;
import cloud.yun.network.floatingip.FloatingIpStore;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.port.PortStatus;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.port.Ports;
import java.util.List;
import java.util.Optional;

/// How a change of a router reaches its host.
///
/// The rows are changed in the transaction of the request, as in Neutron, and cannot turn back any more: the
/// answer was given. So every task goes forward and is tried again until it passes. Each sends the whole wanted
/// state as it is then, so that the order of two flows on one router does not matter.
public final class RouterFlows {
    /// @param floatingIpId the floating IP that the request was about, if it was about one
    /// @param host where the router is, or was; empty: nowhere yet
    /// @param networks on which the router has or had a port
    public record Params(
            String routerId, Optional<String> floatingIpId, Optional<String> host, List<String> networks) {}

    private final Common common;
    private final Flows flows;
    private final Applier applier;
    private final Ports ports;
    private final Flow<Params> create;
    private final Flow<Params> update;
    private final Flow<Params> delete;
    private final Flow<Params> floatingCreate;
    private final Flow<Params> floatingUpdate;
    private final Flow<Params> floatingDelete;

    public RouterFlows(Common common, Flows flows, Applier applier, Ports ports) {
        this.common = common;
        this.flows = flows;
        this.applier = applier;
        this.ports = ports;
        create = Flow.named("router_create", Params.class)
                .finish("schedule_router", (tx, p) -> schedule(tx, p.routerId()))
                .forward("apply_router", this::apply)
                .finish("router_applied", this::applied)
                .build();
        update = applying("router_update");
        floatingCreate = applying("floatingip_create");
        floatingUpdate = applying("floatingip_update");
        floatingDelete = applying("floatingip_delete");
        delete = Flow.named("router_delete", Params.class)
                .forward("remove_router", this::apply)
                .finish("router_removed", this::applied)
                .build();
        List.of(create, update, delete, floatingCreate, floatingUpdate, floatingDelete)
                .forEach(flows::register);
    }

    private Flow<Params> applying(String name) {
        return Flow.named(name, Params.class)
                .forward("apply_router", this::apply)
                .finish("router_applied", this::applied)
                .build();
    }

    private void schedule(Tx tx, String routerId) {
        var store = new RouterStore(tx);
        var router = store.lock(routerId);
        if (router.isEmpty() || router.get().host().isPresent()) return;
        store.host(routerId, new AgentStore(tx).leastL3(common.now()));
    }

    /// To the host that was, and to the one that is: a router may have been given one since.
    private void apply(Params p) {
        var now = common.db().read(tx -> new RouterStore(tx).find(p.routerId()).flatMap(RouterRow::host));
        if (p.host().isPresent() && !p.host().equals(now))
            applier.router(p.routerId(), p.host().get());
        if (now.isPresent()) applier.router(p.routerId(), now.get());
    }

    /// What the host carries now is ACTIVE; who lives on the networks' tunnels has changed.
    private void applied(Tx tx, Params p) {
        var router = new RouterStore(tx).find(p.routerId());
        for (var id : p.networks())
            new NetworkStore(tx).find(id).ifPresent(n -> {
                ports.peersChanged(tx, n);
                ports.dhcpChanged(tx, n); // with a router, DHCP leaves the metadata service to it
            });
        var floating = new FloatingIpStore(tx);
        p.floatingIpId().ifPresent(id -> floating.released(id, common.now()));
        if (router.isEmpty() || router.get().host().isEmpty()) return;
        var store = new PortStore(tx);
        for (var port : store.ofDevice(p.routerId())) {
            store.host(port.id(), router.get().host().get());
            store.move(port.id(), PortStatus.Event.ATTACHED, common.now());
        }
        floating.applied(p.routerId(), common.now());
    }

    void created(Tx tx, Caller caller, String routerId, List<String> networks) {
        start(tx, create, caller, routerId, new Params(routerId, Optional.empty(), Optional.empty(), networks));
    }

    void updated(Tx tx, Caller caller, RouterRow router, List<String> networks) {
        start(tx, update, caller, router.id(), new Params(router.id(), Optional.empty(), router.host(), networks));
    }

    void deleted(Tx tx, Caller caller, RouterRow router, List<String> networks) {
        start(tx, delete, caller, router.id(), new Params(router.id(), Optional.empty(), router.host(), networks));
    }

    /// A floating IP now leads through this router.
    public void floatingCreated(Tx tx, Caller caller, String routerId, String floatingIpId) {
        floating(tx, floatingCreate, caller, routerId, floatingIpId);
    }

    public void floatingUpdated(Tx tx, Caller caller, String routerId, String floatingIpId) {
        floating(tx, floatingUpdate, caller, routerId, floatingIpId);
    }

    /// A floating IP that led through this router is gone.
    public void floatingDeleted(Tx tx, Caller caller, String routerId, String floatingIpId) {
        floating(tx, floatingDelete, caller, routerId, floatingIpId);
    }

    private void floating(Tx tx, Flow<Params> flow, Caller caller, String routerId, String floatingIpId) {
        Standard.bump(tx, "router", routerId, common.now());
        var host = new RouterStore(tx).find(routerId).flatMap(RouterRow::host);
        start(tx, flow, caller, floatingIpId, new Params(routerId, Optional.of(floatingIpId), host, List.of()));
    }

    private void start(Tx tx, Flow<Params> flow, Caller caller, String resourceId, Params params) {
        flows.start(tx, flow, params, caller, resourceId);
    }

    /// Routers that have no host yet get one as soon as there is an agent.
    public void scheduleLate() {
        var late = common.db().read(tx -> new RouterStore(tx).unscheduled());
        for (var id : late)
            common.db().write(tx -> {
                if (new AgentStore(tx).leastL3(common.now()).isEmpty()) return;
                flows.start(
                        tx,
                        create,
                        new Params(id, Optional.empty(), Optional.empty(), List.of()),
                        new Origin("", "", id, ""));
            });
    }
}
