package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver.Host;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.libvirt.Libvirt;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/// This host as a hypervisor.
final class HostView {
    private static final Pattern ARCH = Pattern.compile("<arch>([^<]*)</arch>");
    private static final Pattern MODEL = Pattern.compile("<model>([^<]*)</model>");
    private static final Pattern VENDOR = Pattern.compile("<vendor>([^<]*)</vendor>");
    private static final Pattern FEATURE = Pattern.compile("<feature name='([^']*)'/>");

    private final LibvirtOptions options;

    HostView(LibvirtOptions options) {
        this.options = options;
    }

    Host of(Libvirt libvirt) {
        var node = libvirt.nodeInfo();
        try {
            Files.createDirectories(options.instances());
            return new Host(
                    libvirt.hostname(),
                    "QEMU",
                    (int) libvirt.hypervisorVersion(),
                    cpuInfo(libvirt),
                    options.hostIp(),
                    node.cpus(),
                    (int) (node.memoryKib() / 1024),
                    (int) (DiskFiles.totalBytes(options.instances()) >> 30),
                    (int) (DiskFiles.freeBytes(options.instances()) >> 30),
                    (long) Double.parseDouble(
                            Files.readString(Path.of("/proc/uptime")).split(" ")[0]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nova's form of it, a JSON object as text.
    private static String cpuInfo(Libvirt libvirt) {
        var node = libvirt.nodeInfo();
        var capabilities = libvirt.capabilities();
        int end = capabilities.indexOf("</cpu>");
        var cpu = end < 0 ? capabilities : capabilities.substring(0, end);
        var info = Json.object()
                .put("arch", first(ARCH, cpu))
                .put("model", first(MODEL, cpu))
                .put("vendor", first(VENDOR, cpu));
        info.putObject("topology")
                .put("cells", node.numaNodes())
                .put("sockets", node.sockets())
                .put("cores", node.cores())
                .put("threads", node.threads());
        var features = info.putArray("features");
        var matcher = FEATURE.matcher(cpu);
        while (matcher.find()) features.add(matcher.group(1));
        return Json.text(info);
    }

    private static String first(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }

    /// A guest is up since its definition was last written: each start writes it.
    long uptimeSeconds(Path xml, boolean active) {
        try {
            if (!active || !Files.exists(xml)) return 0;
            return Math.max(
                    0,
                    Duration.between(Files.getLastModifiedTime(xml).toInstant(), Instant.now())
                            .toSeconds());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
