package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.fake.Mishap;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.kernel.reconcile.Reconciler;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ConfirmResizeTest {
    private static final String FLOW = "server_confirm_resize";
    private static final List<String> TASKS = List.of("drop-kept-disks", "mark-confirmed");

    @Test
    void confirm_whenAnyTaskFailsOrTheProcessDies_isFinishedOnceItPasses() throws InterruptedException {
        try (var r = new ResizeCloud(true)) {
            assertThat(r.cloud.flows.registered()).containsEntry(FLOW, TASKS);
            for (var probe : List.of(
                    Mishap.failing(FLOW, "drop-kept-disks", false),
                    Mishap.failing(FLOW, "drop-kept-disks", true),
                    Mishap.failing(FLOW, "mark-confirmed", false),
                    Mishap.failing(FLOW, "mark-confirmed", true),
                    Mishap.dying(FLOW, "drop-kept-disks"),
                    Mishap.dyingUnlogged(r.cloud, FLOW, "drop-kept-disks"))) {
                r.create();
                r.resize();
                r.requireResized("to begin with");
                r.cloud.flows.probe(probe);
                assertThat(r.act("{'confirmResize': null}")).isEqualTo(204);
                r.cloud.idle();
                assertThat(r.cloud.server(r.id).vmState()).isEqualTo(VmState.RESIZED);
                r.cloud.flows.probe(FlowProbe.NONE);
                r.cloud.flows.begin();
                r.cloud.idle();
                r.requireLarge("confirmed", VmState.ACTIVE);
                r.delete();
            }
        }
    }

    @Test
    void delete_ofAResizedServer_leavesNothingOnEitherHost() throws InterruptedException {
        for (boolean moves : new boolean[] {false, true})
            try (var r = new ResizeCloud(moves)) {
                r.create();
                r.resize();
                r.requireResized("to begin with");
                r.delete();
            }
    }

    @Test
    void confirm_whileTheOldHostIsDown_isCleanedWhenItIsBack() throws InterruptedException {
        try (var r = new ResizeCloud(true)) {
            r.create();
            r.resize();
            var source = r.migration().sourceHost();
            var old = r.cloud.hypervisors.stream()
                    .filter(h -> h.host().hostname().equals(source))
                    .findFirst()
                    .orElseThrow();
            r.cloud.hosts.down(source);
            old.fail("dropKeptDisks", new Unavailable("down", "test", null));
            assertThat(r.act("{'confirmResize': null}")).isEqualTo(204);
            r.cloud.idle();
            assertThat(r.cloud.server(r.id).vmState()).isEqualTo(VmState.ACTIVE);
            assertThat(old.serversWithKeptDisks()).containsExactly(r.id);
            old.heal();
            r.cloud.sync.settled(source);
            r.requireLarge("cleaned", VmState.ACTIVE);
        }
    }

    @Test
    void resize_thatNobodyConfirms_isConfirmedByItselfAfterTheWindow() throws InterruptedException {
        try (var r = new ResizeCloud(false, "resize_confirm_window = 1\n")) {
            r.create();
            r.resize();
            r.requireResized("to begin with");
            var reconciler = r.cloud.part.reconcilers().stream()
                    .filter(c -> c.name().equals("unconfirmed-resizes"))
                    .findFirst()
                    .<Reconciler>map(c -> c)
                    .orElseThrow();
            Awaitility.await().until(() -> {
                reconciler.reconcile();
                r.cloud.idle();
                return r.cloud.server(r.id).vmState() == VmState.ACTIVE;
            });
            r.requireLarge("confirmed", VmState.ACTIVE);
        }
    }
}
