package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.in;
import static cloud.yun.network.linuxbridge.Lab.local;
import static cloud.yun.network.linuxbridge.Lab.open;
import static cloud.yun.network.linuxbridge.Lab.pairs;
import static cloud.yun.network.linuxbridge.Lab.port;
import static cloud.yun.network.linuxbridge.Lab.rule;
import static cloud.yun.network.linuxbridge.Lab.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.host.process.Programs;
import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.network.driver.NetworkDriver.Segment;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real packets between two guests on one bridge.
@Tag("host")
class PortFilterTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host host;
    private LinuxBridgeDriver driver;
    private Segment segment;
    private Port a;
    private Port b;
    private Lab.Guest guestA;
    private Lab.Guest guestB;

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
        host = lab.host();
        driver = host.driver();
        segment = local(Lab.id());
        a = port(segment, "10.7.0.11");
        b = port(segment, "10.7.0.12");
        guestA = lab.guest(host, a).address("10.7.0.11/24");
        guestB = lab.guest(host, b).address("10.7.0.12/24");
        driver.plug(open(a));
        driver.plug(open(b));
        // A link needs a moment to come up, and what must not pass is to be stopped by a rule, not by that.
        Lab.awaitPath(guestA, "10.7.0.12");
        driver.update(a);
        driver.update(b);
    }

    @AfterEach
    void cleanUp() {
        lab.close();
    }

    @Test
    @Requirement({"S1.55", "S1.160", "S3.251"})
    void defaultGroup_deniesInbound_andRulesChangeLiveFlows() {
        lab.serve(guestB, 80);
        lab.serve(guestB, 81);
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
        assertThat(guestA.connects("10.7.0.12", 80)).isFalse();

        driver.update(with(b, in("tcp", 80), in("icmp", null)));
        assertThat(guestA.pings("10.7.0.12")).isTrue();
        assertThat(guestA.connects("10.7.0.12", 80)).isTrue();
        assertThat(guestA.connects("10.7.0.12", 81)).isFalse();
        // Stateful: A lets nothing in, and yet B's answers reach it. The other way round nothing passes.
        assertThat(guestB.pingsOnce("10.7.0.11")).isFalse();

        // The same connection goes on (ICMP with a fixed identifier is one), until its rule is gone.
        assertThat(guestA.run("ping", "-n", "-e", "77", "-c", "1", "-W", "1", "10.7.0.12"))
                .isTrue();
        driver.update(with(b, in("tcp", 80)));
        assertThat(guestA.run("ping", "-n", "-e", "77", "-c", "1", "-W", "1", "10.7.0.12"))
                .isFalse();
        assertThat(guestA.connects("10.7.0.12", 80)).isTrue();
    }

    @Test
    void remoteGroup_changesLive() {
        driver.update(with(b, in("icmp", null, "10.7.0.99", "10.8.0.0/16")));
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
        driver.update(
                with(b, in("icmp", null, "10.7.0.99", "10.7.0.11/32", "10.7.0.0/28", "10.8.0.0/16", "fd00::/64")));
        assertThat(guestA.pings("10.7.0.12")).isTrue();
        driver.update(with(b, in("icmp", null, "10.7.0.99")));
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
        // A group without members lets nobody in.
        driver.update(with(
                b,
                new cloud.yun.network.driver.NetworkDriver.Rule(
                        "ingress",
                        "IPv4",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        java.util.List.of(),
                        Optional.empty())));
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
    }

    @Test
    void bridgeNetfilter_turnedOffBySomebody_isTurnedOnAgain() {
        host.net().sysctl("net.bridge.bridge-nf-call-iptables", "0");
        Lab.awaitPath(guestA, "10.7.0.12");
        driver.update(b);
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
    }

    @Test
    void tablesFlushedBySomebody_areThereAgain() {
        host.net().nft().apply("flush ruleset\n");
        Lab.awaitPath(guestA, "10.7.0.12");
        driver.plug(a);
        driver.plug(b);
        host.net().forgetConnections("10.7.0.12");
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
        assertThat(host.net().nft().elements(PortFilter.INET, "zones")).hasSize(1);
    }

    @Test
    void egress_withoutItsRules_isDenied() {
        driver.update(with(b, in("icmp", null)));
        assertThat(guestA.pings("10.7.0.12")).isTrue();
        driver.update(new Port(
                a.id(),
                a.tap(),
                a.mac(),
                segment,
                a.fixedIps(),
                true,
                java.util.List.of(),
                java.util.List.of(rule("egress", "IPv4", "tcp", 1, 1000)),
                true));
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
    }

    @Test
    @Requirement({"S1.53", "S1.54"})
    void spoofedSources_areDroppedAndCounted_unlessAllowedOrUnfiltered() {
        driver.update(with(b, in(null, null)));
        assertThat(guestA.pings("10.7.0.12")).isTrue();
        assertThat(driver.spoofedFrames(a.tap())).contains(0L);

        // A foreign IP address: ARP and IP.
        guestA.address("10.7.0.50/24");
        assertThat(guestA.run("ping", "-n", "-I", "10.7.0.50", "-c", "1", "-W", "1", "10.7.0.12"))
                .isFalse();
        long spoofed = driver.spoofedFrames(a.tap()).orElseThrow();
        assertThat(spoofed).isPositive();
        driver.update(pairs(a, a.mac() + ",10.7.0.48/29"));
        assertThat(guestA.run("ping", "-n", "-I", "10.7.0.50", "-c", "3", "-i", "0.2", "-W", "1", "10.7.0.12"))
                .isTrue();

        // A foreign MAC address.
        driver.update(a);
        guestA.net().setMac("eth0", "fa:16:3e:99:99:99");
        guestB.run("ip", "neigh", "flush", "dev", "eth0");
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
        assertThat(driver.spoofedFrames(a.tap()).orElseThrow()).isGreaterThan(spoofed);
        driver.update(pairs(a, "fa:16:3e:99:99:99,10.7.0.11"));
        assertThat(guestA.pings("10.7.0.12")).isTrue();

        // Port security off: neither matters, and everybody gets in.
        driver.update(open(a));
        assertThat(driver.spoofedFrames(a.tap())).isEmpty();
        assertThat(guestA.run("ping", "-n", "-I", "10.7.0.50", "-c", "3", "-i", "0.2", "-W", "1", "10.7.0.12"))
                .isTrue();
        assertThat(guestB.pings("10.7.0.11")).isTrue();

        // And on again.
        driver.update(a);
        assertThat(guestB.pingsOnce("10.7.0.50")).isFalse();
    }

    @Test
    void taggedFrames_andDhcpServers_ofAGuest_areDropped() {
        assumeTrue(Programs.installed("python3"), "skipped: python3 is not installed");
        driver.update(open(b));
        String send = "import socket,sys;s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW);s.bind(('eth0',0));"
                + "s.send(bytes.fromhex(sys.argv[1]))";
        String header = b.mac().replace(":", "") + a.mac().replace(":", "");
        // 802.1Q tag 5 around an IPv4 header, then the offer of a DHCP server.
        assertThat(guestA.run("python3", "-c", send, header + "81000005" + "0800" + "45000014" + "0".repeat(32)))
                .isTrue();
        awaitSpoofed(1);
        String udp = "4500001c00000000401100000a07000b0a07000c" + "0043004400080000";
        assertThat(guestA.run("python3", "-c", send, header + "0800" + udp)).isTrue();
        awaitSpoofed(2);
    }

    private void awaitSpoofed(long frames) {
        Awaitility.await().until(() -> driver.spoofedFrames(a.tap()).orElseThrow() == frames);
    }

    @Test
    void ipv6_linkLocalNeighbours_areFound_andPingFollowsTheRules() {
        String lla = PortRules.linkLocal(b.mac()) + "%eth0";
        assertThat(guestA.pingsOnce(lla)).isFalse();
        driver.update(with(b, rule("ingress", "IPv6", "icmp", null, null)));
        // A link-local address is tentative for a moment after the link came up.
        Awaitility.await().until(() -> guestA.pingsOnce(lla));
    }

    @Test
    void icmpTypesAndPortRanges_areUnderstood() {
        lab.serve(guestB, 8080);
        driver.update(with(
                b,
                rule("ingress", "IPv4", "icmp", 8, 0),
                rule("ingress", "IPv4", "6", 8000, 8100),
                rule("ingress", "IPv6", "ipv6-icmp", 128, null),
                rule("ingress", "IPv4", "vrrp", null, null),
                rule("ingress", "IPv4", "udp", 1, 65535, "0.0.0.0/0"),
                rule("ingress", "IPv6", "tcp", 22, 22, "::/0", "fd00::1")));
        assertThat(guestA.pings("10.7.0.12")).isTrue();
        assertThat(guestA.connects("10.7.0.12", 8080)).isTrue();
        driver.update(with(b, rule("ingress", "IPv4", "icmp", 13, null)));
        assertThat(guestA.pingsOnce("10.7.0.12")).isFalse();
    }

    @Test
    @Requirement("S1.24")
    void networks_doNotLeakToEachOther_evenWithTheSameAddresses() {
        driver.update(open(a));
        driver.update(open(b));
        assertThat(guestA.pings("10.7.0.12")).isTrue();

        var other = local(Lab.id());
        var c = open(port(other, "10.7.0.11"));
        var d = port(other, "10.7.0.13", in("icmp", null));
        var guestC = lab.guest(host, c).address("10.7.0.11/24");
        var guestD = lab.guest(host, d).address("10.7.0.13/24");
        driver.plug(c);
        driver.plug(d);
        Lab.awaitPath(guestC, "10.7.0.13");
        assertThat(guestC.pings("10.7.0.13")).isTrue();
        assertThat(guestC.pingsOnce("10.7.0.12")).isFalse();
        assertThat(guestA.pingsOnce("10.7.0.13")).isFalse();
        assertThat(guestD.pings("10.7.0.11")).isTrue();
        // Each bridge has learned its own guests only.
        String brA = Names.bridge(segment.networkId());
        assertThat(host.net().neighbours().forwarding(a.tap()))
                .anyMatch(f -> f.mac().equals(a.mac()));
        assertThat(host.net().neighbours().forwarding(brA))
                .noneMatch(f -> f.mac().equals(d.mac()));
        for (var link : host.net().ports(brA)) {
            assertThat(host.net().neighbours().forwarding(link.name()))
                    .noneMatch(f -> f.mac().equals(d.mac()));
        }
    }
}
