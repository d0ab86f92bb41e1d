package cloud.yun.host.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.yun.host.RealHost;
import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("host")
class DhcpTest {
    private static final String MAC = "fa:16:3e:00:00:0a";

    private final Commands commands = Commands.system();
    private final HostNetwork root = HostNetwork.root(commands);
    private final String server = RealHost.unique("yd");
    private final String client = server + "c";

    @TempDir
    Path directory;

    private Dhcp dhcp;

    @BeforeEach
    void prepare() {
        RealHost.assumeRoot();
        RealHost.assumeInstalled("dnsmasq", "busybox", "ip", "nsenter");
        dhcp = new Dhcp(directory.resolve("dhcp"));
        var there = root.createNamespace(client);
        var here = root.createNamespace(server);
        here.createVeth("ns-dhcp", "eth0", Optional.of(client));
        here.addAddress("ns-dhcp", "10.9.0.2/24");
        here.up("ns-dhcp");
        there.setMac("eth0", MAC);
        there.up("eth0");
    }

    @AfterEach
    void cleanUp() {
        if (dhcp != null) dhcp.remove("net-1");
        root.deleteNamespace(client);
        root.deleteNamespace(server);
    }

    private DhcpNetwork network(String... addresses) {
        var hosts = new ArrayList<DhcpNetwork.Host>();
        for (String address : addresses) {
            String[] parts = address.split("=", 2);
            hosts.add(DhcpNetwork.Host.of(
                    parts[0].replace(":", ""), parts[0], "host-" + parts[1].replace('.', '-'), parts[1]));
        }
        var subnet = new DhcpNetwork.Subnet(
                "s1",
                "10.9.0.0/24",
                Optional.of("10.9.0.1"),
                List.of("10.9.0.2"),
                List.of(new DhcpNetwork.Route("169.254.169.254/32", "10.9.0.2")),
                86400);
        return new DhcpNetwork("net-1", server, "ns-dhcp", "openstacklocal", 1450, List.of(subnet), hosts, List.of());
    }

    /// @return what a client is told, as the variables of udhcpc's script; empty when nobody answers
    private String ask() {
        var script = directory.resolve("script");
        try {
            Files.writeString(script, "#!/bin/sh\n[ $1 = bound ] && env\nexit 0\n");
            script.toFile().setExecutable(true);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return commands.run(Command.of(
                                "busybox",
                                "udhcpc",
                                "-i",
                                "eth0",
                                "-n",
                                "-q",
                                "-f",
                                "-t",
                                "3",
                                "-T",
                                "1",
                                "-A",
                                "0",
                                "-O",
                                "mtu",
                                "-O",
                                "staticroutes",
                                "-s",
                                script.toString())
                        .in(client)
                        .accept(0, 1)
                        .deadline(Duration.ofSeconds(20)))
                .stdout();
    }

    @Test
    void apply_servesListedPortsOnly_withTheirOptions() {
        dhcp.apply(network());
        assertThat(dhcp.running("net-1")).isTrue();
        assertThat(ask()).isEmpty();
        dhcp.apply(network(MAC + "=10.9.0.11"));
        assertThat(ask())
                .contains("ip=10.9.0.11\n")
                .contains("mask=24\n")
                .contains("router=10.9.0.1\n")
                .contains("dns=10.9.0.2\n")
                .contains("mtu=1450\n")
                .contains("lease=86400\n")
                .contains("domain=openstacklocal\n")
                .contains("hostname=host-10-9-0-11\n")
                .contains("staticroutes=169.254.169.254/32 10.9.0.2 0.0.0.0/0 10.9.0.1\n");
    }

    @Test
    void apply_whereOthersMayPass_givesUpRootAndStillReadsWhatChanges() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        dhcp.apply(network("fa:16:3e:00:00:0b=10.9.0.12"));
        assertThat(Files.readAllLines(Path.of("/proc", pid().strip(), "status")))
                .anyMatch(l -> l.startsWith("Uid:"))
                .noneMatch(l -> l.matches("Uid:\\s+0\\s.*"));
        dhcp.apply(network("fa:16:3e:00:00:0b=10.9.0.12", MAC + "=10.9.0.11"));
        await().atMost(Duration.ofSeconds(20)).until(() -> ask().contains("ip=10.9.0.11\n"));
    }

    @Test
    void apply_whenAnAddressGoesToAnotherPort_givesItThere() {
        String other = "fa:16:3e:00:00:0b";
        dhcp.apply(network(MAC + "=10.9.0.11"));
        assertThat(ask()).contains("ip=10.9.0.11\n");
        dhcp.apply(network(other + "=10.9.0.11"));
        root.in(client).setMac("eth0", other);
        await().atMost(Duration.ofSeconds(20)).until(() -> ask().contains("ip=10.9.0.11\n"));
    }

    @Test
    void apply_again_keepsTheProcess_andAnswersNames() {
        dhcp.apply(network(MAC + "=10.9.0.11"));
        root.in(client).addAddress("eth0", "10.9.0.11/24");
        String before = pid();
        dhcp.apply(network(MAC + "=10.9.0.11", "fa:16:3e:00:00:0c=10.9.0.12"));
        assertThat(pid()).isEqualTo(before);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> commands.run(Command.of("busybox", "nslookup", "host-10-9-0-12.openstacklocal", "10.9.0.2")
                                .in(client)
                                .accept(0, 1))
                        .stdout()
                        .contains("10.9.0.12"));
    }

    @Test
    void apply_again_afterALease_leavesItServing_withOptionsAndWithout() {
        dhcp.apply(network(MAC + "=10.9.0.11"));
        assertThat(ask()).contains("ip=10.9.0.11\n");
        String before = pid();
        dhcp.apply(network(MAC + "=10.9.0.11"));
        assertThat(ask()).contains("ip=10.9.0.11\n");
        assertThat(pid()).isEqualTo(before);
        var plain = network();
        var tagged = new DhcpNetwork(
                plain.id(),
                plain.namespace(),
                plain.device(),
                plain.domain(),
                plain.mtu(),
                plain.subnets(),
                List.of(new DhcpNetwork.Host(
                        "p1",
                        MAC,
                        "host-10-9-0-11",
                        List.of("10.9.0.11"),
                        List.of(new DhcpNetwork.Option("bootfile-name", "pxe.0", false)))),
                plain.forwarders());
        for (int i = 0; i < 2; i++) {
            dhcp.apply(tagged);
            assertThat(ask()).contains("ip=10.9.0.11\n");
        }
    }

    private String pid() {
        try {
            return Files.readString(directory.resolve("dhcp/net-1/pid"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void remove_twice_leavesNothing() {
        dhcp.apply(network());
        assertThat(dhcp.networks()).containsExactly("net-1");
        for (int i = 0; i < 2; i++) dhcp.remove("net-1");
        assertThat(dhcp.running("net-1")).isFalse();
        assertThat(dhcp.networks()).isEmpty();
        assertThatThrownBy(() -> dhcp.remove("../etc")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void apply_whenTheDeviceIsMissing_tellsWhy() {
        root.in(server).deleteLink("ns-dhcp");
        assertThatThrownBy(() -> dhcp.apply(network())).hasMessageContaining("unknown interface ns-dhcp");
    }
}
