package cloud.yun.network.linuxbridge;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Daemon;
import cloud.yun.network.driver.NetworkDriver.Prefix;
import cloud.yun.network.driver.NetworkDriver.Router;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// radvd in the namespace of a router that has IPv6 prefixes to advertise: it says where the way out is, and how
/// guests
/// get their addresses.
///
/// @see <a href="https://datatracker.ietf.org/doc/html/rfc4861#section-6.2">RFC 4861, 6.2</a>
final class Advertisements {
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration STOP = Duration.ofSeconds(5);

    /// Neutron's; a guest that asks is answered at once.
    private static final int INTERVAL_SECONDS_MIN = 30;

    private static final int INTERVAL_SECONDS_MAX = 100;

    private final Path directory;

    /// @param directory holds a folder for each router
    Advertisements(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /// Starts radvd, tells it what is new, or stops it when there is nothing to advertise.
    void apply(Router router, String namespace) {
        String text = text(router);
        if (text.isEmpty()) {
            remove(router.id());
            return;
        }
        var daemon = daemon(router.id());
        var configuration = configuration(router.id());
        try {
            Files.createDirectories(configuration.getParent());
            boolean same = Files.exists(configuration)
                    && Files.readString(configuration).equals(text);
            if (same && daemon.running()) return;
            Files.writeString(configuration, text);
            // It reads its configuration again, also for links that have come or gone.
            if (daemon.reload()) return;
            Files.deleteIfExists(configuration.resolveSibling("log"));
            daemon.start(
                    Command.of(
                                    "radvd",
                                    "--nodaemon",
                                    "--config=" + configuration,
                                    "--pidfile=" + configuration.resolveSibling("radvd.pid"),
                                    "--logmethod=stderr",
                                    "--debug=1")
                            .in(namespace)
                            .deadline(START),
                    () -> daemon.running() && daemon.logTail().contains("started"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Succeeds when there is none.
    void remove(String routerId) {
        daemon(routerId).stop(STOP);
        var folder = configuration(routerId).getParent();
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean running(String routerId) {
        return daemon(routerId).running();
    }

    /// @return what may still be there without its namespace
    List<String> leftOvers() {
        if (!Files.isDirectory(directory)) return List.of();
        try (var folders = Files.list(directory)) {
            return folders.map(f -> f.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path configuration(String routerId) {
        return directory.resolve(Names.id(routerId)).resolve("radvd.conf");
    }

    private Daemon daemon(String routerId) {
        var configuration = configuration(routerId);
        return new Daemon(
                "radvd of router " + routerId,
                configuration.resolveSibling("pid"),
                configuration.toString(),
                configuration.resolveSibling("log"));
    }

    private static String text(Router router) {
        var text = new StringBuilder();
        for (var port : router.interfaces()) if (!port.prefixes().isEmpty()) text.append(link(port));
        return text.toString();
    }

    private static String link(RouterPort port) {
        var text = new StringBuilder()
                .append("interface ")
                .append(Names.routerPort(port.portId()))
                .append(" {\n  AdvSendAdvert on;\n  MinRtrAdvInterval ")
                .append(INTERVAL_SECONDS_MIN)
                .append(";\n  MaxRtrAdvInterval ")
                .append(INTERVAL_SECONDS_MAX)
                .append(";\n  AdvLinkMTU ")
                .append(port.segment().mtu())
                .append(";\n  AdvManagedFlag ")
                .append(flag(port.prefixes().stream().anyMatch(Prefix::managed)))
                .append(";\n  AdvOtherConfigFlag ")
                .append(flag(port.prefixes().stream().anyMatch(Prefix::otherConfiguration)))
                .append(";\n");
        port.prefixes().stream()
                .flatMap(p -> p.dnsServers().stream())
                .distinct()
                .forEach(s ->
                        text.append("  RDNSS ").append(Cidr.of(s).address()).append(" {};\n"));
        for (var prefix : port.prefixes()) {
            var cidr = Cidr.of(prefix.cidr());
            text.append("  prefix ")
                    .append(cidr.address())
                    .append('/')
                    .append(cidr.prefix())
                    .append(" {\n    AdvOnLink on;\n    AdvAutonomous ")
                    .append(flag(prefix.autonomous()))
                    .append(";\n  };\n");
        }
        return text.append("};\n").toString();
    }

    private static String flag(boolean on) {
        return on ? "on" : "off";
    }
}
