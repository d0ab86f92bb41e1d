package cloud.yun.network.port;

import cloud.yun.network.ipam.Ipam.Address;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A port as the others on its network know it: for DHCP and tunnels, which read all ports of a network at once.
///
/// @param pluggedHost where its tap is wanted
public record Resident(
        String portId,
        String mac,
        String deviceOwner,
        String deviceId,
        Optional<String> pluggedHost,
        String dnsName,
        JsonNode dhcpOptions,
        List<Address> addresses) {
    /// The name that DHCP and DNS give to an address.
    public String hostname(String ip) {
        return Port.hostname(dnsName, ip);
    }
}
