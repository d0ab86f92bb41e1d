package cloud.yun.placement;

import cloud.yun.kernel.db.Tx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The placement room's front door: a claim is part of the caller's own transaction.
public interface Placement {
    /// @param allocationRatio how often `total - reserved` may be given out
    record Inventory(long total, long reserved, long minUnit, long maxUnit, long stepSize, double allocationRatio) {}

    record Resource(Inventory inventory, long used) {
        /// @return how much can still be claimed
        public long free() {
            return (long) ((inventory.total() - inventory.reserved()) * inventory.allocationRatio()) - used;
        }
    }

    record Provider(String uuid, String name, Map<String, Resource> resources, Set<String> traits) {}

    record Allocation(String consumerId, Map<String, Map<String, Long>> byProvider) {}

    /// Creates the provider or brings its inventory and traits up to date.
    void report(Tx tx, String providerUuid, String name, Map<String, Inventory> inventories, Set<String> traits);

    /// @return providers that fit `resources` and have all `required` and none of the `forbidden` traits
    List<Provider> candidates(
            Tx tx, Map<String, Long> resources, Set<String> required, Set<String> forbidden, int limit);

    /// @return every provider with its inventory and use, for explaining why one did not fit
    List<Provider> providers(Tx tx);

    /// Gives `resources` of the provider to the consumer; what it had before on any provider is replaced.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Conflict they do not fit (any more)
    void claim(
            Tx tx,
            String consumerId,
            String providerUuid,
            Map<String, Long> resources,
            String projectId,
            String userId);

    /// Succeeds when there is nothing to release.
    void release(Tx tx, String consumerId);

    Optional<Allocation> allocation(Tx tx, String consumerId);
}
