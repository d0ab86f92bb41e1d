package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi.Answer;
import cloud.yun.compute.fake.WholeHouse;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.testing.Requirement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is asked of running guests, what other services tell of them, and why a server found no host.
class ServerExtrasTest {
    private static final String NONE = "11111111-2222-3333-4444-555555555555";
    private static WholeHouse house;
    private static String image;
    private static String server;

    @BeforeAll
    static void build() {
        house = new WholeHouse();
        image = house.image("tiny");
        server = house.server("s", image, ",'networks':'none'");
    }

    @AfterEach
    void heal() {
        house.hypervisor.heal();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    private static Answer action(String token, String version, String body) {
        return house.send(token, version, "POST", "/v2.1/servers/" + server + "/action", body);
    }

    @Test
    void changePassword_ofARunningServer_reachesItsGuest() {
        assertThat(action("demo", "2.1", "{'changePassword':{'adminPass':'secret'}}")
                        .status())
                .isEqualTo(202);
        assertThat(house.hypervisor.passwordOf(server, "root")).contains("secret");
        assertThat(action("reader", "2.1", "{'changePassword':{'adminPass':'x'}}")
                        .status())
                .isEqualTo(403);
        assertThat(action("demo", "2.1", "{'changePassword':{'adminPass':1}}").status())
                .isEqualTo(400);
        house.hypervisor.fail("setAdminPassword", new Conflict("QEMU guest agent is not enabled"));
        var refused = action("demo", "2.1", "{'changePassword':{'adminPass':'x'}}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message()).isEqualTo("QEMU guest agent is not enabled");
        assertThat(house.get("demo", "2.1", "/v2.1/servers/" + server + "/os-instance-actions")
                        .body()
                        .path("instanceActions")
                        .path(0)
                        .path("message")
                        .asString())
                .isEqualTo("Error");
    }

    @Test
    void triggerCrashDump_since217_reachesTheGuest() {
        assertThat(action("demo", "2.16", "{'trigger_crash_dump':null}").status())
                .isEqualTo(404);
        assertThat(action("demo", "2.17", "{'trigger_crash_dump':null}").status())
                .isEqualTo(202);
        assertThat(action("demo", "2.17", "{'os-getConsoleOutput':{}}")
                        .body()
                        .path("output")
                        .asString())
                .contains("NMI received");
    }

    @Test
    void resetNetwork_isGone() {
        assertThat(action("admin", "2.1", "{'resetNetwork':null}").status()).isEqualTo(410);
    }

    @Test
    void consoleOutput_ofSoManyLines_isTheLastOnes() {
        house.hypervisor.guestSays(server, "one\ntwo\nthree");
        var output = action("demo", "2.1", "{'os-getConsoleOutput':{'length':3}}")
                .body()
                .path("output")
                .asString();
        assertThat(output.split("\n", -1)).as(output).hasSize(3);
    }

    @Test
    void externalEvents_areAcceptedForServersOnHosts() {
        var events = "{'events':[{'name':'network-changed','server_uuid':'%s'},{'name':'%s','server_uuid':'%s'}]}";
        var path = "/v2.1/os-server-external-events";
        var mixed = house.send("admin", "2.1", "POST", path, events.formatted(server, "network-vif-plugged", NONE));
        assertThat(mixed.status()).isEqualTo(207);
        assertThat(mixed.body().path("events").path(0).path("code").asInt()).isEqualTo(200);
        assertThat(mixed.body().path("events").path(1).path("code").asInt()).isEqualTo(404);
        var untagged = events.formatted(server, "volume-extended", server);
        assertThat(house.send("admin", "2.50", "POST", path, untagged).status()).isEqualTo(400);
        var since = house.send("admin", "2.51", "POST", path, untagged);
        assertThat(since.body().path("events").path(1).path("code").asInt()).isEqualTo(400);
        assertThat(house.send("demo", "2.1", "POST", path, untagged).status()).isEqualTo(400);
        assertThat(house.send("demo", "2.51", "POST", path, untagged).status()).isEqualTo(403);
    }

    @Test
    void assistedSnapshot_ofAVolumeThatNoServerHas_isRefused() {
        var body = "{'snapshot':{'volume_id':'%s','create_info':{'snapshot_id':'1','type':'qcow2','new_file':'f'}}}"
                .formatted(NONE);
        var path = "/v2.1/os-assisted-volume-snapshots";
        assertThat(house.send("admin", "2.1", "POST", path, body).message())
                .isEqualTo("No volume Block Device Mapping with id " + NONE + ".");
        assertThat(house.send("demo", "2.1", "POST", path, body).status()).isEqualTo(403);
        assertThat(house.send("admin", "2.1", "DELETE", path + "/1", "").status())
                .isEqualTo(400);
    }

    @Test
    void imageCache_ofAnAggregate_getsTheImagesOnItsHosts() throws Exception {
        var id = house.send("admin", "2.1", "POST", "/v2.1/os-aggregates", "{'aggregate':{'name':'warm'}}")
                .body()
                .path("aggregate")
                .path("id")
                .asInt();
        var aggregate = "/v2.1/os-aggregates/" + id;
        house.send("admin", "2.1", "POST", aggregate + "/action", "{'add_host':{'host':'host1'}}");
        var cold = house.image("cold");
        var body = "{'cache':[{'id':'" + cold + "'}]}";
        assertThat(house.send("admin", "2.80", "POST", aggregate + "/images", body)
                        .status())
                .isEqualTo(404);
        assertThat(house.send("admin", "2.81", "POST", aggregate + "/images", body)
                        .status())
                .isEqualTo(202);
        assertThat(house.flows.awaitIdle(Duration.ofSeconds(30))).isTrue();
        assertThat(house.hypervisor.cachedImages()).contains(cold);
        assertThat(house.send(
                                "admin",
                                "2.81",
                                "POST",
                                aggregate + "/images",
                                "{'cache':[{'id':'%s'},{'id':'%s'}]}".formatted(cold, cold))
                        .message())
                .isEqualTo("Duplicate images in request");
    }

    @Test
    void failedSchedule_namesToAdminsWhichFilterRefusedWhichHost() throws Exception {
        var made = house.send(
                "demo",
                "2.37",
                "POST",
                "/v2.1/servers",
                "{'server':{'name':'lost','imageRef':'%s','flavorRef':'1','networks':'none'},'os:scheduler_hints':{'same_host':'%s'}}"
                        .formatted(image, NONE));
        var id = made.body().path("server").path("id").asString();
        var request = made.header("x-openstack-request-id").orElseThrow();
        assertThat(house.flows.awaitIdle(Duration.ofSeconds(30))).isTrue();
        var forUser = house.get("demo", "2.1", "/v2.1/servers/" + id).body().path("server");
        assertThat(forUser.path("status").asString()).isEqualTo("ERROR");
        assertThat(forUser.path("fault").path("message").asString()).startsWith("No valid host was found.");
        assertThat(forUser.path("fault").has("details")).isFalse();
        assertThat(house.get("admin", "2.1", "/v2.1/servers/" + id)
                        .body()
                        .path("server")
                        .path("fault")
                        .path("details")
                        .asString())
                .contains("host1: SameHostFilter");
        var path = "/v2.1/servers/" + id + "/os-instance-actions/" + request;
        var event = house.get("admin", "2.84", path)
                .body()
                .path("instanceAction")
                .path("events")
                .path(0);
        assertThat(event.path("event").asString()).isEqualTo("compute__do_build_and_run_instance");
        assertThat(event.path("result").asString()).isEqualTo("Error");
        assertThat(event.path("details").asString()).contains("host1: SameHostFilter");
        var seen = house.get("demo", "2.84", path).body().path("instanceAction").path("events");
        assertThat(seen.path(0).path("details").asString()).startsWith("No valid host was found.");
        assertThat(seen.toString()).doesNotContain("host1");
    }

    @Test
    void eventsOfAnAction_areNovasAndTheTasksOfItsFlow() throws Exception {
        var path = "/v2.1/servers/" + house.server("stopped", image, ",'networks':'none'");
        var request = house.send("demo", "2.1", "POST", path + "/action", "{'os-stop':null}")
                .header("x-openstack-request-id")
                .orElseThrow();
        assertThat(house.flows.awaitIdle(Duration.ofSeconds(30))).isTrue();
        var hostId = house.get("demo", "2.62", path).body().path("server").path("hostId");
        var events = house.get("demo", "2.62", path + "/os-instance-actions/" + request)
                .body()
                .path("instanceAction")
                .path("events");
        assertThat(events.path(0).path("event").asString()).isEqualTo("compute_stop_instance");
        assertThat(events.path(0).path("result").asString()).isEqualTo("Success");
        assertThat(events.path(0).path("finish_time").asString()).isNotEmpty();
        assertThat(events.size()).as("the tasks come after").isGreaterThan(1);
        assertThat(events).allSatisfy(e -> assertThat(e.path("hostId")).isEqualTo(hostId));
        assertThat(hostId.asString()).hasSize(56);
    }

    @Test
    void serverWithInjectedFiles_hasAConfigDrive() throws Exception {
        var files = ",'networks':'none','personality':[{'path':'/etc/motd','contents':'aGVsbG8='}]";
        var made = house.send(
                "demo",
                "2.37",
                "POST",
                "/v2.1/servers",
                "{'server':{'name':'filed','imageRef':'%s','flavorRef':'1'%s}}".formatted(image, files));
        assertThat(made.status()).isEqualTo(202);
        assertThat(house.flows.awaitIdle(Duration.ofSeconds(30))).isTrue();
        var id = made.body().path("server").path("id").asString();
        var shown = house.get("demo", "2.37", "/v2.1/servers/" + id).body().path("server");
        assertThat(shown.path("config_drive").asString()).isEqualTo("True");
    }

    @Test
    void everyRuleOfUpstream_hasItsDefault() {
        assertThat(cloud.yun.compute.ComputePolicy.upstream())
                .hasSize(214)
                .containsEntry("os_compute_api:os-migrate-server:migrate", "rule:project_manager_or_admin")
                .containsEntry("compute:servers:resize:cross_cell", "!");
        assertThat(cloud.yun.compute.ComputePolicy.upstream().keySet())
                .as("no rule of ours that upstream does not have")
                .allMatch(house.compute.policy()::knows);
    }

    @Test
    @Requirement({"S1.147", "S3.86"})
    void creation_isFollowedStepByStepWithItsTimes() {
        var actions = "/v2.1/servers/" + server + "/os-instance-actions";
        var request = house.get("demo", "2.51", actions)
                .body()
                .path("instanceActions")
                .valueStream()
                .filter(a -> a.path("action").asString().equals("create"))
                .findFirst()
                .orElseThrow()
                .path("request_id")
                .asString();
        var shown = house.get("admin", "2.1", "/v2.1/servers/" + server).body().path("server");
        assertThat(shown.path("OS-SRV-USG:launched_at").asString()).isNotEmpty();
        var steps = house.get("demo", "2.51", actions + "/" + request)
                .body()
                .at("/instanceAction/events")
                .valueStream()
                .dropWhile(e -> !e.path("event").asString().equals("compute_schedule"))
                .limit(7)
                .toList();
        assertThat(steps.stream().map(e -> e.path("event").asString()))
                .containsExactly(
                        "compute_schedule",
                        "compute_plug_ports",
                        "compute_connect_volumes",
                        "compute_cache_image",
                        "compute_create_disks",
                        "compute_start_guest",
                        "compute_mark_active");
        var last = "";
        for (var step : steps) {
            assertThat(step.path("result").asString()).isEqualTo("Success");
            assertThat(step.path("start_time").asString()).isGreaterThanOrEqualTo(last);
            last = step.path("finish_time").asString();
            assertThat(last).isGreaterThanOrEqualTo(step.path("start_time").asString());
        }
    }

    @Test
    @Requirement("S1.19")
    void brokenServer_showsItsConsoleLogDiagnosticsAndActions() {
        var path = "/v2.1/servers/" + server;
        action("admin", "2.1", "{'os-resetState':{'state':'error'}}");
        try {
            assertThat(house.status(server)).isEqualTo("ERROR");
            assertThat(action("demo", "2.1", "{'os-getConsoleOutput':{}}")
                            .body()
                            .path("output")
                            .asString())
                    .isNotEmpty();
            var diagnostics = house.get("admin", "2.48", path + "/diagnostics");
            assertThat(diagnostics.body().path("state").asString()).isEqualTo("running");
            assertThat(house.get("demo", "2.1", path + "/os-instance-actions")
                            .body()
                            .path("instanceActions"))
                    .isNotEmpty();
        } finally {
            action("admin", "2.1", "{'os-resetState':{'state':'active'}}");
        }
    }

    @Test
    @Requirement("S4.7")
    void everyAction_hasOneRule_andARefusalSaysWhich() {
        var actions = house.compute.routes().stream()
                .filter(r -> r.path().startsWith("/v2.1/servers/") && r.action().isPresent())
                .toList();
        assertThat(actions).hasSizeGreaterThan(40);
        assertThat(actions)
                .allMatch(r -> r.rule().filter(house.compute.policy()::knows).isPresent());
        var refused = action("reader", "2.1", "{'os-stop':null}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).isEqualTo("Policy doesn't allow os_compute_api:servers:stop to be performed.");
        assertThat(action("demo", "2.1", "{'os-resetState':{'state':'error'}}").message())
                .contains("os_compute_api:os-admin-actions:reset_state");
    }
}
