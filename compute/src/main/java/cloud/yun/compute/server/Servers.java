package cloud.yun.compute.server;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Servers for the other packages of the room: consoles, metadata, hypervisors, usage.
public interface Servers {
    /// @param instanceName the hypervisor's name of it, for example `instance-00000008`
    /// @param vmState Nova's `vm_state`, for example `active`
    /// @param host empty until the scheduler chose one
    /// @param metadata what users set
    /// @param publicKey of the keypair it was made with
    /// @param userData base64, as given
    /// @param files that it was made with: path in the guest to base64 contents
    /// @param flavorName as it was when the server was made
    record Summary(
            String id,
            String instanceName,
            String name,
            String hostname,
            String projectId,
            String userId,
            String vmState,
            Optional<String> taskState,
            Optional<String> host,
            Optional<String> availabilityZone,
            Optional<String> keyName,
            Optional<String> publicKey,
            Optional<String> userData,
            Optional<String> adminPassword,
            String flavorName,
            int vcpus,
            int ramMib,
            int rootGib,
            int ephemeralGib,
            int launchIndex,
            Optional<String> reservationId,
            Optional<String> imageId,
            Map<String, String> metadata,
            Map<String, String> files,
            java.time.Instant createdAt,
            Optional<java.time.Instant> deletedAt) {}

    /// @return the server, unless it is deleted
    Optional<Summary> find(Tx tx, String serverId);

    /// @return the server if the caller's project owns it or the caller is an admin
    /// @throws cloud.yun.kernel.error.CloudException.NotFound in Nova's words
    Summary require(Tx tx, Caller caller, String serverId);

    /// @return what lives on a host
    List<Summary> onHost(Tx tx, String host);

    /// @return host to number of servers on it
    Map<String, Integer> countByHost(Tx tx);

    /// @param projectId empty: all projects
    /// @return servers that lived at some time between `from` and `to`, also deleted ones
    List<Summary> livedBetween(Tx tx, Optional<String> projectId, java.time.Instant from, java.time.Instant to);
}
