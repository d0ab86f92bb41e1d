package cloud.yun.image.image;

import cloud.yun.image.image.ImageState.Event;
import cloud.yun.image.image.ImageStore.Attempt;
import cloud.yun.image.store.ImageFiles;
import cloud.yun.image.store.ImageFiles.Received;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings data into an image: queued, saving, active; or into the staging area: queued, uploading. When anything
/// fails: queued again, and no file.
///
/// While the data arrives the row names the attempt, the process that receives it and a time until which it must
/// have said that it goes on. Whoever finds an attempt whose process is gone gives it up ([#abandon]).
public final class UploadImage {
    private static final Logger LOG = LoggerFactory.getLogger(UploadImage.class);
    /// Longer than a connection may stand still, several renewals long.
    static final Duration LEASE = Duration.ofSeconds(120);
    private static final Duration RENEW = Duration.ofSeconds(20);

    /// What is told in the transaction that ends an upload.
    @FunctionalInterface
    public interface Then {
        void done(Tx tx, Image active);
    }

    private final Database db;
    private final ImageFiles files;
    private final ImageFiles staging;
    private final StorageQuota quota;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final UploadProcess process;
    private final long maxBytes;

    /// @param maxBytes longest data of an image
    public UploadImage(
            Database db,
            ImageFiles files,
            ImageFiles staging,
            StorageQuota quota,
            Clock clock,
            Supplier<UUID> ids,
            UploadProcess process,
            long maxBytes) {
        this.db = db;
        this.files = files;
        this.staging = staging;
        this.quota = quota;
        this.clock = clock;
        this.ids = ids;
        this.process = process;
        this.maxBytes = maxBytes;
    }

    /// An upload that has begun: the image is `saving` or `uploading` and this attempt owns it.
    ///
    /// @param diskFormat empty: nobody said
    /// @param maxBytes longest data that it may bring
    public record Begun(String imageId, String attempt, String diskFormat, long maxBytes) {}

    /// @return longest data that an image of the project may still have
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota there is no room at all
    long room(Tx tx, String owner) {
        return Math.min(maxBytes, quota.remaining(tx, owner));
    }

    /// @param event [Event#SAVE], [Event#STAGE], or [Event#SAVE_AGAIN] to take over from an attempt that did not end
    /// @throws NotFound no such image
    /// @throws Conflict the image is not in a state to get data
    /// @throws Invalid it does not say its formats
    Begun begin(Tx tx, String id, Event event) {
        var store = new ImageStore(tx);
        var image = store.lock(id).orElseThrow(() -> ImageService.notFound(id));
        var to = ImageState.TABLE
                .next(image.status(), event)
                .orElseThrow(() -> new Conflict(
                        "Image status transition from " + image.status().wire() + " to "
                                + (event == Event.STAGE ? "uploading" : "saving") + " is not allowed"));
        var missing = new ArrayList<String>();
        // What is only staged must say so when it is imported.
        if (event != Event.STAGE && image.diskFormat().isEmpty()) missing.add("disk_format");
        if (event != Event.STAGE && image.containerFormat().isEmpty()) missing.add("container_format");
        if (!missing.isEmpty())
            throw new Invalid("Properties " + String.join(", ", missing) + " must be set prior to saving data.");
        long room = room(tx, image.owner());
        var now = clock.instant();
        var attempt = new Attempt(ids.get().toString(), process.name(), now.plus(LEASE));
        store.move(id, image.status(), to, Optional.of(attempt), now);
        return new Begun(id, attempt.id(), image.diskFormat().orElse(""), room);
    }

    /// Receives the data and makes the image active.
    ///
    /// @throws Refused 410: the client or the image went away, or another attempt took over; 413: too long, disk
    ///     full
    void receive(Begun begun, InputStream data, Then then) {
        boolean ended = false;
        try {
            var received = files.receive(
                    begun.imageId(), begun.attempt(), begun.diskFormat(), data, begun.maxBytes(), new Renewal(begun));
            finish(begun, received, then);
            ended = true;
        } finally {
            if (!ended) giveUp(begun.imageId(), begun.attempt());
        }
    }

    /// Receives the data into the staging area; the image stays `uploading` until it is imported.
    ///
    /// @throws Refused as [#receive]
    void stage(Begun begun, InputStream data, Then then) {
        boolean ended = false;
        try {
            var received = staging.receive(
                    begun.imageId(), begun.attempt(), begun.diskFormat(), data, begun.maxBytes(), new Renewal(begun));
            staging.commit(begun.imageId(), begun.attempt());
            ended = db.transaction(tx -> staged(tx, begun, received, then));
            if (!ended) throw lost(begun.imageId());
        } finally {
            if (!ended) giveUp(begun.imageId(), begun.attempt());
        }
    }

    private boolean staged(Tx tx, Begun begun, Received received, Then then) {
        var store = new ImageStore(tx);
        if (!store.lockOwned(begun.imageId(), begun.attempt())) return false;
        new StagedStore(tx).put(begun.imageId(), received);
        var to = ImageState.TABLE.next(ImageState.UPLOADING, Event.STAGED).orElseThrow();
        store.move(begun.imageId(), ImageState.UPLOADING, to, Optional.empty(), clock.instant());
        then.done(tx, store.find(begun.imageId()).orElseThrow());
        return true;
    }

    private static Refused lost(String imageId) {
        return new Refused(
                410,
                "Image " + imageId
                        + " could not be found after upload. The image may have been deleted during the upload.");
    }

    /// First the file under its name, then the row: who sees an active image finds its data. The row is changed
    /// only while this attempt owns it; an attempt that was taken over has lost, whatever it did to the file
    /// before.
    private void finish(Begun begun, Received received, Then then) {
        boolean mine = db.read(tx -> new ImageStore(tx).owns(begun.imageId(), begun.attempt()));
        if (mine) {
            files.commit(begun.imageId(), begun.attempt());
            mine = db.transaction(tx -> activate(tx, begun, received, then));
        }
        if (!mine) throw lost(begun.imageId());
    }

    private boolean activate(Tx tx, Begun begun, Received received, Then then) {
        var store = new ImageStore(tx);
        if (!store.lockOwned(begun.imageId(), begun.attempt())) return false;
        activate(tx, begun.imageId(), ImageState.SAVING, received, then);
        return true;
    }

    /// @param from [ImageState#SAVING] or [ImageState#IMPORTING]
    void activate(Tx tx, String id, ImageState from, Received received, Then then) {
        var store = new ImageStore(tx);
        quota.take(tx, store.find(id).orElseThrow().owner(), received.sizeBytes());
        store.data(id, received.sizeBytes(), received.virtualSizeBytes(), received.md5(), "sha512", received.sha512());
        var to = ImageState.TABLE.next(from, Event.SAVED).orElseThrow();
        store.move(id, from, to, Optional.empty(), clock.instant());
        then.done(tx, store.find(id).orElseThrow());
    }

    /// Takes the image from the attempt first, so that it can no longer become active while its files are removed.
    ///
    /// @return false when the attempt ended in the meantime
    private boolean giveUp(String id, String attempt) {
        var now = clock.instant();
        var ours = new Attempt(ids.get().toString(), process.name(), now.plus(LEASE));
        files.discard(id, attempt);
        staging.discard(id, attempt);
        if (!db.transaction(tx -> new ImageStore(tx).takeOver(id, attempt, ours))) {
            // The image was deleted; its file may have taken its name just after that.
            if (db.read(tx -> new ImageStore(tx).find(id)).isEmpty()) {
                files.delete(id);
                staging.delete(id);
            }
            return false;
        }
        files.delete(id);
        staging.delete(id);
        db.write(tx -> {
            var store = new ImageStore(tx);
            if (store.lockOwned(id, ours.id())) requeue(store, id, now);
        });
        return true;
    }

    private static void requeue(ImageStore store, String id, Instant now) {
        var from = store.find(id).orElseThrow().status();
        var event = from == ImageState.UPLOADING ? Event.STAGE_FAILED : Event.SAVE_FAILED;
        store.move(id, from, ImageState.TABLE.next(from, event).orElseThrow(), Optional.empty(), now);
    }

    /// @return whether nobody works on the attempt any more
    boolean lost(Attempt attempt) {
        return process.gone(attempt.process()) || attempt.until().isBefore(clock.instant());
    }

    /// Gives up the attempts whose process is gone, here or (by their lease) elsewhere.
    ///
    /// @return how many
    int abandon() {
        var lost = db.read(tx -> new ImageStore(tx).attempts()).entrySet().stream()
                .filter(e -> lost(e.getValue()))
                .toList();
        int given = 0;
        for (var entry : lost) {
            if (!giveUp(entry.getKey(), entry.getValue().id())) continue;
            given++;
            LOG.warn("image {}: its upload was lost; it is queued again", entry.getKey());
        }
        return given;
    }

    /// Says now and then that the attempt goes on; learns so that it no longer owns the image.
    private final class Renewal implements ImageFiles.Progress {
        private final Begun begun;
        private long renewedNanos = System.nanoTime();

        Renewal(Begun begun) {
            this.begun = begun;
        }

        @Override
        public void received(long bytes) {
            if (System.nanoTime() - renewedNanos < RENEW.toNanos()) return;
            renewedNanos = System.nanoTime();
            var until = clock.instant().plus(LEASE);
            boolean owned = db.transaction(tx -> new ImageStore(tx).renew(begun.imageId(), begun.attempt(), until));
            if (!owned) throw new Refused(410, "Image " + begun.imageId() + " was deleted during the upload.");
        }
    }
}
