package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.in;
import static cloud.yun.network.linuxbridge.Lab.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.host.process.Programs;
import cloud.yun.network.driver.NetworkDriver.FixedIp;
import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.network.driver.NetworkDriver.Prefix;
import cloud.yun.network.driver.NetworkDriver.Router;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
import cloud.yun.network.driver.NetworkDriver.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A guest whose kernel listens to router advertisements, and a router that sends them.
@Tag("host")
class AdvertisementTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host host;
    private Segment segment;
    private Lab.Guest guest;
    private String address;
    private RouterPort side;
    private final String routerId = Lab.id();

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
        assumeTrue(Programs.installed("radvd"), "skipped: radvd is not installed");
        host = lab.host();
        segment = Lab.vxlan(Lab.id(), 72);
        var bare = port(segment, "10.8.0.11", in("icmp", null));
        address = PortRules.linkLocal(bare.mac()).replaceFirst("^fe80::", "fd08:0:0:1:");
        var wanted = new Port(
                bare.id(),
                bare.tap(),
                bare.mac(),
                segment,
                List.of(new FixedIp(address, "subnet-6", "fd08:0:0:1::/64")),
                true,
                List.of(),
                bare.rules(),
                true);
        guest = lab.guest(host, wanted);
        guest.net().sysctl("net.ipv6.conf.eth0.accept_ra", "1");
        guest.net().sysctl("net.ipv6.conf.eth0.autoconf", "1");
        host.driver().plug(wanted);
        side = new RouterPort(Lab.id(), Lab.mac(), segment, List.of("fd08:0:0:1::1/64"), List.of());
    }

    @AfterEach
    void cleanUp() {
        lab.close();
    }

    private void advertise(Prefix... prefixes) {
        var port = new RouterPort(side.portId(), side.mac(), segment, side.addresses(), List.of(prefixes));
        host.driver().applyRouter(new Router(routerId, true, List.of(port), Optional.empty(), List.of(), List.of()));
    }

    private static Prefix prefix(boolean autonomous, boolean managed, boolean other, String... dns) {
        return new Prefix("fd08:0:0:1::/64", autonomous, managed, other, List.of(dns));
    }

    /// What tcpdump reads out of an advertisement that the guest asks for: some time after its link came up, when it
    /// is sure of its own address.
    private String heard() {
        var tcpdump = CompletableFuture.supplyAsync(() -> guest.output(
                "timeout",
                "18",
                "tcpdump",
                "-nnvvi",
                "any",
                "-c",
                "1",
                "--immediate-mode",
                "icmp6 and ip6[40] == 134"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(25))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofSeconds(6))
                .until(() -> {
                    if (tcpdump.isDone()) return true;
                    guest.net().down("eth0");
                    guest.net().up("eth0");
                    return false;
                });
        return tcpdump.join();
    }

    @Test
    void slaac_givesTheGuestItsAddressAndTheWayOut() {
        advertise(prefix(true, false, false, "fd08:0:0:1::53"));
        guest.net().down("eth0");
        guest.net().up("eth0");
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> guest.net().addresses("eth0").stream()
                        .anyMatch(a -> Cidr.of(a.substring(0, a.indexOf('/'))).equals(Cidr.of(address))));
        assertThat(guest.net().routes())
                .anyMatch(r -> r.destination().equals("default")
                        && r.via().equals(Optional.of(PortRules.linkLocal(side.mac()))));
        assertThat(guest.output("ip", "-6", "route")).contains("mtu 1450");
        Lab.awaitPath(guest, "fd08:0:0:1::1");
        assertThat(heard())
                .contains("Flags [none]", "fd08:0:0:1::/64, Flags [onlink, auto]", "rdnss", "fd08:0:0:1::53");
    }

    @Test
    void modes_whenTheyChange_areWhatTheGuestHears() {
        advertise(prefix(true, false, true));
        assertThat(heard()).contains("Flags [other stateful]", "Flags [onlink, auto]");
        advertise(prefix(false, true, false));
        assertThat(heard()).contains("Flags [managed]", "Flags [onlink]").doesNotContain("auto]");
        host.driver().applyRouter(new Router(routerId, true, List.of(side), Optional.empty(), List.of(), List.of()));
        awaitSilence();
    }

    @Test
    void router_whenAppliedAgainByANewDriver_keepsItsRadvd() throws IOException {
        advertise(prefix(true, false, false));
        var before = daemon();
        var port = new RouterPort(
                side.portId(), side.mac(), segment, side.addresses(), List.of(prefix(true, false, false)));
        host.restarted().applyRouter(new Router(routerId, true, List.of(port), Optional.empty(), List.of(), List.of()));
        assertThat(daemon()).isEqualTo(before);
        host.restarted().removeRouter(routerId);
        awaitSilence();
    }

    private String daemon() throws IOException {
        return Files.readString(
                host.config().stateDirectory().resolve("ra").resolve(routerId).resolve("pid"));
    }

    /// radvd's child, which only sets what needs root, ends a moment after it.
    private void awaitSilence() {
        var ra = host.config().stateDirectory().resolve("ra").toString();
        Awaitility.await().until(() -> Lab.processesWith(ra).isEmpty());
    }
}
