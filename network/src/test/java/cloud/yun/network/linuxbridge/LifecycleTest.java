package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.in;
import static cloud.yun.network.linuxbridge.Lab.open;
import static cloud.yun.network.linuxbridge.Lab.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.driver.NetworkDriver.Dhcp;
import cloud.yun.network.driver.NetworkDriver.DhcpHost;
import cloud.yun.network.driver.NetworkDriver.DhcpSubnet;
import cloud.yun.network.driver.NetworkDriver.ExternalGateway;
import cloud.yun.network.driver.NetworkDriver.FixedIp;
import cloud.yun.network.driver.NetworkDriver.FloatingIp;
import cloud.yun.network.driver.NetworkDriver.Router;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
import cloud.yun.network.driver.NetworkDriver.Segment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Twice is once; a crash anywhere is repaired by the next call; what is not ours is not touched.
@Tag("host")
class LifecycleTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host host;

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
        host = lab.host(c -> new LinuxBridgeConfig(
                c.interfaceMappings(),
                c.bridgeMappings(),
                Optional.of("192.0.2.1"),
                4789,
                64,
                false,
                c.publicBridge(),
                c.dnsServers(),
                c.stateDirectory(),
                c.metadataSocket(),
                c.rootNamespace(),
                c.mark()));
        host.net().createBridge("under0");
        host.net().addAddress("under0", "192.0.2.1/24");
    }

    @AfterEach
    void cleanUp() {
        lab.close();
    }

    /// Runs commands until their number is up; then the process is dead, as after kill -9.
    private static final class Mortal implements Commands {
        private int left;
        int used;

        Mortal(int commands) {
            left = commands;
        }

        @Override
        public Result run(Command command) {
            if (left-- <= 0) throw new Killed();
            used++;
            return Lab.COMMANDS.run(command);
        }
    }

    private static final class Killed extends RuntimeException {}

    /// What is on the host, without what differs from one time to the next.
    private String picture(String... namespaces) {
        var lines = new TreeSet<String>();
        for (var link : host.net().links()) {
            lines.add(link.name() + " " + link.kind() + " " + link.master() + " " + link.alias() + " " + link.mtu()
                    + " " + link.up());
        }
        var text = new StringBuilder(String.join("\n", lines))
                .append('\n')
                .append(host.net().nft().text());
        for (String name : namespaces) {
            if (!Lab.ROOT.namespaceExists(name)) continue;
            var inside = Lab.ROOT.in(name);
            for (var link : inside.links()) {
                text.append(name + " " + link.name() + " " + link.mac() + " " + link.alias() + " " + link.mtu() + " "
                        + link.up());
                text.append(new TreeSet<>(inside.addresses(link.name()))).append('\n');
            }
            text.append(new TreeSet<>(
                    inside.routes().stream().map(r -> r.destination() + r.via()).toList()));
            text.append(inside.nft().text());
        }
        // Counters go on counting, link-local addresses come when they are ready.
        return text.toString()
                .replaceAll("packets \\d+ bytes \\d+", "")
                .replaceAll("fe80[^,\\]]*(, )?", "")
                .replaceAll("\\[?fe80.*?\\]", "");
    }

    /// Kills `apply` after each number of commands, and applies again; kills `remove` likewise.
    private void surviveEveryCrash(
            Consumer<NetworkDriver> apply, Consumer<NetworkDriver> remove, int stride, String... namespaces) {
        String empty = picture(namespaces);
        apply.accept(host.driver());
        String complete = picture(namespaces);
        assertThat(complete).isNotEqualTo(empty);
        apply.accept(host.restarted());
        assertThat(picture(namespaces)).as("twice is once").isEqualTo(complete);
        remove.accept(host.driver());
        assertThat(picture(namespaces)).as("removed").isEqualTo(empty);
        remove.accept(host.driver());

        boolean finished = false;
        for (int n = 0; !finished; n += stride) {
            finished = dies(n, apply);
            apply.accept(host.restarted());
            assertThat(picture(namespaces))
                    .as("applied again after a crash behind command " + n)
                    .isEqualTo(complete);
            dies(n, remove);
            remove.accept(host.restarted());
            assertThat(picture(namespaces))
                    .as("removed again after a crash behind command " + n)
                    .isEqualTo(empty);
            dies(n, apply);
            remove.accept(host.restarted());
            assertThat(picture(namespaces))
                    .as("removed after a crash of apply behind command " + n)
                    .isEqualTo(empty);
        }
        assertThat(Lab.processesWith(host.config().stateDirectory().toString())).isEmpty();
    }

    /// @return whether it came to its end alive
    private boolean dies(int commands, Consumer<NetworkDriver> what) {
        try {
            what.accept(new LinuxBridgeDriver(new Mortal(commands), host.config()));
            return true;
        } catch (Killed e) {
            return false;
        }
    }

    @Test
    void port_survivesEveryCrash() {
        var port = port(Lab.vxlan(Lab.id(), 5), "10.2.0.5", in("tcp", 22));
        // The tables themselves stay once they are there.
        host.driver().plug(port);
        host.driver().unplug(port.id(), port.tap(), port.segment().networkId());
        surviveEveryCrash(
                d -> d.plug(port),
                d -> d.unplug(port.id(), port.tap(), port.segment().networkId()),
                1);
    }

    @Test
    void dhcp_survivesCrashes() {
        var segment = Lab.local(Lab.id());
        var dhcp = new Dhcp(
                segment.networkId(),
                segment,
                Lab.id(),
                Lab.mac(),
                List.of(new FixedIp("10.2.0.2", "subnet-a", "10.2.0.0/24")),
                List.of(new DhcpSubnet("subnet-a", "10.2.0.0/24", Optional.of("10.2.0.1"), List.of(), List.of(), 600)),
                List.of(new DhcpHost(Lab.id(), Lab.mac(), "10.2.0.5", "host-5", List.of())),
                "example",
                true);
        tables();
        surviveEveryCrash(
                d -> d.applyDhcp(dhcp),
                d -> d.removeDhcp(segment.networkId()),
                3,
                Names.dhcpNamespace(segment.networkId()));
    }

    @Test
    void router_survivesCrashes() {
        var external =
                new RouterPort(Lab.id(), Lab.mac(), Lab.external(Lab.id()), List.of("203.0.113.10/24"), List.of());
        var router = new Router(
                Lab.id(),
                true,
                List.of(new RouterPort(Lab.id(), Lab.mac(), Lab.local(Lab.id()), List.of("10.2.0.1/24"), List.of())),
                Optional.of(new ExternalGateway(external, List.of("203.0.113.1"), true)),
                List.of(new FloatingIp(Lab.id(), "203.0.113.50", "10.2.0.5")),
                List.of(new NetworkDriver.Route("10.99.0.0/16", "10.2.0.9")));
        tables();
        // The public bridge stays when the last router leaves it.
        host.driver().applyRouter(router);
        host.driver().removeRouter(router.id());
        surviveEveryCrash(
                d -> d.applyRouter(router), d -> d.removeRouter(router.id()), 6, Names.routerNamespace(router.id()));
    }

    private void tables() {
        var port = port(Lab.local(Lab.id()), "10.2.0.5");
        host.driver().plug(port);
        host.driver().unplug(port.id(), port.tap(), port.segment().networkId());
    }

    @Test
    void inventory_isWhatIsThere_forADriverThatKnowsNothing() {
        var segment = Lab.vxlan(Lab.id(), 6);
        var one = port(segment, "10.2.0.5");
        var two = open(port(segment, "10.2.0.6"));
        host.driver().plug(one);
        host.driver().plug(two);
        var inventory = host.restarted().inventory();
        assertThat(inventory.ports()).containsExactlyInAnyOrder(one.id(), two.id());
        assertThat(inventory.segments()).containsExactly(segment.networkId());
        assertThat(inventory.routers()).isEmpty();
        assertThat(inventory.dhcpNetworks()).isEmpty();
        // Somebody removed a tap behind our back.
        host.net().deleteLink(one.tap());
        assertThat(host.driver().inventory().ports()).containsExactly(two.id());
        host.driver().unplug(one.id(), one.tap(), segment.networkId());
        assertThat(host.net().link(Names.bridge(segment.networkId()))).isPresent();
        host.driver().unplug(two.id(), two.tap(), segment.networkId());
        assertThat(host.driver().inventory().segments()).isEmpty();
    }

    @Test
    void adminState_isThatOfTheTap_andUpdateOfAnUnpluggedPort_doesNothing() {
        var up = port(Lab.local(Lab.id()), "10.2.0.5");
        var down = new NetworkDriver.Port(
                up.id(), up.tap(), up.mac(), up.segment(), up.fixedIps(), true, List.of(), up.rules(), false);
        host.driver().update(up);
        assertThat(host.net().link(up.tap())).isEmpty();
        host.driver().plug(up);
        assertThat(host.net().link(up.tap()).orElseThrow().up()).isTrue();
        host.driver().update(down);
        assertThat(host.net().link(up.tap()).orElseThrow().up()).isFalse();
        host.driver().update(up);
        assertThat(host.net().link(up.tap()).orElseThrow().up()).isTrue();
    }

    @Test
    void strangersDevices_areRefused_andOutliveThePurge() {
        var segment = Lab.local(Lab.id());
        var port = port(segment, "10.2.0.5");
        host.net().createTap(port.tap(), false);
        host.net().setAlias(port.tap(), "somebody's");
        assertThatThrownBy(() -> host.driver().plug(port)).hasMessageContaining("is not ours");
        host.driver().unplug(port.id(), port.tap(), segment.networkId());
        host.net().createBridge(Names.bridge(segment.networkId()));
        host.net().setAlias(Names.bridge(segment.networkId()), "other:network:" + segment.networkId());
        host.net().createBridge("docker7");
        host.net().nft().apply("add table inet strangers\n");
        var mine = port(Lab.local(Lab.id()), "10.2.0.6");
        host.driver().plug(mine);
        host.driver().purge();
        assertThat(host.net().link(mine.tap())).isEmpty();
        assertThat(host.net().link(port.tap())).isPresent();
        assertThat(host.net().link("docker7")).isPresent();
        assertThat(host.net().link(Names.bridge(segment.networkId()))).isPresent();
        assertThat(host.net().nft().tables()).hasSize(1);
    }

    @Test
    void anotherYunOnTheHost_keepsItsDevicesAndRules() {
        var c = host.config();
        var other = new LinuxBridgeDriver(
                Lab.COMMANDS,
                new LinuxBridgeConfig(
                        c.interfaceMappings(),
                        c.bridgeMappings(),
                        c.tunnelAddress(),
                        4789,
                        64,
                        false,
                        c.publicBridge(),
                        c.dnsServers(),
                        directory.resolve("other"),
                        c.metadataSocket(),
                        c.rootNamespace(),
                        c.mark() + "-2"));
        var mine = port(Lab.local(Lab.id()), "10.2.0.5");
        var theirs = port(Lab.local(Lab.id()), "10.2.0.5");
        host.driver().plug(mine);
        other.plug(theirs);
        assertThat(host.driver().inventory().ports()).containsExactly(mine.id());
        assertThat(other.inventory().ports()).containsExactly(theirs.id());
        host.driver().purge();
        assertThat(host.net().link(mine.tap())).isEmpty();
        assertThat(host.net().link(theirs.tap())).isPresent();
        assertThat(other.spoofedFrames(theirs.tap())).contains(0L);
        assertThat(host.driver().spoofedFrames(mine.tap())).isEmpty();
        other.purge();
        assertThat(host.net().nft().tables()).isEmpty();
    }

    @Test
    void ids_thatAreNone_reachNoCommand() {
        assertThatThrownBy(() -> host.driver().removeRouter("../../etc")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> host.driver().unplug("x; reboot", "tap0", "n"))
                .isInstanceOf(IllegalArgumentException.class);
        var port = port(
                new Segment(Lab.id(), "local", Optional.empty(), Optional.empty(), 1500),
                "10.2.0.5",
                in("tcp", 22, "10.0.0.0/8 } accept; #"));
        assertThatThrownBy(() -> host.driver().plug(port)).isInstanceOf(IllegalArgumentException.class);
        host.driver().unplug(port.id(), port.tap(), port.segment().networkId());
    }
}
