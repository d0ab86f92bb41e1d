package cloud.yun.image.task;

import cloud.yun.image.image.ImageAccess;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who may see which tasks; forgets those that ended long ago.
public final class TaskService implements Reconciler {
    private static final Map<String, String> SORTS = Map.of(
            "id", "t.id",
            "type", "t.type",
            "status", "t.status",
            "created_at", "t.created_at",
            "updated_at", "t.updated_at",
            "expires_at", "COALESCE(t.expires_at, 0)");

    private final Database db;
    private final ImageAccess access;
    private final Clock clock;

    public TaskService(Database db, ImageAccess access, Clock clock) {
        this.db = db;
        this.access = access;
        this.clock = clock;
    }

    /// @param limit most tasks on the page
    record Query(
            Optional<String> type,
            Optional<String> status,
            Optional<String> marker,
            int limit,
            String sortKey,
            boolean ascending) {}

    /// @throws Invalid no such marker or sort key
    List<Task> list(Caller caller, Query query) {
        var sort = SORTS.get(query.sortKey());
        if (sort == null) throw new Invalid("Invalid sort key: " + query.sortKey());
        return db.read(tx -> {
            var select = Select.of(TaskStore.COLUMNS, TaskStore.FROM);
            if (!caller.admin()) select.where("t.owner = ?", project(caller));
            select.where("t.type = ?", query.type()).where("t.status = ?", query.status());
            var sorts = new ArrayList<Sort>();
            sorts.add(new Sort(sort, query.ascending()));
            if (!sort.equals("t.id")) sorts.add(new Sort("t.id", query.ascending()));
            select.order(sorts).limit(query.limit());
            if (query.marker().isPresent())
                select = select.after(tx, "t.id", query.marker().get())
                        .orElseThrow(() -> new Invalid("Invalid marker. Task could not be found."));
            return new TaskStore(tx).list(select);
        });
    }

    private static String project(Caller caller) {
        return caller.project().map(Caller.Project::id).orElse("");
    }

    /// @throws NotFound there is none, or it is another project's
    Task show(Caller caller, String id) {
        return db.read(tx -> new TaskStore(tx).find(id))
                .filter(t -> caller.admin() || t.owner().equals(project(caller)))
                .orElseThrow(() -> new NotFound("Could not find task " + id));
    }

    /// @return newest first
    /// @throws NotFound the caller may not see the image
    List<Task> ofImage(Caller caller, String imageId) {
        return db.read(tx -> {
            access.visible(tx, caller, imageId);
            return new TaskStore(tx).ofImage(imageId);
        });
    }

    @Override
    public String name() {
        return "image: tasks that ended are forgotten";
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(10);
    }

    @Override
    public void reconcile() {
        db.write(tx -> new TaskStore(tx).forget(clock.instant()));
    }
}
