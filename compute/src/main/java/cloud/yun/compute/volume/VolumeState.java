package cloud.yun.compute.volume;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.EnumSet;
import java.util.Set;

/// What is between a server and a volume.
public enum VolumeState {
    /// Reserved; the build of the server attaches it.
    RESERVED,
    ATTACHING,
    ATTACHED,
    DETACHING;

    public enum Event {
        ATTACHED,
        DETACH,
        /// The guest did not let go.
        DETACH_FAILED
    }

    static final StateTable<VolumeState, Event> TABLE = StateTable.of(
            VolumeState.class,
            Event.class,
            on(RESERVED, Event.ATTACHED, ATTACHED),
            on(ATTACHING, Event.ATTACHED, ATTACHED),
            on(ATTACHED, Event.DETACH, DETACHING),
            on(DETACHING, Event.DETACH_FAILED, ATTACHED));

    /// Somebody is at work.
    public static final Set<VolumeState> IN_FLIGHT = EnumSet.of(RESERVED, ATTACHING, DETACHING);

    /// @return the table, for the documents
    public static StateTable<VolumeState, ?> table() {
        return TABLE;
    }
}
