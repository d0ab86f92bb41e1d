package cloud.yun.kernel.flow;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.EnumSet;
import java.util.Set;

/// States of a flow, TaskFlow's words.
public enum FlowState {
    PENDING,
    RUNNING,
    SUCCESS,
    REVERTING,
    REVERTED,
    /// A revert failed. Nothing is tried again until an operator has looked.
    STUCK;

    enum Event {
        START,
        FINISH,
        FAIL,
        REVERT_DONE,
        REVERT_FAILED,
        RETRY
    }

    static final StateTable<FlowState, Event> TABLE = StateTable.of(
            FlowState.class,
            Event.class,
            on(PENDING, Event.START, RUNNING),
            on(RUNNING, Event.FINISH, SUCCESS),
            on(RUNNING, Event.FAIL, REVERTING),
            on(REVERTING, Event.REVERT_DONE, REVERTED),
            on(REVERTING, Event.REVERT_FAILED, STUCK),
            on(STUCK, Event.RETRY, REVERTING));

    /// Somebody is at work, or will be when a lease expires.
    public static final Set<FlowState> IN_FLIGHT = EnumSet.of(PENDING, RUNNING, REVERTING);

    public static final Set<FlowState> ENDED = EnumSet.of(SUCCESS, REVERTED);

    /// @return the table, for the documents
    public static StateTable<FlowState, ?> table() {
        return TABLE;
    }
}
