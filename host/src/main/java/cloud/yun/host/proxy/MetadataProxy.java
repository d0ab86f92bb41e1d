package cloud.yun.host.proxy;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Daemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// haproxy in the namespace of a router or a network. It takes the guests' requests for metadata and hands them
/// to a unix socket outside, with the guest's address in `X-Forwarded-For` and the namespace's owner in a header
/// of ours: both together name the port, and a guest can set neither.
public final class MetadataProxy {
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration STOP = Duration.ofSeconds(5);

    public enum Owner {
        ROUTER("X-Neutron-Router-ID", "X-Neutron-Network-ID"),
        NETWORK("X-Neutron-Network-ID", "X-Neutron-Router-ID");

        private final String header;
        private final String other;

        Owner(String header, String other) {
            this.header = header;
            this.other = other;
        }
    }

    /// @param namespace where it listens
    /// @param address `0.0.0.0` with a redirecting rule (router), `169.254.169.254` where the address is on
    /// the link
    /// @param backend unix socket, absolute; the length of its path has a limit of 107 bytes
    public record Listener(Owner owner, UUID id, String namespace, String address, int port, Path backend) {}

    private final Path directory;

    /// @param directory holds a folder for each listener
    public MetadataProxy(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /// Starts the proxy, or restarts it when what it is to do has changed.
    public void apply(Listener listener) {
        var daemon = daemon(listener.id());
        Path folder = directory.resolve(listener.id().toString());
        Path configuration = folder.resolve("haproxy.cfg");
        try {
            Files.createDirectories(folder);
            String text = text(listener);
            boolean same = Files.exists(configuration)
                    && Files.readString(configuration).equals(text);
            if (same && daemon.running()) return;
            daemon.stop(STOP);
            Files.writeString(configuration, text);
            daemon.start(
                    Command.of("haproxy", "-db", "-f", configuration.toString())
                            .in(listener.namespace())
                            .deadline(START),
                    () -> listens(daemon, listener));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void remove(UUID id) {
        daemon(id).stop(STOP);
        Path folder = directory.resolve(id.toString());
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean running(UUID id) {
        return daemon(id).running();
    }

    /// @return the owners that have a folder, served or not
    public List<UUID> owners() {
        if (!Files.isDirectory(directory)) return List.of();
        try (var folders = Files.list(directory)) {
            return folders.map(f -> UUID.fromString(f.getFileName().toString())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Daemon daemon(UUID id) {
        Path folder = directory.resolve(id.toString());
        return new Daemon(
                "metadata proxy of " + id,
                folder.resolve("pid"),
                folder.resolve("haproxy.cfg").toString(),
                folder.resolve("log"));
    }

    private static String text(Listener listener) {
        return """
                global
                    maxconn 1024
                defaults
                    mode http
                    option forwardfor
                    retries 3
                    timeout connect 5s
                    timeout client 32s
                    timeout server 32s
                    timeout http-request 30s
                listen metadata
                    bind %s:%d
                    # What a guest says of itself is not believed.
                    http-request del-header X-Forwarded-For
                    http-request del-header %s
                    http-request set-header %s %s
                    server metadata %s
                """.formatted(
                        listener.address(),
                        listener.port(),
                        listener.owner().other,
                        listener.owner().header,
                        listener.id(),
                        listener.backend());
    }

    /// Looks into the daemon's own network: a connection from here would be one in another namespace.
    private static boolean listens(Daemon daemon, Listener listener) {
        var pid = daemon.pid();
        if (pid.isEmpty()) return false;
        String port = ":%04X ".formatted(listener.port());
        try {
            return Files.readAllLines(Path.of("/proc/" + pid.getAsLong() + "/net/tcp")).stream()
                    .anyMatch(l -> l.contains(port) && l.contains(" 0A "));
        } catch (IOException e) {
            return false;
        }
    }
}
