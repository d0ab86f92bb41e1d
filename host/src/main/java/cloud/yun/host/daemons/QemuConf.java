package cloud.yun.host.daemons;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What `qemu.conf` a libvirt that runs on this host has read, whoever started it.
///
/// Ours says that QEMU is root; a distribution's makes it a user that may not write what we make.
public final class QemuConf {
    private static final List<String> DAEMONS = List.of("libvirtd", "virtqemud");
    private static final Pattern USER = Pattern.compile("(?m)^\\s*user\\s*=\\s*\"([^\"]*)\"");
    /// Debian's, when the file says nothing.
    private static final String STANDARD = "libvirt-qemu";

    private QemuConf() {}

    /// @return a sentence for the operator for each daemon whose guests could not open their disks
    public static List<String> troubles() {
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            var found = new java.util.ArrayList<String>();
            for (var process : processes) trouble(process).ifPresent(found::add);
            return found;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Optional<String> trouble(Path process) {
        try {
            var name = Files.readString(process.resolve("comm")).strip();
            if (!DAEMONS.contains(name)) return Optional.empty();
            // As the daemon sees it: ours has its own file mounted over the packaged one.
            var file = process.resolve("root/etc/libvirt/qemu.conf");
            return trouble(
                    name + " (process " + process.getFileName() + ")",
                    Files.exists(file) ? Files.readString(file) : "");
        } catch (IOException e) {
            return Optional.empty(); // it ended meanwhile, or is a stranger's and we are not root
        }
    }

    static Optional<String> trouble(String daemon, String text) {
        var matcher = USER.matcher(text);
        String user = matcher.find() ? matcher.group(1) : STANDARD;
        if (List.of("root", "+0", "0").contains(user)) return Optional.empty();
        return Optional.of(
                daemon + " is not ours and runs QEMU as " + user + ", which may not write the guests' disks");
    }
}
