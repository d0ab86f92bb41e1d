package cloud.yun.compute.driver.libvirt;

import cloud.yun.host.HostFacts;
import cloud.yun.host.libvirt.DomainXml.VirtType;
import cloud.yun.host.process.Commands;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// How guests are made on this host.
///
/// @param instances directory of the guests' files
/// @param cache directory of the images' files
/// @param forceRaw whether cached images are converted to raw
/// @param vncListen address on which the guests' VNC servers listen
/// @param hostIp shown as the hypervisor's address
/// @param detachAttempts how often a guest is asked to let a device go
/// @param detachWait for each attempt
/// @param translationCacheMib code cache of an emulated guest; 0: QEMU's default
public record LibvirtOptions(
        Path instances,
        Path cache,
        boolean forceRaw,
        VirtType virtType,
        String vncListen,
        String hostIp,
        int detachAttempts,
        Duration detachWait,
        int translationCacheMib) {
    private static final Option<String> INSTANCES = Option.text(
            "DEFAULT",
            "instances_path",
            "",
            "Directory of the guests' files. Empty: compute/instances in the data directory.");
    private static final Option<String> CACHE = Option.text(
            "image_cache",
            "subdirectory_name",
            "_base",
            "Where under instances_path the images' files are kept. base_dir_name is its older name.");
    private static final Option<Boolean> FORCE_RAW = Option.bool(
            "DEFAULT", "force_raw_images", true, "Convert cached images to raw: faster, and no header to trust.");
    private static final Option<String> VIRT_TYPE = Option.text(
            "libvirt",
            "virt_type",
            "auto",
            "kvm, qemu (emulation), or auto: kvm only where a guest really runs on the CPU.");
    private static final Option<String> VNC_LISTEN =
            Option.text("vnc", "server_listen", "127.0.0.1", "Address on which the guests' VNC servers listen.");
    private static final Option<String> MY_IP =
            Option.text("DEFAULT", "my_ip", "127.0.0.1", "Address of this host for the other hosts.");
    private static final Option<Integer> ATTEMPTS =
            Option.integer("libvirt", "device_detach_attempts", 8, "How often a guest is asked to let a device go.");
    private static final Option<Duration> WAIT = Option.seconds(
            "libvirt", "device_detach_timeout", 20, "Seconds to wait for a guest to let a device go, each time.");
    private static final Option<Integer> TB_CACHE = Option.integer(
            "libvirt", "tb_cache_size", 32, "Code cache of an emulated guest in MiB; 0: as large as QEMU wants.");

    public static List<Option<?>> options() {
        return List.of(INSTANCES, CACHE, FORCE_RAW, VIRT_TYPE, VNC_LISTEN, MY_IP, ATTEMPTS, WAIT, TB_CACHE);
    }

    /// @param data directory of the room's files
    /// @throws Config.Wrong a virt_type that there is not, or kvm where it does not work
    public static LibvirtOptions of(Config config, Path data, Commands commands) {
        var named = config.get(INSTANCES);
        var instances = named.isEmpty() ? data.resolve("instances") : Path.of(named);
        return new LibvirtOptions(
                instances.toAbsolutePath(),
                instances.toAbsolutePath().resolve(config.get(CACHE)),
                config.get(FORCE_RAW),
                virtType(config.get(VIRT_TYPE), commands, data.resolve("kvm")),
                config.get(VNC_LISTEN),
                config.get(MY_IP),
                config.get(ATTEMPTS),
                config.get(WAIT),
                config.get(TB_CACHE));
    }

    private static VirtType virtType(String text, Commands commands, Path memory) {
        return switch (text) {
            case "qemu" -> VirtType.QEMU;
            case "auto" -> HostFacts.kvm(commands, memory).works() ? VirtType.KVM : VirtType.QEMU;
            case "kvm" -> {
                var kvm = HostFacts.kvm(commands, memory);
                if (!kvm.works()) throw new Config.Wrong("[libvirt] virt_type = kvm: " + kvm.why());
                yield VirtType.KVM;
            }
            case "lxc", "parallels", "xen" ->
                throw new Config.Wrong("[libvirt] virt_type = " + text + " is not supported; use kvm, qemu or auto.");
            default -> throw new Config.Wrong("[libvirt] virt_type = " + text + ": there are kvm, qemu and auto.");
        };
    }
}
