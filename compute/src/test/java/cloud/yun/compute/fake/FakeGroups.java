package cloud.yun.compute.fake;

import cloud.yun.compute.servergroup.ServerGroups;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/// There are no server groups.
public final class FakeGroups implements ServerGroups {
    @Override
    public Optional<ServerGroup> find(Tx tx, Caller caller, String groupId) {
        return Optional.empty();
    }

    @Override
    public Optional<ServerGroup> ofServer(Tx tx, String serverId) {
        return Optional.empty();
    }

    @Override
    public Map<String, String> ofServers(Tx tx, Collection<String> serverIds) {
        return Map.of();
    }

    @Override
    public void add(Tx tx, Caller caller, String groupId, String serverId) {
        throw new Invalid("Instance group " + groupId + " could not be found.");
    }

    @Override
    public void remove(Tx tx, String serverId) {}
}
