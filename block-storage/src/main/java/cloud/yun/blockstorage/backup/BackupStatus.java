package cloud.yun.blockstorage.backup;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Status of a backup, in Cinder's words.
public enum BackupStatus {
    CREATING("creating"),
    AVAILABLE("available"),
    RESTORING("restoring"),
    DELETING("deleting"),
    ERROR("error"),
    ERROR_DELETING("error_deleting");

    /// What happens to a backup.
    public enum Event {
        CREATED,
        CREATE_FAILED,
        RESTORE,
        /// Whether it could be restored or not: the backup is as it was.
        RESTORED,
        DELETE,
        FORCE_DELETE,
        DELETE_FAILED
    }

    private final String wire;

    BackupStatus(String wire) {
        this.wire = wire;
    }

    public String wire() {
        return wire;
    }

    public static Optional<BackupStatus> of(String wire) {
        return Arrays.stream(values()).filter(s -> s.wire.equals(wire)).findFirst();
    }

    /// Somebody is at work. A row that stays here after its flow ended was lost by a crash.
    public static final Set<BackupStatus> IN_FLIGHT = EnumSet.of(CREATING, RESTORING, DELETING);

    static final StateTable<BackupStatus, Event> TABLE = StateTable.of(
            BackupStatus.class,
            Event.class,
            on(CREATING, Event.CREATED, AVAILABLE),
            on(CREATING, Event.CREATE_FAILED, ERROR),
            on(AVAILABLE, Event.RESTORE, RESTORING),
            on(RESTORING, Event.RESTORED, AVAILABLE),
            on(AVAILABLE, Event.DELETE, DELETING),
            on(ERROR, Event.DELETE, DELETING),
            on(CREATING, Event.FORCE_DELETE, DELETING),
            on(AVAILABLE, Event.FORCE_DELETE, DELETING),
            on(RESTORING, Event.FORCE_DELETE, DELETING),
            on(DELETING, Event.FORCE_DELETE, DELETING),
            on(ERROR, Event.FORCE_DELETE, DELETING),
            on(ERROR_DELETING, Event.FORCE_DELETE, DELETING),
            on(DELETING, Event.DELETE_FAILED, ERROR_DELETING));

    /// @return the table, for the documents
    public static StateTable<BackupStatus, Event> moves() {
        return TABLE;
    }
}
