package cloud.yun.network.linuxbridge;

import cloud.yun.host.net.HostNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Kernel parameters of the host that we change. What they were before is kept in a file each, so that the end of
/// the cloud gives them back, whichever process it comes to.
final class HostSettings {
    private final HostNetwork net;
    private final Path former;

    /// @param directory of the driver's files
    HostSettings(HostNetwork net, Path directory) {
        this.net = net;
        this.former = directory.resolve("sysctl");
    }

    /// Does nothing when the host has the value: then it is not ours to give back.
    synchronized void set(String key, String value) {
        var now = net.sysctl(key);
        if (now.equals(Optional.of(value))) return;
        try {
            Files.createDirectories(former);
            // What a crash left written is the older truth.
            if (now.isPresent() && !Files.exists(former.resolve(key)))
                Files.writeString(former.resolve(key), now.get() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        net.sysctl(key, value);
    }

    /// Gives back everything that was changed.
    synchronized void restore() {
        if (!Files.isDirectory(former)) return;
        try (var files = Files.list(former)) {
            for (Path file : files.toList()) {
                net.sysctl(file.getFileName().toString(), Files.readString(file).strip());
                Files.delete(file);
            }
            Files.delete(former);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
