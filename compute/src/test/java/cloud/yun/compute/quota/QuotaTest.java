package cloud.yun.compute.quota;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.FakeServers;
import cloud.yun.compute.api.SettableClock;
import cloud.yun.compute.servergroup.ServerGroupRoutes;
import cloud.yun.compute.servergroup.ServerGroupService;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.quota.Quotas;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuotaTest {
    enum Kind {
        SQLITE,
        POSTGRESQL
    }

    private static final String DEMO = "/v2.1/os-quota-sets/" + ComputeApi.DEMO_PROJECT;

    private final SettableClock clock = new SettableClock();
    private final FakeServers servers = new FakeServers();
    private final Quotas quotas = ComputeQuotas.of(Config.parse(ComputeQuotas.options(), ""));
    private ServerGroupService groups;
    private ComputeApi api;

    private void start(Kind kind) {
        api = new ComputeApi(
                kind == Kind.SQLITE ? ComputeApi.sqlite() : ComputeApi.postgresql(), QuotaRoutes.RULES, (d, policy) -> {
                    groups = new ServerGroupService(d, clock, policy, quotas);
                    return List.of(
                            new QuotaRoutes(policy, new QuotaService(d, quotas)),
                            new LimitRoutes(policy, new QuotaService(d, quotas)),
                            new UsageRoutes(clock, policy, new UsageService(d, servers)),
                            new ServerGroupRoutes(groups, policy, UUID::randomUUID));
                });
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @ParameterizedTest
    @EnumSource
    void quotaSet_whenShown_hasTheResourcesOfTheMicroversion(Kind kind) {
        start(kind);
        assertThat(api.get("demo", "2.1", DEMO).body().toString())
                .isEqualTo("{\"quota_set\":{\"cores\":20,\"fixed_ips\":-1,\"floating_ips\":-1,"
                        + "\"injected_file_content_bytes\":10240,\"injected_file_path_bytes\":255,\"injected_files\":5,"
                        + "\"instances\":10,\"key_pairs\":100,\"metadata_items\":128,\"ram\":51200,"
                        + "\"security_group_rules\":-1,\"security_groups\":-1,\"server_group_members\":10,"
                        + "\"server_groups\":10,\"id\":\"" + ComputeApi.DEMO_PROJECT + "\"}}");
        assertThat(api.get("demo", "2.93", DEMO).body().path("quota_set").propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "cores",
                        "instances",
                        "key_pairs",
                        "metadata_items",
                        "ram",
                        "server_group_members",
                        "server_groups");
        assertThat(api.get("demo", "2.1", "/v2.1/os-quota-sets/" + ComputeApi.ADMIN_PROJECT)
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @EnumSource
    void quotaSet_whenChangedAndDeleted_isInForce(Kind kind) {
        start(kind);
        assertThat(api.put("admin", "2.1", DEMO, "{'quota_set':{'instances':3}}")
                        .body()
                        .path("quota_set")
                        .path("instances")
                        .asInt())
                .isEqualTo(3);
        assertThat(api.put("admin", "2.1", DEMO, "{'quota_set':{'instances':-5}}")
                        .message())
                .isEqualTo("Invalid input for field/attribute instances. Value: -5. -5 is less than the minimum of -1");
        assertThat(api.put("admin", "2.1", DEMO, "{'quota_set':{'zz':5}}").message())
                .isEqualTo(
                        "Invalid input for field/attribute quota_set. Value: {'zz': 5}. Additional properties are not"
                                + " allowed ('zz' was unexpected)");
        assertThat(api.put("demo", "2.1", DEMO, "{'quota_set':{'instances':5}}").message())
                .isEqualTo("Policy doesn't allow os_compute_api:os-quota-sets:update to be performed.");
        api.db().write(tx -> quotas.take(tx, ComputeApi.DEMO_PROJECT, Map.of("instances", 2L)));
        assertThat(api.put("admin", "2.1", DEMO, "{'quota_set':{'instances':1}}")
                        .status())
                .isEqualTo(400);
        assertThat(api.put("admin", "2.1", DEMO, "{'quota_set':{'instances':1,'force':true}}")
                        .status())
                .isEqualTo(200);
        assertThat(api.get("demo", "2.1", DEMO + "/detail")
                        .body()
                        .path("quota_set")
                        .path("instances")
                        .toString())
                .isEqualTo("{\"in_use\":2,\"limit\":1,\"reserved\":0}");
        assertThat(api.delete("admin", "2.1", DEMO).status()).isEqualTo(202);
        assertThat(api.put("admin", "2.1", "/v2.1/os-quota-class-sets/default", "{'quota_class_set':{'instances':7}}")
                        .status())
                .isEqualTo(200);
        assertThat(api.get("demo", "2.1", DEMO)
                        .body()
                        .path("quota_set")
                        .path("instances")
                        .asInt())
                .isEqualTo(7);
        assertThat(api.get("demo", "2.1", DEMO + "/defaults")
                        .body()
                        .path("quota_set")
                        .path("instances")
                        .asInt())
                .isEqualTo(7);
        assertThat(api.get("admin", "2.50", "/v2.1/os-quota-class-sets/default")
                        .body()
                        .path("quota_class_set")
                        .path("server_groups")
                        .asInt())
                .isEqualTo(10);
        assertThat(api.get("admin", "2.49", "/v2.1/os-quota-class-sets/default")
                        .body()
                        .path("quota_class_set")
                        .has("server_groups"))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void limits_whenSomethingIsUsed_showIt(Kind kind) {
        start(kind);
        api.db()
                .write(tx -> quotas.take(
                        tx,
                        ComputeApi.DEMO_PROJECT,
                        Map.of("instances", 1L, "cores", 2L, "ram", 128L, "server_groups", 1L)));
        var old = api.get("demo", "2.1", "/v2.1/limits").body().path("limits");
        assertThat(old.path("rate").isEmpty()).isTrue();
        assertThat(old.path("absolute").size()).isEqualTo(19);
        assertThat(old.path("absolute").path("totalRAMUsed").asInt()).isEqualTo(128);
        assertThat(old.path("absolute").path("totalCoresUsed").asInt()).isEqualTo(2);
        var now = api.get("demo", "2.93", "/v2.1/limits").body().path("limits").path("absolute");
        assertThat(now.propertyNames())
                .containsExactlyInAnyOrder(
                        "maxTotalInstances",
                        "maxTotalCores",
                        "maxTotalRAMSize",
                        "maxServerMeta",
                        "maxTotalKeypairs",
                        "maxServerGroups",
                        "maxServerGroupMembers",
                        "totalRAMUsed",
                        "totalCoresUsed",
                        "totalInstancesUsed",
                        "totalServerGroupsUsed");
        var other = "/v2.1/limits?tenant_id=" + ComputeApi.DEMO_PROJECT;
        assertThat(api.get("admin", "2.1", other)
                        .body()
                        .path("limits")
                        .path("absolute")
                        .path("totalInstancesUsed")
                        .asInt())
                .isEqualTo(1);
        assertThat(api.get("demo", "2.1", "/v2.1/limits?tenant_id=" + ComputeApi.ADMIN_PROJECT)
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @EnumSource
    void usage_whenServersLived_isTheirTimeTimesTheirSize(Kind kind) {
        start(kind);
        servers.all.add(FakeServers.server("s1", ComputeApi.DEMO_PROJECT, Optional.empty(), clock.instant()));
        clock.advance(Duration.ofHours(3));
        var show = api.get(
                        "demo",
                        "2.1",
                        "/v2.1/os-simple-tenant-usage/" + ComputeApi.DEMO_PROJECT
                                + "?start=2026-11-20T07:00:00&end=2026-11-20T20:00:00")
                .body()
                .path("tenant_usage");
        assertThat(show.path("total_hours").asDouble()).isEqualTo(2.0);
        assertThat(show.path("total_memory_mb_usage").asDouble()).isEqualTo(256.0);
        assertThat(show.path("server_usages").get(0).path("uptime").asLong()).isEqualTo(3 * 3600);
        assertThat(show.path("server_usages").get(0).path("started_at").asString())
                .isEqualTo("2026-11-20T06:00:00.000000");
        var list = api.get("admin", "2.1", "/v2.1/os-simple-tenant-usage?start=2026-11-20")
                .body();
        assertThat(list.path("tenant_usages").get(0).path("total_hours").asDouble())
                .isEqualTo(3.0);
        assertThat(list.path("tenant_usages").get(0).has("server_usages")).isFalse();
        assertThat(api.get("demo", "2.1", "/v2.1/os-simple-tenant-usage").status())
                .isEqualTo(403);
        assertThat(api.get("admin", "2.1", "/v2.1/os-simple-tenant-usage?start=zz")
                        .message())
                .isEqualTo("Datetime is in invalid format");
        assertThat(api.get("admin", "2.40", "/v2.1/os-simple-tenant-usage?start=2026-11-20&limit=1")
                        .body()
                        .path("tenant_usages_links")
                        .get(0)
                        .path("href")
                        .asString())
                .endsWith("marker=s1");
    }

    @ParameterizedTest
    @EnumSource
    void serverGroups_whenMadeFilledAndDeleted_countAndHide(Kind kind) {
        start(kind);
        var path = "/v2.1/os-server-groups";
        var made = api.post("demo", "2.1", path, "{'server_group':{'name':'g','policies':['anti-affinity']}}");
        assertThat(made.status()).isEqualTo(200);
        var id = made.body().path("server_group").path("id").asString();
        assertThat(made.body().toString())
                .isEqualTo("{\"server_group\":{\"id\":\"" + id
                        + "\",\"name\":\"g\",\"policies\":[\"anti-affinity\"],\"metadata\":{},\"members\":[]}}");
        assertThat(api.post("demo", "2.1", path, "{'server_group':{'name':'g','policies':['soft-affinity']}}")
                        .status())
                .isEqualTo(400);
        var newest = api.post(
                "demo",
                "2.64",
                path,
                "{'server_group':{'name':'g2','policy':'anti-affinity','rules':{'max_server_per_host':2}}}");
        assertThat(newest.body()
                        .path("server_group")
                        .path("rules")
                        .path("max_server_per_host")
                        .asInt())
                .isEqualTo(2);
        assertThat(newest.body().path("server_group").path("user_id").asString())
                .isEqualTo(ComputeApi.DEMO_USER);
        api.db().write(tx -> groups.add(tx, ComputeApi.demo(), id, "server-1"));
        assertThat(api.get("demo", "2.1", path + "/" + id)
                        .body()
                        .path("server_group")
                        .path("members")
                        .get(0)
                        .asString())
                .isEqualTo("server-1");
        Map<String, String> byServer = api.db().read(tx -> groups.ofServers(tx, List.of("server-1", "x")));
        assertThat(byServer).isEqualTo(Map.of("server-1", id));
        api.db().write(tx -> groups.remove(tx, "server-1"));
        assertThat(api.db()
                        .read(tx -> groups.find(tx, ComputeApi.demo(), id))
                        .orElseThrow()
                        .members())
                .isEmpty();
        assertThat(api.get("demo", "2.1", path).body().path("server_groups").size())
                .isEqualTo(2);
        assertThat(api.get("admin", "2.1", path).body().path("server_groups").size())
                .isZero();
        assertThat(api.get("admin", "2.1", path + "?all_projects=True")
                        .body()
                        .path("server_groups")
                        .size())
                .isEqualTo(2);
        assertThat(api.delete("demo", "2.1", path + "/" + id).status()).isEqualTo(204);
        assertThat(api.get("demo", "2.1", path + "/" + id).message())
                .isEqualTo("Instance group " + id + " could not be found.");
        Map<String, Long> used = api.db().read(tx -> quotas.usage(tx, ComputeApi.DEMO_PROJECT));
        assertThat(used).containsEntry("server_groups", 1L);
        api.db().write(tx -> quotas.setLimit(tx, ComputeApi.DEMO_PROJECT, "server_groups", 1));
        assertThat(api.post("demo", "2.64", path, "{'server_group':{'name':'g3','policy':'affinity'}}")
                        .message())
                .isEqualTo("Quota exceeded, too many server groups.");
    }
}
