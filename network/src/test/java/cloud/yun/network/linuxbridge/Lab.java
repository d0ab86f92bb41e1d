package cloud.yun.network.linuxbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.net.Nft;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import cloud.yun.host.process.Programs;
import cloud.yun.network.driver.NetworkDriver.FixedIp;
import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.network.driver.NetworkDriver.Rule;
import cloud.yun.network.driver.NetworkDriver.Segment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// Emulated hosts (a namespace with a driver each) and guests (a namespace with an `eth0` each) for tests.
final class Lab implements AutoCloseable {
    static final Commands COMMANDS = Commands.system();
    static final HostNetwork ROOT = HostNetwork.root(COMMANDS);
    static final Rule EGRESS_4 = rule("egress", "IPv4", null, null, null);
    static final Rule EGRESS_6 = rule("egress", "IPv6", null, null, null);

    private final Path directory;
    private final List<Host> hosts = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();

    Lab(Path directory) {
        this.directory = directory;
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: not root");
        for (String program : List.of("ip", "nft", "bridge", "conntrack", "ping", "busybox", "curl", "tcpdump")) {
            assumeTrue(Programs.installed(program), "skipped: " + program + " is not installed");
        }
    }

    static String unique(String prefix) {
        return prefix + Long.toString(System.nanoTime() & 0xffffff, 36);
    }

    static String id() {
        return UUID.randomUUID().toString();
    }

    /// @param net the host's own namespace
    record Host(String name, HostNetwork net, LinuxBridgeConfig config, LinuxBridgeDriver driver) {
        /// A driver that knows nothing yet, as after a restart.
        LinuxBridgeDriver restarted() {
            return new LinuxBridgeDriver(COMMANDS, config);
        }
    }

    Host host(UnaryOperator<LinuxBridgeConfig> settings) {
        String name = unique("ynd");
        var net = namespace(name);
        var config = settings.apply(new LinuxBridgeConfig(
                Map.of(),
                Map.of("public", "br-ex"),
                Optional.empty(),
                4789,
                64,
                false,
                Optional.of(new LinuxBridgeConfig.PublicBridge("public", "203.0.113.1/24", false)),
                List.of(),
                directory.resolve(name),
                directory.resolve("md.sock"),
                Optional.of(name),
                name));
        var host = new Host(name, net, config, new LinuxBridgeDriver(COMMANDS, config));
        hosts.add(host);
        return host;
    }

    Host host() {
        return host(c -> c);
    }

    HostNetwork namespace(String name) {
        namespaces.add(name);
        return ROOT.createNamespace(name);
    }

    /// A guest with its NIC, whose tap end is on the host but not yet plugged.
    Guest guest(Host host, Port port) {
        String name = unique("yng");
        var net = namespace(name);
        host.net().createVeth(port.tap(), "eth0", Optional.of(name));
        net.setMac("eth0", port.mac());
        net.up("eth0");
        return new Guest(name, net);
    }

    record Guest(String name, HostNetwork net) {
        Guest address(String cidr) {
            net.addAddress("eth0", cidr);
            return this;
        }

        boolean run(String... words) {
            return COMMANDS.succeeds(
                    Command.of(words[0], List.of(words).subList(1, words.length).toArray(String[]::new))
                            .in(name)
                            .deadline(Duration.ofSeconds(20)));
        }

        String output(String... words) {
            return COMMANDS.output(
                    Command.of(words[0], List.of(words).subList(1, words.length).toArray(String[]::new))
                            .in(name)
                            .deadline(Duration.ofSeconds(20)));
        }

        /// @return whether one of three pings is answered
        boolean pings(String address) {
            return run("ping", "-n", "-c", "3", "-i", "0.2", "-W", "1", address);
        }

        /// Like `pings`, but made to fail fast: for what must not pass.
        boolean pingsOnce(String address) {
            return run("ping", "-n", "-c", "1", "-W", "1", address);
        }

        /// @return whether a TCP connection is made
        boolean connects(String address, int port) {
            return run(
                    "curl",
                    "-s",
                    "-o",
                    "/dev/null",
                    "--connect-timeout",
                    "1",
                    "-m",
                    "3",
                    "http://" + address + ":" + port + "/");
        }
    }

    /// Waits until a guest reaches an address: links, spanning tree and neighbours need a moment.
    static void awaitPath(Guest from, String address) {
        org.awaitility.Awaitility.await(from.name() + " reaches " + address)
                .atMost(Duration.ofSeconds(20))
                .until(() -> from.pingsOnce(address));
    }

    /// A web server of the guest, ended with its namespace.
    void serve(Guest guest, int port) {
        COMMANDS.run(Command.of("busybox", "httpd", "-p", Integer.toString(port), "-h", directory.toString())
                .in(guest.name()));
    }

    // ---------------------------------------------------------------- wishes

    static Segment local(String networkId) {
        return new Segment(networkId, "local", Optional.empty(), Optional.empty(), 1500);
    }

    static Segment vxlan(String networkId, int vni) {
        return new Segment(networkId, "vxlan", Optional.empty(), Optional.of(vni), 1450);
    }

    static Segment external(String networkId) {
        return new Segment(networkId, "flat", Optional.of("public"), Optional.empty(), 1500);
    }

    /// A port with the default group's egress rules and nothing more.
    static Port port(Segment segment, String address, Rule... more) {
        String id = id();
        var rules = new ArrayList<>(List.of(EGRESS_4, EGRESS_6));
        rules.addAll(List.of(more));
        return new Port(
                id,
                Names.tap(id),
                mac(),
                segment,
                List.of(new FixedIp(address, "subnet-a", address.substring(0, address.lastIndexOf('.')) + ".0/24")),
                true,
                List.of(),
                rules,
                true);
    }

    static Port with(Port p, Rule... more) {
        var rules = new ArrayList<>(List.of(EGRESS_4, EGRESS_6));
        rules.addAll(List.of(more));
        return new Port(
                p.id(), p.tap(), p.mac(), p.segment(), p.fixedIps(), true, p.allowedPairs(), rules, p.adminStateUp());
    }

    static Port open(Port p) {
        return new Port(
                p.id(), p.tap(), p.mac(), p.segment(), p.fixedIps(), false, List.of(), List.of(), p.adminStateUp());
    }

    static Port pairs(Port p, String... pairs) {
        return new Port(
                p.id(), p.tap(), p.mac(), p.segment(), p.fixedIps(), true, List.of(pairs), p.rules(), p.adminStateUp());
    }

    static Rule rule(String direction, String family, String protocol, Integer min, Integer max, String... remotes) {
        return new Rule(
                direction,
                family,
                Optional.ofNullable(protocol),
                Optional.ofNullable(min),
                Optional.ofNullable(max),
                remotes.length == 0,
                List.of(remotes),
                Optional.empty());
    }

    /// Everything from the members of a group.
    static Rule fromGroup(String group, String family) {
        return new Rule(
                "ingress",
                family,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                List.of(),
                Optional.of(group));
    }

    static Rule in(String protocol, Integer port, String... remotes) {
        return rule("ingress", "IPv4", protocol, port, port, remotes);
    }

    static String mac() {
        int n = java.util.concurrent.ThreadLocalRandom.current().nextInt(1 << 24);
        return String.format("fa:16:3e:%02x:%02x:%02x", n >> 16 & 255, n >> 8 & 255, n & 255);
    }

    // ---------------------------------------------------------------- the end

    /// Removes everything, and insists that the drivers left nothing of their own.
    @Override
    public void close() {
        for (Host host : hosts) {
            host.driver().purge();
            var ownership = new Ownership(host.config().mark());
            assertThat(host.net().links()).noneMatch(ownership::ours);
            assertThat(host.net().nft().tables())
                    .doesNotContain(PortFilter.BRIDGE, PortFilter.INET, new Nft.Table("ip", "yun_public"));
            var inventory = host.driver().inventory();
            assertThat(inventory.ports()).isEmpty();
            assertThat(inventory.routers()).isEmpty();
            assertThat(inventory.dhcpNetworks()).isEmpty();
            assertThat(inventory.segments()).isEmpty();
            assertThat(inventory.groups()).isEmpty();
            // A daemon's child may end a moment after it.
            org.awaitility.Awaitility.await()
                    .until(() -> processesWith(host.config().stateDirectory().toString())
                            .isEmpty());
        }
        for (String name : namespaces) {
            // Web servers of guests end here; a namespace lives as long as a process in it.
            COMMANDS.output(Command.of("ip", "netns", "pids", name))
                    .lines()
                    .forEach(pid ->
                            ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly));
            ROOT.deleteNamespace(name);
        }
        assertThat(ROOT.namespaces()).doesNotContainAnyElementsOf(namespaces);
    }

    static List<Long> processesWith(String text) {
        return ProcessHandle.allProcesses()
                .filter(p -> {
                    try {
                        var line = java.nio.file.Files.readString(Path.of("/proc", Long.toString(p.pid()), "cmdline"));
                        return p.pid() != ProcessHandle.current().pid() && line.contains(text);
                    } catch (java.io.IOException e) {
                        return false;
                    }
                })
                .map(ProcessHandle::pid)
                .toList();
    }
}
