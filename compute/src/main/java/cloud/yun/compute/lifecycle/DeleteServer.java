package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import java.util.LinkedHashSet;
import java.util.function.Consumer;

/// Deletes a server, in whatever state it is: guest, ports it made, attachments, disks, allocation, quota, row.
///
/// There is no way back: each step is tried again until it passes. A host that is down is left out; when it comes
/// back, its agent is told to remove what no server owns (`PowerSync`).
public final class DeleteServer {
    private final Wiring w;
    private final Flow<Work> flow;

    public DeleteServer(Wiring wiring) {
        this.w = wiring;
        this.flow = Flow.named("server_delete", Work.class)
                .forward("destroy-guest", p -> onHosts(p, h -> w.agents().destroy(h, p.serverId())))
                .forward("unplug-ports", this::unplugPorts)
                .forward("disconnect-volumes", this::disconnectVolumes)
                .forward("delete-disks", p -> onHosts(p, h -> deleteDisks(p, h)))
                .forward("delete-shelved-image", this::deleteShelvedImage)
                .finish("mark-deleted", this::markDeleted)
                .build();
        w.flows().register(flow);
    }

    /// Marks the server; the work that is being done to it sees the mark and ends here, or nobody works on it and
    /// the delete begins now.
    ///
    /// @param server locked in this transaction
    public void request(Tx tx, Server server, Caller caller) {
        if (server.taskState() == TaskState.DELETING && w.flows().busy(tx, server.id())) return;
        var store = new ServerStore(tx);
        new ActionLog(tx).begin(server, caller, "delete", w.clock().instant());
        boolean idle = server.taskState() == TaskState.NONE || !w.flows().busy(tx, server.id());
        store.begin(server, TaskState.Event.DELETE, w.clock().instant());
        w.notifications().tell(tx, server, "delete.start", caller.requestId());
        if (idle) start(tx, server, caller.requestId());
    }

    /// The work that a delete waited for has ended.
    void begin(Tx tx, Server server) {
        start(tx, server, new ActionLog(tx).latest(server.id(), "delete").orElse(""));
    }

    private void start(Tx tx, Server server, String requestId) {
        w.flows()
                .start(
                        tx,
                        flow,
                        new Work(server.id(), requestId),
                        new Origin(server.projectId(), server.userId(), server.id(), requestId));
    }

    /// A server that can still go back to another host, or that got stuck on the way, may have something on both.
    private void onHosts(Work p, Consumer<String> command) {
        var hosts = w.db().read(tx -> {
            var all = new LinkedHashSet<String>();
            new ServerStore(tx).find(p.serverId()).flatMap(Server::host).ifPresent(all::add);
            new MigrationStore(tx).holding(p.serverId()).ifPresent(m -> {
                all.add(m.sourceHost());
                m.destHost().ifPresent(all::add);
            });
            return all;
        });
        for (var host : hosts) DownHosts.tolerate(w, host, p.serverId(), command);
    }

    /// A host that was down when the guest was to be destroyed may be back: then the guest still has its disks open.
    private void deleteDisks(Work p, String host) {
        w.agents().destroy(host, p.serverId());
        w.agents().deleteDisks(host, p.serverId());
        w.agents().dropKeptDisks(host, p.serverId());
    }

    private void unplugPorts(Work p) {
        var ports = w.db().read(tx -> w.ports().ofServer(tx, p.serverId()));
        for (var port : ports) onHosts(p, h -> w.ports().unplug(port.id(), h));
    }

    /// An attach that began before the delete may connect its volume at any time; without a guest it turns back, and
    /// needs the attachment for that. So this waits for it.
    private void disconnectVolumes(Work p) {
        var volumes = w.db().read(tx -> {
            var all = new VolumeStore(tx).of(p.serverId());
            for (var volume : all)
                if (volume.state() == VolumeState.ATTACHING && w.flows().busy(tx, volume.volumeId()))
                    throw new Conflict("Volume " + volume.volumeId() + " is still being attached.");
            return all;
        });
        for (var volume : volumes) onHosts(p, h -> w.volumes().disconnect(volume.attachmentId(), h));
    }

    private void deleteShelvedImage(Work p) {
        w.db().read(tx -> new ShelfStore(tx).find(p.serverId()))
                .flatMap(ShelfStore.Shelved::imageId)
                .ifPresent(w.images()::delete);
    }

    private void markDeleted(Tx tx, Work p) {
        var store = new ServerStore(tx);
        var found = store.find(p.serverId());
        if (found.isEmpty()) return;
        var server = store.lock(p.serverId());
        w.ports().releaseAll(tx, server.id());
        var volumes = new VolumeStore(tx);
        for (var volume : volumes.of(server.id())) {
            w.volumes().remove(tx, volume.attachmentId());
            if (volume.deleteOnTermination()) w.volumes().delete(tx, volume.volumeId(), p.requestId());
            volumes.delete(volume.attachmentId());
        }
        new ShelfStore(tx).delete(server.id());
        new RescueStore(tx).delete(server.id());
        w.placement().release(tx, server.id());
        w.groups().remove(tx, server.id());
        w.quotas().give(tx, server.projectId(), Charge.of(tx, server));
        var migrations = new MigrationStore(tx);
        migrations.holding(server.id()).ifPresent(m -> {
            w.placement().release(tx, m.id());
            if (!MigrationStatus.FINAL.contains(m.status()))
                migrations.move(
                        m.id(), MigrationStatus.Event.SERVER_DELETED, w.clock().instant());
            migrations.letGo(m.id());
        });
        store.end(server, VmState.Event.REMOVED, PowerState.NOSTATE, w.clock().instant());
        new ActionLog(tx).ended(server.id(), p.requestId(), w.clock().instant(), false);
        w.notifications().tell(tx, server, "delete.end", p.requestId());
    }
}
