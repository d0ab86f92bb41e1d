package cloud.yun.image.task;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.Locale;

/// The states of a task and their moves.
///
/// @see <a href="https://docs.openstack.org/glance/latest/user/statuses.html#task-statuses">Task statuses</a>
public enum TaskState {
    PENDING,
    PROCESSING,
    SUCCESS,
    FAILURE;

    public enum Event {
        BEGIN,
        SUCCEED,
        FAIL
    }

    public static final StateTable<TaskState, Event> TABLE = StateTable.of(
            TaskState.class,
            Event.class,
            on(PENDING, Event.BEGIN, PROCESSING),
            on(PENDING, Event.FAIL, FAILURE),
            on(PROCESSING, Event.SUCCEED, SUCCESS),
            on(PROCESSING, Event.FAIL, FAILURE));

    /// @return the word in the API
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
