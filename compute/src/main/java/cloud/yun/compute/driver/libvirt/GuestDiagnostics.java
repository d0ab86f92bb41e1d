package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver.Diagnostics;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.host.libvirt.Domain;
import java.util.LinkedHashMap;
import java.util.Map;

/// What libvirt counts for a guest.
final class GuestDiagnostics {
    private final String hypervisor;

    /// @param hypervisor what runs the guests, as diagnostics call it
    GuestDiagnostics(String hypervisor) {
        this.hypervisor = hypervisor;
    }

    Diagnostics of(Domain domain, PowerState state, long uptimeSeconds) {
        var info = domain.info();
        var drives = new LinkedHashMap<String, Map<String, Long>>();
        var nics = new LinkedHashMap<String, Map<String, Long>>();
        var view = domain.view();
        if (info.state().active()) {
            for (var disk : view.disks()) {
                var stats = domain.blockStats(disk.target());
                drives.put(
                        disk.target(),
                        Map.of(
                                "read_bytes", stats.readBytes(),
                                "read_requests", stats.readRequests(),
                                "write_bytes", stats.writtenBytes(),
                                "write_requests", stats.writeRequests(),
                                "errors_count", stats.errors()));
            }
            for (var nic : view.interfaces()) {
                if (nic.device().isEmpty()) continue;
                var stats = domain.interfaceStats(nic.device().get());
                nics.put(
                        nic.mac(),
                        Map.of(
                                "rx_octets", stats.rxBytes(),
                                "rx_packets", stats.rxPackets(),
                                "rx_errors", stats.rxErrors(),
                                "rx_drop", stats.rxDropped(),
                                "tx_octets", stats.txBytes(),
                                "tx_packets", stats.txPackets(),
                                "tx_errors", stats.txErrors(),
                                "tx_drop", stats.txDropped()));
            }
        }
        return new Diagnostics(
                state,
                "libvirt",
                hypervisor,
                info.cpuTime().toNanos(),
                uptimeSeconds,
                (int) (info.maxMemoryKib() / 1024),
                (int) (info.memoryKib() / 1024),
                drives,
                nics);
    }
}
