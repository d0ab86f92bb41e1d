package cloud.yun.blockstorage.check;

import cloud.yun.blockstorage.backup.BackupStore;
import cloud.yun.blockstorage.group.GroupStore;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.db.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What quota counts is what the rows are. Both change in one transaction, so this holds at every moment.
public final class QuotaInvariant implements Invariant {
    private final Database db;
    private final VolumeQuota quota;

    public QuotaInvariant(Database db, VolumeQuota quota) {
        this.db = db;
        this.quota = quota;
    }

    @Override
    public String name() {
        return "block-storage: quota counts the rows";
    }

    @Override
    public List<String> violations() {
        return db.read(tx -> {
            var rows = new TreeMap<String, Map<String, Long>>();
            for (var v : new VolumeStore(tx).all())
                if (v.consumesQuota())
                    add(rows, v.projectId(), VolumeQuota.volume(v.typeId(), v.sizeGib() + v.pendingGib()));
            for (var v : new VolumeStore(tx).all())
                v.pendingTypeId().ifPresent(t -> add(rows, v.projectId(), VolumeQuota.ofType(t, v.sizeGib())));
            for (var s : new SnapshotStore(tx).all())
                add(rows, s.projectId(), VolumeQuota.snapshot(s.typeId(), s.sizeGib()));
            for (var project : new GroupStore(tx).projects()) add(rows, project, Map.of("groups", 1L));
            for (var b : new BackupStore(tx).all()) add(rows, b.projectId(), VolumeQuota.backup(b.sizeGib()));
            return compare(rows, quota.allUsage(tx));
        });
    }

    private static void add(Map<String, Map<String, Long>> rows, String projectId, Map<String, Long> amounts) {
        var project = rows.computeIfAbsent(projectId, _ -> new TreeMap<>());
        amounts.forEach((resource, n) -> project.merge(resource, n, Long::sum));
    }

    private static List<String> compare(Map<String, Map<String, Long>> rows, Map<String, Map<String, Long>> counted) {
        var found = new ArrayList<String>();
        var projects = new TreeSet<>(rows.keySet());
        projects.addAll(counted.keySet());
        for (var project : projects) {
            var real = rows.getOrDefault(project, Map.of());
            var said = counted.getOrDefault(project, Map.of());
            var resources = new TreeSet<>(real.keySet());
            resources.addAll(said.keySet());
            for (var resource : resources) {
                long is = real.getOrDefault(resource, 0L);
                long counts = said.getOrDefault(resource, 0L);
                if (is != counts)
                    found.add("project " + project + " has " + is + " " + resource + ", its quota counts " + counts);
            }
        }
        return found;
    }
}
