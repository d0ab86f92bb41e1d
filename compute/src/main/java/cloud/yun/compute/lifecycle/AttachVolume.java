package cloud.yun.compute.lifecycle;

import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.Devices;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Gives a server a volume. Ends with the volume in-use; or, when the guest does not take it, as if nothing had been
/// asked.
public final class AttachVolume {
    private static final Set<VmState> ALLOWED =
            EnumSet.of(VmState.ACTIVE, VmState.PAUSED, VmState.STOPPED, VmState.SHELVED, VmState.SHELVED_OFFLOADED);
    private static final Set<VmState> WITH_DEVICES = EnumSet.of(VmState.ACTIVE, VmState.PAUSED, VmState.STOPPED);

    /// @param host that the server is on; it does not move while a volume is attached
    public record Params(String serverId, String requestId, String attachmentId, String volumeId, String host) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private final Wiring w;
    private final Flow<Params> flow;

    public AttachVolume(Wiring wiring) {
        this.w = wiring;
        this.flow = Flow.named("server_attach_volume", Params.class)
                .onRevert("give-up", (tx, p, _) -> giveUp(tx, p))
                .task(
                        "connect-volume",
                        p -> w.volumes().connect(p.attachmentId(), p.host()),
                        (p, _) -> w.volumes().disconnect(p.attachmentId(), p.host()))
                .task("attach-to-guest", this::attach, (p, _) -> detach(p))
                .record("mark-attached", this::markAttached, (_, _, _) -> {})
                .build();
        w.flows().register(flow);
    }

    /// @param device what the user would like it to be called
    /// @return what is written down; the guest does not have it yet
    /// @throws Conflict the server's state does not allow it
    /// @throws NotFound there is no such volume
    /// @throws Invalid it is attached already or not available
    public ServerVolume begin(
            Tx tx,
            Caller caller,
            Server server,
            String volumeId,
            Optional<String> device,
            Optional<String> tag,
            boolean deleteOnTermination) {
        Ready.require(server, "attach_volume", ALLOWED);
        var volume = w.volumes().find(tx, caller, volumeId).orElseThrow(() -> new NotFound("Volume", volumeId));
        if (volume.serverIds().contains(server.id()) || (!volume.serverIds().isEmpty() && !volume.multiattach()))
            throw new Invalid("Invalid volume: volume " + volumeId + " is already attached to instances: "
                    + String.join(", ", volume.serverIds()));
        var store = new VolumeStore(tx);
        var now = w.clock().instant();
        var attached = new ServerVolume(
                w.ids().get().toString(),
                server.id(),
                volumeId,
                VolumeState.ATTACHING,
                new Devices(server, store.of(server.id())).next(device),
                -1,
                deleteOnTermination,
                tag,
                w.ids().get().toString(),
                now);
        w.volumes().reserve(tx, caller, attached.attachmentId(), volumeId, server.id());
        store.insert(attached);
        new ActionLog(tx).begin(server, caller, "attach_volume", now);
        w.notifications().tell(tx, server, "volume.attach.start", caller.requestId());
        if (server.host().isEmpty()) {
            // On no host there is nobody to give it to: the guest has it when the server is unshelved.
            markAttached(tx, server, attached, caller.requestId());
            return attached;
        }
        w.flows()
                .start(
                        tx,
                        flow,
                        new Params(
                                server.id(),
                                caller.requestId(),
                                attached.attachmentId(),
                                volumeId,
                                server.host().orElseThrow()),
                        new Origin(server.projectId(), caller.userId(), volumeId, caller.requestId()));
        return attached;
    }

    /// @throws Conflict in Nova's words
    static void requireReady(Server server, String action) {
        Ready.require(server, action, WITH_DEVICES);
    }

    private void attach(Params p) {
        var disk = w.diskOf(p.attachmentId());
        if (disk.isEmpty()) throw new Conflict("Instance " + p.serverId() + " is being deleted.");
        w.agents().attachVolume(p.host(), p.serverId(), disk.get());
    }

    private void detach(Params p) {
        var disk = w.diskOf(p.attachmentId());
        // Without a guest, or with its rows gone, a delete has been there.
        if (disk.isPresent() && w.agents().state(p.host(), p.serverId()).isPresent())
            w.agents().detachVolume(p.host(), p.serverId(), disk.get());
    }

    private void markAttached(Tx tx, Params p) {
        var server = new ServerStore(tx).lock(p.serverId());
        if (server.taskState() == TaskState.DELETING)
            throw new Conflict("Instance " + p.serverId() + " is being deleted.");
        var volume = new VolumeStore(tx)
                .find(p.attachmentId())
                .orElseThrow(() -> new Conflict("Volume " + p.volumeId() + " was detached meanwhile."));
        markAttached(tx, server, volume, p.requestId());
    }

    private void markAttached(Tx tx, Server server, ServerVolume volume, String requestId) {
        w.volumes().complete(tx, volume.attachmentId(), volume.device());
        new VolumeStore(tx).move(volume, VolumeState.Event.ATTACHED);
        new ActionLog(tx).ended(server.id(), requestId, w.clock().instant(), false);
        w.notifications().tell(tx, server, "volume.attach.end", requestId);
    }

    private void giveUp(Tx tx, Params p) {
        w.volumes().remove(tx, p.attachmentId());
        new VolumeStore(tx).delete(p.attachmentId());
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), true);
    }
}
