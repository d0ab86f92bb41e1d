package cloud.yun.network.linuxbridge;

import java.util.regex.Pattern;

/// Names of devices and namespaces: Neutron's, so that operators find what they know.
final class Names {
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z][0-9A-Za-z-]{0,63}");
    private static final Pattern DEVICE = Pattern.compile("[0-9A-Za-z_][0-9A-Za-z_.-]{0,14}");
    private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");
    private static final int ID_PART = 11;

    static final String ROUTER_NAMESPACE = "qrouter-";
    static final String DHCP_NAMESPACE = "qdhcp-";

    private Names() {}

    static String bridge(String networkId) {
        return "brq" + part(networkId);
    }

    /// The host's end of a router's or DHCP server's link.
    static String tap(String portId) {
        return "tap" + part(portId);
    }

    static String vxlan(int vni) {
        return "vxlan-" + vni;
    }

    static String routerPort(String portId) {
        return "qr-" + part(portId);
    }

    static String gatewayPort(String portId) {
        return "qg-" + part(portId);
    }

    static String dhcpPort(String portId) {
        return "ns-" + part(portId);
    }

    static String routerNamespace(String routerId) {
        return ROUTER_NAMESPACE + id(routerId);
    }

    static String dhcpNamespace(String networkId) {
        return DHCP_NAMESPACE + id(networkId);
    }

    /// @return the id itself: nothing else may reach a command line, a path or a rule
    static String id(String id) {
        if (!ID.matcher(id).matches()) throw new IllegalArgumentException("not an id: " + id);
        return id;
    }

    static String device(String name) {
        if (!DEVICE.matcher(name).matches()) throw new IllegalArgumentException("not a device name: " + name);
        return name;
    }

    static String mac(String mac) {
        String lower = mac.toLowerCase(java.util.Locale.ROOT);
        if (!MAC.matcher(lower).matches()) throw new IllegalArgumentException("not a MAC address: " + mac);
        return lower;
    }

    private static String part(String id) {
        return id(id).substring(0, Math.min(ID_PART, id.length()));
    }
}
