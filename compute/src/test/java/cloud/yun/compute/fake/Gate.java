package cloud.yun.compute.fake;

import cloud.yun.kernel.flow.FlowProbe;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Holds flows before a task until the test opens it, so that a test says in which order two flows go on.
public final class Gate {
    private final String flow;
    private final String task;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    public Gate(String flow, String task) {
        this.flow = flow;
        this.task = task;
    }

    public static FlowProbe all(Gate... gates) {
        List<Gate> list = Arrays.asList(gates);
        return new FlowProbe() {
            @Override
            public void beforeTask(String f, String name) {
                for (var gate : list) if (f.equals(gate.flow) && name.equals(gate.task)) gate.pass();
            }
        };
    }

    /// Returns when a flow stands before it.
    public void awaitReached() throws InterruptedException {
        if (!reached.await(30, TimeUnit.SECONDS)) throw new AssertionError("nobody came to " + task + " of " + flow);
    }

    public void open() {
        open.countDown();
    }

    private void pass() {
        reached.countDown();
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
