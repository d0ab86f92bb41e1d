package cloud.yun.host.libvirt;

import java.time.Duration;

/// @param maxMemoryKib what the guest may have
/// @param memoryKib what it has now
/// @param cpuTime used by the guest since its start
public record DomainInfo(DomainState state, long maxMemoryKib, long memoryKib, int vcpus, Duration cpuTime) {}
