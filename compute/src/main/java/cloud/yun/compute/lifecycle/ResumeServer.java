package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Brings a suspended guest back with its memory. Ends in ACTIVE, or in ERROR.
final class ResumeServer implements ServerAction {
    private final Wiring w;
    private final Guests guests;
    private final Ending ending;

    ResumeServer(Wiring wiring, Guests guests, Ending ending) {
        this.w = wiring;
        this.guests = guests;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "resume";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.RESUME;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.RESUMED;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_resume", Work.class)
                .onRevert("give-up", ending::broken)
                .task("resume-guest", p -> w.agents().resume(w.hostOf(p), guests.of(p.serverId())), (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx, p, TaskState.RESUMING, VmState.Event.RESUMED, PowerState.RUNNING, "resume.end"))
                .build();
    }

    @Override
    public String notification() {
        return "resume";
    }
}
