package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flow;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Begins the actions on a server's guest: checks that its state allows one, marks it, records its flow.
public final class PowerActions {
    private record Ready(ServerAction action, Flow<Work> flow) {}

    private final Wiring w;
    private final Map<TaskState.Event, Ready> all = new EnumMap<>(TaskState.Event.class);

    public PowerActions(Wiring wiring, Guests guests, DeleteServer delete) {
        this.w = wiring;
        var ending = new Ending(wiring, delete);
        var patience = new Patience(wiring.db(), wiring.config());
        var actions = List.of(
                new StartServer(wiring, guests, ending),
                new StopServer(wiring, patience, ending),
                new RebootServerSoft(wiring, guests, patience, ending),
                new RebootServerHard(wiring, guests, ending),
                new PauseServer(wiring, ending),
                new UnpauseServer(wiring, ending),
                new SuspendServer(wiring, ending),
                new ResumeServer(wiring, guests, ending),
                new UnrescueServer(wiring, guests, ending));
        for (var action : actions) {
            var flow = action.flow();
            wiring.flows().register(flow);
            all.put(action.begins(), new Ready(action, flow));
        }
    }

    /// @param server locked in this transaction
    /// @throws Conflict its state does not allow the action, in Nova's words
    public void begin(Tx tx, Server server, TaskState.Event event, Caller caller) {
        var ready = all.get(event);
        if (ready == null) throw new IllegalArgumentException(event + " is no action of a guest");
        var action = ready.action();
        if (!VmState.allowing(action.ends()).contains(server.vmState()))
            throw new Conflict("Cannot '" + action.name() + "' instance " + server.id() + " while it is in vm_state "
                    + server.vmState().wire());
        if (!TaskState.allowing(event).contains(server.taskState()))
            throw new Conflict("Cannot '" + action.name() + "' instance " + server.id() + " while it is in task_state "
                    + server.taskState().wire());
        new Beginning(event, action.name(), action.notification())
                .start(w, tx, caller, server, ready.flow(), new Work(server.id(), caller.requestId()));
    }
}
