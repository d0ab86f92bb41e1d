package cloud.yun.blockstorage.snapshot;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Status of a snapshot, in Cinder's words.
public enum SnapshotStatus {
    CREATING("creating"),
    AVAILABLE("available"),
    DELETING("deleting"),
    ERROR("error"),
    ERROR_DELETING("error_deleting"),
    BACKING_UP("backing-up"),
    RESTORING("restoring");

    /// What happens to a snapshot.
    public enum Event {
        CREATED,
        CREATE_FAILED,
        DELETE,
        FORCE_DELETE,
        DELETE_FAILED,
        BACK_UP,
        /// Its volume becomes what it holds.
        REVERT,
        /// Whoever was at work on it has ended.
        FREED
    }

    private final String wire;

    SnapshotStatus(String wire) {
        this.wire = wire;
    }

    public String wire() {
        return wire;
    }

    public static Optional<SnapshotStatus> of(String wire) {
        return Arrays.stream(values()).filter(s -> s.wire.equals(wire)).findFirst();
    }

    public static final Set<SnapshotStatus> IN_FLIGHT = EnumSet.of(CREATING, DELETING, BACKING_UP, RESTORING);

    static final StateTable<SnapshotStatus, Event> TABLE = StateTable.of(
            SnapshotStatus.class,
            Event.class,
            on(CREATING, Event.CREATED, AVAILABLE),
            on(CREATING, Event.CREATE_FAILED, ERROR),
            on(AVAILABLE, Event.DELETE, DELETING),
            on(ERROR, Event.DELETE, DELETING),
            on(CREATING, Event.FORCE_DELETE, DELETING),
            on(AVAILABLE, Event.FORCE_DELETE, DELETING),
            on(DELETING, Event.FORCE_DELETE, DELETING),
            on(ERROR, Event.FORCE_DELETE, DELETING),
            on(ERROR_DELETING, Event.FORCE_DELETE, DELETING),
            on(DELETING, Event.DELETE_FAILED, ERROR_DELETING),
            on(AVAILABLE, Event.BACK_UP, BACKING_UP),
            on(BACKING_UP, Event.FREED, AVAILABLE),
            on(AVAILABLE, Event.REVERT, RESTORING),
            on(RESTORING, Event.FREED, AVAILABLE));

    /// @return the table, for the documents
    public static StateTable<SnapshotStatus, Event> moves() {
        return TABLE;
    }
}
