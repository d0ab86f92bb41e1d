package cloud.yun.compute.lifecycle;

import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import java.util.EnumSet;
import java.util.Set;

/// Takes a volume from a server. Ends with the volume available; or, when the guest does not let go, attached as
/// before.
public final class DetachVolume {
    private static final Set<VmState> ALLOWED =
            EnumSet.of(VmState.ACTIVE, VmState.PAUSED, VmState.STOPPED, VmState.SHELVED, VmState.SHELVED_OFFLOADED);

    private final Wiring w;
    private final Flow<AttachVolume.Params> flow;

    public DetachVolume(Wiring wiring) {
        this.w = wiring;
        this.flow = Flow.named("server_detach_volume", AttachVolume.Params.class)
                .onRevert("give-back", (tx, p, _) -> giveBack(tx, p))
                .task("detach-from-guest", this::detach, (p, _) -> attach(p))
                .forward("disconnect-volume", p -> w.volumes().disconnect(p.attachmentId(), p.host()))
                .finish("mark-detached", this::markDetached)
                .build();
        w.flows().register(flow);
    }

    /// @throws Conflict the server's or the volume's state does not allow it
    /// @throws Invalid it is the root disk
    public void begin(Tx tx, Caller caller, Server server, ServerVolume volume) {
        Ready.require(server, "detach_volume", ALLOWED);
        if (volume.bootIndex() == 0) throw new Invalid("Cannot detach a root device volume");
        if (volume.state() != VolumeState.ATTACHED)
            throw new Invalid("Invalid volume: Invalid volume status '"
                    + volume.state().name().toLowerCase(java.util.Locale.ROOT)
                    + "'. Volume must be attached in order to detach.");
        w.volumes().beginDetach(tx, volume.attachmentId());
        new VolumeStore(tx).move(volume, VolumeState.Event.DETACH);
        new ActionLog(tx).begin(server, caller, "detach_volume", w.clock().instant());
        if (server.host().isEmpty()) {
            markDetached(
                    tx,
                    new AttachVolume.Params(
                            server.id(), caller.requestId(), volume.attachmentId(), volume.volumeId(), ""));
            return;
        }
        w.flows()
                .start(
                        tx,
                        flow,
                        new AttachVolume.Params(
                                server.id(),
                                caller.requestId(),
                                volume.attachmentId(),
                                volume.volumeId(),
                                server.host().orElseThrow()),
                        new Origin(server.projectId(), caller.userId(), volume.volumeId(), caller.requestId()));
    }

    private void detach(AttachVolume.Params p) {
        w.diskOf(p.attachmentId()).ifPresent(d -> w.agents().detachVolume(p.host(), p.serverId(), d));
    }

    /// Nobody knows how far it came: with it back, rows and guest agree again.
    private void attach(AttachVolume.Params p) {
        var disk = w.diskOf(p.attachmentId());
        if (disk.isPresent() && w.agents().state(p.host(), p.serverId()).isPresent())
            w.agents().attachVolume(p.host(), p.serverId(), disk.get());
    }

    private void giveBack(Tx tx, AttachVolume.Params p) {
        var store = new VolumeStore(tx);
        store.find(p.attachmentId()).ifPresent(v -> {
            w.volumes().rollDetach(tx, p.attachmentId());
            store.move(v, VolumeState.Event.DETACH_FAILED);
        });
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), true);
    }

    private void markDetached(Tx tx, AttachVolume.Params p) {
        w.volumes().remove(tx, p.attachmentId());
        new VolumeStore(tx).delete(p.attachmentId());
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), false);
        new ServerStore(tx)
                .find(p.serverId())
                .ifPresent(s -> w.notifications().tell(tx, s, "volume.detach", p.requestId()));
    }
}
