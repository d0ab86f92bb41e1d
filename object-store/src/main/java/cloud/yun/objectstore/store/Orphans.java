package cloud.yun.objectstore.store;

import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.reconcile.Reconciler;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes files to which no row refers: what a crash left between file and row, or between row and removal.
public final class Orphans implements Reconciler, Invariant {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
    /// A file gets its name before its row is there; younger ones are left alone.
    private static final Duration YOUNG = Duration.ofMinutes(10);
    private static final int BATCH = 500;

    private final ObjectFiles files;
    private final DataRows rows;
    private final Clock clock;

    public Orphans(ObjectFiles files, DataRows rows, Clock clock) {
        this.files = files;
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "object-store: files and sums belong to rows";
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(30);
    }

    @Override
    public void reconcile() {
        for (int i = 0; i < ObjectFiles.folders() && !Thread.currentThread().isInterrupted(); i++)
            for (var orphan : orphans(i)) {
                LOG.info("data {} belong to no object; removed", orphan.dataId());
                ObjectFiles.remove(orphan);
            }
    }

    /// Files are listed before rows are read.
    private List<ObjectFiles.Found> orphans(int folder) {
        var before = clock.instant().minus(YOUNG);
        var old = files.list(folder).stream()
                .filter(f -> f.changed().isBefore(before))
                .toList();
        var found = new ArrayList<ObjectFiles.Found>();
        for (int i = 0; i < old.size(); i += BATCH) {
            var batch = old.subList(i, Math.min(old.size(), i + BATCH));
            var known = rows.referred(batch.stream()
                    .filter(f -> !f.part())
                    .map(ObjectFiles.Found::dataId)
                    .collect(Collectors.toSet()));
            for (var file : batch) if (file.part() || !known.contains(file.dataId())) found.add(file);
        }
        return found;
    }

    /// Rows without their file, files without a row, and sums that are none.
    @Override
    public List<String> violations() {
        var found = new ArrayList<>(rows.drift());
        for (int i = 0; i < ObjectFiles.folders(); i++)
            for (var orphan : orphans(i)) found.add("data " + orphan.dataId() + ": a file without an object");
        var last = "";
        for (var page = rows.after(last, BATCH); !page.isEmpty(); page = rows.after(last, BATCH))
            for (var row : page) {
                last = row.dataId();
                if (!Files.exists(files.path(last))
                        && rows.referred(List.of(last)).contains(last))
                    found.add("data " + last + ": its file is missing");
            }
        return found;
    }
}
