package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.Flow;

/// Something that is done to a running server's guest: what the state tables say about it, and its flow.
interface ServerAction {
    /// @return Nova's name of the action, in its log and in its messages
    String name();

    TaskState.Event begins();

    /// The move by which it ends; the states from which the table has that move are those that allow the action.
    VmState.Event ends();

    /// @return Nova's name of the notifications, without `.start` and `.end`
    String notification();

    Flow<Work> flow();
}
