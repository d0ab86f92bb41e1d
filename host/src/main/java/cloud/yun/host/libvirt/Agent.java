package cloud.yun.host.libvirt;

/// The guest agent inside a guest, where there is one: calls fail with `AGENT_UNRESPONSIVE` otherwise.
public final class Agent {
    private static final int SECONDS_MAX = 10;

    private final Domain domain;

    Agent(Domain domain) {
        this.domain = domain;
    }

    public void setPassword(String user, String password) {
        domain.simply("virDomainSetUserPassword", user, password, 0);
    }

    /// Freezes all file systems of the guest.
    ///
    /// @return how many
    public int freeze() {
        return domain.with(d -> Native.check(Native.callInt("virDomainFSFreeze", d, Native.NULL, 0, 0)));
    }

    public int thaw() {
        return domain.with(d -> Native.check(Native.callInt("virDomainFSThaw", d, Native.NULL, 0, 0)));
    }

    /// Sends a command of the agent's own protocol.
    ///
    /// @param json `{"execute":"guest-info"}`
    /// @return its answer as JSON
    public String command(String json) {
        return domain.with(d ->
                Native.take(Native.check(Native.callPointer("virDomainQemuAgentCommand", d, json, SECONDS_MAX, 0))));
    }
}
