package cloud.yun.compute.flavor;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Which extra specs mean something, and what they may be. From microversion 2.86 a typing error is refused.
///
/// @see <a href="https://docs.openstack.org/nova/latest/configuration/extra-specs.html">Extra specs</a>
final class ExtraSpecs {
    private static final Pattern INTEGER = Pattern.compile("\\d+");
    private static final List<String> BOOLEAN =
            List.of("1", "t", "true", "on", "y", "yes", "0", "f", "false", "off", "n", "no");

    /// Values by name; an empty list is any text, `#` a whole number, `?` a boolean.
    private static final Map<String, List<String>> KNOWN = known();

    private ExtraSpecs() {}

    private static Map<String, List<String>> known() {
        var known = new LinkedHashMap<String, List<String>>();
        known.put("hw:cpu_policy", List.of("dedicated", "shared", "mixed"));
        known.put("hw:cpu_thread_policy", List.of("prefer", "isolate", "require"));
        known.put("hw:emulator_threads_policy", List.of("isolate", "share"));
        known.put("hw:watchdog_action", List.of("none", "pause", "poweroff", "reset", "disabled"));
        known.put("hw:cdrom_bus", List.of("fdc", "ide", "lxc", "sata", "scsi", "usb", "virtio", "xen"));
        known.put("hw:input_bus", List.of("usb", "virtio"));
        known.put("hw:tpm_model", List.of("tpm-tis", "tpm-crb"));
        known.put("hw:tpm_version", List.of("1.2", "2.0"));
        known.put("hw:viommu_model", List.of("intel", "smmuv3", "virtio", "auto"));
        known.put("hw:pci_numa_affinity_policy", List.of("required", "preferred", "legacy", "socket"));
        known.put("hw:maxphysaddr_mode", List.of("passthrough", "emulate"));
        known.put("os:secure_boot", List.of("required", "disabled", "optional"));
        for (var name : List.of("cpu_max_sockets", "cpu_max_cores", "cpu_max_threads", "cpu_sockets", "cpu_cores"))
            known.put("hw:" + name, List.of("#"));
        for (var name :
                List.of("cpu_threads", "numa_nodes", "serial_port_count", "maxphysaddr_bits", "video:ram_max_mb"))
            known.put((name.startsWith("video") ? "hw_" : "hw:") + name, List.of("#"));
        for (var name :
                List.of("boot_menu", "mem_encryption", "locked_memory", "hide_hypervisor_id", "vif_multiqueue_enabled"))
            known.put("hw:" + name, List.of("?"));
        known.put("hw:mem_page_size", List.of());
        known.put("hw:cpu_dedicated_mask", List.of());
        known.put("hw:cpu_realtime", List.of("?"));
        known.put("hw:cpu_realtime_mask", List.of());
        known.put("hw:mem_encryption_model", List.of("amd-sev", "amd-sev-es"));
        known.put("hw:ephemeral_encryption", List.of("?"));
        known.put("hw:ephemeral_encryption_format", List.of("luks"));
        known.put("hw_rng:allowed", List.of("?"));
        known.put("hw_rng:rate_bytes", List.of("#"));
        known.put("hw_rng:rate_period", List.of("#"));
        for (var name : List.of("cpu_quota", "cpu_period", "cpu_shares", "memory_limit", "memory_reservation"))
            known.put("quota:" + name, List.of("#"));
        for (var disk : List.of("read_bytes", "read_iops", "write_bytes", "write_iops", "total_bytes", "total_iops"))
            known.put("quota:disk_" + disk + "_sec", List.of("#"));
        for (var vif :
                List.of("inbound_average", "inbound_burst", "inbound_peak", "outbound_average", "outbound_burst"))
            known.put("quota:vif_" + vif, List.of("#"));
        known.put("quota:vif_outbound_peak", List.of("#"));
        known.put("pci_passthrough:alias", List.of());
        known.put("os_type", List.of());
        return known;
    }

    /// @throws Invalid the name stands in one of Nova's namespaces and is unknown, or the value does not fit
    static void check(String name, String value) {
        var allowed = KNOWN.get(name);
        if (allowed == null) {
            int colon = name.indexOf(':');
            var namespace = colon < 0 ? "" : name.substring(0, colon);
            boolean ours = List.of("hw", "hw_rng", "hw_video", "os", "quota", "pci_passthrough")
                    .contains(namespace);
            if (ours && !name.matches("hw:(numa_(cpus|mem)\\.\\d+|video_ram)"))
                throw new Invalid(
                        "Validation failed; extra spec '" + name + "' does not appear to be a valid extra spec.");
            return;
        }
        if (allowed.isEmpty()) return;
        if (allowed.equals(List.of("#"))) {
            if (!INTEGER.matcher(value).matches())
                throw new Invalid("Validation failed; '" + value + "' is not an integer.");
        } else if (allowed.equals(List.of("?"))) {
            if (!BOOLEAN.contains(value.toLowerCase(Locale.ROOT)))
                throw new Invalid("Validation failed; '" + value + "' is not one of: 1, t, true, on, y, yes, 0, f,"
                        + " false, off, n, no.");
        } else if (!allowed.contains(value))
            throw new Invalid("Validation failed; '" + value + "' is not one of: " + String.join(", ", allowed) + ".");
    }
}
