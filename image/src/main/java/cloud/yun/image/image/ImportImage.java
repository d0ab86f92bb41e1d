package cloud.yun.image.image;

import cloud.yun.image.image.ImageState.Event;
import cloud.yun.image.store.ImageFiles;
import cloud.yun.image.store.ImageFiles.Received;
import cloud.yun.image.task.Task;
import cloud.yun.image.task.TaskState;
import cloud.yun.image.task.TaskStore;
import cloud.yun.image.web.WebSource;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// Import: staged data, or data from the web, becomes an image's data in the background. The image ends `active`, or
/// `queued` again with nothing left in the staging area; its task tells which and why.
///
/// @see <a href="https://docs.openstack.org/api-ref/image/v2/#import-an-image">POST import</a>
public final class ImportImage {
    static final String NAME = "api_image_import";
    /// The task at work.
    private static final String TASK = "os_glance_import_task";
    private static final String IMPORTING = "os_glance_importing_to_stores";
    private static final String FAILED = "os_glance_failed_import";
    private static final String STORE = "file";

    /// @param uri where the data comes from; empty: it is staged
    public record Params(
            String taskId, String imageId, String diskFormat, String uri, long maxBytes, String requestId) {}

    private final Database db;
    private final Flows flows;
    private final ImageFiles files;
    private final ImageFiles staging;
    private final UploadImage uploads;
    private final ImageAccess access;
    private final WebSource web;
    private final Events events;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final List<String> methods;
    private final Duration keep;
    private final Flow<Params> flow;

    /// @param methods those that are on
    /// @param keep how long a task that ended can be asked for
    public ImportImage(
            Database db,
            Flows flows,
            ImageFiles files,
            ImageFiles staging,
            UploadImage uploads,
            ImageAccess access,
            WebSource web,
            Events events,
            Clock clock,
            Supplier<UUID> ids,
            List<String> methods,
            Duration keep) {
        this.db = db;
        this.flows = flows;
        this.files = files;
        this.staging = staging;
        this.uploads = uploads;
        this.access = access;
        this.web = web;
        this.events = events;
        this.clock = clock;
        this.ids = ids;
        this.methods = List.copyOf(methods);
        this.keep = keep;
        flow = flow();
        flows.register(flow);
    }

    public static List<String> known() {
        return ImportRequest.METHODS;
    }

    List<String> methods() {
        return methods;
    }

    private Flow<Params> flow() {
        return Flow.named(NAME, Params.class)
                // First, so that it is reverted last: whoever sees the image queued finds nothing staged.
                .onRevert("requeue_image", this::requeue)
                .record("start_task", (tx, p) -> new TaskStore(tx).begin(p.taskId(), clock.instant()), (_, _, _) -> {})
                .task("fill_staging", this::fill, (p, _) -> empty(p))
                .task("import_to_store", p -> files.takeFrom(staging, p.imageId()), (p, _) -> unstore(p))
                // Not a finish: data that no longer fits the project's quota turns the import back.
                .record("activate_image", this::activate, (_, _, _) -> {})
                .forward("remove_leftovers", this::removeLeftovers)
                .build();
    }

    /// @throws Conflict the image is not in a state for this method
    /// @throws Invalid an address that is not to be fetched
    void start(Caller caller, String id, ImportRequest request) {
        db.write(tx -> {
            access.visible(tx, caller, id);
            var image = new ImageStore(tx).lock(id).orElseThrow(() -> ImageService.notFound(id));
            check(tx, image, request);
            if (request.method().equals(ImportRequest.COPY)) {
                access.require(tx, caller, "copy_image", image);
                // There is one store, so an active image is in all of them.
                if (request.allStores()) {
                    copied(tx, caller, image, request);
                    return;
                }
                throw new Invalid("Image is already present at store '" + STORE + "'");
            }
            access.require(tx, caller, "modify_image", image);
            if (request.method().equals(ImportRequest.DOWNLOAD)) web.filter().check(request.uri());
            begin(tx, caller, image, request);
        });
    }

    private static void check(Tx tx, Image image, ImportRequest request) {
        boolean active = image.status() == ImageState.ACTIVE;
        switch (request.method()) {
            case ImportRequest.COPY -> {
                if (!active) throw new Conflict("Only images with status active can be targeted for copying");
            }
            case ImportRequest.DOWNLOAD -> {
                if (active) throw new Conflict("Image with status active cannot be target for import");
                if (image.status() != ImageState.QUEUED)
                    throw new Conflict("Image needs to be in 'queued' state to use 'web-download' method");
            }
            default -> {
                if (active) throw new Conflict("Image with status active cannot be target for import");
                boolean staged = image.status() == ImageState.UPLOADING
                        && new StagedStore(tx).find(image.id()).isPresent();
                if (!staged) throw new Conflict("Image needs to be staged before 'glance-direct' method can be used");
            }
        }
        if (image.containerFormat().isEmpty()) throw new Conflict("'container_format' needs to be set before import");
        if (image.diskFormat().isEmpty()) throw new Conflict("'disk_format' needs to be set before import");
    }

    /// Nothing is left to copy: who asks how far it is hears that it is done.
    private void copied(Tx tx, Caller caller, Image image, ImportRequest request) {
        var task = task(tx, caller, image, request);
        var tasks = new TaskStore(tx);
        tasks.begin(task, clock.instant());
        tasks.succeed(task, Json.object().put("image_id", image.id()), clock.instant(), keep);
        new ImageStore(tx).properties(image.id(), Map.of(IMPORTING, "", FAILED, ""));
    }

    /// @return the id of a new task
    private String task(Tx tx, Caller caller, Image image, ImportRequest request) {
        var now = clock.instant();
        var task = ids.get().toString();
        var input = Json.object().put("image_id", image.id());
        input.set("import_req", request.all());
        input.putArray("backend").add(STORE);
        new TaskStore(tx)
                .insert(new Task(
                        task,
                        NAME,
                        TaskState.PENDING,
                        image.owner(),
                        image.id(),
                        caller.userId(),
                        caller.requestId(),
                        input,
                        Optional.empty(),
                        "",
                        now,
                        now,
                        Optional.empty()));
        return task;
    }

    private void begin(Tx tx, Caller caller, Image image, ImportRequest request) {
        var task = task(tx, caller, image, request);
        var store = new ImageStore(tx);
        var to = ImageState.TABLE.next(image.status(), Event.IMPORT).orElseThrow();
        store.move(image.id(), image.status(), to, Optional.empty(), clock.instant());
        store.properties(image.id(), Map.of(TASK, task, IMPORTING, STORE, FAILED, ""));
        flows.start(
                tx,
                flow,
                new Params(
                        task,
                        image.id(),
                        image.diskFormat().orElseThrow(),
                        request.method().equals(ImportRequest.DOWNLOAD) ? request.uri() : "",
                        uploads.room(tx, image.owner()),
                        caller.requestId()),
                caller,
                image.id());
    }

    /// Staged data is there already; data from the web is fetched. What is there and whole is not fetched again.
    private void fill(Params p) {
        if (p.uri().isEmpty()
                || db.read(tx -> new StagedStore(tx).find(p.imageId())).isPresent()) return;
        Received received;
        try (var data = web.open(p.uri())) {
            received = staging.receive(p.imageId(), p.taskId(), p.diskFormat(), data, p.maxBytes(), _ -> still(p));
        } catch (IOException e) {
            throw new Unavailable("The download broke off.", p.uri(), e);
        }
        staging.commit(p.imageId(), p.taskId());
        db.write(tx -> {
            if (atWork(tx, p)) new StagedStore(tx).put(p.imageId(), received);
        });
    }

    private static boolean atWork(Tx tx, Params p) {
        return new ImageStore(tx)
                .find(p.imageId())
                .filter(i -> i.status() == ImageState.IMPORTING
                        && p.taskId().equals(i.properties().get(TASK)))
                .isPresent();
    }

    /// A piece of data came: a download for an image that is gone ends.
    private void still(Params p) {
        if (!db.read(tx -> atWork(tx, p)))
            throw new NotFound("Image " + p.imageId() + " was deleted during the import.");
    }

    private void empty(Params p) {
        staging.discard(p.imageId(), p.taskId());
        staging.delete(p.imageId());
    }

    private void unstore(Params p) {
        boolean another = db.read(tx -> new ImageStore(tx).find(p.imageId()))
                .filter(Image::hasData)
                .isPresent();
        if (!another) files.delete(p.imageId());
    }

    private void requeue(Tx tx, Params p, Failure why) {
        var now = clock.instant();
        new TaskStore(tx).fail(p.taskId(), why.message(), now, keep);
        if (!atWork(tx, p)) return;
        var store = new ImageStore(tx);
        new StagedStore(tx).delete(p.imageId());
        store.properties(p.imageId(), Map.of(IMPORTING, "", FAILED, STORE));
        store.removeProperty(p.imageId(), TASK);
        var to =
                ImageState.TABLE.next(ImageState.IMPORTING, Event.IMPORT_FAILED).orElseThrow();
        store.move(p.imageId(), ImageState.IMPORTING, to, Optional.empty(), now);
    }

    private void activate(Tx tx, Params p) {
        var now = clock.instant();
        var tasks = new TaskStore(tx);
        var staged = new StagedStore(tx).find(p.imageId());
        if (!atWork(tx, p) || staged.isEmpty()) {
            tasks.fail(p.taskId(), "Image " + p.imageId() + " was deleted during the import.", now, keep);
            return;
        }
        var store = new ImageStore(tx);
        store.properties(p.imageId(), Map.of(IMPORTING, "", FAILED, ""));
        store.removeProperty(p.imageId(), TASK);
        new StagedStore(tx).delete(p.imageId());
        uploads.activate(tx, p.imageId(), ImageState.IMPORTING, staged.get(), (t, active) -> {
            for (var type : List.of("image.upload", "image.activate"))
                events.emit(t, type, active.owner(), active.id(), p.requestId(), ImageView.notification(active));
        });
        tasks.succeed(p.taskId(), Json.object().put("image_id", p.imageId()), now, keep);
    }

    /// Data of an image that was deleted at the last moment has nobody else to remove it.
    private void removeLeftovers(Params p) {
        empty(p);
        if (db.read(tx -> new ImageStore(tx).find(p.imageId())).isEmpty()) files.delete(p.imageId());
    }
}
