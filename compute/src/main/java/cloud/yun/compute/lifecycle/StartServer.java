package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Starts the guest of a stopped server from its disks. Ends in ACTIVE, or in SHUTOFF as before.
final class StartServer implements ServerAction {
    private final Wiring w;
    private final Guests guests;
    private final Ending ending;

    StartServer(Wiring wiring, Guests guests, Ending ending) {
        this.w = wiring;
        this.guests = guests;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "start";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.START;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.STARTED;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_start", Work.class)
                .onRevert("give-up", ending::back)
                .task("start-guest", p -> w.agents().rebootHard(w.hostOf(p), guests.of(p.serverId())), (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx,
                                p,
                                TaskState.POWERING_ON,
                                VmState.Event.STARTED,
                                PowerState.RUNNING,
                                "power_on.end"))
                .build();
    }

    @Override
    public String notification() {
        return "power_on";
    }
}
