package cloud.yun.compute.lifecycle;

import cloud.yun.blockstorage.VolumeGrowth;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;

/// Tells a server's guest that a volume it has has become larger. Ends with the guest seeing the new size; or, when
/// it does not take it, with an action that failed: the volume is larger all the same, and the guest sees that when
/// it is next started.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#run-events">volume-extended</a>
public final class ExtendVolume {
    private static final String ACTION = "extend_volume";

    /// @param sizeGib the volume's new size
    public record Params(String serverId, String requestId, String attachmentId, int sizeGib) {}

    private final Wiring w;
    private final Flow<Params> flow;

    public ExtendVolume(Wiring wiring) {
        this.w = wiring;
        this.flow = Flow.named("server_extend_volume", Params.class)
                .onRevert("give-up", (tx, p, _) -> ended(tx, p, true))
                // A guest's disk does not shrink, nor has the volume.
                .task("extend-volume", this::extend, (_, _) -> {})
                .finish("mark-extended", (tx, p) -> ended(tx, p, false))
                .build();
        w.flows().register(flow);
    }

    /// Block storage's news. It tells them until that passes, so they may come again.
    public void grown(VolumeGrowth growth) {
        for (var serverId : growth.serverIds())
            w.db().transaction(tx -> {
                var server = new ServerStore(tx).find(serverId);
                boolean told = new ActionLog(tx).has(serverId, growth.requestId(), ACTION);
                if (server.isPresent() && !told)
                    begin(
                            tx,
                            server.get(),
                            growth.volumeId(),
                            growth.sizeGib(),
                            new Origin(growth.projectId(), growth.userId(), growth.volumeId(), growth.requestId()));
                return told;
            });
    }

    /// The news of a volume service that is none of ours, by the external event `volume-extended`.
    ///
    /// @param sizeGib the volume's size by now
    public void begin(Tx tx, Caller caller, Server server, String volumeId, int sizeGib) {
        var projectId = caller.project().map(Caller.Project::id).orElse("");
        begin(tx, server, volumeId, sizeGib, new Origin(projectId, caller.userId(), volumeId, caller.requestId()));
    }

    /// Nothing to do for a server that is on no host, or on its way out: whoever opens the volume next sees its size.
    private void begin(Tx tx, Server server, String volumeId, int sizeGib, Origin origin) {
        var volume = new VolumeStore(tx).find(server.id(), volumeId);
        if (server.host().isEmpty()
                || server.taskState() == TaskState.DELETING
                || volume.filter(v -> v.state() == VolumeState.ATTACHED).isEmpty()) return;
        new ActionLog(tx).begin(server.id(), origin, ACTION, w.clock().instant());
        w.flows()
                .start(
                        tx,
                        flow,
                        new Params(server.id(), origin.requestId(), volume.get().attachmentId(), sizeGib),
                        origin);
    }

    private void extend(Params p) {
        var host = w.db().read(tx -> new ServerStore(tx).find(p.serverId())).flatMap(Server::host);
        var disk = w.diskOf(p.attachmentId());
        if (host.isEmpty() || disk.isEmpty()) return; // detached or deleted meanwhile
        if (w.agents().state(host.get(), p.serverId()).isPresent())
            w.agents().resizeVolume(host.get(), p.serverId(), disk.get(), (long) p.sizeGib() << 30);
    }

    private void ended(Tx tx, Params p, boolean failed) {
        new ActionLog(tx).ended(p.serverId(), p.requestId(), w.clock().instant(), failed);
    }
}
