package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Saves the guest's memory to disk and frees it on the host. Ends in SUSPENDED, power state SHUTDOWN.
final class SuspendServer implements ServerAction {
    private final Wiring w;
    private final Ending ending;

    SuspendServer(Wiring wiring, Ending ending) {
        this.w = wiring;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "suspend";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.SUSPEND;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.SUSPENDED;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_suspend", Work.class)
                .onRevert("give-up", ending::back)
                .task("suspend-guest", p -> w.agents().suspend(w.hostOf(p), p.serverId()), (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx,
                                p,
                                TaskState.SUSPENDING,
                                VmState.Event.SUSPENDED,
                                PowerState.SHUTDOWN,
                                "suspend.end"))
                .build();
    }

    @Override
    public String notification() {
        return "suspend";
    }
}
