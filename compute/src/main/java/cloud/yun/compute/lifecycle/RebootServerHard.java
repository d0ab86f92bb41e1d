package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Makes the guest anew from what is written down and starts it. Ends in ACTIVE, or in ERROR.
final class RebootServerHard implements ServerAction {
    private final Wiring w;
    private final Guests guests;
    private final Ending ending;

    RebootServerHard(Wiring wiring, Guests guests, Ending ending) {
        this.w = wiring;
        this.guests = guests;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "reboot";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.REBOOT_HARD;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.REBOOTED_HARD;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_reboot_hard", Work.class)
                .onRevert("give-up", ending::broken)
                .task("reset-guest", p -> w.agents().rebootHard(w.hostOf(p), guests.of(p.serverId())), (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx,
                                p,
                                TaskState.REBOOTING_HARD,
                                VmState.Event.REBOOTED_HARD,
                                PowerState.RUNNING,
                                "reboot.end"))
                .build();
    }

    @Override
    public String notification() {
        return "reboot";
    }
}
