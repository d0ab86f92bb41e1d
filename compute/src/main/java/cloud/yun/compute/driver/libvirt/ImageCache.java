package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.disk.ImageRejected;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.process.Commands;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The images' files on this host, on which the guests' disks are built. One copy of each, made once however many
/// guests start with it, and never written to again.
final class ImageCache {
    private static final Duration COPY = Duration.ofHours(1);

    /// @param format raw, unless conversion is switched off
    record Base(Path file, ImageFormat format) {}

    private final Path directory;
    private final boolean forceRaw;
    private final QemuImg qemuImg;
    private final DiskFiles files;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    ImageCache(Path directory, boolean forceRaw, Commands commands) {
        this.directory = directory;
        this.forceRaw = forceRaw;
        this.qemuImg = new QemuImg(commands);
        this.files = new DiskFiles(commands);
    }

    /// Nova's name for it: the SHA-1 of the image's id.
    private Path file(String imageId) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest(imageId.getBytes(StandardCharsets.UTF_8));
            return directory.resolve(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ImageFormat claimed(Image image) {
        return ImageFormat.of(image.format())
                .orElseThrow(() -> new Invalid("Guests do not boot from images of format " + image.format() + "."));
    }

    private boolean converts(ImageFormat format) {
        return format != ImageFormat.RAW && format != ImageFormat.ISO && (forceRaw || format != ImageFormat.QCOW2);
    }

    Base of(Image image) {
        var format = claimed(image);
        return new Base(file(image.id()), format == ImageFormat.QCOW2 && !converts(format) ? format : ImageFormat.RAW);
    }

    /// @throws Invalid the file is not what its owner said, or names other files
    void ensure(Image image) {
        var file = file(image.id());
        synchronized (locks.computeIfAbsent(image.id(), _ -> new Object())) {
            try {
                if (!Files.exists(file)) fetch(image, file);
                // Ageing looks for the last use.
                else Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void fetch(Image image, Path file) throws IOException {
        Files.createDirectories(directory);
        var claimed = claimed(image);
        try {
            qemuImg.inspect(image.file(), Optional.of(claimed));
        } catch (ImageRejected e) {
            throw new Invalid("Image " + image.id() + " is unacceptable: " + e.getMessage());
        }
        // A crash leaves a part behind, never a base that is not whole; a full disk gets its space back.
        var part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        try {
            if (converts(claimed)) qemuImg.convert(image.file(), claimed, part, ImageFormat.RAW);
            else files.copy(image.file(), part, COPY);
            // A block commit into the wrong image must fail rather than change all guests' base.
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("r--r--r--"));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
