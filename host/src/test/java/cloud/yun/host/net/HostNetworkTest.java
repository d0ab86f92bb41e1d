package cloud.yun.host.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.host.RealHost;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("host")
class HostNetworkTest {
    private final HostNetwork root = HostNetwork.root(Commands.system());
    private final String name = RealHost.unique("yt");
    private final String second = name + "b";
    private HostNetwork net;

    @BeforeEach
    void prepare() {
        RealHost.assumeRoot();
        RealHost.assumeInstalled("ip", "bridge", "nft", "nsenter");
        net = root.createNamespace(name);
    }

    @AfterEach
    void cleanUp() {
        root.deleteNamespace(name);
        root.deleteNamespace(second);
        assertThat(root.namespaces()).doesNotContain(name, second);
    }

    @Test
    void createNamespace_twice_isOneWithLoopbackUp() {
        root.createNamespace(name);
        assertThat(root.namespaces()).containsOnlyOnce(name);
        assertThat(net.link("lo").orElseThrow().up()).isTrue();
        root.deleteNamespace(second);
    }

    @Test
    void createBridge_twice_isOne() {
        net.createBridge("br0");
        net.createBridge("br0");
        var bridge = net.link("br0").orElseThrow();
        assertThat(bridge.kind()).contains("bridge");
        assertThat(bridge.up()).isTrue();
        assertThat(root.link("br0")).isEmpty();
    }

    @Test
    void createBridge_whenAnotherKindHasTheName_refuses() {
        net.createTap("br0", false);
        assertThatThrownBy(() -> net.createBridge("br0"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is a tun");
    }

    @Test
    void tapAndVeth_becomePortsOfABridge_andGoAgain() {
        var other = root.createNamespace(second);
        net.createBridge("br0");
        for (int i = 0; i < 2; i++) {
            net.createTap("tap0", false);
            net.createVeth("v0", "inner", Optional.of(second));
            net.attach("tap0", "br0");
            net.attach("v0", "br0");
            net.setMtu("tap0", 1450);
            net.setMac("tap0", "fe:16:3e:00:00:01");
            net.setAlias("tap0", "port 1");
        }
        assertThat(net.ports("br0")).extracting(Link::name).containsExactlyInAnyOrder("tap0", "v0");
        assertThat(net.link("tap0")).hasValueSatisfying(tap -> {
            assertThat(tap.mtu()).isEqualTo(1450);
            assertThat(tap.mac()).isEqualTo("fe:16:3e:00:00:01");
            assertThat(tap.alias()).contains("port 1");
        });
        assertThat(other.link("inner")).isPresent();
        for (int i = 0; i < 2; i++) {
            net.deleteLink("v0");
            net.deleteLink("tap0");
        }
        assertThat(other.link("inner")).isEmpty();
        assertThat(net.ports("br0")).isEmpty();
    }

    @Test
    void addressesAndRoutes_areIdempotent() {
        net.createBridge("d0");
        net.up("d0");
        for (int i = 0; i < 2; i++) {
            net.addAddress("d0", "10.1.2.1/24");
            net.addAddress("d0", "fd00:1::1/64");
            net.replaceRoute(Route.via("10.9.0.0/16", "10.1.2.254", "d0"));
            net.replaceRoute(Route.via("default", "10.1.2.253"));
            net.replaceRoute(Route.onLink("169.254.169.254", "d0"));
        }
        assertThat(net.addresses("d0")).contains("10.1.2.1/24", "fd00:1::1/64");
        assertThat(net.routes())
                .extracting(Route::destination)
                .contains("10.9.0.0/16", "default", "169.254.169.254", "10.1.2.0/24", "fd00:1::/64");
        for (int i = 0; i < 2; i++) {
            net.deleteRoute(Route.via("10.9.0.0/16", "10.1.2.254", "d0"));
            net.removeAddress("d0", "10.1.2.1/24");
            net.removeAddress("d0", "fd00:1::1/64");
        }
        assertThat(net.addresses("d0")).doesNotContain("10.1.2.1/24");
        assertThat(net.addresses("gone0")).isEmpty();
    }

    @Test
    void vxlan_takesStaticForwardingAndNeighbours() {
        net.createBridge("up0");
        net.up("up0");
        net.addAddress("up0", "192.0.2.1/24");
        for (int i = 0; i < 2; i++) net.createVxlan("vx7", Vxlan.unicast(7, "192.0.2.1"));
        assertThat(net.link("vx7").flatMap(Link::vni)).contains(7);
        assertThatThrownBy(() -> net.createVxlan("vx7", Vxlan.unicast(8, "192.0.2.1")))
                .hasMessageContaining("vni 7");
        var neighbours = net.neighbours();
        net.up("vx7");
        for (int i = 0; i < 2; i++) {
            neighbours.forward("vx7", "00:00:00:00:00:00", "192.0.2.2");
            neighbours.forward("vx7", "00:00:00:00:00:00", "192.0.2.3");
            neighbours.forward("vx7", "fa:16:3e:00:00:09", "192.0.2.2");
            neighbours.replace("10.0.0.9", "fa:16:3e:00:00:09", "vx7");
        }
        assertThat(neighbours.forwarding("vx7"))
                .filteredOn(f -> f.mac().equals("00:00:00:00:00:00"))
                .extracting(f -> f.destination().orElse(""))
                .containsExactlyInAnyOrder("192.0.2.2", "192.0.2.3");
        assertThat(neighbours.list("vx7"))
                .contains(new Neighbours.Neighbour("10.0.0.9", "fa:16:3e:00:00:09", "vx7", true));
        for (int i = 0; i < 2; i++) {
            neighbours.unforward("vx7", "00:00:00:00:00:00", "192.0.2.3");
            neighbours.unforward("vx7", "fa:16:3e:00:00:09", "192.0.2.2");
            neighbours.delete("10.0.0.9", "vx7");
        }
        assertThat(neighbours.forwarding("vx7")).hasSize(1);
        assertThat(neighbours.list("vx7")).isEmpty();
        net.deleteLink("vx7");
        neighbours.unforward("vx7", "fa:16:3e:00:00:09", "192.0.2.2");
        neighbours.delete("10.0.0.9", "vx7");
        assertThat(neighbours.forwarding("vx7")).isEmpty();
    }

    @Test
    void linksMadeWithAnOwner_bearItsName() {
        for (int i = 0; i < 2; i++) {
            net.createBridge("br0", "yun:network:1");
            net.createTap("tap0", "yun:port:2");
            net.createVxlan("vx7", Vxlan.unicast(7, "192.0.2.1"), "yun:segment:1");
        }
        assertThat(net.link("br0").flatMap(Link::alias)).contains("yun:network:1");
        assertThat(net.link("br0").orElseThrow().up()).isFalse();
        assertThat(net.link("tap0").flatMap(Link::alias)).contains("yun:port:2");
        assertThat(net.link("vx7").flatMap(Link::alias)).contains("yun:segment:1");
        assertThatThrownBy(() -> net.createTap("tap1", "two words")).isInstanceOf(IllegalArgumentException.class);
        assertThat(net.link("tap1")).isEmpty();
    }

    @Test
    void sysctl_isOfTheNamespace() {
        // A new namespace begins with the machine's value, whatever that is.
        var other = root.createNamespace(second);
        other.sysctl("net.ipv4.ip_forward", "0");
        net.sysctl("net.ipv4.ip_forward", "1");
        assertThat(net.sysctl("net.ipv4.ip_forward")).contains("1");
        assertThat(other.sysctl("net.ipv4.ip_forward")).contains("0");
        assertThat(net.sysctl("net.ipv4.no_such_key")).isEmpty();
    }

    @Test
    void nft_appliesAllOrNothing() {
        var table = new Nft.Table("inet", "t1");
        net.nft().replaceTable(table, "chain a { type filter hook input priority 0; tcp dport 22 accept; }");
        assertThatThrownBy(() -> net.nft().apply("add chain inet t1 b\nadd rule inet t1 nosuchchain accept\n"))
                .isInstanceOf(CommandFailed.class);
        assertThat(net.nft().objects(table))
                .filteredOn(o -> o.has("chain"))
                .extracting(o -> o.path("chain").path("name").asString())
                .containsExactly("a");
        net.nft().replaceTable(table, "chain c { }");
        assertThat(net.nft().objects(table)).filteredOn(o -> o.has("rule")).isEmpty();
        assertThat(root.nft().tables()).doesNotContain(table);
        for (int i = 0; i < 2; i++) net.nft().deleteTable(table);
        assertThat(net.nft().tables()).isEmpty();
        assertThat(net.nft().objects(table)).isEmpty();
    }

    @Test
    void nft_showsMapsAndRules() {
        var table = new Nft.Table("inet", "t2");
        assertThat(net.nft().elements(table, "m")).isEmpty();
        assertThat(net.nft().rules(table, "c")).isEmpty();
        net.nft().replaceTable(table, """
                chain c { tcp dport 22 accept comment "ssh"; }
                map m { type mark : verdict; elements = { 0x10000 : jump c }; }
                """);
        assertThat(net.nft().elements(table, "m")).singleElement().satisfies(e -> {
            assertThat(e.key().asInt()).isEqualTo(0x10000);
            assertThat(e.value().path("jump").path("target").asString()).isEqualTo("c");
        });
        assertThat(net.nft().rules(table, "c"))
                .extracting(r -> r.path("comment").asString())
                .containsExactly("ssh");
    }

    @Test
    void announce_sendsGratuitousArp() {
        RealHost.assumeInstalled("tcpdump", "timeout");
        var other = root.createNamespace(second);
        net.createVeth("a0", "b0", Optional.of(second));
        net.up("a0");
        other.up("b0");
        net.addAddress("a0", "10.3.0.1/24");
        net.addAddress("a0", "10.3.0.7/32");
        var heard = java.util.concurrent.CompletableFuture.supplyAsync(() -> Commands.system()
                .output(cloud.yun.host.process.Command.of(
                                "timeout", "10", "tcpdump", "-lnni", "b0", "-c", "1", "arp and arp[24:4] = 0x0a030007")
                        .in(second)));
        org.awaitility.Awaitility.await().until(() -> {
            net.announce("a0");
            return heard.isDone();
        });
        assertThat(heard.join()).contains("10.3.0.7");
    }

    @Test
    void shaping_isSetAndRemoved() {
        RealHost.assumeInstalled("tc");
        net.createTap("tap0", false);
        net.up("tap0");
        for (int i = 0; i < 2; i++) {
            net.shaping().limitOutgoing("tap0", 20_000, 16_000);
            net.shaping().limitIncoming("tap0", "ifb0", 10_000, 8_000);
        }
        var tc = Commands.system().output(cloud.yun.host.process.Command.of("tc", "-n", name, "qdisc", "show"));
        assertThat(tc)
                .contains("tbf")
                .contains("rate 20Mbit")
                .contains("rate 10Mbit")
                .contains("ingress");
        for (int i = 0; i < 2; i++) {
            net.shaping().unlimitOutgoing("tap0");
            net.shaping().unlimitIncoming("tap0", "ifb0");
        }
        assertThat(Commands.system().output(cloud.yun.host.process.Command.of("tc", "-n", name, "qdisc", "show")))
                .doesNotContain("tbf")
                .doesNotContain("ingress");
    }

    @Test
    void names_tooLongForTheKernel_areRefused() {
        assertThatThrownBy(() -> net.createBridge("a-name-of-17-char")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void link_inANamespaceThatIsGone_isEmpty() {
        assertThat(root.in("no-such-namespace").link("x")).isEmpty();
        root.in("no-such-namespace").deleteLink("x");
    }
}
