package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Lets the guest reboot by itself; if it does not in time, resets it. Ends in ACTIVE.
final class RebootServerSoft implements ServerAction {
    private final Wiring w;
    private final Guests guests;
    private final Patience patience;
    private final Ending ending;

    RebootServerSoft(Wiring wiring, Guests guests, Patience patience, Ending ending) {
        this.w = wiring;
        this.guests = guests;
        this.patience = patience;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "reboot";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.REBOOT_SOFT;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.REBOOTED_SOFT;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_reboot_soft", Work.class)
                .onRevert("give-up", ending::back)
                .task(
                        "reboot-guest",
                        p -> w.agents().rebootSoft(w.hostOf(p), guests.of(p.serverId()), patience.of(p.serverId())),
                        (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx,
                                p,
                                TaskState.REBOOTING,
                                VmState.Event.REBOOTED_SOFT,
                                PowerState.RUNNING,
                                "reboot.end"))
                .build();
    }

    @Override
    public String notification() {
        return "reboot";
    }
}
