package cloud.yun.network;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.network.driver.NetworkDriver;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Subnet pools, address scopes and address groups: what is done to them, and who beside their project may use them.
class SharingTest {
    private static final Caller DEMO = Cloud.caller("demo", Cloud.DEMO, List.of("member", "reader"));

    @TempDir
    Path directory;

    private static String id(Cloud c, String user, String plural, String member, String attributes) {
        return c.make(user, plural, member, attributes).path("id").asString();
    }

    private static String type(Cloud.Answer answer) {
        return answer.status() + " " + answer.at("/NeutronError/type").asString();
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void prefixes_whenAddedAndRemoved_leaveWhatSubnetsNeed(String kind) {
        try (var c = Cloud.on(kind, directory)) {
            var pool = id(c, "demo", "subnetpools", "subnetpool", "'name': 'p', 'prefixes': ['10.0.0.0/16']");
            var path = "/v2.0/subnetpools/" + pool;
            assertThat(texts(c.put("demo", path + "/add_prefixes", "{'prefixes': ['10.1.0.0/16', '10.8.0.0/16']}")
                            .at("/prefixes")))
                    .containsExactly("10.0.0.0/15", "10.8.0.0/16");
            assertThat(c.put("demo", path + "/add_prefixes", "{'prefixes': ['fd00::/48']}")
                            .status())
                    .isEqualTo(400);
            var net = id(c, "demo", "networks", "network", "'name': 'n'");
            c.make(
                    "demo",
                    "subnets",
                    "subnet",
                    "'network_id': '" + net + "', 'ip_version': 4, 'subnetpool_id': '" + pool
                            + "', 'cidr': '10.0.4.0/24'");
            assertThat(type(c.put("demo", path + "/remove_prefixes", "{'prefixes': ['10.0.0.0/16']}")))
                    .isEqualTo("409 IllegalSubnetPoolUpdate");
            assertThat(type(c.put("demo", path + "/remove_prefixes", "{'prefixes': ['192.168.0.0/16']}")))
                    .isEqualTo("400 IllegalSubnetPoolUpdate");
            assertThat(texts(c.put("demo", path + "/remove_prefixes", "{'prefixes': ['10.1.0.0/16', '10.8.0.0/17']}")
                            .at("/prefixes")))
                    .containsExactly("10.0.0.0/16", "10.8.128.0/17");
            assertThat(texts(c.get("demo", path).at("/subnetpool/prefixes")))
                    .containsExactly("10.0.0.0/16", "10.8.128.0/17");

            var other = id(c, "demo", "networks", "network", "'name': 'm'");
            var subnet = id(
                    c,
                    "demo",
                    "subnets",
                    "subnet",
                    "'network_id': '" + other + "', 'ip_version': 4, 'cidr': '172.16.0.0/24'");
            var onboard = "{'network_id': '" + other + "'}";
            assertThat(c.put("demo", path + "/onboard_network_subnets", onboard)
                            .body()
                            .path(0)
                            .path("id")
                            .asString())
                    .isEqualTo(subnet);
            assertThat(c.get("demo", "/v2.0/subnets/" + subnet)
                            .at("/subnet/subnetpool_id")
                            .asString())
                    .isEqualTo(pool);
            assertThat(texts(c.get("demo", path).at("/subnetpool/prefixes"))).contains("172.16.0.0/24");
            assertThat(c.put("demo", path + "/onboard_network_subnets", onboard).status())
                    .isEqualTo(400);
            assertThat(c.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void grant_whenOnPoolsAndScopes_letsOthersUseThemUntilItIsTaken(String kind) {
        try (var c = Cloud.on(kind, directory)) {
            var scope = id(c, "admin", "address-scopes", "address_scope", "'name': 's', 'ip_version': 4");
            var pool = id(
                    c,
                    "admin",
                    "subnetpools",
                    "subnetpool",
                    "'name': 'p', 'prefixes': ['10.0.0.0/16'], 'default_prefixlen': 24, 'address_scope_id': '" + scope
                            + "'");
            assertThat(c.get("demo", "/v2.0/subnetpools/" + pool).status()).isEqualTo(404);
            assertThat(c.get("demo", "/v2.0/address-scopes/" + scope).status()).isEqualTo(404);
            var own = "'name': 'q', 'prefixes': ['10.5.0.0/16'], 'address_scope_id': '" + scope + "'";
            assertThat(c.post("demo", "/v2.0/subnetpools", "{'subnetpool': {" + own + "}}")
                            .status())
                    .isEqualTo(404);
            var toPool = grant(c, "subnetpool", pool);
            var toScope = grant(c, "address_scope", scope);
            assertThat(c.get("demo", "/v2.0/subnetpools").at("/subnetpools")).hasSize(1);
            assertThat(c.get("demo", "/v2.0/address-scopes").at("/address_scopes"))
                    .hasSize(1);
            var ownPool = id(c, "demo", "subnetpools", "subnetpool", own);
            var net = id(c, "demo", "networks", "network", "'name': 'n'");
            var subnet = id(
                    c,
                    "demo",
                    "subnets",
                    "subnet",
                    "'network_id': '" + net + "', 'ip_version': 4, 'subnetpool_id': '" + pool + "'");
            assertThat(type(c.delete("admin", "/v2.0/rbac-policies/" + toPool))).isEqualTo("409 RbacPolicyInUse");
            assertThat(type(c.delete("admin", "/v2.0/rbac-policies/" + toScope)))
                    .isEqualTo("409 RbacPolicyInUse");
            c.delete("demo", "/v2.0/subnets/" + subnet);
            c.delete("demo", "/v2.0/subnetpools/" + ownPool);
            assertThat(c.delete("admin", "/v2.0/rbac-policies/" + toPool).status())
                    .isEqualTo(204);
            assertThat(c.delete("admin", "/v2.0/rbac-policies/" + toScope).status())
                    .isEqualTo(204);
            assertThat(c.get("demo", "/v2.0/subnetpools/" + pool).status()).isEqualTo(404);
            assertThat(c.violations()).isEmpty();
        }
    }

    private static String grant(Cloud c, String type, String object) {
        return id(
                c,
                "admin",
                "rbac-policies",
                "rbac_policy",
                "'object_type': '" + type + "', 'object_id': '" + object + "', 'action': 'access_as_shared',"
                        + " 'target_tenant': '" + Cloud.DEMO + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void addresses_whenTheyChange_reachTheFiltersOfThePortsThatNameTheGroup(String kind) {
        try (var c = Cloud.on(kind, directory)) {
            var net = id(c, "demo", "networks", "network", "'name': 'n'");
            c.make("demo", "subnets", "subnet", "'network_id': '" + net + "', 'ip_version': 4, 'cidr': '10.1.0.0/24'");
            var group = id(
                    c,
                    "demo",
                    "address-groups",
                    "address_group",
                    "'name': 'a', 'addresses': ['192.0.2.7', '198.51.100.0/24', '198.51.100.64/26', 'fd00::/64']");
            var security = id(c, "demo", "security-groups", "security_group", "'name': 's'");
            var rule = "'security_group_id': '" + security + "', 'direction': 'ingress', 'remote_address_group_id': '"
                    + group + "'";
            assertThat(type(c.post(
                            "demo",
                            "/v2.0/security-group-rules",
                            "{'security_group_rule': {" + rule + ", 'remote_ip_prefix': '10.0.0.0/8'}}")))
                    .isEqualTo("400 SecurityGroupMultipleRemoteEntites");
            var ruleId = id(c, "demo", "security-group-rules", "security_group_rule", rule);
            assertThat(type(c.post("demo", "/v2.0/security-group-rules", "{'security_group_rule': {" + rule + "}}")))
                    .isEqualTo("409 SecurityGroupRuleExists");
            var ports = c.module.serverPorts();
            var port = c.db.transaction(tx -> {
                var made = ports.allocate(tx, DEMO, "server-1", ports.standard(tx, DEMO), List.of(security));
                ports.bind(tx, "server-1", Cloud.HOST);
                return made.getFirst();
            });
            ports.plug(port.id(), Cloud.HOST);
            c.settled();
            assertThat(cidrs(c, port.id())).containsExactly("192.0.2.7/32", "198.51.100.0/24");

            var path = "/v2.0/address-groups/" + group;
            assertThat(type(c.put("demo", path + "/add_addresses", "{'address_group': {'addresses': ['192.0.2.7']}}")))
                    .isEqualTo("400 AddressesAlreadyExist");
            assertThat(type(c.put("demo", path + "/remove_addresses", "{'addresses': ['192.0.2.8/32']}")))
                    .isEqualTo("404 AddressesNotFound");
            assertThat(c.put("demo", path + "/add_addresses", "{'addresses': ['203.0.113.0/24']}")
                            .at("/address_group/addresses"))
                    .hasSize(5);
            c.put("demo", path + "/remove_addresses", "{'addresses': ['192.0.2.7/32', '198.51.100.0/24']}");
            c.settled();
            assertThat(cidrs(c, port.id())).containsExactly("198.51.100.64/26", "203.0.113.0/24");
            assertThat(type(c.delete("demo", path))).isEqualTo("409 AddressGroupInUse");
            assertThat(c.delete("demo", "/v2.0/security-group-rules/" + ruleId).status())
                    .isEqualTo(204);
            c.settled();
            assertThat(cidrs(c, port.id())).isEmpty();
            assertThat(c.delete("demo", path).status()).isEqualTo(204);
            c.db.write(tx -> ports.releaseAll(tx, "server-1"));
            c.settled();
            assertThat(c.violations()).isEmpty();
        }
    }

    private static List<String> cidrs(Cloud c, String port) {
        return c.driver.ports().get(port).rules().stream()
                .filter(r -> !r.remoteAny())
                .map(NetworkDriver.Rule::remoteCidrs)
                .flatMap(List::stream)
                .toList();
    }

    @Test
    void lists_whenFiltered_sayWhatFits() {
        try (var c = Cloud.sqlite(directory)) {
            assertThat(c.get("demo", "/v2.0/networks?no_such=1").status()).isEqualTo(400);
            assertThat(c.get("demo", "/v2.0/availability_zones?state=unavailable")
                            .at("/availability_zones"))
                    .isEmpty();
            var group = id(c, "admin", "security-groups", "security_group", "'name': 's'");
            assertThat(c.get("admin", "/v2.0/security-groups?shared=true").at("/security_groups"))
                    .isEmpty();
            grant(c, "security_group", group);
            assertThat(c.get("admin", "/v2.0/security-groups?shared=true").at("/security_groups"))
                    .hasSize(1);
            assertThat(type(c.put(
                            "admin", "/v2.0/security-groups/" + group, "{'security_group': {'name': 'default'}}")))
                    .isEqualTo("409 SecurityGroupDefaultAlreadyExists");
            var external = id(
                    c,
                    "admin",
                    "networks",
                    "network",
                    "'name': 'public', 'router:external': true, 'provider:network_type': 'flat',"
                            + " 'provider:physical_network': 'public'");
            c.make(
                    "admin",
                    "subnets",
                    "subnet",
                    "'network_id': '" + external + "', 'ip_version': 4, 'cidr': '172.24.4.0/24'");
            var pools = c.get("demo", "/v2.0/floatingip_pools").at("/floatingip_pools");
            assertThat(pools.path(0).path("network_id").asString()).isEqualTo(external);
            assertThat(pools.path(0).path("cidr").asString()).isEqualTo("172.24.4.0/24");
            // Floating IPs that lead nowhere go with their network, and their quota comes back.
            c.make("demo", "floatingips", "floatingip", "'floating_network_id': '" + external + "'");
            assertThat(c.delete("admin", "/v2.0/networks/" + external).status()).isEqualTo(204);
            assertThat(c.get("demo", "/v2.0/floatingips").at("/floatingips")).isEmpty();
            assertThat(c.violations()).isEmpty();
        }
    }
}
