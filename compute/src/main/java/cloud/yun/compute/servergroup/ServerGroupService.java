package cloud.yun.compute.servergroup;

import cloud.yun.compute.servergroup.ServerGroupStore.Entry;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import cloud.yun.kernel.quota.Quotas;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rules of server groups.
public final class ServerGroupService implements ServerGroups {
    private final Database db;
    private final Clock clock;
    private final Policy policy;
    private final Quotas quotas;

    public ServerGroupService(Database db, Clock clock, Policy policy, Quotas quotas) {
        this.db = db;
        this.clock = clock;
        this.policy = policy;
        this.quotas = quotas;
    }

    @Override
    public Optional<ServerGroup> find(Tx tx, Caller caller, String groupId) {
        return new ServerGroupStore(tx)
                .find(groupId)
                .filter(e -> caller.admin()
                        || caller.project()
                                .map(p -> p.id().equals(e.group().projectId()))
                                .orElse(false))
                .map(Entry::group);
    }

    @Override
    public Optional<ServerGroup> ofServer(Tx tx, String serverId) {
        return new ServerGroupStore(tx).ofServer(serverId).map(Entry::group);
    }

    @Override
    public Map<String, String> ofServers(Tx tx, Collection<String> serverIds) {
        return new ServerGroupStore(tx).ofServers(serverIds);
    }

    @Override
    public void add(Tx tx, Caller caller, String groupId, String serverId) {
        var store = new ServerGroupStore(tx);
        var group = store.locked(groupId).orElseThrow(() -> unknown(groupId)).group();
        long limit = quotas.limits(tx, group.projectId()).getOrDefault("server_group_members", Quotas.UNLIMITED);
        if (limit != Quotas.UNLIMITED && group.members().size() >= limit)
            throw new OverQuota(
                    "Quota exceeded, too many servers in group", "OverQuota", "server_group_members " + limit);
        store.addMember(groupId, serverId);
    }

    @Override
    public void remove(Tx tx, String serverId) {
        new ServerGroupStore(tx).removeMember(serverId);
    }

    /// @throws OverQuota the project has `server_groups` of them already
    Entry create(Caller caller, Entry wanted) {
        return db.transaction(tx -> {
            quotas.take(
                    tx,
                    wanted.group().projectId(),
                    Map.of("server_groups", 1L),
                    (resource, _, used, limit) -> new OverQuota(
                            "Quota exceeded, too many server groups.",
                            "OverQuota",
                            resource + " " + used + "/" + limit));
            var store = new ServerGroupStore(tx);
            store.insert(wanted, clock.instant());
            return store.find(wanted.group().id()).orElseThrow();
        });
    }

    /// @param projectId empty: all projects
    List<Entry> list(Optional<String> projectId, int limit, int offset) {
        return db.read(tx -> new ServerGroupStore(tx).list(projectId, limit, offset));
    }

    Entry show(Caller caller, String id) {
        return db.read(tx -> allowed(tx, caller, id, "os_compute_api:os-server-groups:show"));
    }

    void delete(Caller caller, String id) {
        db.write(tx -> {
            var found = allowed(tx, caller, id, "os_compute_api:os-server-groups:delete");
            new ServerGroupStore(tx).delete(id);
            quotas.give(tx, found.group().projectId(), Map.of("server_groups", 1L));
        });
    }

    private Entry allowed(Tx tx, Caller caller, String id, String rule) {
        var found = new ServerGroupStore(tx).find(id).orElseThrow(() -> unknown(id));
        var target = Target.project(found.group().projectId());
        // A stranger's group must look as if it was not there.
        if (find(tx, caller, id).isEmpty()) throw unknown(id);
        policy.require(caller, rule, target);
        return found;
    }

    private static NotFound unknown(String id) {
        return new NotFound("Instance group " + id + " could not be found.");
    }
}
