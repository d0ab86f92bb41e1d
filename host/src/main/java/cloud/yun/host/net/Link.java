package cloud.yun.host.net;

import java.util.Optional;

/// A network link as `ip -d -j link` shows it.
///
/// @param kind `bridge`, `veth`, `tun` (taps), `vxlan`, `vlan` ...; empty for physical links and loopback
/// @param master the bridge it is a port of
/// @param vni of a vxlan link
public record Link(
        String name,
        int index,
        Optional<String> kind,
        String mac,
        int mtu,
        boolean up,
        Optional<String> master,
        Optional<String> alias,
        Optional<Integer> vni) {}
