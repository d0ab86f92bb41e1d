package cloud.yun.blockstorage;

import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Images as files in a directory. Keeps the front door's contract.
public final class FakeImages implements Images {
    private final Path directory;
    public final Map<String, Image> images = new ConcurrentHashMap<>();

    public FakeImages(Path directory) {
        this.directory = directory;
    }

    public void add(Image image, byte[] data) {
        images.put(image.id(), image);
        try {
            Files.write(directory.resolve(image.id()), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Image> find(Tx tx, Caller caller, String id) {
        return Optional.ofNullable(images.get(id));
    }

    @Override
    public Path data(String id) {
        var file = directory.resolve(id);
        if (!Files.exists(file)) throw new NotFound("Image", id);
        return file;
    }

    @Override
    public void create(Tx tx, Caller caller, Draft d) {
        images.put(
                d.id(),
                new Image(
                        d.id(),
                        d.name(),
                        "queued",
                        caller.projectId(),
                        d.visibility(),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        d.diskFormat(),
                        d.containerFormat(),
                        d.minDiskGib(),
                        d.minRamMib(),
                        d.properties()));
    }

    @Override
    public void upload(String id, InputStream data) {
        try {
            Files.write(directory.resolve(id), data.readAllBytes());
            images.computeIfPresent(
                    id,
                    (_, i) -> new Image(
                            id,
                            i.name(),
                            "active",
                            i.ownerProjectId(),
                            i.visibility(),
                            size(id),
                            i.virtualSizeBytes(),
                            i.checksumMd5(),
                            i.diskFormat(),
                            i.containerFormat(),
                            i.minDiskGib(),
                            i.minRamMib(),
                            i.properties()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void upload(String id, String diskFormat, InputStream data) {
        upload(id, data);
    }

    @Override
    public List<String> withProperties(Tx tx, Caller caller, Map<String, String> properties) {
        return images.values().stream()
                .filter(i -> i.properties().entrySet().containsAll(properties.entrySet()))
                .map(Image::id)
                .toList();
    }

    private long size(String id) {
        return directory.resolve(id).toFile().length();
    }

    @Override
    public void delete(String id) {
        images.remove(id);
        try {
            Files.deleteIfExists(directory.resolve(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
