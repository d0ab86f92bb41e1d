package cloud.yun.compute.fake;

import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.service.ComputeHosts;
import cloud.yun.kernel.db.Tx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// Hosts in memory; tests say who is down.
public final class FakeHosts implements ComputeHosts {
    private final ConcurrentSkipListMap<String, ComputeHost> known = new ConcurrentSkipListMap<>();

    @Override
    public void report(Tx tx, String host, String providerUuid, HypervisorDriver.Host facts) {
        known.put(
                host,
                new ComputeHost(
                        host, facts.hostname(), providerUuid, true, false, Optional.empty(), false, "nova", Map.of()));
    }

    public void put(ComputeHost host) {
        known.put(host.host(), host);
    }

    public void down(String host) {
        known.computeIfPresent(
                host,
                (_, h) -> new ComputeHost(
                        h.host(),
                        h.hypervisorHostname(),
                        h.providerUuid(),
                        false,
                        false,
                        Optional.empty(),
                        false,
                        h.zone(),
                        h.metadata()));
    }

    @Override
    public List<ComputeHost> all(Tx tx) {
        return List.copyOf(known.values());
    }

    @Override
    public Optional<ComputeHost> find(Tx tx, String host) {
        return Optional.ofNullable(known.get(host));
    }

    @Override
    public boolean zoneExists(Tx tx, String zone) {
        return known.values().stream().anyMatch(h -> h.zone().equals(zone));
    }
}
