package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;

/// Starts a rescued server's guest from its own disks again. Ends in ACTIVE; when it fails, in RESCUED as before.
final class UnrescueServer implements ServerAction {
    private final Wiring w;
    private final Guests guests;
    private final Ending ending;

    UnrescueServer(Wiring wiring, Guests guests, Ending ending) {
        this.w = wiring;
        this.guests = guests;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "unrescue";
    }

    @Override
    public TaskState.Event begins() {
        return TaskState.Event.UNRESCUE;
    }

    @Override
    public VmState.Event ends() {
        return VmState.Event.UNRESCUED;
    }

    @Override
    public Flow<Work> flow() {
        return Flow.named("server_unrescue", Work.class)
                .onRevert("give-up", ending::back)
                .task("start-guest", p -> w.agents().unrescue(w.hostOf(p), guests.of(p.serverId())), (_, _) -> {})
                .finish("settle", this::settle)
                .build();
    }

    private void settle(Tx tx, Work p) {
        new RescueStore(tx).delete(p.serverId());
        ending.done(tx, p, TaskState.UNRESCUING, VmState.Event.UNRESCUED, PowerState.RUNNING, "unrescue.end");
    }

    @Override
    public String notification() {
        return "unrescue";
    }
}
