package cloud.yun.compute.quota;

import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.quota.Quotas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Limits of one user in one project, inside those of the project. Only servers, cores and memory are counted by user;
/// whoever has no limit of their own has the project's.
///
/// @see <a href="https://docs.openstack.org/nova/latest/user/quotas.html">Nova's user quotas</a>
public final class UserQuotas {
    private static final List<String> COUNTED = List.of("cores", "instances", "ram");

    private UserQuotas() {}

    /// Under which the limits of a user stand among those of projects.
    static String key(String projectId, String userId) {
        return projectId + ":" + userId;
    }

    /// @return only the limits that somebody set for this user
    static Map<String, Long> own(Tx tx, Quotas quotas, String projectId, String userId) {
        var found = new LinkedHashMap<String, Long>();
        for (var name : quotas.defaults().keySet())
            quotas.ownLimit(tx, key(projectId, userId), name).ifPresent(l -> found.put(name, l));
        return found;
    }

    /// @return what the user's servers in the project use
    static Map<String, Long> used(Tx tx, String projectId, String userId) {
        long cores = 0;
        long ram = 0;
        var servers = new ServerStore(tx).ofUser(projectId, userId);
        for (var server : servers) {
            cores += server.flavor().vcpus();
            ram += server.flavor().ramMib();
        }
        return Map.of("cores", cores, "instances", (long) servers.size(), "ram", ram);
    }

    /// For a create, after the project's quota was taken.
    ///
    /// @param asked how much more
    /// @throws OverQuota the user's own limits do not allow it
    public static void check(Tx tx, Quotas quotas, String projectId, String userId, Map<String, Long> asked) {
        var limits = own(tx, quotas, projectId, userId);
        limits.keySet().retainAll(COUNTED);
        limits.values().removeIf(l -> l == Quotas.UNLIMITED);
        if (limits.isEmpty()) return;
        var used = used(tx, projectId, userId);
        var over = new LinkedHashMap<String, Long>();
        limits.forEach((name, limit) -> {
            long more = asked.getOrDefault(name, 0L);
            if (used.getOrDefault(name, 0L) + more > limit) over.put(name, more);
        });
        if (!over.isEmpty()) throw ComputeQuotas.refused(over, used, limits);
    }
}
