package cloud.yun.network.port;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;

/// Whether a port is on a host. The names are the wire's.
public enum PortStatus {
    DOWN,
    ACTIVE;

    public enum Event {
        /// Its host carries it.
        ATTACHED,
        /// Its host has let go of it.
        DETACHED
    }

    public static final StateTable<PortStatus, Event> TABLE = StateTable.of(
            PortStatus.class, Event.class, on(DOWN, Event.ATTACHED, ACTIVE), on(ACTIVE, Event.DETACHED, DOWN));
}
