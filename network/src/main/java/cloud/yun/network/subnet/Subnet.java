package cloud.yun.network.subnet;

import cloud.yun.network.address.Cidr;
import cloud.yun.network.address.IpRange;
import cloud.yun.network.api.Standard;
import java.util.List;
import java.util.Optional;

/// @param pools where addresses are taken from that nobody chose
/// @param raMode `slaac`, `dhcpv6-stateful`, `dhcpv6-stateless`
public record Subnet(
        String id,
        String projectId,
        String name,
        String networkId,
        Cidr cidr,
        Optional<String> gateway,
        boolean dhcp,
        Optional<String> raMode,
        Optional<String> addressMode,
        Optional<String> subnetpoolId,
        List<IpRange> pools,
        List<HostRoute> routes,
        List<String> dnsServers,
        List<String> serviceTypes,
        Standard standard) {
    public record HostRoute(String destination, String nexthop) {}

    public int version() {
        return cidr.version();
    }

    /// Whether hosts make their own addresses here (SLAAC, stateless DHCPv6).
    public boolean automatic() {
        return addressMode
                .or(() -> raMode)
                .map(m -> m.equals("slaac") || m.equals("dhcpv6-stateless"))
                .orElse(false);
    }
}
