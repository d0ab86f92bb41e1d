package cloud.yun.blockstorage.volume;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Status of a volume, in Cinder's words: clients compare them literally, hyphens and underscores included.
public enum VolumeStatus {
    CREATING("creating"),
    AVAILABLE("available"),
    DELETING("deleting"),
    ERROR("error"),
    ERROR_DELETING("error_deleting"),
    ERROR_MANAGING("error_managing"),
    MANAGING("managing"),
    ATTACHING("attaching"),
    IN_USE("in-use"),
    DETACHING("detaching"),
    MAINTENANCE("maintenance"),
    RESTORING_BACKUP("restoring-backup"),
    ERROR_RESTORING("error_restoring"),
    RESERVED("reserved"),
    AWAITING_TRANSFER("awaiting-transfer"),
    BACKING_UP("backing-up"),
    ERROR_BACKING_UP("error_backing-up"),
    ERROR_EXTENDING("error_extending"),
    DOWNLOADING("downloading"),
    UPLOADING("uploading"),
    RETYPING("retyping"),
    EXTENDING("extending"),
    REVERTING("reverting");

    /// What happens to a volume.
    public enum Event {
        /// An image is being written into it.
        DOWNLOAD,
        CREATED,
        CREATE_FAILED,
        /// Another back end will try.
        RESCHEDULE,
        /// A server is about to take it.
        RESERVE,
        /// The older reservation of `os-reserve`.
        RESERVE_LEGACY,
        BEGIN_DETACH,
        ROLL_DETACH,
        /// Its attachments changed or other work ended: nobody holds it any more.
        FREED,
        /// ... somebody only reserved it.
        HELD,
        /// ... somebody is about to open it.
        CONNECTING,
        /// ... a server has it.
        USED,
        /// ... a server is giving it back.
        LEAVING,
        EXTEND,
        EXTEND_FAILED,
        UPLOAD,
        /// Its owner offers it to another project.
        OFFER,
        BACK_UP,
        /// A backup is being written into it.
        RESTORE,
        RESTORE_FAILED,
        /// Its type or its back end changes.
        RETYPE,
        /// It is being copied to another back end.
        MIGRATE,
        /// An operator took it away from whoever held it.
        FORCE_DETACHED,
        /// It becomes what one of its snapshots holds.
        REVERT,
        REVERT_FAILED,
        /// Another image is being written into it.
        REIMAGE,
        REIMAGE_FAILED,
        MANAGED,
        MANAGE_FAILED,
        DELETE,
        FORCE_DELETE,
        DELETE_FAILED
    }

    private final String wire;

    VolumeStatus(String wire) {
        this.wire = wire;
    }

    public String wire() {
        return wire;
    }

    public static Optional<VolumeStatus> of(String wire) {
        return Arrays.stream(values()).filter(s -> s.wire.equals(wire)).findFirst();
    }

    /// Somebody is at work. A row that stays here after its flow ended was lost by a crash.
    public static final Set<VolumeStatus> IN_FLIGHT = EnumSet.of(
            CREATING,
            DOWNLOADING,
            UPLOADING,
            EXTENDING,
            DELETING,
            RETYPING,
            BACKING_UP,
            RESTORING_BACKUP,
            REVERTING,
            MANAGING);

    /// Only the owner or an operator moves it on.
    public static final Set<VolumeStatus> FAILED =
            EnumSet.of(ERROR, ERROR_DELETING, ERROR_EXTENDING, ERROR_MANAGING, ERROR_RESTORING, ERROR_BACKING_UP);

    static final Set<VolumeStatus> DELETABLE =
            EnumSet.of(AVAILABLE, ERROR, ERROR_RESTORING, ERROR_EXTENDING, ERROR_MANAGING);

    /// The statuses that follow from who holds the volume.
    public static final Set<VolumeStatus> OF_ATTACHMENTS =
            EnumSet.of(AVAILABLE, RESERVED, ATTACHING, IN_USE, DETACHING);

    static final StateTable<VolumeStatus, Event> TABLE = table();

    private static StateTable<VolumeStatus, Event> table() {
        var rows = new java.util.ArrayList<>(List.of(
                on(CREATING, Event.DOWNLOAD, DOWNLOADING),
                on(CREATING, Event.CREATED, AVAILABLE),
                on(CREATING, Event.CREATE_FAILED, ERROR),
                on(CREATING, Event.RESCHEDULE, CREATING),
                on(DOWNLOADING, Event.CREATED, AVAILABLE),
                on(DOWNLOADING, Event.CREATE_FAILED, ERROR),
                on(DOWNLOADING, Event.RESCHEDULE, CREATING),
                on(AVAILABLE, Event.RESERVE, RESERVED),
                on(AVAILABLE, Event.RESERVE_LEGACY, ATTACHING),
                on(IN_USE, Event.RESERVE, RESERVED),
                on(IN_USE, Event.RESERVE_LEGACY, ATTACHING),
                on(RESERVED, Event.RESERVE, RESERVED),
                on(IN_USE, Event.BEGIN_DETACH, DETACHING),
                on(DETACHING, Event.ROLL_DETACH, IN_USE),
                on(AVAILABLE, Event.EXTEND, EXTENDING),
                on(IN_USE, Event.EXTEND, EXTENDING),
                on(EXTENDING, Event.FREED, AVAILABLE),
                on(EXTENDING, Event.USED, IN_USE),
                on(EXTENDING, Event.EXTEND_FAILED, ERROR_EXTENDING),
                on(AVAILABLE, Event.UPLOAD, UPLOADING),
                on(IN_USE, Event.UPLOAD, UPLOADING),
                on(UPLOADING, Event.FREED, AVAILABLE),
                on(UPLOADING, Event.USED, IN_USE),
                on(AVAILABLE, Event.OFFER, AWAITING_TRANSFER),
                on(AWAITING_TRANSFER, Event.FREED, AVAILABLE),
                on(AVAILABLE, Event.BACK_UP, BACKING_UP),
                on(IN_USE, Event.BACK_UP, BACKING_UP),
                on(BACKING_UP, Event.FREED, AVAILABLE),
                on(BACKING_UP, Event.USED, IN_USE),
                on(AVAILABLE, Event.RESTORE, RESTORING_BACKUP),
                on(CREATING, Event.RESTORE, RESTORING_BACKUP),
                on(RESTORING_BACKUP, Event.CREATED, AVAILABLE),
                on(RESTORING_BACKUP, Event.CREATE_FAILED, ERROR),
                on(RESTORING_BACKUP, Event.RESCHEDULE, CREATING),
                on(RESTORING_BACKUP, Event.FREED, AVAILABLE),
                on(RESTORING_BACKUP, Event.RESTORE_FAILED, ERROR_RESTORING),
                on(AVAILABLE, Event.RETYPE, RETYPING),
                on(IN_USE, Event.RETYPE, RETYPING),
                on(RETYPING, Event.FREED, AVAILABLE),
                on(RETYPING, Event.USED, IN_USE),
                on(AVAILABLE, Event.MIGRATE, MAINTENANCE),
                on(MAINTENANCE, Event.FREED, AVAILABLE),
                on(ERROR, Event.FORCE_DETACHED, AVAILABLE),
                on(IN_USE, Event.FORCE_DETACHED, AVAILABLE),
                on(ATTACHING, Event.FORCE_DETACHED, AVAILABLE),
                on(DETACHING, Event.FORCE_DETACHED, AVAILABLE),
                on(RESERVED, Event.FORCE_DETACHED, AVAILABLE),
                on(AVAILABLE, Event.REVERT, REVERTING),
                on(REVERTING, Event.FREED, AVAILABLE),
                on(REVERTING, Event.REVERT_FAILED, ERROR),
                on(AVAILABLE, Event.REIMAGE, DOWNLOADING),
                on(ERROR, Event.REIMAGE, DOWNLOADING),
                on(RESERVED, Event.REIMAGE, DOWNLOADING),
                on(DOWNLOADING, Event.FREED, AVAILABLE),
                on(DOWNLOADING, Event.HELD, RESERVED),
                on(DOWNLOADING, Event.REIMAGE_FAILED, ERROR),
                on(MANAGING, Event.MANAGED, AVAILABLE),
                on(MANAGING, Event.MANAGE_FAILED, ERROR_MANAGING),
                on(DELETING, Event.DELETE_FAILED, ERROR_DELETING)));
        for (var from : OF_ATTACHMENTS) {
            rows.add(on(from, Event.FREED, AVAILABLE));
            rows.add(on(from, Event.HELD, RESERVED));
            rows.add(on(from, Event.CONNECTING, ATTACHING));
            rows.add(on(from, Event.USED, IN_USE));
            rows.add(on(from, Event.LEAVING, DETACHING));
        }
        for (var from : DELETABLE) rows.add(on(from, Event.DELETE, DELETING));
        for (var from : values()) rows.add(on(from, Event.FORCE_DELETE, DELETING));
        return StateTable.of(VolumeStatus.class, Event.class, array(rows));
    }

    @SuppressWarnings("unchecked") // an array of a generic record, filled from a list of it
    private static StateTable.Row<VolumeStatus, Event>[] array(List<StateTable.Row<VolumeStatus, Event>> rows) {
        return rows.toArray(StateTable.Row[]::new);
    }

    /// @return the table, for the documents
    public static StateTable<VolumeStatus, Event> moves() {
        return TABLE;
    }
}
