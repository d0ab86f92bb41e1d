package cloud.yun.network.floatingip;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;

/// Whether a floating IP leads anywhere. The names are the wire's.
public enum FloatingIpStatus {
    DOWN,
    ACTIVE;

    public enum Event {
        /// Its router's host carries it.
        APPLIED,
        /// It leads nowhere, and its router's host has let go of it.
        RELEASED
    }

    public static final StateTable<FloatingIpStatus, Event> TABLE = StateTable.of(
            FloatingIpStatus.class, Event.class, on(DOWN, Event.APPLIED, ACTIVE), on(ACTIVE, Event.RELEASED, DOWN));
}
