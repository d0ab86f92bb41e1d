package cloud.yun.network;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The API over its HTTP pipeline, on both databases.
class ApiTest {
    @TempDir
    Path directory;

    private Cloud cloud;

    private interface Work {
        void on(Cloud cloud) throws Exception;
    }

    private void with(String kind, Work work, String... options) throws Exception {
        try (var opened = Cloud.on(kind, directory, options)) {
            cloud = opened;
            work.on(opened);
            opened.settled();
            assertThat(opened.violations()).isEmpty();
        }
    }

    private String id(String user, String plural, String member, String attributes) {
        return cloud.make(user, plural, member, attributes).path("id").asString();
    }

    private String network(String attributes) {
        return id("demo", "networks", "network", attributes);
    }

    private String subnet(String network, String attributes) {
        return id("demo", "subnets", "subnet", "'network_id': '" + network + "', " + attributes);
    }

    private Cloud.Answer subnetAnswer(String network, String attributes) {
        return cloud.post("demo", "/v2.0/subnets", "{'subnet': {'network_id': '" + network + "', " + attributes + "}}");
    }

    private Cloud.Answer port(String network, String attributes) {
        return cloud.post(
                "demo",
                "/v2.0/ports",
                "{'port': {'network_id': '" + network + "'" + (attributes.isEmpty() ? "" : ", " + attributes) + "}}");
    }

    private static String type(Cloud.Answer answer) {
        return answer.status() + " " + answer.at("/NeutronError/type").asString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement({"S1.42", "S3.254", "S3.257", "S3.258"})
    void create_whenSegmentsRunOut_saysSoAndGivesThemBack(String kind) throws Exception {
        with(
                kind,
                c -> {
                    var first = network("'name': 'a'");
                    network("'name': 'b'");
                    assertThat(type(c.post("demo", "/v2.0/networks", "{'network': {}}")))
                            .isEqualTo("409 NoNetworkAvailable");
                    assertThat(c.delete("demo", "/v2.0/networks/" + first).status())
                            .isEqualTo(204);
                    network("'name': 'c'");
                    var vlan = "{'network': {'provider:network_type': 'vlan', 'provider:physical_network': 'p1',"
                            + " 'provider:segmentation_id': %d}}";
                    assertThat(c.post("admin", "/v2.0/networks", vlan.formatted(150))
                                    .at("/network/provider:segmentation_id")
                                    .asInt())
                            .isEqualTo(150);
                    assertThat(type(c.post("admin", "/v2.0/networks", vlan.formatted(150))))
                            .isEqualTo("409 VlanIdInUse");
                    assertThat(type(c.post("admin", "/v2.0/networks", vlan.formatted(4095))))
                            .isEqualTo("400 InvalidInput");
                    assertThat(c.post(
                                            "admin",
                                            "/v2.0/networks",
                                            vlan.formatted(150).replace("p1", "p2"))
                                    .status())
                            .isEqualTo(201);
                    assertThat(type(c.post("demo", "/v2.0/networks", vlan.formatted(151))))
                            .isEqualTo("403 PolicyNotAuthorized");
                },
                "[ml2_type_vxlan]",
                "vni_ranges = 7:8",
                "[ml2_type_vlan]",
                "network_vlan_ranges = p1, p2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement({"S1.48"})
    void ports_whenTheSubnetHasTwoAddresses_getBoth(String kind) throws Exception {
        with(kind, c -> {
            for (var cidr : List.of("4, 'cidr': '10.9.0.0/31'", "6, 'cidr': 'fd00::/127'")) {
                var net = network("'name': 'p2p'");
                subnet(net, "'gateway_ip': null, 'enable_dhcp': false, 'ip_version': " + cidr);
                var got = new HashSet<String>();
                for (int i = 0; i < 2; i++)
                    got.add(port(net, "").at("/port/fixed_ips/0/ip_address").asString());
                assertThat(got).hasSize(2);
                assertThat(type(port(net, ""))).isEqualTo("409 IpAddressGenerationFailure");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement({"S3.260", "S3.261", "S3.262", "S3.263"})
    void addresses_whenChosenOrGiven_areFromTheSubnetAndNobodyElses(String kind) throws Exception {
        with(kind, c -> {
            var net = network("'name': 'n'");
            var sub = subnet(
                    net,
                    "'ip_version': 4, 'cidr': '10.1.0.0/24', 'allocation_pools': [{'start': '10.1.0.10', 'end': '10.1.0.13'}]");
            assertThat(type(subnetAnswer(net, "'ip_version': 4, 'cidr': '10.1.0.128/25'")))
                    .isEqualTo("400 InvalidInput");
            assertThat(type(c.put("demo", "/v2.0/subnets/" + sub, "{'subnet': {'network_id': '" + net + "'}}")))
                    .isEqualTo("400 HTTPBadRequest");
            subnet(
                    net,
                    "'ip_version': 6, 'cidr': 'fd00:1::/64', 'ipv6_ra_mode': 'slaac', 'ipv6_address_mode': 'slaac'");
            c.settled();
            // The DHCP port took one of the four.
            var ips = new HashSet<String>();
            for (int i = 0; i < 3; i++) {
                var made = port(net, "").at("/port");
                ips.add(made.at("/fixed_ips/0/ip_address").asString());
                assertThat(made.at("/fixed_ips/1/ip_address").asString()).startsWith("fd00:1::f816:3eff:");
            }
            assertThat(ips).hasSize(3).allMatch(ip -> ip.matches("10\\.1\\.0\\.1[0-3]"));
            assertThat(type(port(net, ""))).isEqualTo("409 IpAddressGenerationFailure");
            assertThat(port(net, "'fixed_ips': [{'ip_address': '10.1.0.99'}]").status())
                    .isEqualTo(201);
            assertThat(type(port(net, "'fixed_ips': [{'ip_address': '10.1.0.99'}]")))
                    .isEqualTo("409 IpAddressAlreadyAllocated");
            var byAddress = "/v2.0/ports?fixed_ips=ip_address%3D10.1.0.99&limit=2";
            assertThat(c.get("demo", byAddress).at("/ports")).hasSize(1);
            assertThat(c.get("demo", byAddress + "&fixed_ips=subnet_id%3D" + sub)
                            .at("/ports"))
                    .hasSize(1);
            assertThat(c.get("demo", byAddress + "&fixed_ips=subnet_id%3D" + net)
                            .at("/ports"))
                    .isEmpty();
            assertThat(c.get("demo", "/v2.0/ports?fixed_ips=ip_address_substr%3D0.9&limit=2")
                            .at("/ports"))
                    .hasSize(1);
            assertThat(type(port(net, "'fixed_ips': [{'ip_address': '10.2.0.1'}]")))
                    .isEqualTo("400 InvalidIpForNetwork");
            assertThat(type(port(net, "'fixed_ips': [{'subnet_id': '" + sub + "', 'ip_address': '10.1.0.255'}]")))
                    .isEqualTo("400 InvalidIpForSubnet");
            var mac = "'mac_address': 'fa:16:3e:00:00:01', 'fixed_ips': []";
            assertThat(port(net, mac).status()).isEqualTo(201);
            assertThat(type(port(net, mac))).isEqualTo("409 MacAddressInUse");
            assertThat(type(subnetAnswer(
                            net,
                            "'ip_version': 6, 'cidr': 'fd00:2::/64', 'ipv6_ra_mode': 'slaac',"
                                    + " 'ipv6_address_mode': 'dhcpv6-stateful'")))
                    .isEqualTo("400 InvalidInput");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void ports_whenManyAskAtOnce_neverShareAnAddressAndNeverPassTheQuota(String kind) throws Exception {
        with(
                kind,
                c -> {
                    var net = network("'name': 'n'");
                    subnet(net, "'ip_version': 4, 'cidr': '10.1.0.0/26', 'enable_dhcp': false");
                    var answers = new ConcurrentLinkedQueue<Cloud.Answer>();
                    var threads = new ArrayList<Thread>();
                    for (int i = 0; i < 8; i++)
                        threads.add(Thread.ofPlatform().start(() -> {
                            for (int n = 0; n < 10; n++) answers.add(port(net, ""));
                        }));
                    for (var thread : threads) thread.join();
                    var ips = answers.stream()
                            .filter(a -> a.status() == 201)
                            .map(a -> a.at("/port/fixed_ips/0/ip_address").asString())
                            .toList();
                    assertThat(ips).hasSize(50).doesNotHaveDuplicates();
                    assertThat(answers.stream()
                                    .filter(a -> a.status() != 201)
                                    .map(ApiTest::type)
                                    .distinct())
                            .containsExactly("409 OverQuota");
                },
                "[QUOTAS]",
                "quota_port = 50");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void lists_whenPaged_showEveryObjectOnceInBothDirections(String kind) throws Exception {
        with(kind, c -> {
            var bulk = "{'networks': [{'name': 'a'}, {'name': 'b'}, {'name': 'c'}, {'name': 'd'}, {'name': 'e'}]}";
            assertThat(c.post("demo", "/v2.0/networks", bulk).at("/networks").size())
                    .isEqualTo(5);
            var seen = new ArrayList<String>();
            var path = "/v2.0/networks?limit=2&sort_key=name&sort_dir=desc&fields=id&fields=name";
            var last = "";
            while (!path.isEmpty()) {
                var page = c.get("demo", path).body();
                page.path("networks").forEach(n -> seen.add(n.path("name").asString()));
                if (!page.path("networks").isEmpty())
                    last = page.path("networks").get(0).path("id").asString();
                path = "";
                for (var link : page.path("networks_links"))
                    if (link.path("rel").asString().equals("next"))
                        path = link.path("href").asString().substring(c.url().length());
            }
            assertThat(seen).containsExactly("e", "d", "c", "b", "a");
            var back = c.get(
                    "demo", "/v2.0/networks?limit=2&sort_key=name&sort_dir=desc&page_reverse=True&marker=" + last);
            assertThat(back.at("/networks/0/name").asString()
                            + back.at("/networks/1/name").asString())
                    .isEqualTo("cb");
            assertThat(c.get("demo", "/v2.0/networks?name=a&name=b&admin_state_up=true")
                            .at("/networks")
                            .size())
                    .isEqualTo(2);
            assertThat(c.get("admin", "/v2.0/networks?project_id=" + Cloud.DEMO)
                            .at("/networks")
                            .size())
                    .isEqualTo(5);
            assertThat(type(c.get("demo", "/v2.0/networks?sort_key=name&sort_dir=up")))
                    .isEqualTo("400 HTTPBadRequest");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void bulkCreation_whenOneIsBad_makesNone(String kind) throws Exception {
        with(kind, c -> {
            var net = network("'name': 'n'");
            subnet(net, "'ip_version': 4, 'cidr': '10.1.0.0/24', 'enable_dhcp': false");
            var twice = "{'network_id': '" + net + "', 'fixed_ips': [{'ip_address': '10.1.0.5'}]}";
            assertThat(type(c.post("demo", "/v2.0/ports", "{'ports': [" + twice + ", " + twice + "]}")))
                    .isEqualTo("409 IpAddressAlreadyAllocated");
            assertThat(c.get("demo", "/v2.0/ports").at("/ports").size()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void others_whenNothingIsShared_seeAndChangeNothing(String kind) throws Exception {
        with(kind, c -> {
            var own = id("admin", "networks", "network", "'name': 'secret'");
            assertThat(type(c.get("demo", "/v2.0/networks/" + own))).isEqualTo("404 NetworkNotFound");
            assertThat(type(c.delete("demo", "/v2.0/networks/" + own))).isEqualTo("404 NetworkNotFound");
            assertThat(type(port(own, ""))).isEqualTo("404 NetworkNotFound");
            assertThat(type(c.post("reader", "/v2.0/networks", "{'network': {}}")))
                    .isEqualTo("403 PolicyNotAuthorized");
            var grant = id(
                    "admin",
                    "rbac-policies",
                    "rbac_policy",
                    "'object_type': 'network', 'object_id': '" + own
                            + "', 'action': 'access_as_shared', 'target_tenant': '" + Cloud.DEMO + "'");
            assertThat(c.get("demo", "/v2.0/networks/" + own)
                            .at("/network/shared")
                            .asBoolean())
                    .isTrue();
            assertThat(c.get("demo", "/v2.0/networks/" + own)
                            .body()
                            .path("network")
                            .has("provider:network_type"))
                    .isFalse();
            var port = port(own, "");
            assertThat(port.status()).isEqualTo(201);
            assertThat(type(c.put("demo", "/v2.0/networks/" + own, "{'network': {'name': 'x'}}")))
                    .isEqualTo("403 PolicyNotAuthorized");
            assertThat(type(c.delete("admin", "/v2.0/rbac-policies/" + grant))).isEqualTo("409 RbacPolicyInUse");
            c.delete("demo", "/v2.0/ports/" + port.at("/port/id").asString());
            assertThat(c.delete("admin", "/v2.0/rbac-policies/" + grant).status())
                    .isEqualTo(204);
            assertThat(c.get("demo", "/v2.0/networks/" + own).status()).isEqualTo(404);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void update_whenTheClientSawAnotherRevision_isRefused(String kind) throws Exception {
        with(kind, c -> {
            var net = network("'name': 'n'");
            var body = "{\"network\": {\"name\": \"m\"}}";
            assertThat(c.call("demo", "PUT", "/v2.0/networks/" + net, body, "If-Match", "revision_number=1")
                            .status())
                    .isEqualTo(200);
            assertThat(type(c.call("demo", "PUT", "/v2.0/networks/" + net, body, "If-Match", "revision_number=1")))
                    .isEqualTo("412 RevisionNumberConstraintFailed");
            c.put("demo", "/v2.0/networks/" + net + "/tags", "{'tags': ['red', 'blue']}");
            assertThat(c.get("demo", "/v2.0/networks?tags=red,blue")
                            .at("/networks")
                            .size())
                    .isEqualTo(1);
            assertThat(c.get("demo", "/v2.0/networks?not-tags=red")
                            .at("/networks")
                            .size())
                    .isZero();
            assertThat(c.get("demo", "/v2.0/networks/" + net + "/tags/green").status())
                    .isEqualTo(404);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void subnets_whenFromAPool_neverOverlap(String kind) throws Exception {
        with(kind, c -> {
            var pool = id(
                    "demo",
                    "subnetpools",
                    "subnetpool",
                    "'name': 'p', 'prefixes': ['10.8.0.0/23'], 'default_prefixlen': 24");
            var cidrs = new HashSet<String>();
            for (int i = 0; i < 2; i++) {
                var net = network("'name': 'n'");
                cidrs.add(subnetAnswer(net, "'ip_version': 4, 'subnetpool_id': '" + pool + "'")
                        .at("/subnet/cidr")
                        .asString());
            }
            assertThat(cidrs).containsExactlyInAnyOrder("10.8.0.0/24", "10.8.1.0/24");
            assertThat(type(subnetAnswer(network("'name': 'm'"), "'ip_version': 4, 'subnetpool_id': '" + pool + "'")))
                    .isEqualTo("409 SubnetAllocationError");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void quota_whenSet_countsAndRefuses(String kind) throws Exception {
        with(kind, c -> {
            c.put("admin", "/v2.0/quotas/" + Cloud.DEMO, "{'quota': {'network': 1}}");
            var net = network("'name': 'n'");
            var refused = c.post("demo", "/v2.0/networks", "{'network': {}}");
            assertThat(refused.at("/NeutronError/message").asString())
                    .isEqualTo("Quota exceeded for resources: ['network'].");
            assertThat(c.get("demo", "/v2.0/quotas/" + Cloud.DEMO + "/details.json")
                            .at("/quota/network/used")
                            .asInt())
                    .isEqualTo(1);
            c.delete("demo", "/v2.0/networks/" + net);
            network("'name': 'again'");
            c.delete("admin", "/v2.0/quotas/" + Cloud.DEMO);
            assertThat(c.get("demo", "/v2.0/quotas/" + Cloud.DEMO)
                            .at("/quota/network")
                            .asInt())
                    .isEqualTo(100);
            assertThat(type(c.get("demo", "/v2.0/quotas/" + Cloud.ADMIN))).isEqualTo("403 PolicyNotAuthorized");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement({"S1.156", "S3.268"})
    void agents_whenTheyReported_areListedAliveWithTheirConfiguration(String kind) throws Exception {
        with(kind, c -> {
            var agents = c.get("admin", "/v2.0/agents").at("/agents");
            var types = new HashSet<String>();
            for (var agent : agents) {
                types.add(agent.path("agent_type").asString());
                assertThat(agent.path("alive").asBoolean()).isTrue();
                assertThat(agent.path("admin_state_up").asBoolean()).isTrue();
                assertThat(agent.at("/configurations/tunneling_ip").asString()).isEqualTo("192.0.2.1");
            }
            assertThat(types)
                    .containsExactlyInAnyOrder("Linux bridge agent", "DHCP agent", "L3 agent", "Metadata agent");
            assertThat(c.get("demo", "/v2.0/agents").at("/agents").size()).isZero();
            var first = agents.get(0).path("id").asString();
            var off = c.put("admin", "/v2.0/agents/" + first, "{'agent': {'admin_state_up': false}}");
            assertThat(off.at("/agent/admin_state_up").asBoolean()).isFalse();
        });
    }
}
