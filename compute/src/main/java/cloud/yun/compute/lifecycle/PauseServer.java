package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Stops the guest's CPUs; its memory stays on the host. Ends in PAUSED.
final class PauseServer implements ServerAction {
    private final Wiring w;
    private final Ending ending;

    PauseServer(Wiring wiring, Ending ending) {
        this.w = wiring;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "pause";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.PAUSE;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.PAUSED;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_pause", Work.class)
                .onRevert("give-up", ending::back)
                .task("pause-guest", p -> w.agents().pause(w.hostOf(p), p.serverId()), (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx, p, TaskState.PAUSING, VmState.Event.PAUSED, PowerState.PAUSED, "pause.end"))
                .build();
    }

    @Override
    public String notification() {
        return "pause";
    }
}
