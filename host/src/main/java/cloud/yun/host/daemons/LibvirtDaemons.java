package cloud.yun.host.daemons;

import cloud.yun.host.libvirt.Libvirt;
import cloud.yun.host.libvirt.LibvirtException;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.Daemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A libvirtd, with its virtlogd, on a host where no init system runs one.
///
/// libvirtd keeps its state in fixed places of the file system, so there are two ways:
///
/// - `shared`: one for the machine, at the places everybody expects. `virsh` finds it without being told, and a
///   packaged libvirtd that is started later finds the same domains.
/// - `isolated`: one of several, each in a mount namespace of its own where those places are folders of ours. It
///   shares files and networks with the host, but no domains with another libvirtd. Mounts that the host makes
///   later are seen.
///
/// Stopping libvirtd leaves guests running; a new one finds them again.
public final class LibvirtDaemons {
    private static final Path SYSTEM_RUN = Path.of("/run/libvirt");
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(15);
    /// Places libvirt knows by heart, and what stands there for it. Its cache of what QEMU can do stays common:
    /// it is keyed by the binary, and asking QEMU anew takes seconds.
    private static final List<String> ISOLATED =
            List.of("etc:/etc/libvirt", "run:/run/libvirt", "lib:/var/lib/libvirt", "log:/var/log/libvirt");

    /// One file only: the machine's own qemu.conf stays untouched, and everything else is where everybody
    /// looks for it.
    private static final List<String> SHARED = List.of("etc/qemu.conf:/etc/libvirt/qemu.conf");

    private final Path directory;
    private final boolean isolated;
    private final Daemon virtlogd;
    private final Daemon libvirtd;

    private LibvirtDaemons(Path directory, boolean isolated) {
        this.directory = directory.toAbsolutePath();
        this.isolated = isolated;
        this.virtlogd = daemon("virtlogd");
        this.libvirtd = daemon("libvirtd");
    }

    private Daemon daemon(String name) {
        return new Daemon(
                name,
                directory.resolve(name + ".pid"),
                directory.resolve(name + ".conf").toString(),
                directory.resolve(name + ".log"));
    }

    /// One libvirtd for the machine.
    ///
    /// @param directory configuration, pid files and logs
    public static LibvirtDaemons shared(Path directory) {
        return new LibvirtDaemons(directory, false);
    }

    /// A libvirtd that shares no state with others.
    ///
    /// @param directory everything of it. Sockets in it have a limit of 107 characters: keep it short
    public static LibvirtDaemons isolated(Path directory) {
        return new LibvirtDaemons(directory, true);
    }

    /// @return the URI of a libvirt that already answers at the machine's own place, whoever started it
    public static Optional<String> running() {
        // Distributions with split daemons have virtqemud; the library finds out itself which one is there.
        return List.of("libvirt-sock", "virtqemud-sock").stream()
                .map(SYSTEM_RUN::resolve)
                .filter(LibvirtDaemons::listens)
                .map(_ -> "qemu:///system")
                .findFirst();
    }

    /// Starts what does not run yet, and returns when libvirt answers. With `shared`, a libvirt of somebody else
    /// that already answers is used as it is.
    ///
    /// @return the URI to connect to
    public String start() {
        if (!isolated) {
            var found = running();
            if (found.isPresent()) return found.get();
        }
        try {
            configure();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        virtlogd.start(command("virtlogd"), () -> listens(run().resolve("virtlogd-sock")));
        libvirtd.start(command("libvirtd"), this::answers);
        return uri();
    }

    public String uri() {
        return isolated ? "qemu+unix:///system?socket=" + run().resolve("libvirt-sock") : "qemu:///system";
    }

    /// @return whether the libvirtd that this object started runs
    public boolean started() {
        return libvirtd.running();
    }

    /// Stops libvirtd if it was started from this directory. Guests go on; virtlogd, which writes their consoles,
    /// ends only when there are none.
    public void stop() {
        libvirtd.stop(STOP);
        if (guests().isEmpty()) virtlogd.stop(STOP);
    }

    /// @return the names of guests whose QEMU still runs
    public List<String> guests() {
        Path pids = run().resolve("qemu");
        if (!Files.isDirectory(pids)) return List.of();
        try (var files = Files.list(pids)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> n.endsWith(".pid"))
                    .map(n -> n.substring(0, n.length() - 4))
                    .filter(n -> new Daemon(n, pids.resolve(n + ".pid"), "qemu", directory.resolve("none")).running())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path run() {
        return isolated ? directory.resolve("run") : SYSTEM_RUN;
    }

    private void configure() throws IOException {
        Files.createDirectories(directory);
        Path uuid = directory.resolve("host-uuid");
        // Machines without readable firmware tables have no UUID of their own, and two of them cannot migrate.
        if (!Files.exists(uuid)) Files.writeString(uuid, UUID.randomUUID() + "\n");
        Files.writeString(directory.resolve("virtlogd.conf"), "max_clients = 1024\n");
        Files.writeString(directory.resolve("libvirtd.conf"), """
                host_uuid = "%s"
                unix_sock_group = "root"
                unix_sock_ro_perms = "0700"
                unix_sock_rw_perms = "0700"
                auth_unix_ro = "none"
                auth_unix_rw = "none"
                listen_tls = 0
                max_client_requests = 50
                max_workers = 50
                log_level = 3
                log_outputs = "3:stderr"
                """.formatted(
                        Files.readString(uuid).strip()));
        // QEMU as root. As another user libvirt compares what that user may do with what QEMU found out, and where
        // /dev/kvm is root's alone it asks QEMU again and again: 48 s for a define.
        Files.createDirectories(directory.resolve("etc"));
        Files.writeString(directory.resolve("etc/qemu.conf"), """
                user = "root"
                group = "root"
                dynamic_ownership = 0
                remember_owner = 0
                security_driver = "none"
                stdio_handler = "logd"
                namespaces = []
                """);
        for (String place : places()) {
            Path there = Path.of(place.substring(place.indexOf(':') + 1));
            if (isolated) {
                Files.createDirectories(directory.resolve(place.substring(0, place.indexOf(':'))));
                Files.createDirectories(there);
            } else if (!Files.exists(there)) {
                // Something must be there to be covered.
                Files.createDirectories(Path.of("/etc/libvirt"));
                Files.createFile(there);
            }
        }
    }

    private List<String> places() {
        return isolated ? ISOLATED : SHARED;
    }

    private Command command(String program) {
        String configuration = directory.resolve(program + ".conf").toString();
        // libvirt writes and locks a pid file of its own: it is not the one we know it by.
        String own = directory.resolve(program + ".own.pid").toString();
        var script = new StringBuilder("set -e\n");
        for (String place : places()) {
            int colon = place.indexOf(':');
            script.append(
                    "mount --bind \"$1/%s\" %s\n".formatted(place.substring(0, colon), place.substring(colon + 1)));
        }
        script.append("exec \"$2\" --config \"$3\" --pid-file \"$4\"\n");
        return Command.of("unshare", "--mount", "--propagation", "slave", "--", "sh", "-c", script.toString())
                .with("sh", directory.toString(), program, configuration, own)
                .deadline(START);
    }

    private boolean answers() {
        if (!listens(run().resolve("libvirt-sock"))) return false;
        try (var libvirt = Libvirt.connect(uri())) {
            return libvirt.alive();
        } catch (LibvirtException e) {
            if (e.connectionLost()) return false;
            throw e;
        }
    }

    private static boolean listens(Path socket) {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }
}
