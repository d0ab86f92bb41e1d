package cloud.yun.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.network.ServerPorts.Wanted;
import cloud.yun.network.agent.NetworkAgent;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.driver.SimulatedNetworkDriver;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What reaches hosts: ports of servers, filters, DHCP, tunnels; and what does not stay behind.
class HostsTest {
    private static final Caller DEMO = Cloud.caller("demo", Cloud.DEMO, List.of("member", "reader"));

    @TempDir
    Path directory;

    private Cloud cloud;
    private String network;
    private String subnet;

    @BeforeEach
    void open() {
        cloud = Cloud.sqlite(directory);
        network = cloud.make("demo", "networks", "network", "'name': 'n'")
                .path("id")
                .asString();
        subnet = cloud.make(
                        "demo",
                        "subnets",
                        "subnet",
                        "'network_id': '" + network
                                + "', 'ip_version': 4, 'cidr': '10.1.0.0/24', 'dns_nameservers': ['9.9.9.9']")
                .path("id")
                .asString();
    }

    @AfterEach
    void close() {
        cloud.settled();
        assertThat(cloud.violations()).isEmpty();
        cloud.close();
    }

    private ServerPorts.Port allocate(String server, String host) {
        var ports = cloud.module.serverPorts();
        return cloud.db.transaction(tx -> {
            var made = ports.allocate(tx, DEMO, server, ports.standard(tx, DEMO), List.of());
            ports.bind(tx, server, host);
            return made.getFirst();
        });
    }

    private String status(String port) {
        return cloud.get("demo", "/v2.0/ports/" + port).at("/port/status").asString();
    }

    @Test
    void server_whenItComesAndGoes_hasItsPortOnTheHostAndLeavesNothing() {
        var ports = cloud.module.serverPorts();
        var port = allocate("server-1", Cloud.HOST);
        assertThat(port.dnsServers()).containsExactly("9.9.9.9");
        assertThat(port.securityGroupNames()).containsExactly("default");
        ports.plug(port.id(), Cloud.HOST);
        assertThat(status(port.id())).isEqualTo("ACTIVE");
        cloud.settled();
        var there = cloud.driver.ports().get(port.id());
        assertThat(there.fixedIps().getFirst().cidr()).isEqualTo("10.1.0.0/24");
        var dhcp = cloud.driver.dhcp().get(network);
        assertThat(dhcp.hosts()).hasSize(1);
        assertThat(dhcp.metadata()).as("no router answers for it").isTrue();
        assertThat(dhcp.addresses().getFirst().address()).isEqualTo("10.1.0.2");
        ports.unplug(port.id(), Cloud.HOST);
        ports.unplug(port.id(), Cloud.HOST);
        assertThat(status(port.id())).isEqualTo("DOWN");
        cloud.db.write(tx -> ports.releaseAll(tx, "server-1"));
        ports.unplug(port.id(), Cloud.HOST);
        cloud.settled();
        assertThat(cloud.driver.ports()).isEmpty();
        assertThat(cloud.driver.dhcp().get(network).hosts()).isEmpty();
    }

    @Test
    void serversByAddress_takesARegularExpression() {
        var ports = cloud.module.serverPorts();
        var one = allocate("server-1", Cloud.HOST).addresses().getFirst().address();
        var two = allocate("server-2", Cloud.HOST).addresses().getFirst().address();
        assertThat(byAddress("10.1.0")).containsExactlyInAnyOrder("server-1", "server-2");
        assertThat(byAddress("^" + one + "$")).containsExactly("server-1");
        assertThat(byAddress(two.replace(".", "\\.") + "$")).containsExactly("server-2");
        assertThat(byAddress("^1.0.0")).isEmpty();
        assertThat(byAddress("^(" + one + "|" + two + ")$")).containsExactlyInAnyOrder("server-1", "server-2");
        assertThat(byAddress("[x-z]")).isEmpty();
        assertThatThrownBy(() -> byAddress("10.(")).isInstanceOf(CloudException.Invalid.class);
        cloud.db.write(tx -> ports.releaseAll(tx, "server-1"));
        cloud.db.write(tx -> ports.releaseAll(tx, "server-2"));
    }

    private List<String> byAddress(String regex) {
        return cloud.db.read(tx -> cloud.module.serverPorts().serversByAddress(tx, regex));
    }

    @Test
    void usersPort_whenAServerTakesItOver_isGivenBackNotDeleted() {
        var id = cloud.make("demo", "ports", "port", "'network_id': '" + network + "'")
                .path("id")
                .asString();
        var ports = cloud.module.serverPorts();
        var wanted = List.of(new Wanted(Optional.empty(), Optional.of(id), Optional.empty(), Optional.of("nic1")));
        cloud.db.write(tx -> ports.allocate(tx, DEMO, "server-1", wanted, List.of()));
        assertThatThrownBy(() -> cloud.db.write(tx -> ports.allocate(tx, DEMO, "server-2", wanted, List.of())))
                .isInstanceOf(CloudException.Conflict.class)
                .hasMessage("Port " + id + " is still in use.");
        cloud.db.write(tx -> ports.releaseAll(tx, "server-1"));
        assertThat(cloud.get("demo", "/v2.0/ports/" + id).at("/port/device_id").asString())
                .isEmpty();
    }

    @Test
    void plug_whenTheHostFailsBeforeOrAfter_canBeRepeatedOrUndone() {
        var ports = cloud.module.serverPorts();
        for (boolean after : new boolean[] {false, true}) {
            var port = allocate("server-" + after, Cloud.HOST);
            cloud.driver.fault(failing(after));
            assertThatThrownBy(() -> ports.plug(port.id(), Cloud.HOST)).isInstanceOf(IllegalStateException.class);
            cloud.driver.noFault();
            ports.plug(port.id(), Cloud.HOST);
            assertThat(cloud.driver.ports()).containsKey(port.id());
            cloud.driver.fault(failing(after));
            assertThatThrownBy(() -> ports.unplug(port.id(), Cloud.HOST)).isInstanceOf(IllegalStateException.class);
            cloud.driver.noFault();
            ports.unplug(port.id(), Cloud.HOST);
            cloud.db.write(tx -> ports.releaseAll(tx, "server-" + after));
            cloud.settled();
            assertThat(cloud.driver.ports()).isEmpty();
        }
    }

    private static SimulatedNetworkDriver.Fault failing(boolean after) {
        return new SimulatedNetworkDriver.Fault() {
            @Override
            public void before(String call, String id) {
                if (!after) throw new IllegalStateException(call);
            }

            @Override
            public void after(String call, String id) {
                if (after) throw new IllegalStateException(call);
            }
        };
    }

    @Test
    void change_whenTheHostRefusesForAWhile_isAppliedInTheEnd() {
        var tries = new AtomicInteger();
        cloud.settled();
        cloud.driver.fault(new SimulatedNetworkDriver.Fault() {
            @Override
            public void before(String call, String id) {
                if (call.equals("applyDhcp") && tries.incrementAndGet() <= 3)
                    throw new IllegalStateException("refused");
            }
        });
        cloud.put("demo", "/v2.0/subnets/" + subnet, "{'subnet': {'dns_nameservers': ['1.1.1.1']}}");
        cloud.settled();
        assertThat(tries.get()).isGreaterThan(3);
        assertThat(cloud.driver.dhcp().get(network).subnets().getFirst().dnsServers())
                .containsExactly("1.1.1.1");
    }

    @Test
    @Requirement({"S3.266", "S3.267"})
    void filters_whenRulesOrMembersChange_followOnTheHost() {
        var port = allocate("server-1", Cloud.HOST);
        cloud.module.serverPorts().plug(port.id(), Cloud.HOST);
        var group = cloud.get("demo", "/v2.0/security-groups?name=default")
                .at("/security_groups/0/id")
                .asString();
        cloud.make(
                "demo",
                "security-group-rules",
                "security_group_rule",
                "'security_group_id': '" + group + "', 'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 22,"
                        + " 'port_range_max': 22");
        cloud.settled();
        assertThat(rules(port.id())).anyMatch(r -> r.portMin().equals(Optional.of(22)) && r.remoteAny());
        var other = allocate("server-2", Cloud.HOST);
        cloud.settled();
        assertThat(rules(port.id())).anyMatch(r -> r.remoteGroup().equals(Optional.of(group)));
        assertThat(cloud.driver.groups().get(group))
                .containsExactlyInAnyOrder(
                        port.addresses().getFirst().address(),
                        other.addresses().getFirst().address());
        cloud.db.write(tx -> cloud.module.serverPorts().releaseAll(tx, "server-2"));
        cloud.settled();
        assertThat(cloud.driver.groups().get(group))
                .containsExactly(port.addresses().getFirst().address());
        cloud.put(
                "demo",
                "/v2.0/ports/" + port.id(),
                "{'port': {'security_groups': [], 'port_security_enabled': false}}");
        cloud.settled();
        assertThat(cloud.driver.ports().get(port.id()).portSecurity()).isFalse();
        assertThat(rules(port.id())).isEmpty();
    }

    /// A new member is no news for the ports of the others: each host changes one set.
    @Test
    void members_whenTheyComeAndGo_changeTheSetAndNoPort() {
        var first = allocate("server-1", Cloud.HOST);
        cloud.module.serverPorts().plug(first.id(), Cloud.HOST);
        cloud.settled();
        var calls = new java.util.concurrent.ConcurrentLinkedQueue<String>();
        cloud.driver.fault(new SimulatedNetworkDriver.Fault() {
            @Override
            public void before(String call, String id) {
                if (!call.equals("applyDhcp")) calls.add(call);
            }
        });
        var group = cloud.driver.groups().keySet().iterator().next();
        var other = allocate("server-2", "elsewhere");
        cloud.settled();
        assertThat(calls).containsExactly("changeGroup");
        assertThat(cloud.driver.groups().get(group)).hasSize(2);

        cloud.put(
                "admin",
                "/v2.0/ports/" + other.id(),
                "{'port': {'allowed_address_pairs': [{'ip_address': '10.9.0.5/32'}, {'ip_address': '10.1.0.77'}]}}");
        cloud.settled();
        assertThat(cloud.driver.groups().get(group)).hasSize(4).contains("10.9.0.5", "10.1.0.77");
        cloud.put(
                "admin",
                "/v2.0/ports/" + other.id(),
                "{'port': {'allowed_address_pairs': [{'ip_address': '10.9.0.0/28'}]}}");
        cloud.settled();
        assertThat(cloud.driver.groups().get(group)).hasSize(3).contains("10.9.0.0/28");
        cloud.db.write(tx -> cloud.module.serverPorts().releaseAll(tx, "server-2"));
        cloud.settled();
        assertThat(cloud.driver.groups().get(group))
                .containsExactly(first.addresses().getFirst().address());
        assertThat(calls).containsOnly("changeGroup", "applyGroup");
        cloud.driver.noFault();
    }

    /// Two ports with one address (networks may use the same): it is a member until both are gone.
    @Test
    void address_whenTwoMembersHaveIt_staysUntilBothHaveLeft() {
        var first = allocate("server-1", Cloud.HOST);
        cloud.module.serverPorts().plug(first.id(), Cloud.HOST);
        var pair = "'network_id': '" + network + "', 'allowed_address_pairs': [{'ip_address': '10.1.0.200'}]";
        var a = cloud.make("demo", "ports", "port", pair).path("id").asString();
        var b = cloud.make("demo", "ports", "port", pair).path("id").asString();
        cloud.settled();
        var group = cloud.driver.groups().keySet().iterator().next();
        assertThat(cloud.driver.groups().get(group)).hasSize(4).contains("10.1.0.200");
        cloud.delete("demo", "/v2.0/ports/" + a);
        cloud.settled();
        assertThat(cloud.driver.groups().get(group)).hasSize(3).contains("10.1.0.200");
        cloud.delete("demo", "/v2.0/ports/" + b);
        cloud.settled();
        assertThat(cloud.driver.groups().get(group)).hasSize(1);
    }

    @Test
    void group_whenTheHostLostItOrMissedTooMuch_isFetchedWhole() {
        var first = allocate("server-1", Cloud.HOST);
        cloud.module.serverPorts().plug(first.id(), Cloud.HOST);
        cloud.settled();
        var group = cloud.driver.groups().keySet().iterator().next();
        var members = cloud.driver.groups().get(group);
        cloud.driver.applyGroup(new NetworkDriver.Group("11111111-dead-0000-0000-000000000000", Set.of("192.0.2.9")));
        cloud = cloud.restarted();
        cloud.settled();
        assertThat(cloud.driver.groups()).containsOnlyKeys(group);
        assertThat(cloud.driver.groups().get(group)).isEqualTo(members);
        // As if more had changed than is remembered: the change of this address is not on the list any more.
        cloud.db.write(tx -> {
            tx.update("UPDATE security_group SET member_serial = member_serial + 5000 WHERE id = ?", group);
            tx.update("DELETE FROM security_group_change");
        });
        cloud.driver.changeGroup(group, Set.of("192.0.2.8"), members);
        allocate("server-2", Cloud.HOST);
        cloud.settled();
        assertThat(cloud.driver.groups().get(group)).hasSize(2).doesNotContain("192.0.2.8");
    }

    @Test
    void advertisements_followTheModesOfTheSubnets() {
        for (var mode : List.of("slaac", "dhcpv6-stateless", "dhcpv6-stateful")) {
            int n = mode.length();
            var six = cloud.make(
                            "demo",
                            "subnets",
                            "subnet",
                            "'network_id': '" + network + "', 'ip_version': 6, 'cidr': 'fd00:0:0:" + n
                                    + "::/64', 'ipv6_ra_mode': '" + mode + "', 'ipv6_address_mode': '" + mode + "',"
                                    + " 'dns_nameservers': ['fd00::53']")
                    .path("id")
                    .asString();
            var router = cloud.make("demo", "routers", "router", "'name': 'r'")
                    .path("id")
                    .asString();
            cloud.put("demo", "/v2.0/routers/" + router + "/add_router_interface", "{'subnet_id': '" + six + "'}");
            cloud.settled();
            var prefixes =
                    cloud.driver.routers().get(router).interfaces().getFirst().prefixes();
            assertThat(prefixes)
                    .containsExactly(new NetworkDriver.Prefix(
                            "fd00:0:0:" + n + "::/64",
                            !mode.equals("dhcpv6-stateful"),
                            mode.equals("dhcpv6-stateful"),
                            mode.equals("dhcpv6-stateless"),
                            List.of("fd00::53")));
        }
    }

    private List<NetworkDriver.Rule> rules(String port) {
        return cloud.driver.ports().get(port).rules();
    }

    @Test
    @Requirement("S3.271")
    void host_whenItsAgentStartsAgain_getsWhatIsWantedAndLosesOrphans() {
        var port = allocate("server-1", Cloud.HOST);
        cloud.module.serverPorts().plug(port.id(), Cloud.HOST);
        cloud.settled();
        var orphan = cloud.driver.ports().get(port.id());
        cloud.driver.unplug(port.id(), port.tap(), network);
        cloud.driver.removeDhcp(network);
        cloud.driver.plug(new NetworkDriver.Port(
                "00000000-dead-0000-0000-000000000000",
                "tap00000000-de",
                orphan.mac(),
                orphan.segment(),
                List.of(),
                false,
                List.of(),
                List.of(),
                true));
        cloud.driver.applyRouter(
                new NetworkDriver.Router("gone", true, List.of(), Optional.empty(), List.of(), List.of()));
        assertThat(cloud.violations()).hasSize(4);
        cloud = cloud.restarted();
        cloud.settled();
        assertThat(cloud.driver.ports().keySet()).containsExactly(port.id());
        assertThat(cloud.driver.dhcp()).containsKey(network);
        assertThat(cloud.driver.routers()).isEmpty();
    }

    @Test
    void tunnels_whenANetworkLivesOnTwoHosts_knowEachOthersPorts() {
        var second = new SimulatedNetworkDriver(Optional.of("192.0.2.2"));
        try (var agent = new NetworkAgent("host2", second, cloud.bus)) {
            agent.start();
            var here = allocate("server-1", Cloud.HOST);
            var there = allocate("server-2", "host2");
            cloud.module.serverPorts().plug(here.id(), Cloud.HOST);
            cloud.module.serverPorts().plug(there.id(), "host2");
            cloud.settled();
            assertThat(ends(cloud.driver)).isEqualTo(Map.of("192.0.2.2", List.of(there.mac())));
            assertThat(ends(second).get("192.0.2.1")).contains(here.mac());
            cloud.module.serverPorts().unplug(there.id(), "host2");
            cloud.settled();
            assertThat(ends(cloud.driver)).isEmpty();
            cloud.db.write(tx -> cloud.module.serverPorts().releaseAll(tx, "server-2"));
            cloud.module.serverPorts().unplug(here.id(), Cloud.HOST);
            cloud.settled();
            assertThat(cloud.violations()).isEmpty();
            cloud.db.write(tx -> tx.update("DELETE FROM network_agent WHERE host = 'host2'"));
        }
    }

    private Map<String, List<String>> ends(SimulatedNetworkDriver driver) {
        var found = new java.util.TreeMap<String, List<String>>();
        for (var peer : driver.peers().getOrDefault(network, List.of())) {
            var macs = new ArrayList<String>();
            peer.ports().forEach(p -> macs.add(p.mac()));
            found.put(peer.tunnelAddress(), macs);
        }
        return found;
    }

    @Test
    void standard_whenTwoNetworksArePossible_asksTheUserToChoose() {
        cloud.make("demo", "networks", "network", "'name': 'm'");
        assertThatThrownBy(() -> cloud.db.read(tx -> cloud.module.serverPorts().standard(tx, DEMO)))
                .hasMessage("Multiple possible networks found, use a Network ID to be more specific.");
    }
}
