package cloud.yun.compute.serverapi;

import cloud.yun.kernel.json.Json;
import cloud.yun.network.ServerPorts.Port;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A server's addresses by network name, fixed ones before the floating ones that lead to them.
final class Addresses {
    private Addresses() {}

    /// @param extended with type and MAC address
    static ObjectNode of(List<Port> ports, boolean extended) {
        var networks = Json.object();
        for (var port : ports) {
            var list = networks.get(port.networkName()) instanceof ArrayNode known
                    ? known
                    : networks.putArray(port.networkName());
            for (var address : port.addresses()) {
                add(list, address.version(), address.address(), "fixed", port.mac(), extended);
                for (var floating : address.floating()) add(list, 4, floating, "floating", port.mac(), extended);
            }
        }
        return networks;
    }

    private static void add(ArrayNode list, int version, String address, String type, String mac, boolean extended) {
        var entry = list.addObject().put("version", version).put("addr", address);
        if (extended) entry.put("OS-EXT-IPS:type", type).put("OS-EXT-IPS-MAC:mac_addr", mac);
    }
}
