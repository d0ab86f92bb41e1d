package cloud.yun.compute.migration;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Nova's `status` of a migration.
public enum MigrationStatus {
    ACCEPTED("accepted"),
    PRE_MIGRATING("pre-migrating"),
    MIGRATING("migrating"),
    POST_MIGRATING("post-migrating"),
    /// The server waits for its user to confirm or to revert.
    FINISHED("finished"),
    CONFIRMING("confirming"),
    CONFIRMED("confirmed"),
    REVERTING("reverting"),
    REVERTED("reverted"),
    /// An evacuation is over.
    DONE("done"),
    ERROR("error");

    /// What happened.
    public enum Event {
        HOST_CHOSEN,
        LEFT_SOURCE,
        ARRIVED,
        CONFIRM,
        CONFIRMED,
        REVERT,
        REVERTED,
        /// The way back failed; the server still waits.
        NOT_REVERTED,
        EVACUATED,
        FAILED,
        /// The server was deleted: nobody goes back.
        SERVER_DELETED
    }

    static final StateTable<MigrationStatus, Event> TABLE = StateTable.of(MigrationStatus.class, Event.class, rows());

    /// Nothing will change them.
    public static final Set<MigrationStatus> FINAL = EnumSet.of(CONFIRMED, REVERTED, DONE, ERROR);

    private final String wire;

    MigrationStatus(String wire) {
        this.wire = wire;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a generic array for a varargs method
    private static StateTable.Row<MigrationStatus, Event>[] rows() {
        List<StateTable.Row<MigrationStatus, Event>> rows = new ArrayList<>(List.of(
                on(PRE_MIGRATING, Event.HOST_CHOSEN, MIGRATING),
                on(ACCEPTED, Event.HOST_CHOSEN, PRE_MIGRATING),
                on(MIGRATING, Event.LEFT_SOURCE, POST_MIGRATING),
                on(POST_MIGRATING, Event.ARRIVED, FINISHED),
                on(FINISHED, Event.CONFIRM, CONFIRMING),
                on(CONFIRMING, Event.CONFIRMED, CONFIRMED),
                on(FINISHED, Event.REVERT, REVERTING),
                on(REVERTING, Event.REVERTED, REVERTED),
                on(REVERTING, Event.NOT_REVERTED, FINISHED),
                on(PRE_MIGRATING, Event.EVACUATED, DONE),
                on(FINISHED, Event.SERVER_DELETED, CONFIRMED),
                on(CONFIRMING, Event.SERVER_DELETED, CONFIRMED),
                on(REVERTING, Event.SERVER_DELETED, ERROR)));
        for (var state : List.of(ACCEPTED, PRE_MIGRATING, MIGRATING, POST_MIGRATING)) {
            rows.add(on(state, Event.FAILED, ERROR));
            rows.add(on(state, Event.SERVER_DELETED, ERROR));
        }
        return rows.toArray(new StateTable.Row[0]);
    }

    /// @return as the API writes it
    public String wire() {
        return wire;
    }

    /// @return the table, for the documents
    public static StateTable<MigrationStatus, ?> table() {
        return TABLE;
    }
}
