package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.FlowProbe;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevertResizeTest {
    private static final String FLOW = "server_revert_resize";
    private static final List<String> TASKS = List.of(
            "give-up",
            "destroy-guest",
            "disconnect-volumes",
            "unplug-ports",
            "restore-disks",
            "bind-ports",
            "plug-ports",
            "connect-volumes",
            "start-guest",
            "delete-disks",
            "mark-reverted");
    /// The first one behind the point of no return.
    private static final int FORWARD = TASKS.indexOf("delete-disks");

    private static void revert(ResizeCloud r) throws InterruptedException {
        assertThat(r.act("{'revertResize': null}")).isEqualTo(202);
        r.cloud.idle();
    }

    @Test
    void revert_ofAServerThatWasOff_isOffAgain() throws InterruptedException {
        try (var r = new ResizeCloud(true)) {
            assertThat(r.cloud.flows.registered()).containsEntry(FLOW, TASKS);
            r.create();
            assertThat(r.act("{'revertResize': null}")).isEqualTo(409);
            assertThat(r.act("{'os-stop': null}")).isEqualTo(202);
            r.cloud.idle();
            r.resize();
            assertThat(r.cloud.server(r.id).vmState()).isEqualTo(VmState.RESIZED);
            revert(r);
            r.requireSmall("reverted", VmState.STOPPED);
            assertThat(r.migration().status()).isEqualTo(MigrationStatus.REVERTED);
            r.delete();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void revert_whenAnyTaskFailsBeforeOrAfterItsEffect_isAsBeforeOrFinishedOnceItPasses(boolean moves)
            throws InterruptedException {
        try (var r = new ResizeCloud(moves)) {
            r.create();
            r.resize();
            for (var task : TASKS)
                for (boolean after : new boolean[] {false, true}) {
                    var why = task + (after ? " after" : " before");
                    r.cloud.flows.probe(Mishap.failing(FLOW, task, after));
                    revert(r);
                    if (TASKS.indexOf(task) < FORWARD) {
                        r.requireResized(why);
                        continue;
                    }
                    r.restarted(task);
                    r.requireSmall(why, VmState.ACTIVE);
                    r.cloud.flows.probe(FlowProbe.NONE);
                    r.resize();
                }
            r.delete();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = true)
    void revert_whenTheProcessDiesBetweenTwoTasksOrRunsOneTwice_isFinishedAfterTheRestart(boolean moves)
            throws InterruptedException {
        try (var r = new ResizeCloud(moves)) {
            r.create();
            for (var task : TASKS.subList(0, TASKS.size() - 1)) {
                r.cloud.flows.probe(FlowProbe.NONE);
                r.resize();
                r.cloud.flows.probe(Mishap.dying(FLOW, task));
                revert(r);
                assertThat(r.cloud.server(r.id).vmState()).as(task).isEqualTo(VmState.RESIZED);
                r.restarted(task);
                r.requireSmall(task, VmState.ACTIVE);
                if (List.of("give-up", "bind-ports").contains(task)) continue;
                r.cloud.flows.probe(FlowProbe.NONE);
                r.resize();
                r.cloud.flows.probe(Mishap.dyingUnlogged(r.cloud, FLOW, task));
                revert(r);
                assertThat(r.restarted(task)).as(task).isEqualTo(1);
                r.requireSmall(task + " twice", VmState.ACTIVE);
            }
        }
    }
}
