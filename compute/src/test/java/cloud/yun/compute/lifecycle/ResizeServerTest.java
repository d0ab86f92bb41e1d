package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.fake.Gate;
import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.testing.Requirement;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResizeServerTest {
    private static final String FLOW = "server_resize";
    private static final List<String> TASKS = List.of(
            "give-up",
            "schedule",
            "stop-guest",
            "destroy-guest",
            "disconnect-volumes",
            "unplug-ports",
            "keep-disks",
            "bind-ports",
            "plug-ports",
            "connect-volumes",
            "cache-image",
            "copy-disks",
            "start-guest",
            "mark-resized");

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement("S3.114")
    void resize_thenConfirm_isLargeAndThenNothingOfTheOldSideIsLeft(boolean moves) throws InterruptedException {
        try (var r = new ResizeCloud(moves)) {
            assertThat(r.cloud.flows.registered()).containsEntry(FLOW, TASKS);
            r.create();
            var before = r.cloud.server(r.id).host();
            r.resize();
            r.requireResized("resized");
            assertThat(r.cloud.server(r.id).host().equals(before)).isEqualTo(!moves);
            var shown =
                    r.api.get("demo", "2.47", "/v2.1/servers/" + r.id).body().path("server");
            assertThat(shown.path("status").asString()).isEqualTo("VERIFY_RESIZE");
            assertThat(shown.path("flavor").path("ram").asInt()).isEqualTo(2048);
            assertThat(r.act("{'resize': {'flavorRef': '3'}}")).isEqualTo(409);
            assertThat(r.act("{'confirmResize': null}")).isEqualTo(204);
            r.cloud.idle();
            r.requireLarge("confirmed", VmState.ACTIVE);
            assertThat(r.act("{'confirmResize': null}")).isEqualTo(409);
            r.delete();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void resize_whenAnyTaskFailsBeforeOrAfterItsEffect_leavesTheServerAsItWas(boolean moves)
            throws InterruptedException {
        try (var r = new ResizeCloud(moves)) {
            r.create();
            for (var task : TASKS)
                for (boolean after : new boolean[] {false, true}) {
                    r.cloud.flows.probe(Mishap.failing(FLOW, task, after));
                    r.resize();
                    r.cloud.flows.probe(FlowProbe.NONE);
                    var why = task + (after ? " after" : " before");
                    r.requireSmall(why, VmState.ACTIVE);
                    assertThat(r.migration().status()).as(why).isEqualTo(MigrationStatus.ERROR);
                    assertThat(r.faultOfLastAction()).as(why).contains("Error");
                }
            r.delete();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = true)
    void resize_whenTheProcessDiesBetweenTwoTasksOrRunsOneTwice_isFinishedAfterTheRestart(boolean moves)
            throws InterruptedException {
        try (var r = new ResizeCloud(moves)) {
            r.create();
            for (var task : TASKS.subList(0, TASKS.size() - 1)) {
                r.cloud.flows.probe(Mishap.dying(FLOW, task));
                r.resize();
                assertThat(r.cloud.server(r.id).vmState()).as(task).isEqualTo(VmState.ACTIVE);
                r.restarted(task);
                r.requireResized(task);
                revert(r);
                // The first tasks and those of one transaction with the log have no second run.
                if (List.of("give-up", "schedule", "bind-ports").contains(task)) continue;
                r.cloud.flows.probe(Mishap.dyingUnlogged(r.cloud, FLOW, task));
                r.resize();
                assertThat(r.restarted(task)).as(task).isEqualTo(1);
                r.requireResized(task + " twice");
                revert(r);
            }
        }
    }

    private static void revert(ResizeCloud r) throws InterruptedException {
        r.cloud.flows.probe(FlowProbe.NONE);
        assertThat(r.act("{'revertResize': null}")).isEqualTo(202);
        r.cloud.idle();
        r.requireSmall("reverted", VmState.ACTIVE);
    }

    @Test
    void delete_beforeAnyTaskOfAResize_turnsItBackAndLeavesNothing() throws InterruptedException {
        try (var r = new ResizeCloud(true)) {
            for (var task : TASKS) {
                r.create();
                var gate = new Gate(FLOW, task);
                r.cloud.flows.probe(Gate.all(gate));
                assertThat(r.act("{'resize': {'flavorRef': '2'}}")).isEqualTo(202);
                gate.awaitReached();
                assertThat(r.api.delete("demo", "2.1", "/v2.1/servers/" + r.id).status())
                        .isEqualTo(204);
                assertThat(r.cloud.server(r.id).taskState()).isEqualTo(TaskState.DELETING);
                gate.open();
                Awaitility.await().until(() -> r.cloud.server(r.id).vmState() == VmState.DELETED);
                r.cloud.idle();
                r.requireNothing(task);
            }
        }
    }

    @Test
    void resize_whenItCannotBe_saysWhyInNovasWords() throws InterruptedException {
        try (var r = new ResizeCloud(false, "[quota]\nram = 4096\n")) {
            r.create();
            assertThat(message(r, "{'resize': {'flavorRef': '1'}}", 400))
                    .isEqualTo("When resizing, instances must change flavor!");
            assertThat(message(r, "{'resize': {'flavorRef': 'nosuch'}}", 400))
                    .isEqualTo("Flavor nosuch could not be found.");
            assertThat(r.act("{'resize': {'flavorRef': ''}}")).isEqualTo(400);
            assertThat(message(r, "{'resize': {'flavorRef': '4'}}", 403)).startsWith("Quota exceeded for ram");
            assertThat(message(r, "{'confirmResize': null}", 409))
                    .isEqualTo("Cannot 'confirmResize' instance " + r.id + " while it is in vm_state active");
            assertThat(r.act("{'migrate': null}")).as("no admin").isEqualTo(403);
            assertThat(r.act("{'pause': null}")).isEqualTo(202);
            r.cloud.idle();
            assertThat(message(r, "{'resize': {'flavorRef': '2'}}", 409))
                    .isEqualTo("Cannot 'resize' instance " + r.id + " while it is in vm_state paused");
        }
    }

    private static String message(ResizeCloud r, String body, int status) {
        var answer = r.api.post("demo", "2.1", "/v2.1/servers/" + r.id + "/action", body);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
        return answer.message();
    }

    @Test
    void resize_toASmallerDisk_leavesTheServerAsItWas() throws InterruptedException {
        try (var r = new ResizeCloud(false)) {
            r.create();
            r.resize();
            assertThat(r.act("{'confirmResize': null}")).isEqualTo(204);
            r.cloud.idle();
            assertThat(r.act("{'resize': {'flavorRef': '1'}}")).isEqualTo(202);
            r.cloud.idle();
            assertThat(r.cloud.server(r.id).vmState()).isEqualTo(VmState.ACTIVE);
            assertThat(r.cloud.server(r.id).flavor().id()).isEqualTo("2");
            assertThat(r.cloud.server(r.id).fault().orElseThrow().message())
                    .isEqualTo("Resize error: Unable to resize disk down.");
            assertThat(r.cloud.violations()).isEmpty();
        }
    }

    @Test
    void resize_whenNoHostFits_saysForEachHostWhichFilterRefusedIt() throws InterruptedException {
        try (var r = new ResizeCloud(true)) {
            r.create();
            var other = r.cloud.server(r.id).host().orElseThrow().equals("host1") ? "host2" : "host1";
            r.cloud.hosts.down(other);
            r.resize();
            r.requireSmall("no host", VmState.ACTIVE);
            var fault = r.cloud.server(r.id).fault().orElseThrow();
            assertThat(fault.message()).isEqualTo("No valid host was found. There are not enough hosts available.");
            assertThat(fault.details())
                    .contains(other + ": ComputeFilter: down")
                    .contains("RetryFilter");
        }
    }

    @Test
    @Requirement("S3.112")
    void migrate_goesToTheOtherHostAndKeepsAStoppedGuestOff() throws InterruptedException {
        try (var r = new ResizeCloud(false)) {
            r.create();
            assertThat(r.act("admin", "{'migrate': null}")).isEqualTo(202);
            r.cloud.idle();
            r.requireSmall("there is no other host", VmState.ACTIVE);
            assertThat(r.faultOfLastAction()).contains("Error");
        }
        try (var r = new ResizeCloud(true)) {
            r.create();
            assertThat(r.act("{'os-stop': null}")).isEqualTo(202);
            r.cloud.idle();
            var from = r.cloud.server(r.id).host().orElseThrow();
            var to = from.equals("host1") ? "host2" : "host1";
            assertThat(r.act("admin", "{'migrate': {'host': '" + from + "'}}")).isEqualTo(400);
            assertThat(r.act("admin", "{'migrate': {'host': 'nosuch'}}")).isEqualTo(400);
            assertThat(r.act("admin", "{'migrate': {'host': '" + to + "'}}")).isEqualTo(202);
            r.cloud.idle();
            assertThat(r.cloud.server(r.id).vmState()).isEqualTo(VmState.RESIZED);
            assertThat(r.cloud.server(r.id).host()).contains(to);
            assertThat(r.act("{'confirmResize': null}")).isEqualTo(204);
            r.cloud.idle();
            r.requireSmall("migrated", VmState.STOPPED);
            r.delete();
        }
    }
}
