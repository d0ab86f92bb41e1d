package cloud.yun.host.libvirt;

import java.time.Duration;

/// A virtual CPU of a running guest.
///
/// @param hostCpu where it runs now
public record Vcpu(int number, boolean running, Duration time, int hostCpu) {}
