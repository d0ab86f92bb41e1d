package cloud.yun.compute.service;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.FakePlacement;
import cloud.yun.compute.api.FakeServers;
import cloud.yun.compute.api.SettableClock;
import cloud.yun.compute.driver.HypervisorDriver.Host;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.testing.Requirement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostsTest {
    enum Kind {
        SQLITE,
        POSTGRESQL
    }

    private static final String PROVIDER = "33333333-2222-1111-4444-555555555555";

    private final SettableClock clock = new SettableClock();
    private final FakeServers servers = new FakeServers();
    private final FakePlacement placement = new FakePlacement();
    private HostService hosts;
    private ComputeApi api;

    private void start(Kind kind) {
        var options = new ArrayList<Option<?>>(HostService.options());
        options.addAll(AuditLogRoutes.options());
        var config = Config.parse(options, "");
        api = new ComputeApi(kind == Kind.SQLITE ? ComputeApi.sqlite() : ComputeApi.postgresql(), (d, policy) -> {
            hosts = new HostService(d, clock, UUID::randomUUID, config);
            return List.of(
                    new ServiceRoutes(hosts, servers, "ctl"),
                    new HostRoutes(hosts, new HypervisorView(d, hosts, placement, servers)),
                    new AuditLogRoutes(hosts, clock, config),
                    new HypervisorRoutes(new HypervisorView(d, hosts, placement, servers), policy),
                    new ZoneRoutes(hosts),
                    new AggregateRoutes(new AggregateService(d, clock, UUID::randomUUID, servers)));
        });
        report();
        placement.all.add(FakePlacement.provider(PROVIDER, "node1", 8, 3, 640, 2));
        servers.all.add(FakeServers.server("s1", ComputeApi.DEMO_PROJECT, Optional.of("cmp1"), clock.instant()));
    }

    private void report() {
        var facts = new Host("node1", "QEMU", 7002000, "{\"arch\": \"x86_64\"}", "10.0.0.5", 8, 8192, 100, 90, 93_784);
        api.db().write(tx -> hosts.report(tx, "cmp1", PROVIDER, facts));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Requirement("S3.68")
    @ParameterizedTest
    @EnumSource
    void services_whenListed_showWhoLives(Kind kind) {
        start(kind);
        var services = api.get("admin", "2.1", "/v2.1/os-services").body().path("services");
        assertThat(services.size()).isEqualTo(3);
        assertThat(services.get(0).path("zone").asString()).isEqualTo("internal");
        var compute = api.get("admin", "2.1", "/v2.1/os-services?binary=nova-compute")
                .body()
                .path("services")
                .get(0);
        assertThat(compute.propertyNames())
                .containsExactlyInAnyOrder(
                        "binary", "host", "id", "zone", "status", "state", "updated_at", "disabled_reason");
        assertThat(compute.path("state").asString()).isEqualTo("up");
        assertThat(compute.path("zone").asString()).isEqualTo("nova");
        assertThat(compute.path("updated_at").asString()).isEqualTo("2026-11-20T06:00:00.000000");
        clock.advance(Duration.ofSeconds(61));
        compute = api.get("admin", "2.53", "/v2.1/os-services?host=cmp1")
                .body()
                .path("services")
                .get(0);
        assertThat(compute.path("state").asString()).isEqualTo("down");
        assertThat(compute.path("id").asString()).hasSize(36);
        assertThat(compute.path("forced_down").asBoolean(true)).isFalse();
        report();
        assertThat(api.get("admin", "2.1", "/v2.1/os-services?host=cmp1")
                        .body()
                        .path("services")
                        .get(0)
                        .path("state")
                        .asString())
                .isEqualTo("up");
        assertThat(api.get("demo", "2.1", "/v2.1/os-services").message())
                .isEqualTo("Policy doesn't allow os_compute_api:os-services:list to be performed.");
        assertThat(api.get("admin", "2.1", "/v2.1/os-hosts")
                        .body()
                        .path("hosts")
                        .toString())
                .contains("{\"host_name\":\"cmp1\",\"service\":\"compute\",\"zone\":\"nova\"}");
    }

    @ParameterizedTest
    @EnumSource
    void services_whenDisabledForcedDownAndDeleted_areSeenSoByTheScheduler(Kind kind) {
        start(kind);
        var body = "{'host':'cmp1','binary':'nova-compute'}";
        assertThat(api.put("admin", "2.1", "/v2.1/os-services/disable", body)
                        .body()
                        .toString())
                .isEqualTo("{\"service\":{\"host\":\"cmp1\",\"binary\":\"nova-compute\",\"status\":\"disabled\"}}");
        assertThat(found().disabled()).isTrue();
        assertThat(api.put("admin", "2.1", "/v2.1/os-services/enable", body).status())
                .isEqualTo(200);
        assertThat(found().disabled()).isFalse();
        assertThat(api.put(
                                "admin",
                                "2.1",
                                "/v2.1/os-services/disable-log-reason",
                                "{'host':'cmp1','binary':'nova-compute','disabled_reason':'broken'}")
                        .body()
                        .path("service")
                        .path("disabled_reason")
                        .asString())
                .isEqualTo("broken");
        assertThat(found().disabledReason()).contains("broken");
        assertThat(api.put(
                                "admin",
                                "2.11",
                                "/v2.1/os-services/force-down",
                                "{'host':'cmp1','binary':'nova-compute','forced_down':true}")
                        .status())
                .isEqualTo(200);
        assertThat(found().up()).isFalse();
        assertThat(api.put("admin", "2.1", "/v2.1/os-services/enable", "{'host':'zz','binary':'nova-compute'}")
                        .status())
                .isEqualTo(404);
        var id = api.get("admin", "2.53", "/v2.1/os-services?host=cmp1")
                .body()
                .path("services")
                .get(0)
                .path("id")
                .asString();
        var changed = api.put(
                "admin",
                "2.53",
                "/v2.1/os-services/" + id,
                "{'status':'disabled','disabled_reason':'r','forced_down':false}");
        assertThat(changed.body().path("service").path("disabled_reason").asString())
                .isEqualTo("r");
        assertThat(found().up()).isTrue();
        assertThat(api.put("admin", "2.53", "/v2.1/os-services/enable", "{'status':'enabled'}")
                        .status())
                .isEqualTo(404);
        assertThat(api.delete("admin", "2.53", "/v2.1/os-services/" + id).status())
                .isEqualTo(409);
        servers.all.clear();
        assertThat(api.delete("admin", "2.53", "/v2.1/os-services/" + id).status())
                .isEqualTo(204);
        assertThat(api.db().<Boolean>read(tx -> hosts.all(tx).isEmpty())).isTrue();
        assertThat(api.get("admin", "2.1", "/v2.1/os-hypervisors")
                        .body()
                        .path("hypervisors")
                        .isEmpty())
                .isTrue();
    }

    private ComputeHosts.ComputeHost found() {
        return api.db().read(tx -> hosts.find(tx, "cmp1")).orElseThrow();
    }

    @Requirement({"S3.70", "S3.72"})
    @ParameterizedTest
    @EnumSource
    void hypervisors_whenListed_showFactsUseAndServers(Kind kind) {
        start(kind);
        var one = api.get("admin", "2.1", "/v2.1/os-hypervisors")
                .body()
                .path("hypervisors")
                .get(0);
        assertThat(one.toString())
                .isEqualTo("{\"id\":1,\"hypervisor_hostname\":\"node1\",\"state\":\"up\",\"status\":\"enabled\"}");
        var detail = api.get("admin", "2.1", "/v2.1/os-hypervisors/1").body().path("hypervisor");
        assertThat(detail.path("vcpus_used").asInt()).isEqualTo(3);
        assertThat(detail.path("memory_mb_used").asInt()).isEqualTo(640 + 512);
        assertThat(detail.path("free_ram_mb").asInt()).isEqualTo(8192 - 640 - 512);
        assertThat(detail.path("local_gb_used").asInt()).isEqualTo(2);
        assertThat(detail.path("running_vms").asInt()).isEqualTo(1);
        assertThat(detail.path("hypervisor_type").asString()).isEqualTo("QEMU");
        assertThat(detail.path("host_ip").asString()).isEqualTo("10.0.0.5");
        assertThat(detail.path("cpu_info").isString()).isTrue();
        assertThat(api.get("admin", "2.28", "/v2.1/os-hypervisors/1")
                        .body()
                        .path("hypervisor")
                        .path("cpu_info")
                        .isObject())
                .isTrue();
        var newest = api.get("admin", "2.88", "/v2.1/os-hypervisors/" + PROVIDER + "?with_servers=true")
                .body()
                .path("hypervisor");
        assertThat(newest.has("vcpus")).isFalse();
        assertThat(newest.path("uptime").asString()).isEqualTo(" 06:00:00 up 1 day, 2:03");
        assertThat(newest.path("servers").get(0).path("uuid").asString()).isEqualTo("s1");
        assertThat(api.get("admin", "2.1", "/v2.1/os-hypervisors/node/servers")
                        .body()
                        .path("hypervisors")
                        .get(0)
                        .path("servers")
                        .get(0)
                        .path("uuid")
                        .asString())
                .isEqualTo("s1");
        assertThat(api.get("admin", "2.53", "/v2.1/os-hypervisors/node/servers").status())
                .isEqualTo(404);
        assertThat(api.get("admin", "2.1", "/v2.1/os-hypervisors/999").message())
                .isEqualTo("Hypervisor with ID '999' could not be found.");
        assertThat(api.get("admin", "2.1", "/v2.1/os-hypervisors/1/uptime")
                        .body()
                        .path("hypervisor")
                        .path("uptime")
                        .asString())
                .endsWith("up 1 day, 2:03");
        var sum = api.get("admin", "2.1", "/v2.1/os-hypervisors/statistics")
                .body()
                .path("hypervisor_statistics");
        assertThat(sum.path("count").asInt()).isEqualTo(1);
        assertThat(sum.path("free_disk_gb").asInt()).isEqualTo(98);
        assertThat(api.get("admin", "2.88", "/v2.1/os-hypervisors/statistics").status())
                .isEqualTo(404);
        assertThat(api.get("admin", "2.53", "/v2.1/os-hypervisors?limit=1")
                        .body()
                        .path("hypervisors_links")
                        .get(0)
                        .path("href")
                        .asString())
                .endsWith("/os-hypervisors?limit=1&marker=" + PROVIDER);
        assertThat(api.get("admin", "2.53", "/v2.1/os-hypervisors?limit=1&marker=" + PROVIDER)
                        .body()
                        .path("hypervisors")
                        .isEmpty())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void host_whenShown_sumsWhatItHasAndWhatItsServersMayUse(Kind kind) {
        start(kind);
        var resources = api.get("admin", "2.1", "/v2.1/os-hosts/cmp1").body().path("host");
        var texts = resources
                .valueStream()
                .map(r -> r.path("resource"))
                .map(r -> r.path("project").asString() + " " + r.path("cpu") + " " + r.path("memory_mb"))
                .toList();
        var server = servers.all.getFirst();
        assertThat(texts)
                .containsExactly(
                        "(total) 8 8192",
                        "(used_now) 3 " + (640 + 512),
                        "(used_max) " + server.vcpus() + " " + server.ramMib(),
                        ComputeApi.DEMO_PROJECT + " " + server.vcpus() + " " + server.ramMib());
        assertThat(api.get("admin", "2.1", "/v2.1/os-hosts/none").status()).isEqualTo(404);
        assertThat(api.get("admin", "2.43", "/v2.1/os-hosts/cmp1").status()).isEqualTo(404);
        assertThat(api.get("demo", "2.1", "/v2.1/os-hosts/cmp1").status()).isEqualTo(403);
        assertThat(api.get("admin", "2.1", "/v2.1/os-hosts?zone=").body().path("hosts"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void host_whenDisabled_takesNoMoreServersAndIsNeverTurnedOff(Kind kind) {
        start(kind);
        assertThat(api.put("admin", "2.1", "/v2.1/os-hosts/cmp1", "{'status':'disable'}")
                        .body()
                        .toString())
                .isEqualTo("{\"host\":\"cmp1\",\"status\":\"disabled\"}");
        assertThat(found().disabled()).isTrue();
        api.put("admin", "2.1", "/v2.1/os-hosts/cmp1", "{'status':'Enable'}");
        assertThat(found().disabled()).isFalse();
        assertThat(api.put("admin", "2.1", "/v2.1/os-hosts/cmp1", "{'status':'sleep'}")
                        .status())
                .isEqualTo(400);
        assertThat(api.put("admin", "2.1", "/v2.1/os-hosts/cmp1", "{}").status())
                .isEqualTo(400);
        for (var action : List.of("startup", "shutdown", "reboot"))
            assertThat(api.get("admin", "2.1", "/v2.1/os-hosts/cmp1/" + action).status())
                    .isEqualTo(501);
    }

    @ParameterizedTest
    @EnumSource
    void usageAudits_whenAsked_areToldAsNotRun(Kind kind) {
        start(kind);
        var log = api.get("admin", "2.1", "/v2.1/os-instance_usage_audit_log")
                .body()
                .path("instance_usage_audit_logs");
        assertThat(log.path("period_beginning").asString()).isEqualTo("2026-10-01 00:00:00");
        assertThat(log.path("period_ending").asString()).isEqualTo("2026-11-01 00:00:00");
        assertThat(log.path("overall_status").asString()).isEqualTo("0 of 1 hosts done. 0 errors.");
        assertThat(log.path("hosts_not_run").toString()).isEqualTo("[\"cmp1\"]");
        assertThat(api.get("admin", "2.1", "/v2.1/os-instance_usage_audit_log/2026-03-01%2000:00:00")
                        .body()
                        .path("instance_usage_audit_log")
                        .path("period_ending")
                        .asString())
                .isEqualTo("2026-02-01 00:00:00");
        assertThat(api.get("admin", "2.1", "/v2.1/os-instance_usage_audit_log/yesterday")
                        .message())
                .isEqualTo("Invalid timestamp for date yesterday");
        assertThat(api.get("demo", "2.1", "/v2.1/os-instance_usage_audit_log").status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @EnumSource
    void aggregates_whenHostsJoin_makeZones(Kind kind) {
        start(kind);
        servers.all.clear();
        var made = api.post(
                "admin", "2.1", "/v2.1/os-aggregates", "{'aggregate':{'name':'gagg','availability_zone':'gaz'}}");
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.body().path("aggregate").has("hosts")).isFalse();
        var id = made.body().path("aggregate").path("id").asString();
        assertThat(api.post("admin", "2.1", "/v2.1/os-aggregates", "{'aggregate':{'name':'gagg'}}")
                        .message())
                .isEqualTo("Aggregate gagg already exists.");
        var action = "/v2.1/os-aggregates/" + id + "/action";
        assertThat(api.post("admin", "2.1", action, "{'add_host':{'host':'nosuch'}}")
                        .message())
                .isEqualTo("Compute host nosuch could not be found.");
        assertThat(api.post("admin", "2.1", action, "{'add_host':{'host':'cmp1'}}")
                        .body()
                        .path("aggregate")
                        .path("hosts")
                        .get(0)
                        .asString())
                .isEqualTo("cmp1");
        assertThat(api.post("admin", "2.1", action, "{'add_host':{'host':'cmp1'}}")
                        .message())
                .isEqualTo("Aggregate " + id + " already has host cmp1.");
        assertThat(found().zone()).isEqualTo("gaz");
        assertThat(api.get("demo", "2.1", "/v2.1/os-availability-zone").body().toString())
                .isEqualTo("{\"availabilityZoneInfo\":[{\"zoneName\":\"gaz\",\"zoneState\":{\"available\":true},"
                        + "\"hosts\":null}]}");
        var detail =
                api.get("admin", "2.1", "/v2.1/os-availability-zone/detail").body();
        assertThat(detail.path("availabilityZoneInfo")
                        .get(0)
                        .path("hosts")
                        .path("cmp1")
                        .path("nova-compute")
                        .path("active")
                        .asBoolean())
                .isTrue();
        var other = api.post(
                        "admin",
                        "2.41",
                        "/v2.1/os-aggregates",
                        "{'aggregate':{'name':'second','availability_zone':'zz'}}")
                .body()
                .path("aggregate");
        assertThat(other.path("uuid").asString()).hasSize(36);
        var clash = api.post(
                "admin",
                "2.1",
                "/v2.1/os-aggregates/" + other.path("id").asString() + "/action",
                "{'add_host':{'host':'cmp1'}}");
        assertThat(clash.status()).isEqualTo(409);
        assertThat(clash.message()).endsWith("One or more hosts already in availability zone(s) ['gaz'].");
        assertThat(api.post("admin", "2.1", action, "{'set_metadata':{'metadata':{'k':'v'}}}")
                        .body()
                        .path("aggregate")
                        .path("metadata")
                        .path("k")
                        .asString())
                .isEqualTo("v");
        assertThat(found().metadata()).containsEntry("k", List.of("v"));
        assertThat(api.delete("admin", "2.1", "/v2.1/os-aggregates/" + id).message())
                .isEqualTo("Cannot remove host from aggregate " + id + ". Reason: Host aggregate is not empty.");
        assertThat(api.post("admin", "2.1", action, "{'remove_host':{'host':'cmp1'}}")
                        .status())
                .isEqualTo(200);
        assertThat(api.put("admin", "2.1", "/v2.1/os-aggregates/" + id, "{'aggregate':{'name':'gaggb'}}")
                        .body()
                        .path("aggregate")
                        .path("name")
                        .asString())
                .isEqualTo("gaggb");
        assertThat(api.delete("admin", "2.1", "/v2.1/os-aggregates/" + id).status())
                .isEqualTo(200);
        assertThat(api.get("admin", "2.1", "/v2.1/os-aggregates/" + id).message())
                .isEqualTo("Aggregate " + id + " could not be found.");
        assertThat(found().zone()).isEqualTo("nova");
    }
}
