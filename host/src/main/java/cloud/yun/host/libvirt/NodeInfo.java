package cloud.yun.host.libvirt;

/// The host as libvirt sees it.
///
/// @param model CPU architecture, `x86_64`
/// @param cpus active ones
public record NodeInfo(
        String model, long memoryKib, int cpus, int mhz, int numaNodes, int sockets, int cores, int threads) {}
