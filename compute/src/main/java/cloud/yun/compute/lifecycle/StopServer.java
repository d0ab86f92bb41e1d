package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Asks the guest to shut down, again and again, and pulls the plug in the end. Ends in SHUTOFF.
final class StopServer implements ServerAction {
    private final Wiring w;
    private final Patience patience;
    private final Ending ending;

    StopServer(Wiring wiring, Patience patience, Ending ending) {
        this.w = wiring;
        this.patience = patience;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "stop";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.STOP;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.STOPPED;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_stop", Work.class)
                .onRevert("give-up", ending::back)
                .task(
                        "stop-guest",
                        p -> w.agents().stop(w.hostOf(p), p.serverId(), patience.of(p.serverId()), patience.retry()),
                        (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx,
                                p,
                                TaskState.POWERING_OFF,
                                VmState.Event.STOPPED,
                                PowerState.SHUTDOWN,
                                "power_off.end"))
                .build();
    }

    @Override
    public String notification() {
        return "power_off";
    }
}
