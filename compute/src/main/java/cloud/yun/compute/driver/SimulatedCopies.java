package cloud.yun.compute.driver;

import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Copies of simulated disks. Such a disk never changes, so its image is the copy; without that, a megabyte of
/// nothing.
final class SimulatedCopies {
    private static final long EMPTY_DISK = 1 << 20;

    private final Map<String, Image> copies = new ConcurrentHashMap<>();
    private final Set<Path> ours = ConcurrentHashMap.newKeySet();

    Image of(Guest guest, String copyId) {
        return copies.computeIfAbsent(copyId, id -> {
            var image = guest.image();
            if (image.isPresent() && Files.exists(image.get().file()))
                return new Image(id, image.get().file(), image.get().format());
            return new Image(id, empty(), "raw");
        });
    }

    private Path empty() {
        try {
            var file = Files.createTempFile("yun-simulated", ".raw");
            try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
                disk.setLength(EMPTY_DISK);
            }
            ours.add(file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String copyId) {
        var gone = copies.remove(copyId);
        if (gone == null || !ours.remove(gone.file())) return;
        try {
            Files.deleteIfExists(gone.file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Set<String> ids() {
        return Set.copyOf(copies.keySet());
    }
}
