package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;

/// Takes a shelved server off its host: no guest, no files, no allocation; its ports keep their addresses and its
/// volumes stay its own. Ends in SHELVED_OFFLOADED.
///
/// There is no way back: each step is tried again until it passes. A host that is down is left out.
public final class OffloadServer {
    private final Wiring w;
    private final Ending ending;
    private final Flow<Work> flow;

    public OffloadServer(Wiring wiring, DeleteServer delete) {
        this.w = wiring;
        this.ending = new Ending(wiring, delete);
        var leave = new LeaveHost(wiring);
        this.flow = Flow.named("server_shelve_offload", Work.class)
                .forward("destroy-guest", leave::destroyGuest)
                .forward("unplug-ports", leave::unplugPorts)
                .forward("disconnect-volumes", leave::disconnectVolumes)
                .forward("delete-disks", leave::deleteDisks)
                .finish("mark-offloaded", this::markOffloaded)
                .build();
        w.flows().register(flow);
    }

    /// An operator asks for it.
    ///
    /// @param server locked in this transaction
    /// @throws Conflict the server's state does not allow it
    public void begin(Tx tx, Caller caller, Server server) {
        Ready.require(server, "shelveOffload", VmState.allowing(VmState.Event.OFFLOADED));
        new ActionLog(tx).begin(server, caller, "shelveOffload", w.clock().instant());
        goOn(tx, server, caller.userId(), caller.requestId());
    }

    /// As part of an action that is written down already.
    void goOn(Tx tx, Server server, String userId, String requestId) {
        new ServerStore(tx).begin(server, TaskState.Event.OFFLOAD, w.clock().instant());
        w.notifications().tell(tx, server, "shelve_offload.start", requestId);
        w.flows()
                .start(
                        tx,
                        flow,
                        new Work(server.id(), requestId),
                        new Origin(server.projectId(), userId, server.id(), requestId));
    }

    private void markOffloaded(Tx tx, Work p) {
        var store = new ServerStore(tx);
        store.lock(p.serverId());
        w.placement().release(tx, p.serverId());
        w.ports().unbind(tx, p.serverId());
        for (var volume : new VolumeStore(tx).of(p.serverId())) w.volumes().unbind(tx, volume.attachmentId());
        store.unplace(p.serverId());
        ending.done(
                tx,
                p,
                TaskState.SHELVING_OFFLOADING,
                VmState.Event.OFFLOADED,
                PowerState.SHUTDOWN,
                "shelve_offload.end");
    }
}
