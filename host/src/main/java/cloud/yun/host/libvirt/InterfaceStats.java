package cloud.yun.host.libvirt;

/// What an interface of a guest did since its start, as the host sees it (received: by the host from the
/// guest).
public record InterfaceStats(
        long rxBytes,
        long rxPackets,
        long rxErrors,
        long rxDropped,
        long txBytes,
        long txPackets,
        long txErrors,
        long txDropped) {}
