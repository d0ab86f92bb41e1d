package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.snapshot.SnapshotService;
import cloud.yun.blockstorage.volume.DeleteVolume;
import cloud.yun.blockstorage.volume.VolumeNotices;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/// Wires this package: one set of rules and effects behind the API and behind compute's front door.
public final class Attaching {
    private final ServerVolumes serverVolumes;
    private final AttachmentRoutes routes;
    private final AttachmentActionRoutes actionRoutes;

    public Attaching(
            Database db,
            Flows flows,
            Policy policy,
            Backends backends,
            VolumeNotices notices,
            Clock clock,
            Supplier<UUID> ids,
            VolumeService volumes,
            DeleteVolume deleteVolume,
            SnapshotService snapshots) {
        var rules = new AttachmentRules(notices, clock);
        var connections = new HostConnections(db, backends);
        var attach = new AttachVolume(flows, connections, rules);
        var detach = new DetachVolume(flows, connections, rules);
        var service = new AttachmentService(db, flows, policy, ids, volumes, rules, attach, detach);
        this.serverVolumes = new AttachedVolumes(volumes, deleteVolume, rules, connections, snapshots);
        this.routes = new AttachmentRoutes(service);
        this.actionRoutes =
                new AttachmentActionRoutes(new LegacyAttach(db, flows, clock, ids, volumes, backends, rules, detach));
    }

    public ServerVolumes serverVolumes() {
        return serverVolumes;
    }

    public List<Route> routes() {
        var all = new java.util.ArrayList<>(routes.routes());
        all.addAll(actionRoutes.routes());
        return all;
    }
}
