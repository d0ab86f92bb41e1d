package cloud.yun.host.dhcp;

import java.util.List;
import java.util.Optional;

/// What dnsmasq is to serve on one network.
///
/// @param id of the network; names its files
/// @param namespace where the device is
/// @param device the interface dnsmasq listens on; it has an address of each subnet
/// @param domain given to guests, without a dot at the end; empty for none
/// @param mtu 0 leaves the option out
public record DhcpNetwork(
        String id,
        String namespace,
        String device,
        String domain,
        int mtu,
        List<Subnet> subnets,
        List<Host> hosts,
        List<String> forwarders) {
    /// @param id names the subnet in options
    /// @param cidr `10.0.0.0/24`, or an IPv6 one, which is served as DHCPv6 for known hosts only
    /// @param gateway empty: guests are told that there is no router
    /// @param nameservers empty: dnsmasq itself, at the device's address
    public record Subnet(
            String id,
            String cidr,
            Optional<String> gateway,
            List<String> nameservers,
            List<Route> routes,
            int leaseSeconds) {
        public boolean v6() {
            return cidr.contains(":");
        }
    }

    public record Route(String destination, String nextHop) {}

    /// A port. Only those listed get an answer.
    ///
    /// @param name host name, without the domain
    /// @param options `extra_dhcp_opts` of the port
    public record Host(String id, String mac, String name, List<String> addresses, List<Option> options) {
        public static Host of(String id, String mac, String name, String address) {
            return new Host(id, mac, name, List.of(address), List.of());
        }
    }

    /// @param name dnsmasq's name of the option, or its number
    public record Option(String name, String value, boolean v6) {}

    public DhcpNetwork {
        subnets = List.copyOf(subnets);
        hosts = List.copyOf(hosts);
        forwarders = List.copyOf(forwarders);
    }
}
