package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.process.Commands;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/// What a resize leaves behind until it is confirmed: `INSTANCES/SERVER_resize`, the name that Nova's operators know.
///
/// A folder is put aside and taken back by one rename, so a crash finds it in one place or the other. Another host
/// sees it only when both have the same instances directory.
final class KeptFiles {
    private static final String SUFFIX = "_resize";
    private static final long GIB = 1L << 30;
    private static final Duration COPY = Duration.ofHours(1);

    private final Path instances;
    private final GuestFiles files;
    private final QemuImg qemuImg;
    private final DiskFiles copies;

    KeptFiles(Path instances, GuestFiles files, Commands commands) {
        this.instances = instances;
        this.files = files;
        this.qemuImg = new QemuImg(commands);
        this.copies = new DiskFiles(commands);
    }

    private Path aside(String serverId) {
        return instances.resolve(java.util.UUID.fromString(serverId) + SUFFIX);
    }

    void keep(String serverId) {
        var aside = aside(serverId);
        if (Files.exists(aside)) return;
        rename(files.folder(serverId), aside);
    }

    /// @throws Unavailable nothing was put aside that this host can read
    void copy(Guest guest) {
        var id = guest.serverId();
        var aside = aside(id);
        if (!Files.isDirectory(aside))
            throw new Unavailable(
                    "The disks of the guest are not on this host.",
                    aside + " is not there: hosts that exchange guests need one instances directory",
                    null);
        try {
            Files.createDirectories(files.folder(id));
            if (guest.image().isPresent()) copy(aside, files.root(id), guest.rootGib() * GIB);
            if (guest.ephemeralGib() > 0) copy(aside, files.ephemeral(id), guest.ephemeralGib() * GIB);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param bytes the copy is at least as large; a disk is never made smaller than it was
    private void copy(Path aside, Path target, long bytes) throws IOException {
        var source = aside.resolve(target.getFileName());
        if (!Files.exists(source) || Files.exists(target)) return;
        var part = target.resolveSibling(target.getFileName() + ".part");
        Files.deleteIfExists(part);
        copies.copy(source, part, COPY);
        if (qemuImg.info(part, ImageFormat.QCOW2).virtualBytes() < bytes)
            qemuImg.resize(part, ImageFormat.QCOW2, bytes, false);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    void restore(String serverId) {
        var aside = aside(serverId);
        if (!Files.exists(aside)) return;
        files.delete(serverId);
        rename(aside, files.folder(serverId));
    }

    void drop(String serverId) {
        GuestFiles.deleteTree(aside(serverId));
    }

    /// A server that boots from a volume and has no other disk may have no folder.
    private static void rename(Path from, Path to) {
        try {
            Files.createDirectories(from);
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Set<String> servers() {
        if (!Files.isDirectory(instances)) return Set.of();
        try (var all = Files.list(instances)) {
            var found = new TreeSet<String>();
            for (Path path : all.toList()) {
                var name = path.getFileName().toString();
                if (name.endsWith(SUFFIX)) found.add(name.substring(0, name.length() - SUFFIX.length()));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
