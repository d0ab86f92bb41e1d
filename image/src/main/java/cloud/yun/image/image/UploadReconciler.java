package cloud.yun.image.image;

import cloud.yun.image.store.ImageFiles;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Gives up lost uploads, and removes files that belong to no image and to no upload.
public final class UploadReconciler implements Reconciler, Invariant {
    /// A file is made before its row says so; younger ones are left alone.
    private static final Duration YOUNG = Duration.ofMinutes(10);

    private static final Set<ImageState> WITH_DATA = EnumSet.of(ImageState.ACTIVE, ImageState.DEACTIVATED);
    private static final Set<ImageState> STAGED = EnumSet.of(ImageState.UPLOADING);

    private final Database db;
    private final ImageFiles files;
    private final ImageFiles staging;
    private final UploadImage uploads;
    private final Clock clock;

    public UploadReconciler(Database db, ImageFiles files, ImageFiles staging, UploadImage uploads, Clock clock) {
        this.db = db;
        this.files = files;
        this.staging = staging;
        this.uploads = uploads;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "image: uploads end and files belong to images";
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(1);
    }

    @Override
    public void reconcile() {
        uploads.abandon();
        sweep(files, WITH_DATA);
        sweep(staging, STAGED);
    }

    private void sweep(ImageFiles area, Set<ImageState> owners) {
        var before = clock.instant().minus(YOUNG);
        for (var file : orphans(area, owners)) {
            if (file.modified().isAfter(before)) continue;
            if (file.attempt().isPresent())
                area.discard(file.imageId(), file.attempt().get());
            else area.delete(file.imageId());
        }
    }

    /// Files are listed before rows are read: a row is there before its file, so what is new cannot look orphaned.
    private List<ImageFiles.Found> orphans(ImageFiles area, Set<ImageState> owners) {
        var found = area.list();
        if (found.isEmpty()) return List.of();
        return db.read(tx -> {
            var store = new ImageStore(tx);
            var attempts = store.attempts();
            var atWork = attempts.entrySet().stream()
                    .filter(e -> !uploads.lost(e.getValue()))
                    .map(java.util.Map.Entry::getKey)
                    .collect(Collectors.toSet());
            var withData = new HashSet<>(store.in(owners));
            // An import has files of its own in both areas until its flow ends.
            var importing = new HashSet<>(store.in(Set.of(ImageState.IMPORTING)));
            var orphans = new ArrayList<ImageFiles.Found>();
            for (var file : found) {
                // A file gets its name just before its row says so.
                boolean known = atWork.contains(file.imageId())
                        || importing.contains(file.imageId())
                        || (file.attempt().isEmpty() && withData.contains(file.imageId()));
                if (!known) orphans.add(file);
            }
            return orphans;
        });
    }

    private static String orphan(ImageFiles.Found file, String what) {
        return "image " + file.imageId() + ": " + what + " without an image"
                + file.attempt().map(a -> " (attempt " + a + ")").orElse("");
    }

    /// Files without an image or an upload, and images without their file.
    @Override
    public List<String> violations() {
        var found = new ArrayList<String>();
        for (var file : orphans(files, WITH_DATA)) found.add(orphan(file, "a file"));
        for (var file : orphans(staging, STAGED)) found.add(orphan(file, "a staged file"));
        for (var id : db.read(tx -> new ImageStore(tx).in(WITH_DATA)))
            if (!java.nio.file.Files.exists(files.data(id))) found.add("image " + id + ": its file is missing");
        return found;
    }
}
