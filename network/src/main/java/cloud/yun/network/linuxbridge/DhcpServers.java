package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Route;
import cloud.yun.host.process.Command;
import cloud.yun.network.driver.NetworkDriver.Dhcp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// dnsmasq in a namespace per network, and the metadata proxy where no router has it.
final class DhcpServers {
    private static final int DHCP = 67;

    private final HostNetwork net;
    private final LinuxBridgeConfig config;
    private final Ownership ownership;
    private final InnerPorts inner;
    private final MetadataProxies metadata;
    private final Striped networks = new Striped();

    DhcpServers(
            HostNetwork net,
            LinuxBridgeConfig config,
            Ownership ownership,
            InnerPorts inner,
            MetadataProxies metadata) {
        this.net = net;
        this.config = config;
        this.ownership = ownership;
        this.inner = inner;
        this.metadata = metadata;
    }

    void apply(Dhcp dhcp) {
        networks.run(dhcp.networkId(), () -> {
            var inside = Namespaces.ensure(net, ownership, Ownership.DHCP, dhcp.networkId());
            String device = Names.dhcpPort(dhcp.portId());
            inner.removeOthers(inside, n -> n.startsWith("ns-"), List.of(device));
            var addresses = new ArrayList<String>();
            for (var ip : dhcp.addresses())
                addresses.add(ip.address() + "/" + Cidr.of(ip.cidr()).prefix());
            if (dhcp.metadata()) addresses.add(DhcpFiles.METADATA + "/32");
            boolean news =
                    inner.plug(inside, Ownership.DHCP, dhcp.networkId(), device, dhcp.mac(), dhcp.segment(), addresses);
            defaultRoute(inside, dhcp, device);
            serve(inside, dhcp, device);
            if (dhcp.metadata()) {
                metadata.ensureForNetwork(
                        inside.namespace().orElseThrow(), dhcp.networkId(), directory(dhcp.networkId()));
            } else {
                metadata.stop(directory(dhcp.networkId()));
            }
            if (news) inside.announce(device);
        });
    }

    /// For the name server's own questions.
    private static void defaultRoute(HostNetwork inside, Dhcp dhcp, String device) {
        dhcp.subnets().stream()
                .flatMap(s -> s.gateway().stream())
                .filter(g -> !g.contains(":"))
                .findFirst()
                .ifPresent(
                        g -> inside.replaceRoute(Route.via("default", Cidr.of(g).address(), device)));
    }

    private void serve(HostNetwork inside, Dhcp dhcp, String device) {
        Path directory = directory(dhcp.networkId());
        ConfiguredDaemon.write(directory.resolve("hosts"), DhcpFiles.hosts(dhcp));
        ConfiguredDaemon.write(directory.resolve("opts"), DhcpFiles.options(dhcp));
        ConfiguredDaemon.write(directory.resolve("addn_hosts"), DhcpFiles.names(dhcp));
        var daemon = new ConfiguredDaemon("dnsmasq", directory);
        if (dhcp.subnets().stream().noneMatch(s -> Cidr.of(s.cidr()).v4())) {
            daemon.stop();
            return;
        }
        boolean started = daemon.ensure(
                DhcpFiles.configuration(dhcp, device, directory, config.dnsServers()),
                file -> Command.of("dnsmasq", "--keep-in-foreground", "--conf-file=" + file)
                        .in(inside.namespace()),
                pid -> ConfiguredDaemon.listens(pid, "udp", DHCP));
        // Also when the files are as they were: a crash may have come between writing them and this.
        if (!started) daemon.reload();
    }

    void remove(String networkId) {
        networks.run(Names.id(networkId), () -> {
            Path directory = directory(networkId);
            new ConfiguredDaemon("dnsmasq", directory).stop();
            metadata.stop(directory);
            inner.removeAll(Ownership.DHCP, networkId);
            Namespaces.delete(net, ownership, Ownership.DHCP, networkId);
            ConfiguredDaemon.deleteDirectory(directory);
        });
    }

    Set<String> inventory() {
        return new TreeSet<>(Namespaces.owned(net, ownership, Ownership.DHCP));
    }

    private Path directory(String networkId) {
        return config.stateDirectory().resolve("dhcp").resolve(Names.id(networkId));
    }
}
