package cloud.yun.image;

import cloud.yun.image.image.ImageService;
import cloud.yun.image.store.ImageFiles;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The front door on the same database and the same disk.
final class LocalImages implements Images {
    private final ImageService service;
    private final ImageFiles files;
    private final Clock clock;

    LocalImages(ImageService service, ImageFiles files, Clock clock) {
        this.service = service;
        this.files = files;
        this.clock = clock;
    }

    @Override
    public Optional<Image> find(Tx tx, Caller caller, String id) {
        return service.find(tx, caller, id)
                .map(i -> new Image(
                        i.id(),
                        i.name().orElse(""),
                        i.status().wire(),
                        i.owner(),
                        i.visibility(),
                        i.sizeBytes().orElse(0L),
                        i.virtualSizeBytes(),
                        i.checksumMd5(),
                        i.diskFormat().orElse(""),
                        i.containerFormat().orElse(""),
                        i.minDiskGib(),
                        i.minRamMib(),
                        i.properties()));
    }

    @Override
    public Path data(String id) {
        var file = files.data(id);
        if (!Files.exists(file)) throw new NotFound("No image data could be found for image " + id);
        return file;
    }

    @Override
    public void create(Tx tx, Caller caller, Draft draft) {
        var now = clock.instant();
        Map<String, String> properties = new LinkedHashMap<>(draft.properties());
        // What an import said of another image is not true of this one.
        properties.keySet().removeIf(name -> name.startsWith("os_glance_"));
        service.create(
                tx,
                caller,
                new cloud.yun.image.image.Image(
                        draft.id(),
                        Optional.of(draft.name()),
                        cloud.yun.image.image.ImageState.QUEUED,
                        draft.visibility(),
                        caller.projectId(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(draft.diskFormat()).filter(f -> !f.isEmpty()),
                        Optional.of(draft.containerFormat()).filter(f -> !f.isEmpty()),
                        draft.minDiskGib(),
                        draft.minRamMib(),
                        false,
                        false,
                        now,
                        now,
                        properties,
                        Set.of()));
    }

    @Override
    public void upload(String id, InputStream data) {
        service.store(Caller.system(""), id, data);
    }

    @Override
    public void upload(String id, String diskFormat, InputStream data) {
        service.describe(id, diskFormat);
        upload(id, data);
    }

    @Override
    public List<String> withProperties(Tx tx, Caller caller, Map<String, String> properties) {
        return service.withProperties(tx, caller.projectId(), properties);
    }

    @Override
    public void delete(String id) {
        service.remove(Caller.system(""), id);
    }
}
