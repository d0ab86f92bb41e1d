package cloud.yun.image.image;

import cloud.yun.image.image.ImageState.Event;
import cloud.yun.image.property.PropertyProtections;
import cloud.yun.image.store.ImageFiles;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.policy.Target;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The rules of images.
public final class ImageService {
    /// @param propertiesMax custom properties of one image; -1: any number
    /// @param tagsMax tags of one image; -1: any number
    /// @param diskFormats those that are on, as `containerFormats`
    public record Limits(
            int propertiesMax,
            int tagsMax,
            int listStandard,
            int listMax,
            List<String> diskFormats,
            List<String> containerFormats) {}

    private final Database db;
    private final ImageFiles files;
    private final ImageFiles staging;
    private final StorageQuota quota;
    private final PropertyProtections protections;
    private final UploadImage uploads;
    private final ImageAccess access;
    private final Events events;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final Limits limits;

    public ImageService(
            Database db,
            ImageFiles files,
            ImageFiles staging,
            StorageQuota quota,
            PropertyProtections protections,
            UploadImage uploads,
            ImageAccess access,
            Events events,
            Clock clock,
            Supplier<UUID> ids,
            Limits limits) {
        this.db = db;
        this.files = files;
        this.staging = staging;
        this.quota = quota;
        this.protections = protections;
        this.uploads = uploads;
        this.access = access;
        this.events = events;
        this.clock = clock;
        this.ids = ids;
        this.limits = limits;
    }

    static NotFound notFound(String id) {
        return new NotFound("No image found with ID " + id);
    }

    /// @param asked the new image's fields over the defaults
    Image create(Caller caller, java.util.function.UnaryOperator<Image> asked, Optional<String> id) {
        var image = asked.apply(
                Image.queued(id.orElseGet(() -> ids.get().toString()), caller.projectId(), clock.instant()));
        protections.check(caller, java.util.Map.of(), image.properties());
        return shown(caller, db.transaction(tx -> create(tx, caller, image)));
    }

    /// @throws Forbidden a rule, or another project's image
    /// @throws Conflict the id is taken
    public Image create(Tx tx, Caller caller, Image image) {
        checkOwner(caller, image);
        access.require(
                caller,
                "add_image",
                Target.project(image.owner()).with("owner", image.owner()).with("visibility", image.visibility()));
        checkVisibility(tx, caller, image);
        checkLimits(image);
        if (!new ImageStore(tx).insert(image)) throw new Conflict("Image ID " + image.id() + " already exists!");
        emit(tx, "image.create", caller, image);
        return image;
    }

    private static void checkOwner(Caller caller, Image image) {
        if (!caller.admin() && !ImageAccess.owned(caller, image))
            throw new Forbidden("You are not permitted to create images owned by '" + image.owner() + "'.");
    }

    private void checkVisibility(Tx tx, Caller caller, Image image) {
        var target = access.target(tx, caller, image);
        if (image.visibility().equals("public")) access.require(caller, "publicize_image", target);
        if (image.visibility().equals("community")) access.require(caller, "communitize_image", target);
    }

    /// @return the image as the caller may see it
    private Image shown(Caller caller, Image image) {
        return image.withProperties(protections.readable(caller, image.properties()), image.tags());
    }

    private void checkLimits(Image image) {
        checkFormat("disk_format", image.diskFormat(), limits.diskFormats());
        checkFormat("container_format", image.containerFormat(), limits.containerFormats());
        long own = image.properties().keySet().stream()
                .filter(n -> !n.startsWith(ImageFields.RESERVED_PREFIX))
                .count();
        check("image properties", (int) own, limits.propertiesMax());
        check("image tags", image.tags().size(), limits.tagsMax());
    }

    private static void checkFormat(String field, Optional<String> format, List<String> enabled) {
        if (format.isPresent() && !enabled.contains(format.get()))
            throw new Invalid("Invalid value '" + format.get() + "' for " + field + "; valid values are: "
                    + String.join(", ", enabled));
    }

    private static void check(String what, int attempted, int max) {
        if (max >= 0 && attempted > max)
            throw new Refused(
                    413,
                    "The limit has been exceeded on the number of allowed " + what + ". Attempted: " + attempted
                            + ", Maximum: " + max);
    }

    Image show(Caller caller, String id) {
        return shown(caller, db.read(tx -> access.visible(tx, caller, id)));
    }

    List<Image> list(Caller caller, ImageQuery query) {
        return db.read(tx -> query.run(tx, caller, access)).stream()
                .map(i -> shown(caller, i))
                .toList();
    }

    Limits limits() {
        return limits;
    }

    /// Changes an image as a whole: `change` gets it as it is and says what it becomes.
    Image update(Caller caller, String id, java.util.function.UnaryOperator<Image> change) {
        return shown(caller, db.transaction(tx -> {
            access.visible(tx, caller, id);
            var store = new ImageStore(tx);
            var seen = store.lock(id).orElseThrow(() -> notFound(id));
            access.require(tx, caller, "modify_image", seen);
            var wanted = change.apply(seen);
            if (!wanted.visibility().equals(seen.visibility())) checkVisibility(tx, caller, wanted);
            if (!wanted.owner().equals(seen.owner()) && !caller.admin())
                throw new Forbidden("You are not permitted to modify 'owner' on this image.");
            protections.check(caller, seen.properties(), wanted.properties());
            checkLimits(wanted);
            if (!wanted.owner().equals(seen.owner())) quota.hand(tx, seen, wanted.owner());
            store.update(seen, wanted, clock.instant());
            var changed = store.find(id).orElseThrow();
            emit(tx, "image.update", caller, changed);
            return changed;
        }));
    }

    void addTag(Caller caller, String id, String tag) {
        update(caller, id, image -> {
            var tags = new java.util.TreeSet<>(image.tags());
            tags.add(tag);
            return image.edit().tags(tags).image();
        });
    }

    void deleteTag(Caller caller, String id, String tag) {
        update(caller, id, image -> {
            var tags = new java.util.TreeSet<>(image.tags());
            if (!tags.remove(tag)) throw new NotFound("The resource could not be found.");
            return image.edit().tags(tags).image();
        });
    }

    /// @throws Forbidden protected, or not the caller's
    void delete(Caller caller, String id) {
        db.write(tx -> {
            var store = new ImageStore(tx);
            var image = store.lock(id)
                    .filter(i -> access.sees(tx, caller, i))
                    .orElseThrow(() -> new NotFound("Failed to find image " + id + " to delete"));
            access.require(tx, caller, "delete_image", image);
            if (image.protect()) throw new Forbidden("Image " + id + " is protected and cannot be deleted.");
            delete(tx, caller, image);
        });
        removeData(id);
    }

    private void removeData(String id) {
        files.delete(id);
        staging.delete(id);
    }

    private void delete(Tx tx, Caller caller, Image image) {
        if (ImageState.TABLE.next(image.status(), Event.DELETE).isEmpty())
            throw new Conflict("Image " + image.id() + " cannot be deleted in status "
                    + image.status().wire());
        quota.give(tx, image);
        new ImageStore(tx).delete(image.id());
        emit(tx, "image.delete", caller, image);
    }

    /// For the other rooms: no rule and no protection stands in the way; succeeds when already gone.
    public void remove(Caller caller, String id) {
        db.write(tx -> new ImageStore(tx).lock(id).ifPresent(image -> delete(tx, caller, image)));
        removeData(id);
    }

    /// @param event [Event#DEACTIVATE] or [Event#REACTIVATE]
    void activation(Caller caller, String id, Event event) {
        var verb = event == Event.DEACTIVATE ? "deactivate" : "reactivate";
        db.write(tx -> {
            access.visible(tx, caller, id);
            var store = new ImageStore(tx);
            var image = store.lock(id).orElseThrow(() -> notFound(id));
            access.require(tx, caller, verb, image);
            var to = ImageState.TABLE
                    .next(image.status(), event)
                    .orElseThrow(() -> new Forbidden("Not allowed to " + verb + " image in status '"
                            + image.status().wire() + "'"));
            store.move(id, image.status(), to, Optional.empty(), clock.instant());
            if (to != image.status()) emit(tx, "image." + verb, caller, image);
        });
    }

    /// @throws Refused 410, 413: see [UploadImage]
    void upload(Caller caller, String id, InputStream data) {
        var begun = db.transaction(tx -> {
            var image = access.visible(tx, caller, id);
            access.require(tx, caller, "upload_image", image);
            var started = uploads.begin(tx, id, Event.SAVE);
            emit(tx, "image.prepare", caller, image);
            return started;
        });
        uploads.receive(begun, data, (tx, active) -> uploaded(tx, caller, active));
    }

    /// @throws Refused 410, 413: see [UploadImage]
    void stage(Caller caller, String id, InputStream data) {
        var begun = db.transaction(tx -> {
            var image = access.visible(tx, caller, id);
            access.require(tx, caller, "modify_image", image);
            return uploads.begin(tx, id, Event.STAGE);
        });
        uploads.stage(begun, data, (tx, staged) -> emit(tx, "image.stage", caller, staged));
    }

    /// Refused as far as anybody may ask for it: an image with data keeps its last place.
    ///
    /// @throws Conflict there is no such store
    void deleteFromStore(Caller caller, String store, String id) {
        ImportRequest.known(store);
        db.read(tx -> {
            var image = access.visible(tx, caller, id);
            access.require(tx, caller, "delete_image_location", image);
            return image;
        });
        throw new Forbidden("Cannot delete_from_store: Image " + id + " only exists in one store.");
    }

    /// For the other rooms: says the format of data that is still to come; of data that is there nothing changes.
    public void describe(String id, String diskFormat) {
        db.write(tx -> {
            var store = new ImageStore(tx);
            var seen = store.lock(id).orElseThrow(() -> notFound(id));
            if (!seen.hasData())
                store.update(
                        seen, seen.edit().diskFormat(Optional.of(diskFormat)).image(), clock.instant());
        });
    }

    /// @return ids, newest first
    public List<String> withProperties(Tx tx, String projectId, Map<String, String> properties) {
        return new ImageStore(tx).withProperties(projectId, properties);
    }

    /// For the other rooms: takes over from an attempt that did not end; does nothing when the data is there
    /// already.
    public void store(Caller caller, String id, InputStream data) {
        var begun = db.transaction(tx -> {
            var image = new ImageStore(tx).find(id).orElseThrow(() -> notFound(id));
            return image.hasData()
                    ? Optional.<UploadImage.Begun>empty()
                    : Optional.of(uploads.begin(tx, id, Event.SAVE_AGAIN));
        });
        if (begun.isPresent()) uploads.receive(begun.get(), data, (tx, active) -> uploaded(tx, caller, active));
    }

    private void uploaded(Tx tx, Caller caller, Image active) {
        emit(tx, "image.upload", caller, active);
        emit(tx, "image.activate", caller, active);
    }

    /// @param data empty when the image has none yet
    record Download(Image image, Optional<FileChannel> data) {}

    /// Opens the data; the caller of this method closes it.
    Download download(Caller caller, String id) {
        var image = db.read(tx -> {
            var found = access.visible(tx, caller, id);
            access.require(tx, caller, "download_image", found);
            return found;
        });
        if (image.status() == ImageState.DEACTIVATED && !caller.admin())
            throw new Forbidden("The requested image has been deactivated. Image data download is forbidden.");
        if (!image.hasData()) return new Download(image, Optional.empty());
        return new Download(image, Optional.of(files.open(id)));
    }

    private void emit(Tx tx, String type, Caller caller, Image image) {
        events.emit(tx, type, image.owner(), image.id(), caller.requestId(), ImageView.notification(image));
    }

    /// @return the image if the caller may see it
    public Optional<Image> find(Tx tx, Caller caller, String id) {
        return new ImageStore(tx).find(id).filter(i -> access.sees(tx, caller, i));
    }

    /// @throws Invalid `value` names no visibility
    static String visibility(String value) {
        if (List.of("community", "public", "private", "shared").contains(value)) return value;
        throw new Invalid("Invalid visibility value: " + value);
    }
}
