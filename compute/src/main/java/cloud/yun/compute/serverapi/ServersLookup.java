package cloud.yun.compute.serverapi;

import cloud.yun.compute.lifecycle.RescueStore;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.Servers;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Servers as the other packages of the room see them.
public final class ServersLookup implements Servers {
    @Override
    public Optional<Summary> find(Tx tx, String serverId) {
        return new ServerStore(tx)
                .find(serverId)
                .map(s -> summary(s, new RescueStore(tx).find(serverId).map(RescueStore.Rescued::password)));
    }

    @Override
    public Summary require(Tx tx, Caller caller, String serverId) {
        var server = new ServerStore(tx).require(serverId);
        if (!ServerAccess.visible(caller, server)) throw new NotFound("Instance", serverId);
        return summary(server);
    }

    @Override
    public List<Summary> onHost(Tx tx, String host) {
        return new ServerStore(tx)
                .onHost(host).stream().map(ServersLookup::summary).toList();
    }

    @Override
    public Map<String, Integer> countByHost(Tx tx) {
        return new ServerStore(tx).countByHost();
    }

    @Override
    public List<Summary> livedBetween(Tx tx, Optional<String> projectId, Instant from, Instant to) {
        return new ServerStore(tx)
                .livedBetween(projectId, from, to).stream()
                        .map(ServersLookup::summary)
                        .toList();
    }

    private static Summary summary(Server s) {
        return summary(s, Optional.empty());
    }

    /// @param rescue password of the system that it is rescued with
    private static Summary summary(Server s, Optional<String> rescue) {
        return new Summary(
                s.id(),
                s.instanceName(),
                s.name(),
                s.hostname(),
                s.projectId(),
                s.userId(),
                s.vmState().wire(),
                s.taskState().shown(),
                s.host(),
                s.zone(),
                s.keyName(),
                s.wanted().publicKey(),
                s.wanted().userData(),
                rescue.or(s.wanted()::adminPassword),
                s.flavor().name(),
                s.flavor().vcpus(),
                s.flavor().ramMib(),
                s.flavor().diskGib(),
                s.flavor().ephemeralGib(),
                s.launchIndex(),
                Optional.of(s.reservationId()),
                s.imageId(),
                s.metadata(),
                s.wanted().files(),
                s.createdAt(),
                s.deletedAt());
    }
}
