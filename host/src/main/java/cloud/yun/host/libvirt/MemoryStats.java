package cloud.yun.host.libvirt;

import java.util.Optional;

/// Memory of a guest in KiB. What the balloon driver in the guest has to tell is missing until it does.
///
/// @param balloonKib what the guest has
/// @param unusedKib free in the guest
/// @param availableKib total as the guest sees it
/// @param usableKib free or quickly freed in the guest
/// @param residentKib what the QEMU process takes of the host
public record MemoryStats(
        Optional<Long> balloonKib,
        Optional<Long> unusedKib,
        Optional<Long> availableKib,
        Optional<Long> usableKib,
        Optional<Long> residentKib) {}
