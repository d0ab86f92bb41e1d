package cloud.yun.image.store;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The `file` store: `images/ID` for the data, `images/ID.ATTEMPT.part` while it arrives.
public final class ImageFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFiles.class);
    private static final Pattern PART = Pattern.compile("([0-9a-f-]{36})\\.([0-9a-f-]{36})\\.part");
    /// Written data goes to the disk in the background in pieces of this size, so that the last sync is short.
    private static final long SYNC_BYTES = 64L << 20;

    private final Path directory;
    private final boolean formatMustMatch;

    /// @param directory made if missing
    /// @param formatMustMatch data must have the header of the format that it claims
    public ImageFiles(Path directory, boolean formatMustMatch) {
        this.directory = directory;
        this.formatMustMatch = formatMustMatch;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param sha512 in lower-case hexadecimal, as `md5`
    public record Received(long sizeBytes, Optional<Long> virtualSizeBytes, String md5, String sha512) {}

    /// Called now and then while data arrives; what it throws ends the upload.
    @FunctionalInterface
    public interface Progress {
        void received(long bytes);
    }

    public Path directory() {
        return directory;
    }

    /// @return where the data of an image lies, or would lie
    public Path data(String imageId) {
        return directory.resolve(imageId);
    }

    private Path part(String imageId, String attempt) {
        return directory.resolve(imageId + "." + attempt + ".part");
    }

    /// Stores what the stream brings as an unfinished attempt, and brings it to the disk. When it fails nothing
    /// is left.
    ///
    /// @param maxBytes longest data
    /// @throws Refused 413: too long, or the disk is full; 410: the client went away; 415: not of its format, or
    ///     not safe to open
    public Received receive(
            String imageId, String attempt, String diskFormat, InputStream in, long maxBytes, Progress progress) {
        var part = part(imageId, attempt);
        boolean whole = false;
        try (var channel = FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                var digest = new DataDigest();
                var sync = new Sync(channel)) {
            var writing = new Writing(channel, maxBytes, progress, sync);
            var result = digest.drain(new Reading(in), writing);
            FormatCheck.check(diskFormat, writing.head, formatMustMatch);
            sync.finish();
            whole = true;
            return new Received(
                    result.bytes(),
                    VirtualSize.of(diskFormat, writing.head, result.bytes()),
                    result.md5(),
                    result.sha512());
        } catch (ClientGone e) {
            throw new Refused(410, "Client disconnected before sending all data to backend");
        } catch (IOException e) {
            throw failed(e, imageId);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The service is stopping.", "upload of image " + imageId, e);
        } finally {
            if (!whole) discard(imageId, attempt);
        }
    }

    private CloudException failed(IOException e, String imageId) {
        var message = String.valueOf(e.getMessage());
        if (message.contains("No space left") || message.contains("Disk quota exceeded")) {
            LOG.warn("image {}: the disk of {} is full", imageId, directory);
            return new Refused(
                    413, "Image storage media is full: There is not enough disk space on the image storage media.");
        }
        return new Unavailable("Insufficient permissions on image storage media", "image " + imageId, e);
    }

    /// What the client sent; a failure to read is the client's, not the disk's.
    private static final class Reading extends InputStream {
        private final InputStream in;

        Reading(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return in.read(bytes, offset, length);
            } catch (IOException e) {
                throw new ClientGone(e);
            }
        }
    }

    private static final class ClientGone extends IOException {
        ClientGone(IOException cause) {
            super(cause);
        }
    }

    private static final class Writing implements DataDigest.Sink {
        private final FileChannel channel;
        private final long maxBytes;
        private final Progress progress;
        private final Sync sync;
        private long bytes;
        private long unsynced;
        private byte[] head = {};

        Writing(FileChannel channel, long maxBytes, Progress progress, Sync sync) {
            this.channel = channel;
            this.maxBytes = maxBytes;
            this.progress = progress;
            this.sync = sync;
        }

        @Override
        public void write(byte[] piece, int length) throws IOException {
            if (bytes + length > maxBytes)
                throw new Refused(413, "The provided image is too large: maximum is " + maxBytes + " bytes");
            if (bytes == 0) head = Arrays.copyOf(piece, Math.min(length, FormatCheck.HEAD_BYTES));
            var buffer = ByteBuffer.wrap(piece, 0, length);
            while (buffer.hasRemaining()) channel.write(buffer);
            bytes += length;
            unsynced += length;
            if (unsynced >= SYNC_BYTES) {
                unsynced = 0;
                sync.wake();
            }
            progress.received(bytes);
        }
    }

    /// Makes an attempt the image's data: whole at once.
    public void commit(String imageId, String attempt) {
        try {
            Files.move(
                    part(imageId, attempt),
                    data(imageId),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            syncDirectory();
        } catch (IOException e) {
            throw new Unavailable("The image could not be stored.", "image " + imageId, e);
        }
    }

    /// Takes the data of an image over from another area, whole at once. Succeeds when it was taken over before.
    ///
    /// @param area where it lies until then
    /// @throws Unavailable the data is in neither place, or the disk fails
    public void takeFrom(ImageFiles area, String imageId) {
        try {
            if (Files.exists(area.data(imageId))) {
                if (Files.getFileStore(area.directory).equals(Files.getFileStore(directory)))
                    Files.move(
                            area.data(imageId),
                            data(imageId),
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                else copy(area.data(imageId), imageId);
                syncDirectory();
            } else if (!Files.exists(data(imageId)))
                throw new Unavailable("The staged data of image " + imageId + " is gone.", "", null);
        } catch (IOException e) {
            throw new Unavailable("The image could not be stored.", "image " + imageId, e);
        }
    }

    /// Under a name that [#list] knows as unfinished, until it is on the disk.
    private void copy(Path from, String imageId) throws IOException {
        var part = part(imageId, imageId);
        Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
        try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, data(imageId), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void syncDirectory() throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Succeeds when there is nothing.
    public void discard(String imageId, String attempt) {
        remove(part(imageId, attempt));
    }

    /// Succeeds when there is nothing. Who reads the data at this moment reads it to the end.
    public void delete(String imageId) {
        remove(data(imageId));
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new Unavailable("The image's data could not be removed.", file.toString(), e);
        }
    }

    /// @throws CloudException.NotFound there is no data
    public FileChannel open(String imageId) {
        try {
            return FileChannel.open(data(imageId), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new CloudException.NotFound("No image data could be found");
        } catch (IOException e) {
            throw new Unavailable("The image's data could not be read.", "image " + imageId, e);
        }
    }

    /// A file of the store.
    ///
    /// @param attempt of an unfinished upload; empty for an image's data
    public record Found(String imageId, Optional<String> attempt, java.time.Instant modified) {}

    public List<Found> list() {
        try (var files = Files.list(directory)) {
            return files.flatMap(f -> found(f).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Found> found(Path file) {
        try {
            var modified = Files.getLastModifiedTime(file).toInstant();
            var name = String.valueOf(file.getFileName());
            var part = PART.matcher(name);
            return Optional.of(
                    part.matches()
                            ? new Found(part.group(1), Optional.of(part.group(2)), modified)
                            : new Found(name, Optional.empty(), modified));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // removed while we looked
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
