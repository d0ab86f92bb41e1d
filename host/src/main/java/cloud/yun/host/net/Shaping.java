package cloud.yun.host.net;

/// Rate limits on links, with the queueing disciplines every kernel has (`tbf`).
public final class Shaping {
    private final HostNetwork network;

    Shaping(HostNetwork network) {
        this.network = network;
    }

    /// Limits what leaves the host through a link; for a tap that is what the guest receives.
    ///
    /// @param kbit kilobits per second
    /// @param burstKbit size of a burst, at least one frame; Neutron takes 80 % of the rate where nothing is
    /// said
    public void limitOutgoing(String device, long kbit, long burstKbit) {
        network.commands()
                .run(network.tc(
                        "qdisc",
                        "replace",
                        "dev",
                        device,
                        "root",
                        "tbf",
                        "rate",
                        kbit + "kbit",
                        "burst",
                        Math.max(burstKbit, 16) + "kbit",
                        "latency",
                        "50ms"));
    }

    /// Limits what enters the host through a link, by way of an `ifb` link: dropping alone would hurt TCP.
    ///
    /// @param ifb name for the helper link, made here
    public void limitIncoming(String device, String ifb, long kbit, long burstKbit) {
        if (network.link(ifb).isEmpty()) network.ip("link", "add", "name", ifb, "type", "ifb");
        network.up(ifb);
        limitOutgoing(ifb, kbit, burstKbit);
        network.run(network.tc("qdisc", "add", "dev", device, "ingress"), "File exists", "Exclusivity flag");
        network.commands()
                .run(network.tc(
                        "filter",
                        "replace",
                        "dev",
                        device,
                        "parent",
                        "ffff:",
                        "protocol",
                        "all",
                        "prio",
                        "1",
                        "handle",
                        "800::1",
                        "u32",
                        "match",
                        "u32",
                        "0",
                        "0",
                        "action",
                        "mirred",
                        "egress",
                        "redirect",
                        "dev",
                        ifb));
    }

    public void unlimitOutgoing(String device) {
        network.run(
                network.tc("qdisc", "del", "dev", device, "root"),
                "Cannot delete qdisc with handle of zero",
                "No such file or directory",
                "Cannot find device");
    }

    public void unlimitIncoming(String device, String ifb) {
        network.run(
                network.tc("qdisc", "del", "dev", device, "ingress"),
                "Invalid handle",
                "Cannot find specified qdisc",
                "No such file or directory",
                "Cannot find device");
        network.deleteLink(ifb);
    }
}
