package cloud.yun.compute.fake;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.flow.FlowProbe;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The three tests that every flow gets: each task fails before and after its effect; the process dies between any two
/// tasks; each task runs twice.
///
/// @param forward tasks behind the point of no return
/// @param ready makes a server on which the action is possible, by id
/// @param act asks for the action
/// @param done says what must hold when it was done
/// @param undone says what must hold when it was turned back
public record FlowTrial(
        TestCloud cloud,
        String flow,
        List<String> tasks,
        Set<String> forward,
        Ready ready,
        On act,
        On done,
        On undone) {
    @FunctionalInterface
    public interface Ready {
        String server() throws Exception;
    }

    @FunctionalInterface
    public interface On {
        void server(String id) throws Exception;
    }

    public void run() throws Exception {
        assertThat(cloud.flows.registered()).containsEntry(flow, tasks);
        fails();
        dies();
        twice();
    }

    private List<String> withEffect() {
        return tasks.stream().filter(t -> !t.equals("give-up")).toList();
    }

    private void fails() throws Exception {
        var id = ready.server();
        for (var task : withEffect())
            for (boolean after : new boolean[] {false, true}) {
                cloud.flows.probe(Mishap.failing(flow, task, after));
                act.server(id);
                cloud.idle();
                cloud.flows.probe(FlowProbe.NONE);
                var why = flow + ": " + task + (after ? " failed after" : " failed before");
                if (forward.contains(task)) {
                    restart();
                    check(done, id, why);
                    id = ready.server();
                } else check(undone, id, why);
            }
    }

    private void dies() throws Exception {
        for (var task : withEffect().subList(0, withEffect().size() - 1)) {
            var id = ready.server();
            cloud.flows.probe(Mishap.dying(flow, task));
            act.server(id);
            cloud.idle();
            cloud.flows.probe(FlowProbe.NONE);
            restart();
            check(done, id, flow + " died after " + task);
        }
    }

    /// The last task has no second run: its effect and the log are one transaction.
    private void twice() throws Exception {
        for (var task : withEffect().subList(0, withEffect().size() - 1)) {
            var id = ready.server();
            cloud.flows.probe(Mishap.dyingUnlogged(cloud, flow, task));
            act.server(id);
            cloud.idle();
            var again = new AtomicInteger();
            cloud.flows.probe(new FlowProbe() {
                @Override
                public void beforeTask(String f, String name) {
                    if (f.equals(flow) && name.equals(task)) again.incrementAndGet();
                }
            });
            restart();
            cloud.flows.probe(FlowProbe.NONE);
            assertThat(again).as(flow + ": " + task + " ran again").hasValue(1);
            check(done, id, flow + ": " + task + " ran twice");
        }
    }

    /// What the next process does with what it finds.
    private void restart() throws InterruptedException {
        cloud.flows.begin();
        cloud.idle();
    }

    private void check(On what, String id, String why) throws Exception {
        try {
            what.server(id);
            assertThat(cloud.server(id).taskState().wire()).isEmpty();
            assertThat(cloud.violations()).isEmpty();
            for (var host : cloud.hypervisors) assertThat(host.snapshots()).isEmpty();
        } catch (AssertionError e) {
            throw new AssertionError(why + ": " + e.getMessage() + " " + cloud.flows.ofResource(id), e);
        }
    }
}
