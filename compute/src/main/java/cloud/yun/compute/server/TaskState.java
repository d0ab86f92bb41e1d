package cloud.yun.compute.server;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Nova's `task_state`: what is being done to a server. At most one thing at a time; only a delete may interrupt.
public enum TaskState {
    NONE(""),
    SCHEDULING("scheduling"),
    BLOCK_DEVICE_MAPPING("block_device_mapping"),
    SPAWNING("spawning"),
    POWERING_OFF("powering-off"),
    POWERING_ON("powering-on"),
    REBOOTING("rebooting"),
    REBOOTING_HARD("rebooting_hard"),
    PAUSING("pausing"),
    UNPAUSING("unpausing"),
    SUSPENDING("suspending"),
    RESUMING("resuming"),
    IMAGE_SNAPSHOT("image_snapshot"),
    REBUILDING("rebuilding"),
    REBUILD_SPAWNING("rebuild_spawning"),
    RESIZE_PREP("resize_prep"),
    RESIZE_MIGRATING("resize_migrating"),
    RESIZE_FINISH("resize_finish"),
    RESIZE_CONFIRMING("resize_confirming"),
    RESIZE_REVERTING("resize_reverting"),
    IMAGE_BACKUP("image_backup"),
    IMAGE_PENDING_UPLOAD("image_pending_upload"),
    IMAGE_UPLOADING("image_uploading"),
    SHELVING("shelving"),
    SHELVING_IMAGE_PENDING_UPLOAD("shelving_image_pending_upload"),
    SHELVING_IMAGE_UPLOADING("shelving_image_uploading"),
    SHELVING_OFFLOADING("shelving_offloading"),
    UNSHELVING("unshelving"),
    RESCUING("rescuing"),
    UNRESCUING("unrescuing"),
    DELETING("deleting");

    /// What begins, goes on, or ends.
    public enum Event {
        /// A host was chosen; the guest is made, with volumes or without.
        TO_BLOCK_DEVICES,
        TO_SPAWNING,
        /// On another host, after one failed.
        RESCHEDULE,
        STOP,
        START,
        REBOOT_SOFT,
        REBOOT_HARD,
        PAUSE,
        UNPAUSE,
        SUSPEND,
        RESUME,
        SNAPSHOT,
        REBUILD,
        /// The old disks are gone; the new guest is made.
        TO_REBUILD_SPAWNING,
        RESIZE,
        /// A host was chosen; the guest leaves the old one.
        TO_RESIZE_MIGRATING,
        /// The guest is made with its new size, or where it goes.
        TO_RESIZE_FINISH,
        CONFIRM_RESIZE,
        REVERT_RESIZE,
        BACKUP,
        /// The disk is copied, then the copy becomes an image.
        TO_PENDING_UPLOAD,
        TO_UPLOADING,
        SHELVE,
        OFFLOAD,
        UNSHELVE,
        RESCUE,
        UNRESCUE,
        DELETE,
        END
    }

    static final StateTable<TaskState, Event> TABLE = StateTable.of(TaskState.class, Event.class, rows());

    private final String wire;

    TaskState(String wire) {
        this.wire = wire;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a generic array for a varargs method
    private static StateTable.Row<TaskState, Event>[] rows() {
        List<StateTable.Row<TaskState, Event>> rows = new ArrayList<>(List.of(
                on(SCHEDULING, Event.TO_BLOCK_DEVICES, BLOCK_DEVICE_MAPPING),
                on(SCHEDULING, Event.TO_SPAWNING, SPAWNING),
                on(SCHEDULING, Event.RESCHEDULE, SCHEDULING),
                on(BLOCK_DEVICE_MAPPING, Event.RESCHEDULE, SCHEDULING),
                on(SPAWNING, Event.RESCHEDULE, SCHEDULING),
                on(NONE, Event.STOP, POWERING_OFF),
                on(NONE, Event.START, POWERING_ON),
                on(NONE, Event.REBOOT_SOFT, REBOOTING),
                on(NONE, Event.REBOOT_HARD, REBOOTING_HARD),
                // A soft reboot that hangs may be made hard.
                on(REBOOTING, Event.REBOOT_HARD, REBOOTING_HARD),
                on(NONE, Event.PAUSE, PAUSING),
                on(NONE, Event.UNPAUSE, UNPAUSING),
                on(NONE, Event.SUSPEND, SUSPENDING),
                on(NONE, Event.RESUME, RESUMING),
                on(NONE, Event.SNAPSHOT, IMAGE_SNAPSHOT),
                on(NONE, Event.REBUILD, REBUILDING),
                on(REBUILDING, Event.TO_REBUILD_SPAWNING, REBUILD_SPAWNING),
                on(NONE, Event.RESIZE, RESIZE_PREP),
                on(RESIZE_PREP, Event.TO_RESIZE_MIGRATING, RESIZE_MIGRATING),
                on(RESIZE_MIGRATING, Event.TO_RESIZE_FINISH, RESIZE_FINISH),
                on(NONE, Event.CONFIRM_RESIZE, RESIZE_CONFIRMING),
                on(NONE, Event.REVERT_RESIZE, RESIZE_REVERTING),
                on(NONE, Event.BACKUP, IMAGE_BACKUP),
                on(IMAGE_SNAPSHOT, Event.TO_PENDING_UPLOAD, IMAGE_PENDING_UPLOAD),
                on(IMAGE_BACKUP, Event.TO_PENDING_UPLOAD, IMAGE_PENDING_UPLOAD),
                on(IMAGE_PENDING_UPLOAD, Event.TO_UPLOADING, IMAGE_UPLOADING),
                on(NONE, Event.SHELVE, SHELVING),
                on(SHELVING, Event.TO_PENDING_UPLOAD, SHELVING_IMAGE_PENDING_UPLOAD),
                on(SHELVING_IMAGE_PENDING_UPLOAD, Event.TO_UPLOADING, SHELVING_IMAGE_UPLOADING),
                on(NONE, Event.OFFLOAD, SHELVING_OFFLOADING),
                on(NONE, Event.UNSHELVE, UNSHELVING),
                on(UNSHELVING, Event.TO_SPAWNING, SPAWNING),
                on(NONE, Event.RESCUE, RESCUING),
                on(NONE, Event.UNRESCUE, UNRESCUING)));
        for (var state : List.of(values())) {
            rows.add(on(state, Event.DELETE, DELETING));
            rows.add(on(state, Event.END, NONE));
        }
        return rows.toArray(new StateTable.Row[0]);
    }

    public String wire() {
        return wire;
    }

    /// @return as the API writes it: nothing when nothing is being done
    public Optional<String> shown() {
        return this == NONE ? Optional.empty() : Optional.of(wire);
    }

    /// @return the states in which `event` is allowed
    public static Set<TaskState> allowing(Event event) {
        return TABLE.from(event);
    }

    /// @return the table, for the documents
    public static StateTable<TaskState, ?> table() {
        return TABLE;
    }
}
