package cloud.yun.blockstorage.group;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.Arrays;
import java.util.Optional;

/// Status of a group and of a group snapshot, in Cinder's words.
public enum GroupStatus {
    CREATING("creating"),
    AVAILABLE("available"),
    ERROR("error"),
    UPDATING("updating"),
    DELETING("deleting"),
    ERROR_DELETING("error_deleting");

    /// What happens to a group; its end is that the row is gone.
    public enum Event {
        /// All of its members are there.
        CREATED,
        /// One of its members could not be made.
        CREATE_FAILED,
        DELETE,
        /// One of its members could not be removed.
        DELETE_FAILED
    }

    private final String wire;

    GroupStatus(String wire) {
        this.wire = wire;
    }

    public String wire() {
        return wire;
    }

    static Optional<GroupStatus> of(String wire) {
        return Arrays.stream(values()).filter(s -> s.wire.equals(wire)).findFirst();
    }

    static final StateTable<GroupStatus, Event> TABLE = StateTable.of(
            GroupStatus.class,
            Event.class,
            on(CREATING, Event.CREATED, AVAILABLE),
            on(CREATING, Event.CREATE_FAILED, ERROR),
            on(CREATING, Event.DELETE, DELETING),
            on(AVAILABLE, Event.DELETE, DELETING),
            on(ERROR, Event.DELETE, DELETING),
            on(UPDATING, Event.DELETE, DELETING),
            on(ERROR_DELETING, Event.DELETE, DELETING),
            on(DELETING, Event.DELETE_FAILED, ERROR_DELETING));

    /// @return the table, for the documents
    public static StateTable<GroupStatus, Event> moves() {
        return TABLE;
    }
}
