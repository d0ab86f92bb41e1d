package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.util.Set;

/// Whether a server's state allows an action, and Nova's words when it does not.
final class Ready {
    private Ready() {}

    /// @param states that allow it
    /// @throws Conflict the server is in another state, or something else is being done to it
    static void require(Server server, String action, Set<VmState> states, TaskState.Event begins) {
        if (!states.contains(server.vmState()))
            throw cannot(action, server, "vm_state " + server.vmState().wire());
        if (!TaskState.allowing(begins).contains(server.taskState()))
            throw cannot(action, server, "task_state " + server.taskState().wire());
    }

    /// For what begins only when nothing else is being done to the server.
    ///
    /// @throws Conflict as above
    static void require(Server server, String action, Set<VmState> states) {
        if (!states.contains(server.vmState()))
            throw cannot(action, server, "vm_state " + server.vmState().wire());
        if (server.taskState() != TaskState.NONE)
            throw cannot(action, server, "task_state " + server.taskState().wire());
    }

    private static Conflict cannot(String action, Server server, String state) {
        return new Conflict("Cannot '" + action + "' instance " + server.id() + " while it is in " + state);
    }

    /// @throws Conflict the server never ran, or is on no host
    static void requireLaunched(Server server, String action) {
        if (server.launchedAt().isEmpty() || server.host().isEmpty())
            throw new Conflict("Instance " + server.id() + " is in an invalid state for '" + action + "'");
    }

    /// A server does not move while a volume or a port comes or goes: that work is bound to its host.
    ///
    /// @throws Conflict something of it is being attached or detached
    static void requireAtRest(Tx tx, Wiring w, Server server, String action) {
        for (var volume : new VolumeStore(tx).of(server.id()))
            if (volume.state() != VolumeState.ATTACHED || w.flows().busy(tx, volume.volumeId()))
                throw new Conflict("Cannot '" + action + "' instance " + server.id() + " while its volume "
                        + volume.volumeId() + " is being attached, detached or changed");
        for (var port : w.ports().ofServer(tx, server.id()))
            if (w.flows().busy(tx, port.id()))
                throw new Conflict("Cannot '" + action + "' instance " + server.id() + " while its port " + port.id()
                        + " is being attached or detached");
    }

    /// @throws Conflict a delete waits: turn back
    static Server wanted(Server server) {
        if (server.taskState() == TaskState.DELETING)
            throw new Conflict("Instance " + server.id() + " is being deleted.");
        return server;
    }

    /// @throws Conflict a delete waits, or somebody reset the server's state: turn back
    static Server still(Server server, TaskState mine) {
        if (wanted(server).taskState() != mine)
            throw new Conflict("The state of instance " + server.id() + " was reset while it was " + mine.wire() + ".");
        return server;
    }
}
