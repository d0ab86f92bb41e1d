package cloud.yun.host.net;

import java.util.Optional;

/// How a VXLAN link is made.
///
/// @param vni 1 to 16777215
/// @param local this host's tunnel address
/// @param device the link that carries the tunnel; empty lets routing choose
/// @param group multicast group for unknown destinations; empty when the forwarding table is filled by us
/// (l2population)
/// @param port UDP port, 4789 by IANA
/// @param learning whether the kernel learns remote addresses from traffic; off with l2population
/// @param proxy whether the kernel answers ARP from permanent neighbours
public record Vxlan(
        int vni,
        String local,
        Optional<String> device,
        Optional<String> group,
        int port,
        int ttl,
        boolean learning,
        boolean proxy) {

    /// Static forwarding entries, no multicast: what l2population wants.
    public static Vxlan unicast(int vni, String local) {
        return new Vxlan(vni, local, Optional.empty(), Optional.empty(), 4789, 64, false, false);
    }
}
