package cloud.yun.host.libvirt;

/// What a change of a domain is written into.
public enum Affect {
    /// The running guest only; it is gone after the next start.
    LIVE(1),
    /// The definition only; it holds from the next start.
    CONFIG(2),
    LIVE_AND_CONFIG(3);

    private final int flags;

    Affect(int flags) {
        this.flags = flags;
    }

    int flags() {
        return flags;
    }

    /// @return both for a running domain, the definition for one that is off
    public static Affect lasting(DomainState state) {
        return state.active() ? LIVE_AND_CONFIG : CONFIG;
    }
}
