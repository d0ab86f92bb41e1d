package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.port;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.host.process.Command;
import cloud.yun.network.MetadataSource;
import cloud.yun.network.driver.NetworkDriver.Dhcp;
import cloud.yun.network.driver.NetworkDriver.DhcpHost;
import cloud.yun.network.driver.NetworkDriver.DhcpOption;
import cloud.yun.network.driver.NetworkDriver.DhcpSubnet;
import cloud.yun.network.driver.NetworkDriver.FixedIp;
import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.network.driver.NetworkDriver.Route;
import cloud.yun.network.driver.NetworkDriver.Router;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
import cloud.yun.network.driver.NetworkDriver.Segment;
import cloud.yun.network.metadata.MetadataServer;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Guests that ask for their address, behind the filter of the default group.
@Tag("host")
class DhcpTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host host;
    private Segment segment;
    private Port a;
    private Lab.Guest guest;
    private final String dhcpPort = Lab.id();
    private final String dhcpMac = Lab.mac();

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
        host = lab.host();
        segment = Lab.vxlan(Lab.id(), 90);
        a = port(segment, "10.6.0.11");
        guest = lab.guest(host, a);
        host.driver().plug(a);
    }

    @AfterEach
    void cleanUp() {
        lab.close();
    }

    private Dhcp wish(boolean metadata, List<Route> routes, DhcpHost... hosts) {
        return new Dhcp(
                segment.networkId(),
                segment,
                dhcpPort,
                dhcpMac,
                List.of(new FixedIp("10.6.0.2", "subnet-a", "10.6.0.0/24")),
                List.of(new DhcpSubnet(
                        "subnet-a",
                        "10.6.0.0/24",
                        Optional.of("10.6.0.1"),
                        List.of("10.6.0.2", "192.0.2.53"),
                        routes,
                        3600)),
                List.of(hosts),
                "cloud.example.",
                metadata);
    }

    private DhcpHost hostOf(Port port, DhcpOption... options) {
        return new DhcpHost(port.id(), port.mac(), port.fixedIps().getFirst().address(), "host-a", List.of(options));
    }

    /// Asks for an address and takes it, as a guest does.
    ///
    /// @return what the server said; empty without an answer
    private Optional<Properties> lease(Lab.Guest asker) {
        try {
            Path said = directory.resolve("lease-" + asker.name());
            Files.deleteIfExists(said);
            Path script = directory.resolve("udhcpc");
            Files.writeString(
                    script,
                    "#!/bin/sh\n[ \"$1\" = bound ] || exit 0\nenv > " + directory + "/lease-" + asker.name()
                            + "\nip addr flush dev eth0\nip addr add $ip/$mask dev eth0\n");
            script.toFile().setExecutable(true);
            boolean bound = Lab.COMMANDS.succeeds(Command.of(
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
                            "-s",
                            script.toString(),
                            "-O",
                            "mtu",
                            "-O",
                            "staticroutes",
                            "-O",
                            "domain",
                            "-O",
                            "bootfile",
                            "-x",
                            "hostname:x")
                    .in(asker.name()));
            if (!bound) return Optional.empty();
            var properties = new Properties();
            try (var in = Files.newBufferedReader(said)) {
                properties.load(in);
            }
            return Optional.of(properties);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Properties awaitLease(Lab.Guest asker) {
        var got = new ArrayList<Properties>();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            lease(asker).ifPresent(got::add);
            return !got.isEmpty();
        });
        return got.getFirst();
    }

    @Test
    @Requirement({"S1.20", "S3.258"})
    void lease_hasAddressMtuNameServersAndRoutes() {
        host.driver()
                .applyDhcp(wish(
                        true,
                        List.of(new Route("192.168.7.0/24", "10.6.0.9")),
                        hostOf(a, new DhcpOption("bootfile-name", "pxe.0"))));
        var lease = awaitLease(guest);
        assertThat(lease)
                .containsEntry("ip", "10.6.0.11")
                .containsEntry("mask", "24")
                .containsEntry("mtu", "1450")
                .containsEntry("router", "10.6.0.1")
                .containsEntry("dns", "10.6.0.2 192.0.2.53")
                .containsEntry("domain", "cloud.example")
                .containsEntry("lease", "3600")
                .containsEntry("bootfile", "pxe.0")
                .containsEntry(
                        "staticroutes", "192.168.7.0/24 10.6.0.9 169.254.169.254/32 10.6.0.2 0.0.0.0/0 10.6.0.1");
        // Every part is there under its usual name, for `ip netns` and `ip link`.
        assertThat(Lab.ROOT.namespaces()).contains("qdhcp-" + segment.networkId());
        assertThat(Lab.ROOT.in("qdhcp-" + segment.networkId()).link("ns-" + dhcpPort.substring(0, 11)))
                .hasValueSatisfying(l -> assertThat(l.kind()).contains("veth"));
        assertThat(host.net().ports("brq" + segment.networkId().substring(0, 11)))
                .extracting(l -> l.name())
                .containsExactlyInAnyOrder(a.tap(), "tap" + dhcpPort.substring(0, 11));
        assertThat(host.net().link("tap" + dhcpPort.substring(0, 11)))
                .hasValueSatisfying(l -> assertThat(l.kind()).contains("veth"));
        // And a port of a real guest is a tap.
        var real = port(segment, "10.6.0.77");
        host.driver().plug(real);
        assertThat(host.net().link(real.tap()))
                .hasValueSatisfying(l -> assertThat(l.kind()).contains("tun"));
        host.driver().unplug(real.id(), real.tap(), segment.networkId());
    }

    @Test
    @Requirement("S1.57")
    void extraRoutes_areInTheRouter_andHostRoutesInDhcp() {
        host.driver().applyDhcp(wish(false, List.of(new Route("192.168.7.0/24", "10.6.0.9")), hostOf(a)));
        assertThat(awaitLease(guest)).containsEntry("staticroutes", "192.168.7.0/24 10.6.0.9 0.0.0.0/0 10.6.0.1");
        var router = new Router(
                Lab.id(),
                true,
                List.of(new RouterPort(Lab.id(), Lab.mac(), segment, List.of("10.6.0.1/24"), List.of())),
                Optional.empty(),
                List.of(),
                List.of(new Route("192.168.7.0/24", "10.6.0.9")));
        host.driver().applyRouter(router);
        assertThat(Lab.ROOT.in(Names.routerNamespace(router.id())).routes())
                .anyMatch(
                        r -> r.destination().equals("192.168.7.0/24") && r.via().equals(Optional.of("10.6.0.9")));
    }

    @Test
    void hosts_comeAndGoLive_andNamesAreKnown() {
        var b = port(segment, "10.6.0.12");
        var guestB = lab.guest(host, b);
        host.driver().plug(b);
        host.driver().applyDhcp(wish(false, List.of(), hostOf(a)));
        assertThat(awaitLease(guest)).containsEntry("ip", "10.6.0.11").doesNotContainKey("staticroutes");
        assertThat(lease(guestB)).isEmpty();
        host.driver()
                .applyDhcp(wish(
                        false, List.of(), hostOf(a), new DhcpHost(b.id(), b.mac(), "10.6.0.12", "host-b", List.of())));
        assertThat(awaitLease(guestB)).containsEntry("ip", "10.6.0.12");
        assertThat(guest.output("busybox", "nslookup", "host-b.cloud.example", "10.6.0.2"))
                .contains("10.6.0.12");
        host.driver().applyDhcp(wish(false, List.of(), hostOf(a)));
        assertThat(lease(guestB)).isEmpty();
    }

    @Test
    void killedServer_isBackWithTheNextApply_andARestartOfOursLeavesItAlone() {
        var wish = wish(true, List.of(), hostOf(a));
        host.driver().applyDhcp(wish);
        awaitLease(guest);
        var running = Lab.processesWith(host.config().stateDirectory().toString());
        assertThat(running).hasSize(2);
        var again = host.restarted();
        again.applyDhcp(wish);
        assertThat(Lab.processesWith(host.config().stateDirectory().toString()))
                .containsExactlyInAnyOrderElementsOf(running);

        running.forEach(pid -> ProcessHandle.of(pid).orElseThrow().destroyForcibly());
        Awaitility.await()
                .until(() -> Lab.processesWith(host.config().stateDirectory().toString())
                        .isEmpty());
        again.applyDhcp(wish);
        assertThat(awaitLease(guest)).containsEntry("ip", "10.6.0.11");
        assertThat(Lab.processesWith(host.config().stateDirectory().toString())).hasSize(2);

        for (int i = 0; i < 2; i++) again.removeDhcp(segment.networkId());
        assertThat(Lab.ROOT.namespaceExists(Names.dhcpNamespace(segment.networkId())))
                .isFalse();
        assertThat(Lab.processesWith(host.config().stateDirectory().toString())).isEmpty();
    }

    @Test
    void isolatedNetwork_hasMetadata_fromTheDhcpNamespace() {
        host.driver().applyDhcp(wish(true, List.of(), hostOf(a)));
        awaitLease(guest);
        guest.net().replaceRoute(cloud.yun.host.net.Route.via("169.254.169.254", "10.6.0.2"));
        MetadataSource source = (server, path) -> Optional.of(
                new MetadataSource.Document("text/plain", (server + path).getBytes(StandardCharsets.UTF_8)));
        try (var _ = MetadataServer.start(
                host.config().metadataSocket(),
                (network, router, address) -> Optional.of(
                        network.equals(Optional.of(segment.networkId())) + " " + router + " " + address + " "),
                source)) {
            assertThat(guest.output(
                            "curl",
                            "-s",
                            "-m",
                            "5",
                            "-H",
                            "X-Forwarded-For: 1.2.3.4",
                            "http://169.254.169.254/openstack"))
                    .isEqualTo("true Optional.empty 10.6.0.11 /openstack");
        }
        // Without the service, the proxy itself says so.
        assertThat(guest.output(
                        "curl", "-s", "-m", "9", "-o", "/dev/null", "-w", "%{http_code}", "http://169.254.169.254/"))
                .isEqualTo("503");
        // A router takes over: the namespace no longer answers.
        host.driver().applyDhcp(wish(false, List.of(), hostOf(a)));
        assertThat(guest.connects("169.254.169.254", 80)).isFalse();
    }
}
