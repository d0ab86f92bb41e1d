package cloud.yun.compute.fake;

import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowProbe;

/// What may happen to a flow at one of its tasks.
public final class Mishap {
    private Mishap() {}

    /// Nobody handles it, as nobody handles a kill.
    private static final class Died extends RuntimeException {}

    /// The task fails, each time it is tried.
    ///
    /// @param after whether its effect has happened by then
    public static FlowProbe failing(String flow, String task, boolean after) {
        return new FlowProbe() {
            @Override
            public void beforeTask(String f, String name) {
                if (!after && f.equals(flow) && name.equals(task)) throw new Unavailable("it failed", "test", null);
            }

            @Override
            public void afterTask(String f, String name) {
                if (after && f.equals(flow) && name.equals(task)) throw new Unavailable("it failed", "test", null);
            }
        };
    }

    /// The process dies between the task and the next one.
    public static FlowProbe dying(String flow, String task) {
        return new FlowProbe() {
            @Override
            public void betweenTasks(String f, String name) {
                if (f.equals(flow) && name.equals(task)) throw new Died();
            }
        };
    }

    /// The process dies behind the task's effect and before the log has it, so that the next process does it again.
    public static FlowProbe dyingUnlogged(TestCloud cloud, String flow, String task) {
        return new FlowProbe() {
            @Override
            public void betweenTasks(String f, String name) {
                if (!f.equals(flow) || !name.equals(task)) return;
                int rows = cloud.db.transaction(tx -> tx.update("""
                        UPDATE flow_task SET state = 'RUNNING' WHERE name = ? AND state = 'SUCCESS'
                           AND flow_id IN (SELECT id FROM flow WHERE name = ? AND finished_at IS NULL)
                        """, task, flow));
                if (rows != 1) throw new AssertionError(rows + " flows " + flow + " have done " + task);
                throw new Died();
            }
        };
    }
}
