package cloud.yun.compute.lifecycle;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.blockstorage.ServerVolumes.Attachment;
import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.server.Notifications;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.servergroup.ServerGroups;
import cloud.yun.compute.service.ComputeHosts;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.image.Images;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.quota.Quotas;
import cloud.yun.network.ServerPorts;
import cloud.yun.placement.Placement;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/// What work on servers needs: the house, the hosts, and the neighbours' front doors.
///
/// @param configDrive server id to the files of its config drive
public record Wiring(
        Database db,
        Flows flows,
        Clock clock,
        Supplier<UUID> ids,
        Config config,
        Agents agents,
        Images images,
        Placement placement,
        ServerPorts ports,
        ServerVolumes volumes,
        ServerGroups groups,
        ComputeHosts hosts,
        Quotas quotas,
        Notifications notifications,
        Function<String, Map<String, String>> configDrive) {
    /// @return the host that the server is on
    /// @throws Conflict it is on none
    String hostOf(Work p) {
        return db.read(tx -> new ServerStore(tx).require(p.serverId()))
                .host()
                .orElseThrow(() -> new Conflict("Instance " + p.serverId() + " is not on a host."));
    }

    /// @return the volume as the hypervisor opens it; empty when it is not connected, or not the server's any more
    Optional<Disk> diskOf(String attachmentId) {
        return db.read(tx -> new VolumeStore(tx)
                .find(attachmentId)
                .flatMap(v -> volumes.attachment(tx, attachmentId)
                        .flatMap(Attachment::connection)
                        .map(c -> Guests.disk(v, c))));
    }
}
