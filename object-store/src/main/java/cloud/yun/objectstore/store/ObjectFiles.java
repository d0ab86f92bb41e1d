package cloud.yun.objectstore.store;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One file for each object's bytes: `objects/3f/ID`, or `objects/3f/ID.part` while they arrive. A file never changes.
///
/// Whoever stores names the file first and writes the row that refers to it afterwards, so a crash leaves at most a
/// file that nobody refers to. Whoever removes takes the row away first.
public final class ObjectFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectFiles.class);
    private static final int FOLDERS = 256;

    private final Path objects;
    private final Path quarantined;
    private final Supplier<UUID> ids;

    /// @param directory made if missing
    public ObjectFiles(Path directory, Supplier<UUID> ids) {
        this.objects = directory.resolve("objects");
        this.quarantined = directory.resolve("quarantined");
        this.ids = ids;
        try {
            for (int i = 0; i < FOLDERS; i++) Files.createDirectories(folder(i));
            Files.createDirectories(quarantined);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder(int number) {
        return objects.resolve("%02x".formatted(number));
    }

    /// @param dataId empty when there was not a byte
    /// @param md5 in lower-case hexadecimal
    public record Received(String dataId, long bytes, String md5) {}

    public Path path(String dataId) {
        return objects.resolve(dataId.substring(0, 2)).resolve(dataId);
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }

    /// Brings the whole stream to the disk. When it fails nothing is left.
    ///
    /// @param max most bytes
    /// @throws Refused 413, too long; 499, the client went away; 507, the disk is full
    public Received receive(InputStream in, long max) {
        var id = ids.get().toString();
        var file = path(id);
        var part = part(file);
        boolean kept = false;
        try {
            Intake.Result result;
            try (var channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                result = Intake.drain(in, channel, max);
                if (result.bytes() > 0) channel.force(true);
            }
            if (result.bytes() == 0) return new Received("", 0, result.md5());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            syncFolder(file);
            kept = true;
            return new Received(id, result.bytes(), result.md5());
        } catch (Intake.ClientGone e) {
            throw new Refused(499, "");
        } catch (IOException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("", "upload " + id, e);
        } finally {
            if (!kept) remove(part);
        }
    }

    private CloudException failed(IOException e) {
        var message = String.valueOf(e.getMessage());
        if (message.contains("No space left") || message.contains("Disk quota exceeded")) {
            LOG.error("the disk of {} is full", objects);
            return new Refused(507, "");
        }
        return new Unavailable("", "object data", e);
    }

    private static void syncFolder(Path file) throws IOException {
        try (var channel = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// The same bytes under another id: a second name of the file, which never changes.
    ///
    /// @param dataId of bytes that there are, or empty
    /// @return empty when the source is gone
    public Optional<String> copy(String dataId) {
        if (dataId.isEmpty()) return Optional.of("");
        var id = ids.get().toString();
        try {
            Files.createLink(path(id), path(dataId));
            syncFolder(path(id));
            return Optional.of(id);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// @return empty when it is not there
    public Optional<FileChannel> open(String dataId) {
        try {
            return Optional.of(FileChannel.open(path(dataId), StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Unavailable("", "object data " + dataId, e);
        }
    }

    /// Succeeds when there is nothing. Who reads at this moment reads to the end.
    public void delete(String dataId) {
        if (!dataId.isEmpty()) remove(path(dataId));
    }

    public void deleteAll(List<String> dataIds) {
        dataIds.forEach(this::delete);
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The row is gone already; the next sweep finds the file.
            LOG.warn("{} could not be removed: {}", file, e.getMessage());
        }
    }

    /// Puts a damaged file aside.
    void quarantine(String dataId) {
        try {
            Files.move(path(dataId), quarantined.resolve(dataId), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            LOG.warn("data {} had no file", dataId);
        } catch (IOException e) {
            throw new Unavailable("", "quarantine of " + dataId, e);
        }
    }

    static int folders() {
        return FOLDERS;
    }

    /// @param part whether its bytes had not all arrived
    /// @param changed when it got its name or its last byte
    record Found(Path path, String dataId, boolean part, Instant changed) {}

    /// What lies in one of the folders.
    List<Found> list(int number) {
        try (var files = Files.list(folder(number))) {
            return files.flatMap(f -> found(f).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Found> found(Path file) {
        try {
            // Not the time of modification: a second name of an old file is new.
            var changed = ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
            var name = String.valueOf(file.getFileName());
            boolean part = name.endsWith(".part");
            return Optional.of(new Found(file, part ? name.substring(0, name.length() - 5) : name, part, changed));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // removed while we looked
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void remove(Found found) {
        remove(found.path());
    }
}
