package cloud.yun.kernel.flow;

/// Called around every task. Tests fail or kill the process here; the product sets none.
public interface FlowProbe {
    FlowProbe NONE = new FlowProbe() {};

    /// Throwing makes the task fail before its effect.
    default void beforeTask(String flow, String task) {}

    /// Throwing makes the task fail after its effect. For a recorded task the transaction then rolls back.
    default void afterTask(String flow, String task) {}

    /// After the task's success is durable and before the next task: where a crash leaves a flow between two tasks.
    default void betweenTasks(String flow, String task) {}
}
