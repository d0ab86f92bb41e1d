package cloud.yun.network.port;

import cloud.yun.kernel.json.Json;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.api.Standard;
import cloud.yun.network.ipam.Ipam.Address;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// @param status `ACTIVE`, `DOWN`
/// @param deviceOwner `compute:nova`, `network:dhcp`, `network:router_interface` ...
/// @param host where it is bound; empty: nowhere
/// @param profile free-form JSON of the binding
/// @param pairs `mac_address` and `ip_address` that the port may use besides its own
/// @param pluggedHost where its tap is wanted
/// @param ours compute made it for a server and deletes it
/// @param deviceTag tag of the server's device (compute microversion 2.32)
/// @param position among the ports of one server
/// @param groups ids of security groups
public record Port(
        String id,
        String projectId,
        String name,
        String networkId,
        String mac,
        boolean adminStateUp,
        String status,
        String deviceId,
        String deviceOwner,
        String host,
        String vnicType,
        JsonNode profile,
        boolean portSecurity,
        JsonNode pairs,
        JsonNode dhcpOptions,
        String dnsName,
        Optional<String> pluggedHost,
        boolean ours,
        Optional<String> deviceTag,
        int position,
        Standard standard,
        List<Address> addresses,
        List<String> groups) {
    private static final int TAP_ID_LENGTH = 11; // an interface's name has 15 characters at most

    public String tap() {
        return tap(id);
    }

    public static String tap(String id) {
        return "tap" + id.substring(0, TAP_ID_LENGTH);
    }

    /// Whom the port may be on the wire, as whom it is a member of its groups: its addresses, and the addresses and
    /// blocks of its allowed pairs.
    public Set<String> reach() {
        var found = new LinkedHashSet<String>();
        for (var address : addresses) found.add(address.ip());
        for (var pair : pairs) {
            var block = Cidr.of(pair.path("ip_address").asString());
            boolean one = block.length() == (block.version() == 4 ? 32 : 128);
            found.add(one ? block.ip().toString() : block.network().toString());
        }
        return found;
    }

    /// The name that DHCP and DNS give to an address.
    static String hostname(String dnsName, String ip) {
        return dnsName.isEmpty() ? "host-" + ip.replace('.', '-').replace(':', '-') : dnsName;
    }

    /// A port of the house's own, for example of a router: no filter, no groups.
    public static Port internal(
            String id, String projectId, String networkId, String mac, String owner, String device, Standard standard) {
        return new Port(
                id,
                projectId,
                "",
                networkId,
                mac,
                true,
                "DOWN",
                device,
                owner,
                "",
                "normal",
                Json.object(),
                false,
                Json.array(),
                Json.array(),
                "",
                Optional.empty(),
                false,
                Optional.empty(),
                0,
                standard,
                List.of(),
                List.of());
    }

    Port with(List<Address> newAddresses, List<String> newGroups) {
        return new Port(
                id,
                projectId,
                name,
                networkId,
                mac,
                adminStateUp,
                status,
                deviceId,
                deviceOwner,
                host,
                vnicType,
                profile,
                portSecurity,
                pairs,
                dhcpOptions,
                dnsName,
                pluggedHost,
                ours,
                deviceTag,
                position,
                standard,
                newAddresses,
                newGroups);
    }
}
