package cloud.yun.network.linuxbridge;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the operator says about this host's networks. Names are those of Neutron's `linuxbridge_agent.ini`.
///
/// @param interfaceMappings physical network to the interface that carries it
/// @param bridgeMappings physical network to a bridge that is there already
/// @param tunnelAddress this host's end of VXLAN tunnels; without it a VXLAN network stays on this host
/// @param publicBridge the bridge of the external network that we make ourselves
/// @param dnsServers whom dnsmasq asks; without any it knows only the names of its own network
/// @param stateDirectory configuration and pid files of dnsmasq and haproxy; absolute
/// @param metadataSocket unix socket of the metadata service
/// @param rootNamespace where the bridges are; empty is the namespace of this process
/// @param mark see `Ownership`; `yun` for the standard data directory
public record LinuxBridgeConfig(
        Map<String, String> interfaceMappings,
        Map<String, String> bridgeMappings,
        Optional<String> tunnelAddress,
        int tunnelPort,
        int tunnelTtl,
        boolean arpResponder,
        Optional<PublicBridge> publicBridge,
        List<String> dnsServers,
        Path stateDirectory,
        Path metadataSocket,
        Optional<String> rootNamespace,
        String mark) {

    /// @param physicalNetwork whose bridge it is; its name comes from the bridge mappings
    /// @param cidr the host's own address on it, with prefix length: the gateway of the external subnet
    /// @param masquerade whether the host lets its guests out under its own address
    public record PublicBridge(String physicalNetwork, String cidr, boolean masquerade) {}

    static final Option<List<String>> INTERFACE_MAPPINGS = Option.list(
            "linux_bridge",
            "physical_interface_mappings",
            "",
            "PHYSICAL_NETWORK:INTERFACE, ... for flat and vlan networks. The interface must have no address.");
    static final Option<List<String>> BRIDGE_MAPPINGS = Option.list(
            "linux_bridge",
            "bridge_mappings",
            "public:br-ex",
            "PHYSICAL_NETWORK:BRIDGE, ... for flat networks on a bridge that exists.");
    static final Option<Boolean> ENABLE_VXLAN =
            Option.bool("vxlan", "enable_vxlan", true, "Whether VXLAN networks reach other hosts; needs local_ip.");
    static final Option<String> LOCAL_IP =
            Option.text("vxlan", "local_ip", "", "Address of this host that tunnels end on.");
    static final Option<Integer> UDP_DSTPORT =
            Option.integer("vxlan", "udp_dstport", 4789, "UDP port of VXLAN; 4789 by IANA.");
    static final Option<Integer> TTL = Option.integer("vxlan", "ttl", 64, "TTL of tunnel packets.");
    static final Option<Boolean> ARP_RESPONDER = Option.bool(
            "vxlan",
            "arp_responder",
            false,
            "Whether the host answers ARP for guests on other hosts. ARP for anything else, for example the"
                    + " addresses of allowed_address_pairs, then never leaves the host.");
    static final Option<Boolean> L2_POPULATION = Option.bool(
            "vxlan", "l2_population", true, "Must be true: tunnels are filled by the control plane, not by multicast.");
    static final Option<String> PUBLIC_NETWORK = Option.text(
            "yun", "public_bridge_network", "public", "Physical network whose bridge is made by us, with our address.");
    static final Option<String> PUBLIC_CIDR = Option.text(
            "yun",
            "public_bridge_cidr",
            "172.24.4.1/24",
            "Address of the host on that bridge: the gateway of the external subnet. Empty: we make no such bridge.");
    static final Option<Boolean> PUBLIC_MASQUERADE = Option.bool(
            "yun",
            "public_bridge_masquerade",
            true,
            "Whether the host forwards for the external subnet under its own address.");
    static final Option<List<String>> DNS_SERVERS = Option.list(
            "DEFAULT", "dnsmasq_dns_servers", "", "Name servers that the DHCP servers of the networks ask.");

    public LinuxBridgeConfig {
        interfaceMappings = Map.copyOf(interfaceMappings);
        bridgeMappings = Map.copyOf(bridgeMappings);
        dnsServers = List.copyOf(dnsServers);
    }

    public static List<Option<?>> options() {
        return List.of(
                INTERFACE_MAPPINGS,
                BRIDGE_MAPPINGS,
                ENABLE_VXLAN,
                LOCAL_IP,
                UDP_DSTPORT,
                TTL,
                ARP_RESPONDER,
                L2_POPULATION,
                PUBLIC_NETWORK,
                PUBLIC_CIDR,
                PUBLIC_MASQUERADE,
                DNS_SERVERS);
    }

    /// @param directory the room's directory under the data directory
    /// @throws IllegalArgumentException a mapping or address that cannot be read
    public static LinuxBridgeConfig from(Config config, Path directory, Path metadataSocket) {
        if (!config.get(L2_POPULATION)) {
            throw new IllegalArgumentException("[vxlan] l2_population = false is not supported: leave it true");
        }
        String cidr = config.get(PUBLIC_CIDR);
        if (!cidr.isEmpty()) Cidr.of(cidr);
        return new LinuxBridgeConfig(
                mappings(INTERFACE_MAPPINGS, config),
                mappings(BRIDGE_MAPPINGS, config),
                Optional.of(config.get(LOCAL_IP)).filter(a -> config.get(ENABLE_VXLAN) && !a.isEmpty()),
                config.get(UDP_DSTPORT),
                config.get(TTL),
                config.get(ARP_RESPONDER),
                cidr.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new PublicBridge(config.get(PUBLIC_NETWORK), cidr, config.get(PUBLIC_MASQUERADE))),
                config.get(DNS_SERVERS),
                directory.toAbsolutePath(),
                metadataSocket.toAbsolutePath(),
                Optional.empty(),
                mark(directory.toAbsolutePath()));
    }

    /// A second Yun on one host, of another data directory, must not take the first one's devices for orphans of
    /// its own.
    private static String mark(Path directory) {
        if (directory.startsWith("/var/lib/yun")) return "yun";
        return "yun-" + String.format(Locale.ROOT, "%08x", directory.toString().hashCode());
    }

    private static Map<String, String> mappings(Option<List<String>> option, Config config) {
        var map = new LinkedHashMap<String, String>();
        for (String entry : config.get(option)) {
            String[] halves = entry.split(":", -1);
            if (halves.length != 2 || halves[0].isBlank() || halves[1].isBlank()) {
                throw new IllegalArgumentException(option + ": '" + entry + "' is not PHYSICAL_NETWORK:DEVICE");
            }
            map.put(halves[0].strip(), Names.device(halves[1].strip()));
        }
        return map;
    }
}
