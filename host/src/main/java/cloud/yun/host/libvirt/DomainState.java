package cloud.yun.host.libvirt;

/// libvirt's states of a domain, in its order.
public enum DomainState {
    NOSTATE,
    RUNNING,
    BLOCKED,
    PAUSED,
    SHUTDOWN,
    SHUTOFF,
    CRASHED,
    PMSUSPENDED;

    static DomainState of(int number) {
        return number >= 0 && number < values().length ? values()[number] : NOSTATE;
    }

    /// @return whether a QEMU process holds the domain
    public boolean active() {
        return switch (this) {
            case RUNNING, BLOCKED, PAUSED, SHUTDOWN, PMSUSPENDED -> true;
            case NOSTATE, SHUTOFF, CRASHED -> false;
        };
    }
}
