package cloud.yun.host.dhcp;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Daemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// One dnsmasq per network, known by the network's folder; they outlive us and are found again.
///
/// Addresses are given to listed ports only, so nothing is lost when dnsmasq restarts: a guest that renews is
/// known.
///
/// It runs as a user of its own where every directory above its files lets others pass, else as root.
///
/// @see <a href="https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html">dnsmasq(8)</a>
public final class Dhcp {
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final Path directory;

    /// @param directory holds a folder for each network
    public Dhcp(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /// Makes dnsmasq serve this, starting it if need be. New ports are added to a running one; a port that went
    /// or changed restarts it, because dnsmasq keeps an address for the MAC it once gave it to.
    public void apply(DhcpNetwork network) {
        Path folder = folder(network.id());
        var daemon = daemon(network.id());
        try {
            Files.createDirectories(folder);
            String hosts = hosts(network);
            boolean gone = !lines(folder.resolve("host")).stream()
                    .allMatch(new TreeSet<>(hosts.lines().toList())::contains);
            write(folder.resolve("host"), hosts);
            write(folder.resolve("addn_hosts"), names(network));
            write(folder.resolve("opts"), options(network));
            var command = command(network);
            String line = command.toString();
            boolean changed =
                    !String.join("\n", lines(folder.resolve("command"))).equals(line);
            // dnsmasq 2.90 ends with a segmentation fault when it reads a tagged host again that has a lease.
            boolean tagged = hosts.contains(",set:");
            if (daemon.running() && !gone && !changed && !tagged) {
                daemon.reload();
                return;
            }
            daemon.stop(STOP);
            Files.deleteIfExists(folder.resolve("log"));
            write(folder.resolve("command"), line);
            daemon.start(
                    command,
                    () -> daemon.logTail().contains("DHCP, ")
                            || daemon.logTail().contains("started"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Stops dnsmasq of a network and forgets it. Succeeds when there is none.
    public void remove(String id) {
        daemon(id).stop(STOP);
        Path folder = folder(id);
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean running(String id) {
        return daemon(id).running();
    }

    /// @return ids of the networks that have a folder, served or not
    public List<String> networks() {
        if (!Files.isDirectory(directory)) return List.of();
        try (var folders = Files.list(directory)) {
            return folders.map(f -> f.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder(String id) {
        if (!id.matches("[A-Za-z0-9_.-]+") || id.startsWith(".")) {
            throw new IllegalArgumentException("not a network id: " + id);
        }
        return directory.resolve(id);
    }

    private Daemon daemon(String id) {
        Path folder = folder(id);
        return new Daemon(
                "dnsmasq of network " + id,
                folder.resolve("pid"),
                folder.resolve("host").toString(),
                folder.resolve("log"));
    }

    private Command command(DhcpNetwork network) {
        Path folder = folder(network.id());
        var words = new ArrayList<>(List.of(
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--no-hosts",
                "--no-resolv",
                "--pid-file=",
                "--dhcp-hostsfile=" + folder.resolve("host"),
                "--addn-hosts=" + folder.resolve("addn_hosts"),
                "--dhcp-optsfile=" + folder.resolve("opts"),
                "--leasefile-ro",
                "--dhcp-authoritative",
                "--bind-interfaces",
                "--interface=" + network.device(),
                "--except-interface=lo",
                "--user=" + user(folder),
                "--log-facility=-"));
        for (var subnet : network.subnets()) {
            String[] parts = subnet.cidr().split("/", 2);
            String lease = subnet.leaseSeconds() < 0 ? "infinite" : subnet.leaseSeconds() + "s";
            String mask = subnet.v6() ? parts[1] : mask(Integer.parseInt(parts[1]));
            words.add("--dhcp-range=set:subnet-%s,%s,static,%s,%s".formatted(subnet.id(), parts[0], mask, lease));
        }
        if (network.mtu() > 0) words.add("--dhcp-option-force=option:mtu," + network.mtu());
        if (!network.domain().isEmpty()) {
            words.add("--domain=" + network.domain());
            words.add("--local=/" + network.domain() + "/");
            words.add("--expand-hosts");
        }
        network.forwarders().forEach(f -> words.add("--server=" + f));
        return Command.of("dnsmasq", words.toArray(String[]::new))
                .in(network.namespace())
                .deadline(START);
    }

    /// dnsmasq gives up root once it listens, and reads its files only then: so it needs a way to them.
    private static String user(Path folder) {
        try {
            for (Path p = folder; p != null; p = p.getParent())
                if (!Files.getPosixFilePermissions(p).contains(PosixFilePermission.OTHERS_EXECUTE)) return "root";
            // Debian's package has made a user for it; another distribution may not.
            return Files.readAllLines(Path.of("/etc/passwd")).stream().anyMatch(l -> l.startsWith("dnsmasq:"))
                    ? "dnsmasq"
                    : "nobody";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `MAC,NAME,ADDRESS`, with `set:port-ID` where the port has options of its own; one line per address, as
    /// dnsmasq picks the one of the range it serves.
    private static String hosts(DhcpNetwork network) {
        var text = new StringBuilder();
        for (var host : network.hosts()) {
            for (String address : host.addresses()) {
                String shown = address.contains(":") ? "[" + address + "]" : address;
                text.append(host.mac());
                if (!host.options().isEmpty()) text.append(",set:port-").append(host.id());
                text.append(',')
                        .append(qualified(host, network))
                        .append(',')
                        .append(shown)
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String names(DhcpNetwork network) {
        var text = new StringBuilder();
        for (var host : network.hosts()) {
            for (String address : host.addresses()) {
                text.append(address).append('\t').append(qualified(host, network));
                text.append(' ').append(host.name()).append('\n');
            }
        }
        return text.toString();
    }

    private static String qualified(DhcpNetwork.Host host, DhcpNetwork network) {
        return network.domain().isEmpty() ? host.name() : host.name() + "." + network.domain();
    }

    private static String options(DhcpNetwork network) {
        var text = new StringBuilder();
        for (var subnet : network.subnets()) {
            String tag = "tag:subnet-" + subnet.id() + ",";
            if (subnet.v6()) {
                if (!subnet.nameservers().isEmpty()) {
                    String servers = String.join("],[", subnet.nameservers());
                    text.append(tag)
                            .append("option6:dns-server,[")
                            .append(servers)
                            .append("]\n");
                }
                continue;
            }
            if (!subnet.nameservers().isEmpty()) {
                text.append(tag)
                        .append("option:dns-server,")
                        .append(String.join(",", subnet.nameservers()))
                        .append('\n');
            }
            var routes = new ArrayList<String>();
            subnet.routes().forEach(r -> routes.add(r.destination() + "," + r.nextHop()));
            // A client that takes option 121 ignores option 3 (RFC 3442), so the default route is in both.
            if (!routes.isEmpty()) subnet.gateway().ifPresent(g -> routes.add("0.0.0.0/0," + g));
            if (!routes.isEmpty()) {
                String all = String.join(",", routes);
                text.append(tag)
                        .append("option:classless-static-route,")
                        .append(all)
                        .append('\n');
                text.append(tag).append("249,").append(all).append('\n');
            }
            // Without a value the option is left out; dnsmasq would name itself as the router otherwise.
            text.append(tag)
                    .append("option:router")
                    .append(subnet.gateway().map(g -> "," + g).orElse(""))
                    .append('\n');
        }
        for (var host : network.hosts()) {
            for (var option : host.options()) {
                boolean number = option.name().chars().allMatch(Character::isDigit);
                String prefix = option.v6() ? "option6:" : number ? "" : "option:";
                text.append("tag:port-")
                        .append(host.id())
                        .append(',')
                        .append(prefix)
                        .append(option.name());
                text.append(',').append(option.value()).append('\n');
            }
        }
        return text.toString();
    }

    private static String mask(int length) {
        int bits = length == 0 ? 0 : -1 << (32 - length);
        try {
            return InetAddress.getByAddress(
                            new byte[] {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits})
                    .getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
