package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.host.disk.ConfigDrive;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.process.Commands;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The files of each guest: `INSTANCES/SERVER/{disk,disk.eph0,disk.swap,disk.config,console.log,libvirt.xml}`, the
/// names that Nova's operators know.
final class GuestFiles {
    private static final String BINARY = ";base64";
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    private final Path instances;
    private final ImageCache cache;
    private final QemuImg qemuImg;
    private final ConfigDrive configDrives;

    GuestFiles(Path instances, ImageCache cache, Commands commands) {
        this.instances = instances;
        this.cache = cache;
        this.qemuImg = new QemuImg(commands);
        this.configDrives = new ConfigDrive(commands);
    }

    Path folder(String serverId) {
        // The id becomes a path: only a UUID may.
        return instances.resolve(java.util.UUID.fromString(serverId).toString());
    }

    Path root(String serverId) {
        return folder(serverId).resolve("disk");
    }

    boolean hasRoot(String serverId) {
        return Files.exists(root(serverId));
    }

    /// What the guest runs from while it is rescued.
    Path rescue(String serverId) {
        return folder(serverId).resolve("disk.rescue");
    }

    /// A copy of the root disk on its way into an image. It goes with the server's other files if nobody fetches it.
    Path copy(String serverId, String snapshotId) {
        return folder(serverId).resolve("snapshot-" + java.util.UUID.fromString(snapshotId));
    }

    void deleteCopy(String serverId, String snapshotId) {
        try {
            var file = copy(serverId, snapshotId);
            Files.deleteIfExists(file);
            part(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A disk that is there stays; the config drive is written anew.
    void createRescue(Guest guest, HypervisorDriver.Image image) {
        try {
            Files.createDirectories(folder(guest.serverId()));
            if (!Files.exists(rescue(guest.serverId()))) {
                var part = part(rescue(guest.serverId()));
                var base = cache.of(image);
                qemuImg.createOverlay(part, base.file(), base.format(), Optional.empty());
                Files.move(part, rescue(guest.serverId()), StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        writeConfigDrive(guest);
    }

    void deleteRescue(String serverId) {
        try {
            Files.deleteIfExists(rescue(serverId));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path ephemeral(String serverId) {
        return folder(serverId).resolve("disk.eph0");
    }

    Path swap(String serverId) {
        return folder(serverId).resolve("disk.swap");
    }

    Path configDrive(String serverId) {
        return folder(serverId).resolve("disk.config");
    }

    Path consoleLog(String serverId) {
        return folder(serverId).resolve("console.log");
    }

    Path xml(String serverId) {
        return folder(serverId).resolve("libvirt.xml");
    }

    /// Disks that are there stay as they are: they may hold a user's data. The config drive is written anew.
    void create(Guest guest) {
        var id = guest.serverId();
        try {
            Files.createDirectories(folder(id));
            if (guest.image().isPresent() && !Files.exists(root(id))) overlay(guest);
            if (guest.ephemeralGib() > 0) empty(ephemeral(id), guest.ephemeralGib() * GIB);
            if (guest.swapMib() > 0) empty(swap(id), guest.swapMib() * MIB);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        writeConfigDrive(guest);
    }

    private void overlay(Guest guest) throws IOException {
        var base = cache.of(guest.image().orElseThrow());
        var wanted = guest.rootGib() * GIB;
        // A disk smaller than its image would cut the image's end off.
        var size = wanted == 0
                ? Optional.<Long>empty()
                : Optional.of(Math.max(
                        wanted, qemuImg.info(base.file(), base.format()).virtualBytes()));
        var part = part(root(guest.serverId()));
        qemuImg.createOverlay(part, base.file(), base.format(), size);
        Files.move(part, root(guest.serverId()), StandardCopyOption.ATOMIC_MOVE);
    }

    private void empty(Path file, long bytes) throws IOException {
        if (Files.exists(file)) return;
        var part = part(file);
        qemuImg.create(part, ImageFormat.QCOW2, bytes);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static Path part(Path file) throws IOException {
        var part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        return part;
    }

    void writeConfigDrive(Guest guest) {
        if (guest.configDrive().isEmpty()) return;
        var files = new HashMap<String, byte[]>();
        guest.configDrive().forEach((path, text) -> {
            if (path.endsWith(BINARY))
                files.put(
                        path.substring(0, path.length() - BINARY.length()),
                        Base64.getDecoder().decode(text));
            else files.put(path, text.getBytes(StandardCharsets.UTF_8));
        });
        configDrives.write(configDrive(guest.serverId()), files);
    }

    void writeXml(String serverId, String xml) {
        try {
            Files.createDirectories(folder(serverId));
            Files.writeString(xml(serverId), xml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String serverId) {
        deleteTree(folder(serverId));
    }

    /// Succeeds when it is not there.
    static void deleteTree(Path folder) {
        if (!Files.exists(folder)) return;
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
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
                if (Files.isDirectory(path) && name.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))
                    found.add(name);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The end of the serial log. virtlogd starts a new file from time to time and keeps the one before as
    /// `console.log.0`.
    String console(String serverId, long bytesMax) {
        var log = consoleLog(serverId);
        var now = tail(log, bytesMax);
        var before = tail(log.resolveSibling("console.log.0"), bytesMax - now.length);
        var all = Arrays.copyOf(before, before.length + now.length);
        System.arraycopy(now, 0, all, before.length, now.length);
        return new String(all, StandardCharsets.UTF_8);
    }

    private static byte[] tail(Path file, long bytesMax) {
        if (bytesMax <= 0 || !Files.exists(file)) return new byte[0];
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            long length = in.length();
            int wanted = (int) Math.min(Math.min(length, bytesMax), 16 * MIB);
            var bytes = new byte[wanted];
            in.seek(length - wanted);
            in.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
