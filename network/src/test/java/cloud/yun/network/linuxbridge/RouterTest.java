package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.in;
import static cloud.yun.network.linuxbridge.Lab.port;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.host.process.Command;
import cloud.yun.network.MetadataSource;
import cloud.yun.network.driver.NetworkDriver.ExternalGateway;
import cloud.yun.network.driver.NetworkDriver.FloatingIp;
import cloud.yun.network.driver.NetworkDriver.Route;
import cloud.yun.network.driver.NetworkDriver.Router;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
import cloud.yun.network.driver.NetworkDriver.Segment;
import cloud.yun.network.metadata.MetadataServer;
import cloud.yun.testing.Requirement;
import java.nio.charset.StandardCharsets;
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

/// A router between two tenant networks and the public network of the host, with a guest on each tenant network.
@Tag("host")
class RouterTest {
    private static final String HOST = "203.0.113.1";
    private static final String FLOATING = "203.0.113.50";

    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host host;
    private Lab.Guest guestA;
    private Lab.Guest guestB;
    private Router router;

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
        host = lab.host();
        var first = new Segment(Lab.id(), "vxlan", Optional.empty(), Optional.of(71), 1450);
        var second = Lab.local(Lab.id());
        var a = port(first, "10.8.0.11", in("icmp", null), in("tcp", 80));
        var b = port(second, "10.9.0.12", in("icmp", null));
        guestA = lab.guest(host, a).address("10.8.0.11/24");
        guestB = lab.guest(host, b).address("10.9.0.12/24");
        host.driver().plug(a);
        host.driver().plug(b);
        router = new Router(
                Lab.id(),
                true,
                List.of(
                        new RouterPort(Lab.id(), Lab.mac(), first, List.of("10.8.0.1/24"), List.of()),
                        new RouterPort(Lab.id(), Lab.mac(), second, List.of("10.9.0.1/24", "fd09::1/64"), List.of())),
                Optional.of(gateway(true)),
                List.of(new FloatingIp(Lab.id(), FLOATING, "10.8.0.11")),
                List.of());
        host.driver().applyRouter(router);
        guestA.net().replaceRoute(cloud.yun.host.net.Route.via("default", "10.8.0.1"));
        guestB.net().replaceRoute(cloud.yun.host.net.Route.via("default", "10.9.0.1"));
        Lab.awaitPath(guestA, "10.8.0.1");
        Lab.awaitPath(guestB, "10.9.0.1");
    }

    @AfterEach
    void cleanUp() {
        lab.close();
    }

    private ExternalGateway gateway(boolean snat) {
        var port = new RouterPort(Lab.id(), Lab.mac(), Lab.external(Lab.id()), List.of("203.0.113.10/24"), List.of());
        return new ExternalGateway(port, List.of(HOST), snat);
    }

    private Router with(List<RouterPort> interfaces, Optional<ExternalGateway> gateway, List<FloatingIp> floating) {
        return new Router(router.id(), true, interfaces, gateway, floating, router.routes());
    }

    private boolean hostPings(String address) {
        return Lab.COMMANDS.succeeds(Command.of("ping", "-n", "-c", "2", "-i", "0.2", "-W", "1", address)
                .in(host.name()));
    }

    private boolean hostGets(String url) {
        return Lab.COMMANDS.succeeds(
                Command.of("curl", "-s", "-o", "/dev/null", "--connect-timeout", "1", "-m", "3", url)
                        .in(host.name()));
    }

    /// Pings the host again and again until the host's public bridge has seen a request from this address.
    private void awaitSeenAs(Lab.Guest guest, String source) {
        var heard = CompletableFuture.supplyAsync(() -> Lab.COMMANDS.succeeds(
                Command.of("timeout", "15", "tcpdump", "-nni", "br-ex", "-c", "1", "icmp[0] == 8 and src " + source)
                        .in(host.name())));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            guest.pingsOnce(HOST);
            return heard.isDone();
        });
        assertThat(heard.join()).isTrue();
    }

    @Test
    @Requirement({"S1.160", "S3.248"})
    void subnets_areConnected_untilTheInterfaceGoes() {
        assertThat(guestA.pings("10.9.0.12")).isTrue();
        assertThat(guestB.pings("10.8.0.11")).isTrue();
        host.driver().applyRouter(with(router.interfaces().subList(0, 1), router.gateway(), router.floatingIps()));
        assertThat(guestA.pingsOnce("10.9.0.12")).isFalse();
        assertThat(guestA.pings("10.8.0.1")).isTrue();
        host.driver().applyRouter(router);
        Lab.awaitPath(guestA, "10.9.0.12");
    }

    @Test
    @Requirement({"S1.160", "S3.249"})
    void snatOutbound_andFloatingIpInbound() {
        // Out without a floating IP: as the router. With one: as itself.
        assertThat(guestB.pings(HOST)).isTrue();
        awaitSeenAs(guestB, "203.0.113.10");
        assertThat(guestA.pings(HOST)).isTrue();
        awaitSeenAs(guestA, FLOATING);

        // In by the floating IP, as far as the security group allows.
        lab.serve(guestA, 80);
        lab.serve(guestA, 81);
        assertThat(hostPings(FLOATING)).isTrue();
        assertThat(hostGets("http://" + FLOATING + "/")).isTrue();
        assertThat(hostGets("http://" + FLOATING + ":81/")).isFalse();

        // From inside, by the floating IP: the other network, and the guest itself.
        assertThat(guestB.pings(FLOATING)).isTrue();
        assertThat(guestB.connects(FLOATING, 80)).isTrue();
        assertThat(guestA.pings(FLOATING)).isTrue();

        // It moves to the other guest, then goes. What is under way goes with it.
        assertThat(guestPingsAs("77")).isTrue();
        host.driver()
                .applyRouter(with(
                        router.interfaces(),
                        router.gateway(),
                        List.of(new FloatingIp(Lab.id(), FLOATING, "10.9.0.12"))));
        assertThat(hostPings(FLOATING)).isTrue();
        assertThat(hostGets("http://" + FLOATING + "/")).isFalse();
        awaitSeenAs(guestB, FLOATING);
        host.driver().applyRouter(with(router.interfaces(), router.gateway(), List.of()));
        assertThat(guestPingsAs("77")).isFalse();
        assertThat(hostPings(FLOATING)).isFalse();
        assertThat(guestB.pings(HOST)).isTrue();
    }

    private boolean guestPingsAs(String identifier) {
        return Lab.COMMANDS.succeeds(Command.of("ping", "-n", "-e", identifier, "-c", "1", "-W", "1", FLOATING)
                .in(host.name()));
    }

    @Test
    void withoutSnat_addressesAreKept() {
        host.driver()
                .applyRouter(with(
                        router.interfaces(),
                        router.gateway().map(g -> new ExternalGateway(g.port(), g.gatewayIps(), false)),
                        List.of()));
        awaitSeenAs(guestB, "10.9.0.12");
    }

    @Test
    void withoutGateway_nothingLeads_out_andAnotherGatewayReplacesIt() {
        host.driver().applyRouter(with(router.interfaces(), Optional.empty(), List.of()));
        var inside = Lab.ROOT.in(Names.routerNamespace(router.id()));
        assertThat(inside.links()).noneMatch(l -> l.name().startsWith("qg-"));
        assertThat(inside.routes()).noneMatch(r -> r.destination().equals("default"));
        assertThat(guestB.pingsOnce(HOST)).isFalse();
        assertThat(guestB.pings("10.8.0.11")).isTrue();
        host.driver().applyRouter(with(router.interfaces(), Optional.of(gateway(true)), router.floatingIps()));
        Lab.awaitPath(guestB, HOST);
        assertThat(hostPings(FLOATING)).isTrue();
    }

    @Test
    void extraRoutes_followTheWish() {
        var inside = Lab.ROOT.in(Names.routerNamespace(router.id()));
        var more = new Router(
                router.id(),
                true,
                router.interfaces(),
                router.gateway(),
                router.floatingIps(),
                List.of(new Route("192.168.5.0/24", "10.8.0.11"), new Route("fd55::/48", "fd09::12")));
        host.driver().applyRouter(more);
        host.driver().applyRouter(more);
        assertThat(inside.routes())
                .anyMatch(
                        r -> r.destination().equals("192.168.5.0/24") && r.via().equals(Optional.of("10.8.0.11")))
                .anyMatch(r -> r.destination().equals("fd55::/48") && r.via().equals(Optional.of("fd09::12")))
                .anyMatch(r -> r.destination().equals("default") && r.via().equals(Optional.of(HOST)));
        guestA.net().addAddress("lo", "192.168.5.1/32");
        host.driver().applyRouter(router);
        assertThat(inside.routes()).noneMatch(r -> r.destination().equals("192.168.5.0/24"));
        assertThat(inside.routes()).noneMatch(r -> r.destination().equals("fd55::/48"));
    }

    @Test
    void metadata_saysWhoAsks_whateverTheGuestSays() {
        MetadataSource source = (server, path) -> Optional.of(
                new MetadataSource.Document("text/plain", (server + path).getBytes(StandardCharsets.UTF_8)));
        try (var _ = MetadataServer.start(
                host.config().metadataSocket(),
                (network, by, address) ->
                        Optional.of(network + " " + by.equals(Optional.of(router.id())) + " " + address + " "),
                source)) {
            assertThat(guestA.output("curl", "-s", "-m", "5", "http://169.254.169.254/latest/meta-data/"))
                    .isEqualTo("Optional.empty true 10.8.0.11 /latest/meta-data/");
            assertThat(guestB.output(
                            "curl",
                            "-s",
                            "-m",
                            "5",
                            "-H",
                            "X-Forwarded-For: 10.8.0.11",
                            "-H",
                            "X-Neutron-Network-ID: other",
                            "-H",
                            "X-Neutron-Router-ID: other",
                            "http://169.254.169.254/x"))
                    .isEqualTo("Optional.empty true 10.9.0.12 /x");
            // The proxy believes addresses, so nobody may come to it but by the redirection.
            assertThat(guestA.connects("10.8.0.1", 9697)).isFalse();
            assertThat(hostGets("http://203.0.113.10:9697/")).isFalse();
        }
    }

    @Test
    void restart_leavesEverythingRunning_andRepairsWhatIsBroken() {
        var before = Lab.processesWith(host.config().stateDirectory().toString());
        assertThat(before).hasSize(1);
        var again = host.restarted();
        assertThat(again.inventory().routers()).containsExactly(router.id());
        again.applyRouter(router);
        assertThat(Lab.processesWith(host.config().stateDirectory().toString())).isEqualTo(before);
        assertThat(hostPings(FLOATING)).isTrue();

        ProcessHandle.of(before.getFirst()).orElseThrow().destroyForcibly();
        var inside = Lab.ROOT.in(Names.routerNamespace(router.id()));
        inside.nft().deleteTable(new cloud.yun.host.net.Nft.Table("ip", "yun"));
        inside.removeAddress(Names.routerPort(router.interfaces().getFirst().portId()), "10.8.0.1/24");
        again.applyRouter(router);
        Lab.awaitPath(guestA, HOST);
        assertThat(hostPings(FLOATING)).isTrue();
        assertThat(Lab.processesWith(host.config().stateDirectory().toString()))
                .hasSize(1)
                .isNotEqualTo(before);
    }

    @Test
    void downOrRemoved_leavesNothing_twice() {
        host.driver().applyRouter(new Router(router.id(), false, List.of(), Optional.empty(), List.of(), List.of()));
        assertThat(Lab.ROOT.namespaceExists(Names.routerNamespace(router.id()))).isFalse();
        host.driver().applyRouter(router);
        for (int i = 0; i < 2; i++) host.driver().removeRouter(router.id());
        assertThat(Lab.ROOT.namespaceExists(Names.routerNamespace(router.id()))).isFalse();
        var ownership = new Ownership(host.config().mark());
        assertThat(host.net().links())
                .noneMatch(l -> ownership.id(l, Ownership.ROUTER).isPresent());
        assertThat(Lab.processesWith(host.config().stateDirectory().toString())).isEmpty();
        // The guests' own bridges stay.
        assertThat(host.driver().inventory().segments()).hasSize(2);
    }
}
