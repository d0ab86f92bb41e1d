package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.in;
import static cloud.yun.network.linuxbridge.Lab.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.host.process.Command;
import cloud.yun.network.driver.NetworkDriver.Peer;
import cloud.yun.network.driver.NetworkDriver.PeerPort;
import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.network.driver.NetworkDriver.Segment;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Networks that span two hosts, which are joined by one wire.
@Tag("host")
class TunnelTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host left;
    private Lab.Host right;

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
    }

    @AfterEach
    void cleanUp() {
        lab.close();
    }

    private void hosts(boolean arpResponder) {
        left = lab.host(c -> tunnel(c, "192.0.2.1", arpResponder));
        right = lab.host(c -> tunnel(c, "192.0.2.2", arpResponder));
        wire("wire0");
        left.net().addAddress("wire0", "192.0.2.1/24");
        right.net().addAddress("wire0", "192.0.2.2/24");
        Awaitility.await()
                .until(() -> Lab.COMMANDS.succeeds(Command.of("ping", "-n", "-c", "1", "-W", "1", "192.0.2.2")
                        .in(left.name())));
    }

    private void wire(String name) {
        left.net().createVeth(name, name, Optional.of(right.name()));
        left.net().up(name);
        right.net().up(name);
    }

    private static LinuxBridgeConfig tunnel(LinuxBridgeConfig c, String address, boolean arpResponder) {
        return new LinuxBridgeConfig(
                c.interfaceMappings(),
                c.bridgeMappings(),
                Optional.of(address),
                4789,
                64,
                arpResponder,
                c.publicBridge(),
                c.dnsServers(),
                c.stateDirectory(),
                c.metadataSocket(),
                c.rootNamespace(),
                c.mark());
    }

    private static LinuxBridgeConfig mapped(
            LinuxBridgeConfig c, Map<String, String> interfaces, Map<String, String> bridges) {
        return new LinuxBridgeConfig(
                interfaces,
                bridges,
                c.tunnelAddress(),
                4789,
                64,
                false,
                Optional.empty(),
                c.dnsServers(),
                c.stateDirectory(),
                c.metadataSocket(),
                c.rootNamespace(),
                c.mark());
    }

    private static Peer peer(String address, Port... ports) {
        return new Peer(
                address,
                List.of(ports).stream()
                        .map(p -> new PeerPort(
                                p.mac(), List.of(p.fixedIps().getFirst().address())))
                        .toList());
    }

    @Test
    @Requirement({"S1.33", "S1.160", "S3.243", "S3.258"})
    void vxlan_joinsGuestsOfTwoHosts_asLongAsTheyArePeers() {
        hosts(false);
        var segment = Lab.vxlan(Lab.id(), 4711);
        var a = port(segment, "10.4.0.11", in("icmp", null));
        var b = port(segment, "10.4.0.12", in("icmp", null));
        var guestA = lab.guest(left, a).address("10.4.0.11/24");
        var guestB = lab.guest(right, b).address("10.4.0.12/24");
        left.driver().plug(a);
        right.driver().plug(b);
        for (int i = 0; i < 2; i++) {
            left.driver().applyPeers(segment, List.of(peer("192.0.2.1", a), peer("192.0.2.2", b)));
            right.driver().applyPeers(segment, List.of(peer("192.0.2.1", a), peer("192.0.2.2", b)));
        }
        Lab.awaitPath(guestA, "10.4.0.12");
        assertThat(guestB.pings("10.4.0.11")).isTrue();

        // On the wire: UDP to port 4789 with the network's number.
        var heard = CompletableFuture.supplyAsync(() -> Lab.COMMANDS.output(Command.of(
                        "timeout", "15", "tcpdump", "-nni", "wire0", "-c", "1", "udp dst port 4789 and src 192.0.2.1")
                .in(right.name())));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            guestA.pingsOnce("10.4.0.12");
            return heard.isDone();
        });
        assertThat(heard.join()).contains("192.0.2.1", "192.0.2.2.4789", "vni 4711");
        assertThat(left.net().link("vxlan-4711")).hasValueSatisfying(l -> {
            assertThat(l.mtu()).isEqualTo(1450);
            assertThat(l.master()).contains(Names.bridge(segment.networkId()));
        });

        // The other guest has left that host: nothing is sent there any more.
        left.driver().applyPeers(segment, List.of());
        assertThat(left.net().neighbours().forwarding("vxlan-4711"))
                .noneMatch(f -> f.destination().isPresent());
        assertThat(guestA.pingsOnce("10.4.0.12")).isFalse();

        left.driver().unplug(a.id(), a.tap(), segment.networkId());
        assertThat(left.net().link("vxlan-4711")).isEmpty();
        assertThat(left.net().link(Names.bridge(segment.networkId()))).isEmpty();
        // A segment that is not here is nobody's business.
        left.driver().applyPeers(segment, List.of(peer("192.0.2.2", b)));
    }

    @Test
    void arpResponder_answersForGuestsElsewhere() {
        hosts(true);
        var segment = Lab.vxlan(Lab.id(), 4712);
        var a = port(segment, "10.4.0.11", in("icmp", null));
        var b = port(segment, "10.4.0.12", in("icmp", null));
        var guestA = lab.guest(left, a).address("10.4.0.11/24");
        lab.guest(right, b).address("10.4.0.12/24");
        left.driver().plug(a);
        right.driver().plug(b);
        for (int i = 0; i < 2; i++) {
            left.driver().applyPeers(segment, List.of(peer("192.0.2.2", b)));
            right.driver().applyPeers(segment, List.of(peer("192.0.2.1", a)));
        }
        Lab.awaitPath(guestA, "10.4.0.12");
        assertThat(left.net().neighbours().list("vxlan-4712"))
                .filteredOn(n -> n.permanent())
                .extracting(n -> n.address() + " " + n.mac())
                .containsExactly("10.4.0.12 " + b.mac());
        left.driver().applyPeers(segment, List.of());
        assertThat(left.net().neighbours().list("vxlan-4712")).noneMatch(n -> n.permanent());
    }

    @Test
    void twoVxlanNetworks_onTheSameHosts_stayApart() {
        hosts(false);
        var first = Lab.vxlan(Lab.id(), 11);
        var second = Lab.vxlan(Lab.id(), 12);
        var a = port(first, "10.4.0.11", in("icmp", null));
        var b = port(first, "10.4.0.12", in("icmp", null));
        var c = port(second, "10.4.0.13", in("icmp", null));
        var guestA = lab.guest(left, a).address("10.4.0.11/24");
        lab.guest(right, b).address("10.4.0.12/24");
        lab.guest(right, c).address("10.4.0.13/24");
        left.driver().plug(a);
        right.driver().plug(b);
        right.driver().plug(c);
        left.driver().applyPeers(first, List.of(peer("192.0.2.2", b)));
        right.driver().applyPeers(first, List.of(peer("192.0.2.1", a)));
        right.driver().applyPeers(second, List.of(peer("192.0.2.1", a)));
        Lab.awaitPath(guestA, "10.4.0.12");
        assertThat(guestA.pingsOnce("10.4.0.13")).isFalse();
    }

    @Test
    @Requirement({"S3.255", "S3.256"})
    void flat_crossesHosts_byInterfaceOrBridge_andLocalDoesNot() {
        left = lab.host(c -> mapped(c, Map.of("physnet1", "phys0"), Map.of()));
        right = lab.host(c -> mapped(c, Map.of(), Map.of("physnet1", "br-op")));
        wire("phys0");
        right.net().createBridge("br-op");
        right.net().attach("phys0", "br-op");
        var flat = new Segment(Lab.id(), "flat", Optional.of("physnet1"), Optional.empty(), 1500);
        var a = port(flat, "10.4.0.11", in("icmp", null));
        var b = port(flat, "10.4.0.12", in("icmp", null));
        var guestA = lab.guest(left, a).address("10.4.0.11/24");
        lab.guest(right, b).address("10.4.0.12/24");
        left.driver().plug(a);
        right.driver().plug(b);
        Lab.awaitPath(guestA, "10.4.0.12");

        // Local: the same node only.
        var local = Lab.local(Lab.id());
        var c = port(local, "10.5.0.11", in("icmp", null));
        var d = port(local, "10.5.0.12", in("icmp", null));
        var e = port(local, "10.5.0.13", in("icmp", null));
        var guestC = lab.guest(left, c).address("10.5.0.11/24");
        lab.guest(left, d).address("10.5.0.12/24");
        lab.guest(right, e).address("10.5.0.13/24");
        left.driver().plug(c);
        left.driver().plug(d);
        right.driver().plug(e);
        Lab.awaitPath(guestC, "10.5.0.12");
        assertThat(guestC.pingsOnce("10.5.0.13")).isFalse();

        // What the operator gave us is given back.
        left.driver().unplug(a.id(), a.tap(), flat.networkId());
        right.driver().unplug(b.id(), b.tap(), flat.networkId());
        assertThat(left.net().link("phys0"))
                .hasValueSatisfying(l -> assertThat(l.master()).isEmpty());
        assertThat(left.net().link(Names.bridge(flat.networkId()))).isEmpty();
        assertThat(right.net().link("br-op")).isPresent();
    }

    @Test
    void whatTheHostCannot_isSaidInASentence() {
        left = lab.host(c -> mapped(c, Map.of("physnet1", "phys0"), Map.of("physnet2", "br-none")));
        var gre = new Segment(Lab.id(), "gre", Optional.empty(), Optional.of(5), 1450);
        assertThatThrownBy(() -> left.driver().plug(port(gre, "10.4.0.11")))
                .hasMessageContaining("Linux bridges carry local, flat, vlan and vxlan networks, not gre");
        var nowhere = new Segment(Lab.id(), "flat", Optional.of("physnet9"), Optional.empty(), 1500);
        assertThatThrownBy(() -> left.driver().plug(port(nowhere, "10.4.0.11")))
                .hasMessageContaining("no interface for the physical network 'physnet9'");
        var missing = new Segment(Lab.id(), "flat", Optional.of("physnet1"), Optional.empty(), 1500);
        assertThatThrownBy(() -> left.driver().plug(port(missing, "10.4.0.11")))
                .hasMessageContaining("There is no interface phys0");
        var bridge = new Segment(Lab.id(), "flat", Optional.of("physnet2"), Optional.empty(), 1500);
        assertThatThrownBy(() -> left.driver().plug(port(bridge, "10.4.0.11")))
                .hasMessageContaining("There is no bridge br-none");

        left.net().createVeth("phys0", "phys1", Optional.of(left.name()));
        left.net().addAddress("phys0", "192.0.2.9/24");
        assertThatThrownBy(() -> left.driver().plug(port(missing, "10.4.0.11")))
                .hasMessageContaining("has addresses of its own");
        var vlan = new Segment(Lab.id(), "vlan", Optional.of("physnet1"), Optional.of(100), 1500);
        var onVlan = port(vlan, "10.4.0.11");
        try {
            left.driver().plug(onVlan);
            assertThat(left.net().ports(Names.bridge(vlan.networkId())))
                    .extracting(l -> l.name())
                    .contains("phys0.100");
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("This kernel has no VLAN devices: load the module 8021q");
        }
        // Nothing of the refused ones stays but what the next call would use; unplugging takes that too.
        for (var segment : List.of(gre, nowhere, missing, bridge, vlan)) {
            left.driver().unplug(onVlan.id(), onVlan.tap(), segment.networkId());
        }
        assertThat(left.driver().inventory().segments()).isEmpty();
    }
}
