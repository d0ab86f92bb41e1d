package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.in;
import static cloud.yun.network.linuxbridge.Lab.port;
import static cloud.yun.network.linuxbridge.Lab.with;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.host.net.Route;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import cloud.yun.network.driver.NetworkDriver.ExternalGateway;
import cloud.yun.network.driver.NetworkDriver.FloatingIp;
import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.network.driver.NetworkDriver.Router;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
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

/// The external network of a cloud on one machine, whose driver runs in the host's own namespace as in the product:
/// here a namespace in which all commands without one are run.
@Tag("host")
class PublicBridgeTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host host;
    private LinuxBridgeDriver driver;

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
        host = lab.host(c -> new LinuxBridgeConfig(
                c.interfaceMappings(),
                c.bridgeMappings(),
                c.tunnelAddress(),
                4789,
                64,
                false,
                Optional.of(new LinuxBridgeConfig.PublicBridge("public", "203.0.113.1/24", true)),
                c.dnsServers(),
                c.stateDirectory(),
                c.metadataSocket(),
                c.rootNamespace(),
                c.mark()));
        var c = host.config();
        Commands own = command -> Lab.COMMANDS.run(command.namespace().isPresent() ? command : command.in(host.name()));
        driver = new LinuxBridgeDriver(
                own,
                new LinuxBridgeConfig(
                        c.interfaceMappings(),
                        c.bridgeMappings(),
                        c.tunnelAddress(),
                        4789,
                        64,
                        false,
                        c.publicBridge(),
                        c.dnsServers(),
                        c.stateDirectory(),
                        c.metadataSocket(),
                        Optional.empty(),
                        c.mark()));
    }

    @AfterEach
    void cleanUp() {
        lab.close();
    }

    @Test
    void guestsReachTheWorld_underTheHostsAddress_andTheHostReachesThem() {
        var world = lab.namespace(Lab.unique("ynw"));
        host.net().createVeth("up0", "eth0", world.namespace());
        host.net().up("up0");
        world.up("eth0");
        host.net().addAddress("up0", "198.18.0.1/24");
        world.addAddress("eth0", "198.18.0.2/24");

        var segment = Lab.local(Lab.id());
        var a = port(segment, "10.8.0.11", in("icmp", null));
        var guest = lab.guest(host, a).address("10.8.0.11/24");
        driver.plug(a);
        var external =
                new RouterPort(Lab.id(), Lab.mac(), Lab.external(Lab.id()), List.of("203.0.113.10/24"), List.of());
        driver.applyRouter(new Router(
                Lab.id(),
                true,
                List.of(new RouterPort(Lab.id(), Lab.mac(), segment, List.of("10.8.0.1/24"), List.of())),
                Optional.of(new ExternalGateway(external, List.of("203.0.113.1"), true)),
                List.of(new FloatingIp(Lab.id(), "203.0.113.50", "10.8.0.11")),
                List.of()));
        guest.net().replaceRoute(Route.via("default", "10.8.0.1"));
        Lab.awaitPath(guest, "198.18.0.2");
        var heard = CompletableFuture.supplyAsync(() -> Lab.COMMANDS.succeeds(
                Command.of("timeout", "15", "tcpdump", "-nni", "eth0", "-c", "1", "icmp[0] == 8 and src 198.18.0.1")
                        .in(world.namespace())));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            guest.pingsOnce("198.18.0.2");
            return heard.isDone();
        });
        assertThat(heard.join()).isTrue();
        assertThat(Lab.COMMANDS.succeeds(Command.of("ping", "-n", "-c", "3", "-i", "0.2", "-W", "1", "203.0.113.50")
                        .in(host.name())))
                .isTrue();
        // The bridge is ours by its mark, bears the host's address once, and stays when the last router leaves.
        assertThat(host.net().link("br-ex").flatMap(l -> l.alias()))
                .contains(host.config().mark() + ":physical:public");
        assertThat(host.net().addresses("br-ex")).containsOnlyOnce("203.0.113.1/24");
    }

    @Test
    void guestOnThePublicNetwork_isFilteredTowardsTheHostToo() {
        var segment = Lab.external(Lab.id());
        var a = port(segment, "203.0.113.21", in("icmp", null));
        var b = port(segment, "203.0.113.22", in("icmp", null));
        var guestA = lab.guest(host, a).address("203.0.113.21/24");
        lab.guest(host, b).address("203.0.113.22/24");
        driver.plug(a);
        driver.plug(b);
        Lab.awaitPath(guestA, "203.0.113.1");
        Lab.awaitPath(guestA, "203.0.113.22");
        driver.update(new Port(a.id(), a.tap(), a.mac(), segment, a.fixedIps(), true, List.of(), List.of(), true));
        assertThat(guestA.pingsOnce("203.0.113.1")).isFalse();
        assertThat(guestA.pingsOnce("203.0.113.22")).isFalse();
        driver.update(with(a));
        assertThat(guestA.pings("203.0.113.1")).isTrue();
        driver.update(with(b));
        assertThat(guestA.pingsOnce("203.0.113.22")).isFalse();
        driver.unplug(a.id(), a.tap(), segment.networkId());
        driver.unplug(b.id(), b.tap(), segment.networkId());
        assertThat(host.net().ports("br-ex")).isEmpty();
    }

    @Test
    void purge_givesBackForwarding_unlessTheHostForwardedBefore() {
        host.net().sysctl("net.ipv4.ip_forward", "0");
        driver.plug(port(Lab.external(Lab.id()), "203.0.113.21"));
        assertThat(host.net().sysctl("net.ipv4.ip_forward")).contains("1");
        driver.purge();
        assertThat(host.net().sysctl("net.ipv4.ip_forward")).contains("0");

        host.net().sysctl("net.ipv4.ip_forward", "1");
        driver.plug(port(Lab.external(Lab.id()), "203.0.113.21"));
        driver.purge();
        assertThat(host.net().sysctl("net.ipv4.ip_forward")).contains("1");
    }

    @Test
    void bridgeOfTheOperator_keepsWhatItHas() {
        host.net().createBridge("br-ex");
        host.net().setAlias("br-ex", "the operator's");
        driver.plug(port(Lab.external(Lab.id()), "203.0.113.21"));
        assertThat(host.net().addresses("br-ex")).doesNotContain("203.0.113.1/24");
        assertThat(host.net().link("br-ex").flatMap(l -> l.alias())).contains("the operator's");
        driver.purge();
        assertThat(host.net().link("br-ex")).isPresent();
    }
}
