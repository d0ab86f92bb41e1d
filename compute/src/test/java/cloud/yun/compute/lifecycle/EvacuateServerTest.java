package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.service.ComputeHosts.ComputeHost;
import cloud.yun.kernel.flow.FlowProbe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EvacuateServerTest {
    private static final String FLOW = "server_evacuate";
    private static final List<String> TASKS = List.of(
            "give-up",
            "schedule",
            "plug-ports",
            "connect-volumes",
            "cache-image",
            "create-disks",
            "start-guest",
            "disconnect-source",
            "unplug-source",
            "mark-evacuated");
    /// The first one behind the point of no return.
    private static final int FORWARD = TASKS.indexOf("disconnect-source");

    private final ResizeCloud r = new ResizeCloud(true);
    private String source = "";

    @BeforeEach
    void serverOnAHostThatIsDown() throws InterruptedException {
        r.create();
        source = r.cloud.server(r.id).host().orElseThrow();
        assertThat(evacuate("2.14", "")).as("the host is up").isEqualTo(400);
        r.cloud.hosts.down(source);
    }

    @AfterEach
    void close() {
        r.close();
    }

    private int evacuate(String version, String more) throws InterruptedException {
        int status = r.api.post("admin", version, "/v2.1/servers/" + r.id + "/action", "{'evacuate': {" + more + "}}")
                .status();
        r.cloud.idle();
        return status;
    }

    /// It is back, and `PowerSync` looks at what it has.
    private void sourceIsBack() {
        r.cloud.hosts.put(new ComputeHost(
                source,
                source,
                cloud.yun.compute.scheduler.HostReports.providerOf(source),
                true,
                false,
                Optional.empty(),
                false,
                "nova",
                Map.of()));
        r.cloud.sync.settled(source);
    }

    private void requireEvacuated(String why, VmState state, PowerState power) {
        var server = r.cloud.server(r.id);
        assertThat(server.vmState()).as(why).isEqualTo(state);
        assertThat(server.taskState()).as(why).isEqualTo(TaskState.NONE);
        assertThat(server.host().orElseThrow()).as(why).isNotEqualTo(source);
        assertThat(r.migration().status()).as(why).isEqualTo(MigrationStatus.DONE);
        sourceIsBack();
        for (var h : r.cloud.hypervisors)
            assertThat(h.guests())
                    .as(why)
                    .isEqualTo(h.host().hostname().equals(source) ? Map.of() : Map.of(r.id, power));
        assertThat(r.cloud.violations()).as(why).isEmpty();
    }

    @Test
    void evacuate_fromAHostThatIsDown_runsElsewhereAndLeavesNothingWhenItIsBack() throws InterruptedException {
        assertThat(r.cloud.flows.registered()).containsEntry(FLOW, TASKS);
        assertThat(evacuate("2.14", "'host': 'nosuch'")).isEqualTo(404);
        assertThat(evacuate("2.14", "'host': '" + source + "'")).isEqualTo(400);
        assertThat(evacuate("2.14", "'onSharedStorage': true")).isEqualTo(400);
        assertThat(evacuate("2.29", "'force': true")).isEqualTo(400);
        assertThat(evacuate("2.1", "'onSharedStorage': false, 'adminPass': 'x'"))
                .isEqualTo(200);
        requireEvacuated("evacuated", VmState.ACTIVE, PowerState.RUNNING);
    }

    @Test
    void evacuate_sinceTheMicroversionThatStops_leavesTheGuestOff() throws InterruptedException {
        assertThat(evacuate("2.95", "")).isEqualTo(200);
        requireEvacuated("stopped", VmState.STOPPED, PowerState.SHUTDOWN);
    }

    @Test
    void evacuate_whenAnyTaskFailsBeforeOrAfterItsEffect_leavesTheServerAsItWas() throws InterruptedException {
        for (var task : TASKS.subList(0, FORWARD))
            for (boolean after : new boolean[] {false, true}) {
                var why = task + (after ? " after" : " before");
                r.cloud.flows.probe(Mishap.failing(FLOW, task, after));
                assertThat(evacuate("2.14", "")).as(why).isEqualTo(200);
                var server = r.cloud.server(r.id);
                assertThat(server.vmState()).as(why).isEqualTo(VmState.ACTIVE);
                assertThat(server.taskState()).as(why).isEqualTo(TaskState.NONE);
                assertThat(server.host()).as(why).contains(source);
                assertThat(r.migration().status()).as(why).isEqualTo(MigrationStatus.ERROR);
                assertThat(r.cloud.violations()).as(why).isEmpty();
            }
    }

    @Test
    void evacuate_whenTheProcessDiesBetweenTwoTasksOrRunsOneTwice_isFinishedAfterTheRestart()
            throws InterruptedException {
        for (var task : TASKS.subList(0, TASKS.size() - 1))
            for (boolean twice : new boolean[] {false, true}) {
                // What is one transaction with the log has no second run.
                if (twice && List.of("give-up", "schedule").contains(task)) continue;
                r.cloud.flows.probe(twice ? Mishap.dyingUnlogged(r.cloud, FLOW, task) : Mishap.dying(FLOW, task));
                assertThat(evacuate("2.14", "")).isEqualTo(200);
                assertThat(r.cloud.server(r.id).taskState()).as(task).isNotEqualTo(TaskState.NONE);
                r.cloud.flows.probe(FlowProbe.NONE);
                r.cloud.flows.begin();
                r.cloud.idle();
                requireEvacuated(task + " " + twice, VmState.ACTIVE, PowerState.RUNNING);
                r.delete();
                r.create();
                source = r.cloud.server(r.id).host().orElseThrow();
                r.cloud.hosts.down(source);
            }
    }
}
