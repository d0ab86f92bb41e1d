package cloud.yun.compute.servergroup;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Server groups for the scheduler and the server views.
public interface ServerGroups {
    /// @param policy `affinity`, `anti-affinity`, `soft-affinity`, `soft-anti-affinity`
    /// @param maxServerPerHost rule of anti-affinity from microversion 2.64, if set
    /// @param members server ids, deleted servers left out
    record ServerGroup(
            String id, String projectId, String policy, Optional<Integer> maxServerPerHost, List<String> members) {}

    Optional<ServerGroup> find(Tx tx, Caller caller, String groupId);

    Optional<ServerGroup> ofServer(Tx tx, String serverId);

    /// @return server id to group id, for those in a group
    Map<String, String> ofServers(Tx tx, Collection<String> serverIds);

    /// @throws cloud.yun.kernel.error.CloudException.OverQuota `server_group_members` is reached
    void add(Tx tx, Caller caller, String groupId, String serverId);

    /// Succeeds when it is in no group.
    void remove(Tx tx, String serverId);
}
