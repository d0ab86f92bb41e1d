package cloud.yun.network.linuxbridge;

import cloud.yun.host.process.Command;
import java.nio.file.Path;
import java.util.Optional;

/// haproxy in a namespace, from 169.254.169.254 to the unix socket of the metadata service. It says who asked, by
/// address,
/// and from which network or router; what the guest says about that itself is thrown away.
final class MetadataProxies {
    /// In routers, where the firewall redirects to it; Neutron's port.
    static final int ROUTER_PORT = 9697;

    private static final int HTTP = 80;

    private final LinuxBridgeConfig config;

    MetadataProxies(LinuxBridgeConfig config) {
        this.config = config;
    }

    void ensureForRouter(String namespace, String routerId, Path directory) {
        ensure(namespace, directory, "0.0.0.0", ROUTER_PORT, "X-Neutron-Router-ID", "X-Neutron-Network-ID", routerId);
    }

    void ensureForNetwork(String namespace, String networkId, Path directory) {
        ensure(namespace, directory, "169.254.169.254", HTTP, "X-Neutron-Network-ID", "X-Neutron-Router-ID", networkId);
    }

    void stop(Path directory) {
        daemon(directory).stop();
    }

    private void ensure(
            String namespace, Path directory, String address, int port, String header, String other, String id) {
        String text = """
                global
                    log /dev/null local0
                    maxconn 1024
                defaults
                    mode http
                    timeout connect 5s
                    timeout client 32s
                    timeout server 32s
                    timeout http-request 30s
                listen metadata
                    bind %s:%d
                    http-request del-header %s
                    http-request set-header %s %s
                    http-request set-header X-Forwarded-For %%[src]
                    server metadata unix@%s
                """.formatted(address, port, other, header, Names.id(id), config.metadataSocket());
        daemon(directory)
                .ensure(
                        text,
                        file -> Command.of("haproxy", "-db", "-f", file.toString())
                                .in(Optional.of(namespace)),
                        pid -> ConfiguredDaemon.listens(pid, "tcp", port));
    }

    private static ConfiguredDaemon daemon(Path directory) {
        return new ConfiguredDaemon("haproxy", directory);
    }
}
