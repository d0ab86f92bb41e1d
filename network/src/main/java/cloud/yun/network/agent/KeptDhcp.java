package cloud.yun.network.agent;

import cloud.yun.network.driver.NetworkDriver.Dhcp;
import cloud.yun.network.driver.NetworkDriver.DhcpHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// What the DHCP servers of this host have been told, so that of a network with thousands of ports only the changed
/// ones are asked for. In memory only: after a restart each network is fetched whole once more.
///
/// One network at a time: the caller holds its lock.
final class KeptDhcp {
    private record Kept(long serial, TreeMap<String, List<DhcpHost>> hosts) {}

    private final Map<String, Kept> networks = new ConcurrentHashMap<>();

    /// @return empty: nothing is known of it
    Optional<Long> serial(String networkId) {
        return Optional.ofNullable(networks.get(networkId)).map(Kept::serial);
    }

    /// The whole state, made of an answer and of what was known when the question was asked.
    Optional<Dhcp> merged(Plugin.DhcpState answer) {
        return answer.dhcp().map(dhcp -> {
            var kept = networks.get(dhcp.networkId());
            var hosts = answer.whole() || kept == null
                    ? new TreeMap<String, List<DhcpHost>>()
                    : without(kept.hosts(), answer.touched());
            for (var host : dhcp.hosts())
                hosts.computeIfAbsent(host.portId(), _ -> new ArrayList<>(2)).add(host);
            networks.put(dhcp.networkId(), new Kept(answer.serial(), hosts));
            return new Dhcp(
                    dhcp.networkId(),
                    dhcp.segment(),
                    dhcp.portId(),
                    dhcp.mac(),
                    dhcp.addresses(),
                    dhcp.subnets(),
                    hosts.values().stream().flatMap(List::stream).toList(),
                    dhcp.domain(),
                    dhcp.metadata());
        });
    }

    private static TreeMap<String, List<DhcpHost>> without(TreeMap<String, List<DhcpHost>> all, Set<String> ports) {
        ports.forEach(all::remove);
        return all;
    }

    /// The server failed, is gone, or may have lost what it knew.
    void forget(String networkId) {
        networks.remove(networkId);
    }
}
