package cloud.yun.compute.api;

import cloud.yun.kernel.db.Tx;
import cloud.yun.placement.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Placement as a list of providers that a test fills; it only tells what there is.
public final class FakePlacement implements Placement {
    public final List<Provider> all = new ArrayList<>();

    /// A provider with some of its CPUs, memory and disk in use.
    public static Provider provider(String uuid, String name, long cpus, long cpusUsed, long ramUsed, long diskUsed) {
        return new Provider(
                uuid,
                name,
                Map.of(
                        "VCPU", new Resource(new Inventory(cpus, 0, 1, cpus, 1, 4.0), cpusUsed),
                        "MEMORY_MB", new Resource(new Inventory(8192, 512, 1, 8192, 1, 1.0), ramUsed),
                        "DISK_GB", new Resource(new Inventory(100, 0, 1, 100, 1, 1.0), diskUsed)),
                Set.of());
    }

    @Override
    public void report(Tx tx, String uuid, String name, Map<String, Inventory> inventories, Set<String> traits) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Provider> candidates(
            Tx tx, Map<String, Long> resources, Set<String> required, Set<String> forbidden, int limit) {
        return List.copyOf(all);
    }

    @Override
    public List<Provider> providers(Tx tx) {
        return List.copyOf(all);
    }

    @Override
    public void claim(Tx tx, String consumer, String provider, Map<String, Long> amounts, String project, String user) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void release(Tx tx, String consumerId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Allocation> allocation(Tx tx, String consumerId) {
        return Optional.empty();
    }
}
