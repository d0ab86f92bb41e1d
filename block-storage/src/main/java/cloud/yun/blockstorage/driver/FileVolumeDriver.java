package cloud.yun.blockstorage.driver;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.disk.ImageRejected;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Volumes as sparse raw files in a directory of this host: `volume-ID`, and `snapshot-ID` for a snapshot, which
/// is a whole copy (sharing blocks where the file system can) and so needs nothing of its volume.
///
/// A file bears its name only when it is complete: it is made as `NAME.part` and renamed, so a crash leaves nothing
/// that looks like a volume, and doing it again starts over.
///
/// **The next owner never reads it.** A new volume is a new file, and a file system gives a new file only zeros;
/// the blocks of a removed one cannot be read through any volume. `volume_clear` = `zero` moreover overwrites the
/// data before the file is removed, for disks that leave the house; on a copy-on-write file system that adds
/// nothing.
public final class FileVolumeDriver implements VolumeDriver {
    private static final String VOLUME = "volume-";
    private static final String SNAPSHOT = "snapshot-";
    /// Before the names of files that are not ours.
    private static final String FOREIGN = "unmanaged-";

    private static final String PART = ".part";
    private static final Duration COPY_MAX = Duration.ofHours(2);

    private final Path directory;
    private final DiskFiles files;
    private final QemuImg qemuImg;
    private final Clearing clearing;

    /// @param directory of the volumes' files; made if it is not there
    public FileVolumeDriver(Path directory, DiskFiles files, QemuImg qemuImg, Clearing clearing) {
        this.directory = directory;
        this.files = files;
        this.qemuImg = qemuImg;
        this.clearing = clearing;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void create(String volumeId, int sizeGib) {
        if (Files.exists(volume(volumeId))) return;
        build(volume(volumeId), part -> files.allocate(part, bytes(sizeGib)));
    }

    @Override
    public void copyImage(String volumeId, Path image, String imageFormat) {
        var target = volume(volumeId);
        long size = size(target);
        var format = ImageFormat.of(imageFormat)
                .orElseThrow(() -> new Invalid("Images of format " + imageFormat + " cannot become a volume."));
        try {
            var info = qemuImg.inspect(image, Optional.of(format));
            if (info.virtualBytes() > size)
                throw new Invalid("Size of specified image " + gib(info.virtualBytes())
                        + "GB is larger than volume size " + gib(size) + "GB.");
            build(target, part -> {
                if (info.format() == ImageFormat.RAW || info.format() == ImageFormat.ISO)
                    files.copy(image, part, COPY_MAX);
                else qemuImg.convert(image, info.format(), part, ImageFormat.RAW);
                files.allocate(part, size);
            });
        } catch (ImageRejected e) {
            throw new Invalid("The image is unacceptable: " + e.getMessage());
        }
    }

    @Override
    public void delete(String volumeId) {
        remove(volume(volumeId));
    }

    @Override
    public void extend(String volumeId, int newSizeGib) {
        size(volume(volumeId));
        guarded(() -> files.allocate(volume(volumeId), bytes(newSizeGib)));
    }

    @Override
    public void createSnapshot(String snapshotId, String volumeId) {
        if (Files.exists(snapshot(snapshotId))) return;
        size(volume(volumeId));
        build(snapshot(snapshotId), part -> files.copy(volume(volumeId), part, COPY_MAX));
    }

    @Override
    public void deleteSnapshot(String snapshotId, String volumeId) {
        remove(snapshot(snapshotId));
    }

    @Override
    public void createFromSnapshot(String volumeId, String snapshotId, String sourceVolumeId, int sizeGib) {
        copy(snapshot(snapshotId), volume(volumeId), sizeGib);
    }

    @Override
    public void createFromVolume(String volumeId, String sourceVolumeId, int sizeGib) {
        copy(volume(sourceVolumeId), volume(volumeId), sizeGib);
    }

    @Override
    public InputStream read(String volumeId) {
        try {
            return Files.newInputStream(volume(volumeId));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public Content open(String volumeId) {
        return content(volume(volumeId));
    }

    @Override
    public Content openSnapshot(String snapshotId, String volumeId) {
        return content(snapshot(snapshotId));
    }

    private static Content content(Path file) {
        size(file);
        try {
            return FileContent.open(file);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void revertToSnapshot(String volumeId, String snapshotId) {
        var target = volume(volumeId);
        long bytes = Math.max(size(target), size(snapshot(snapshotId)));
        build(target, part -> {
            files.copy(snapshot(snapshotId), part, COPY_MAX);
            files.allocate(part, bytes);
        });
    }

    @Override
    public Connection connect(String volumeId, String host) {
        var file = volume(volumeId);
        size(file);
        return new Connection("file", Map.of("path", file.toAbsolutePath().toString(), "format", "raw"));
    }

    @Override
    public void disconnect(String volumeId, String host) {
        // A local file has no export that could be taken back; the hypervisor has closed it.
    }

    @Override
    public Map<String, Integer> unmanaged() {
        try (Stream<Path> all = Files.list(directory)) {
            var found = new TreeMap<String, Integer>();
            for (var file : all.toList()) {
                var name = file.getFileName().toString();
                if (name.startsWith(FOREIGN)) found.put(name.substring(FOREIGN.length()), (int) gib(size(file)));
            }
            return found;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void manage(String volumeId, Optional<String> snapshotId, String name) {
        var target = snapshotId.map(this::snapshot).orElse(volume(volumeId));
        if (Files.exists(target)) return;
        size(directory.resolve(FOREIGN + name));
        rename(directory.resolve(FOREIGN + name), target);
        // A volume is whole gibibytes.
        long whole = gib(size(target)) << 30;
        if (snapshotId.isEmpty() && size(target) < whole) guarded(() -> files.allocate(target, whole));
    }

    @Override
    public void unmanage(String volumeId, Optional<String> snapshotId, String name) {
        var source = snapshotId.map(this::snapshot).orElse(volume(volumeId));
        if (Files.exists(source)) rename(source, directory.resolve(FOREIGN + name));
    }

    private static void rename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public Capacity capacity() {
        return new Capacity(
                DiskFiles.totalBytes(directory) / (double) (1L << 30),
                DiskFiles.freeBytes(directory) / (double) (1L << 30));
    }

    @Override
    public Inventory inventory() {
        return new Inventory(ids(VOLUME), ids(SNAPSHOT));
    }

    @Override
    public String protocol() {
        return "file";
    }

    private Set<String> ids(String prefix) {
        try (Stream<Path> all = Files.list(directory)) {
            var found = new TreeSet<String>();
            all.map(f -> f.getFileName().toString())
                    .filter(n -> n.startsWith(prefix))
                    .forEach(n -> found.add(n.substring(prefix.length()).replace(PART, "")));
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copy(Path source, Path target, int sizeGib) {
        if (Files.exists(target)) return;
        size(source);
        build(target, part -> {
            files.copy(source, part, COPY_MAX);
            files.allocate(part, bytes(sizeGib));
        });
    }

    private interface Fill {
        void into(Path part);
    }

    private void build(Path target, Fill fill) {
        var part = part(target);
        guarded(() -> {
            try {
                Files.deleteIfExists(part);
                fill.into(part);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void remove(Path file) {
        guarded(() -> {
            for (var path : new Path[] {part(file), file}) {
                clearing.clear(path);
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (UncheckedIOException e) {
            throw failed(e);
        } catch (CommandFailed e) {
            throw failed(e);
        }
    }

    /// The user learns that the storage is full, and nothing of paths.
    private static Unavailable failed(Exception e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left on device")
                || (e instanceof CommandFailed c && c.says("No space left on device"));
        return new Unavailable(
                full ? "The storage back end is full." : "The storage back end failed.",
                String.valueOf(e.getMessage()),
                e);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            throw new NotFound("The storage back end has no "
                    + file.getFileName().toString().replace('-', ' ') + ".");
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private Path volume(String id) {
        return directory.resolve(VOLUME + id);
    }

    private Path snapshot(String id) {
        return directory.resolve(SNAPSHOT + id);
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + PART);
    }

    private static long bytes(int gib) {
        return (long) gib << 30;
    }

    /// Rounded up.
    private static long gib(long bytes) {
        return (bytes + (1L << 30) - 1) >> 30;
    }
}
