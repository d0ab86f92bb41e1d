package cloud.yun.compute.lifecycle;

import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.network.ServerPorts;
import cloud.yun.network.ServerPorts.Port;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Gives a server another port. Ends with the guest having it; or, when it does not take it, as if nothing had been
/// asked.
public final class AttachInterface {
    /// @param host that the server is on
    public record Params(String serverId, String requestId, String portId, String host) {}

    /// @param flowId to wait for: the API answers when the guest has the port
    public record Begun(String flowId, String portId) {}

    private final Wiring w;
    private final Flow<Params> flow;

    public AttachInterface(Wiring wiring) {
        this.w = wiring;
        this.flow = Flow.named("server_attach_interface", Params.class)
                .onRevert("give-up", (tx, p, _) -> giveUp(tx, p))
                .task(
                        "plug-port",
                        p -> w.ports().plug(p.portId(), p.host()),
                        (p, _) -> w.ports().unplug(p.portId(), p.host()))
                .task("attach-to-guest", this::attach, (p, _) -> detach(p))
                .record("mark-attached", this::markAttached, (_, _, _) -> {})
                .build();
        w.flows().register(flow);
    }

    /// @throws Conflict the server's state does not allow it
    public Begun begin(Tx tx, Caller caller, Server server, ServerPorts.Wanted wanted) {
        AttachVolume.requireReady(server, "attach_interface");
        var before = w.ports().ofServer(tx, server.id()).stream().map(Port::id).collect(Collectors.toSet());
        w.ports().allocate(tx, caller, server.id(), List.of(wanted), List.of());
        var port = w.ports().ofServer(tx, server.id()).stream()
                .filter(p -> !before.contains(p.id()))
                .findFirst()
                .orElseThrow(() -> new Conflict("The port is attached to the server already."));
        var host = server.host().orElseThrow();
        w.ports().bind(tx, server.id(), host);
        new ActionLog(tx).begin(server, caller, "attach_interface", w.clock().instant());
        var flowId = w.flows()
                .start(
                        tx,
                        flow,
                        new Params(server.id(), caller.requestId(), port.id(), host),
                        new Origin(server.projectId(), caller.userId(), port.id(), caller.requestId()));
        return new Begun(flowId, port.id());
    }

    private void attach(Params p) {
        var port = port(p);
        if (port.isEmpty()) throw new Conflict("Instance " + p.serverId() + " is being deleted.");
        w.agents().attachNic(p.host(), p.serverId(), Guests.nic(port.get()));
    }

    private void detach(Params p) {
        var port = port(p);
        if (port.isPresent() && w.agents().state(p.host(), p.serverId()).isPresent())
            w.agents().detachNic(p.host(), p.serverId(), Guests.nic(port.get()));
    }

    private Optional<Port> port(Params p) {
        return w.db().read(tx -> w.ports().ofServer(tx, p.serverId())).stream()
                .filter(port -> port.id().equals(p.portId()))
                .findFirst();
    }

    private void markAttached(Tx tx, Params p) {
        var server = new ServerStore(tx).lock(p.serverId());
        if (server.taskState() == TaskState.DELETING)
            throw new Conflict("Instance " + p.serverId() + " is being deleted.");
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), false);
        w.notifications().tell(tx, server, "interface_attach.end", p.requestId());
    }

    private void giveUp(Tx tx, Params p) {
        w.ports().release(tx, p.serverId(), p.portId());
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), true);
    }
}
