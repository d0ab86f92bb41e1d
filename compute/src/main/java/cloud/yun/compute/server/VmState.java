package cloud.yun.compute.server;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Nova's `vm_state`: what a server is. `TaskState` says what is being done to it.
public enum VmState {
    BUILDING,
    ACTIVE,
    PAUSED,
    SUSPENDED,
    STOPPED,
    RESIZED,
    /// Runs from another disk, with its own beside it.
    RESCUED,
    /// Off and kept as an image; its guest is still on its host.
    SHELVED,
    /// Kept as an image, or in its volumes; on no host.
    SHELVED_OFFLOADED,
    ERROR,
    DELETED;

    /// What ended.
    public enum Event {
        SPAWNED,
        STARTED,
        STOPPED,
        REBOOTED_SOFT,
        REBOOTED_HARD,
        PAUSED,
        UNPAUSED,
        SUSPENDED,
        RESUMED,
        SNAPSHOT_TAKEN,
        /// With another flavor or on another host; its user looks at it before it is confirmed.
        RESIZED,
        /// The guest ran.
        RESIZE_CONFIRMED,
        /// The guest was off.
        RESIZE_CONFIRMED_OFF,
        RESIZE_REVERTED,
        RESIZE_REVERTED_OFF,
        REBUILT,
        EVACUATED,
        EVACUATED_OFF,
        SHELVED,
        OFFLOADED,
        UNSHELVED,
        RESCUED,
        UNRESCUED,
        /// The guest shut itself down, or was killed.
        WENT_DOWN,
        /// Work on it failed and left it in a state nobody promised.
        FAILED,
        RESET_TO_ACTIVE,
        RESET_TO_ERROR,
        REMOVED
    }

    static final StateTable<VmState, Event> TABLE = StateTable.of(VmState.class, Event.class, rows());

    /// Stays as it is until somebody asks for something.
    public static final Set<VmState> STABLE =
            EnumSet.of(ACTIVE, PAUSED, SUSPENDED, STOPPED, RESIZED, RESCUED, SHELVED, SHELVED_OFFLOADED);

    /// The host has, or should have, a guest for it.
    public static final Set<VmState> WITH_GUEST =
            EnumSet.of(ACTIVE, PAUSED, SUSPENDED, STOPPED, RESIZED, RESCUED, SHELVED);

    @SuppressWarnings({"unchecked", "rawtypes"}) // a generic array for a varargs method
    private static StateTable.Row<VmState, Event>[] rows() {
        List<StateTable.Row<VmState, Event>> rows = new ArrayList<>(List.of(
                on(BUILDING, Event.SPAWNED, ACTIVE),
                on(STOPPED, Event.STARTED, ACTIVE),
                on(ACTIVE, Event.STOPPED, STOPPED),
                on(ERROR, Event.STOPPED, STOPPED),
                on(ACTIVE, Event.REBOOTED_SOFT, ACTIVE),
                on(ACTIVE, Event.REBOOTED_HARD, ACTIVE),
                on(STOPPED, Event.REBOOTED_HARD, ACTIVE),
                on(PAUSED, Event.REBOOTED_HARD, ACTIVE),
                on(SUSPENDED, Event.REBOOTED_HARD, ACTIVE),
                on(ERROR, Event.REBOOTED_HARD, ACTIVE),
                on(ACTIVE, Event.PAUSED, PAUSED),
                on(PAUSED, Event.UNPAUSED, ACTIVE),
                on(ACTIVE, Event.SUSPENDED, SUSPENDED),
                on(SUSPENDED, Event.RESUMED, ACTIVE),
                on(ACTIVE, Event.SNAPSHOT_TAKEN, ACTIVE),
                on(PAUSED, Event.SNAPSHOT_TAKEN, PAUSED),
                on(SUSPENDED, Event.SNAPSHOT_TAKEN, SUSPENDED),
                on(STOPPED, Event.SNAPSHOT_TAKEN, STOPPED),
                on(ACTIVE, Event.RESIZED, RESIZED),
                on(STOPPED, Event.RESIZED, RESIZED),
                on(RESIZED, Event.RESIZE_CONFIRMED, ACTIVE),
                on(RESIZED, Event.RESIZE_CONFIRMED_OFF, STOPPED),
                on(RESIZED, Event.RESIZE_REVERTED, ACTIVE),
                on(RESIZED, Event.RESIZE_REVERTED_OFF, STOPPED),
                on(ACTIVE, Event.REBUILT, ACTIVE),
                on(STOPPED, Event.REBUILT, STOPPED),
                on(ERROR, Event.REBUILT, ACTIVE),
                on(ACTIVE, Event.EVACUATED, ACTIVE),
                on(STOPPED, Event.EVACUATED, ACTIVE),
                on(ERROR, Event.EVACUATED, ACTIVE),
                on(ACTIVE, Event.EVACUATED_OFF, STOPPED),
                on(STOPPED, Event.EVACUATED_OFF, STOPPED),
                on(ERROR, Event.EVACUATED_OFF, STOPPED),
                on(ACTIVE, Event.SHELVED, SHELVED),
                on(PAUSED, Event.SHELVED, SHELVED),
                on(SUSPENDED, Event.SHELVED, SHELVED),
                on(STOPPED, Event.SHELVED, SHELVED),
                on(SHELVED, Event.OFFLOADED, SHELVED_OFFLOADED),
                on(SHELVED, Event.UNSHELVED, ACTIVE),
                on(SHELVED_OFFLOADED, Event.UNSHELVED, ACTIVE),
                on(ACTIVE, Event.RESCUED, RESCUED),
                on(STOPPED, Event.RESCUED, RESCUED),
                on(ERROR, Event.RESCUED, RESCUED),
                on(RESCUED, Event.UNRESCUED, ACTIVE),
                on(ACTIVE, Event.WENT_DOWN, STOPPED),
                on(PAUSED, Event.WENT_DOWN, STOPPED)));
        for (var state : Arrays.asList(values())) {
            if (state == DELETED) continue;
            rows.add(on(state, Event.FAILED, ERROR));
            rows.add(on(state, Event.RESET_TO_ACTIVE, ACTIVE));
            rows.add(on(state, Event.RESET_TO_ERROR, ERROR));
            rows.add(on(state, Event.REMOVED, DELETED));
        }
        return rows.toArray(new StateTable.Row[0]);
    }

    /// @return as the API writes it
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @return the states in which `event` is allowed
    public static Set<VmState> allowing(Event event) {
        return TABLE.from(event);
    }

    /// @return the table, for the documents
    public static StateTable<VmState, ?> table() {
        return TABLE;
    }
}
