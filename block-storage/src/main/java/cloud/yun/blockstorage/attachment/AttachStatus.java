package cloud.yun.blockstorage.attachment;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.Arrays;
import java.util.Optional;

/// Status of an attachment, in Cinder's words.
public enum AttachStatus {
    RESERVED("reserved"),
    ATTACHING("attaching"),
    ATTACHED("attached"),
    DETACHING("detaching");

    /// What happens to an attachment; its end is that the row is gone.
    public enum Event {
        CONNECT,
        CONNECT_FAILED,
        COMPLETE,
        BEGIN_DETACH,
        ROLL_DETACH
    }

    private final String wire;

    AttachStatus(String wire) {
        this.wire = wire;
    }

    public String wire() {
        return wire;
    }

    static Optional<AttachStatus> of(String wire) {
        return Arrays.stream(values()).filter(s -> s.wire.equals(wire)).findFirst();
    }

    static final StateTable<AttachStatus, Event> TABLE = StateTable.of(
            AttachStatus.class,
            Event.class,
            on(RESERVED, Event.CONNECT, ATTACHING),
            on(ATTACHING, Event.CONNECT, ATTACHING),
            on(ATTACHED, Event.CONNECT, ATTACHED),
            on(ATTACHING, Event.CONNECT_FAILED, RESERVED),
            on(RESERVED, Event.COMPLETE, ATTACHED),
            on(ATTACHING, Event.COMPLETE, ATTACHED),
            on(ATTACHED, Event.COMPLETE, ATTACHED),
            on(ATTACHED, Event.BEGIN_DETACH, DETACHING),
            on(DETACHING, Event.ROLL_DETACH, ATTACHED),
            on(ATTACHED, Event.ROLL_DETACH, ATTACHED));

    /// @return the table, for the documents
    public static StateTable<AttachStatus, Event> moves() {
        return TABLE;
    }
}
