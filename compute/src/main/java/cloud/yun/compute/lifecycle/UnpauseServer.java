package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Lets a paused guest's CPUs run again. Ends in ACTIVE.
final class UnpauseServer implements ServerAction {
    private final Wiring w;
    private final Ending ending;

    UnpauseServer(Wiring wiring, Ending ending) {
        this.w = wiring;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "unpause";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.UNPAUSE;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.UNPAUSED;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_unpause", Work.class)
                .onRevert("give-up", ending::back)
                .task("unpause-guest", p -> w.agents().unpause(w.hostOf(p), p.serverId()), (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx, p, TaskState.UNPAUSING, VmState.Event.UNPAUSED, PowerState.RUNNING, "unpause.end"))
                .build();
    }

    @Override
    public String notification() {
        return "unpause";
    }
}
