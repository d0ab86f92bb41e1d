package cloud.yun.compute.lifecycle;

import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.network.ServerPorts.Port;

/// Takes a port from a server. Ends with the port deleted if compute made it, else free; or, when the guest does not
/// let go, as before.
public final class DetachInterface {
    private final Wiring w;
    private final Flow<AttachInterface.Params> flow;

    public DetachInterface(Wiring wiring) {
        this.w = wiring;
        this.flow = Flow.named("server_detach_interface", AttachInterface.Params.class)
                .onRevert(
                        "give-back",
                        (tx, p, _) -> new ActionLog(tx)
                                .ended(p.serverId(), p.requestId(), w.clock().instant(), true))
                .task("detach-from-guest", this::detach, (_, _) -> {})
                .forward("unplug-port", p -> w.ports().unplug(p.portId(), p.host()))
                .finish("release-port", this::release)
                .build();
        w.flows().register(flow);
    }

    /// @throws Conflict the server's state does not allow it
    public void begin(Tx tx, Caller caller, Server server, Port port) {
        AttachVolume.requireReady(server, "detach_interface");
        new ActionLog(tx).begin(server, caller, "detach_interface", w.clock().instant());
        w.flows()
                .start(
                        tx,
                        flow,
                        new AttachInterface.Params(
                                server.id(),
                                caller.requestId(),
                                port.id(),
                                server.host().orElseThrow()),
                        new Origin(server.projectId(), caller.userId(), port.id(), caller.requestId()));
    }

    private void detach(AttachInterface.Params p) {
        w.db().read(tx -> w.ports().ofServer(tx, p.serverId())).stream()
                .filter(port -> port.id().equals(p.portId()))
                .findFirst()
                .ifPresent(port -> w.agents().detachNic(p.host(), p.serverId(), Guests.nic(port)));
    }

    private void release(Tx tx, AttachInterface.Params p) {
        w.ports().release(tx, p.serverId(), p.portId());
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), false);
    }
}
