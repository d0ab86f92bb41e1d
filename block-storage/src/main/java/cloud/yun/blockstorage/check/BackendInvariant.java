package cloud.yun.blockstorage.check;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.driver.VolumeDriver.Inventory;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.flow.Flows;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A back end has what its rows say, and nothing else. Work in flight is left out.
public final class BackendInvariant implements Invariant {
    /// Rows in these states may or may not have data: their owner sees that something failed.
    private static final Set<VolumeStatus> UNSURE = EnumSet.of(
            VolumeStatus.ERROR,
            VolumeStatus.ERROR_DELETING,
            VolumeStatus.ERROR_MANAGING,
            VolumeStatus.MANAGING,
            VolumeStatus.CREATING,
            VolumeStatus.DELETING);

    private record Rows(List<Volume> volumes, List<Snapshot> snapshots) {}

    private final Database db;
    private final Flows flows;
    private final Backends backends;
    private final List<String> hosts;

    /// @param hosts `HOST@BACKEND` of the back ends to look at
    public BackendInvariant(Database db, Flows flows, Backends backends, List<String> hosts) {
        this.db = db;
        this.flows = flows;
        this.backends = backends;
        this.hosts = hosts;
    }

    @Override
    public String name() {
        return "block-storage: back ends have what the rows say";
    }

    @Override
    public List<String> violations() {
        // Busy first and last: what begins or ends while the back ends are asked is left out.
        var busy = flows.busyResources();
        var inventories = new TreeMap<String, Inventory>();
        for (var host : hosts) inventories.put(host, backends.inventory(host));
        var rows = db.read(tx -> new Rows(new VolumeStore(tx).all(), new SnapshotStore(tx).all()));
        busy.addAll(flows.busyResources());
        var found = new ArrayList<String>();
        inventories.forEach((host, inventory) -> compare(host, inventory, rows, busy, found));
        return found;
    }

    private static void compare(String host, Inventory inventory, Rows rows, Set<String> busy, List<String> found) {
        Map<String, Volume> here = rows.volumes().stream()
                .filter(v ->
                        v.host().map(Backends::serviceHost).filter(host::equals).isPresent())
                .collect(Collectors.toMap(Volume::id, v -> v));
        for (var id : inventory.volumes())
            if (!here.containsKey(id) && !busy.contains(id))
                found.add(host + " has volume " + id + ", which has no row");
        for (var v : here.values())
            if (!inventory.volumes().contains(v.id()) && !UNSURE.contains(v.status()) && !busy.contains(v.id()))
                found.add(host + " has no data of volume " + v.id() + ", which is "
                        + v.status().wire());
        var snapshots = rows.snapshots().stream()
                .filter(s -> here.containsKey(s.volumeId()))
                .collect(Collectors.toMap(Snapshot::id, s -> s));
        for (var id : inventory.snapshots())
            if (!snapshots.containsKey(id) && busy.stream().noneMatch(b -> b.equals(id)))
                found.add(host + " has snapshot " + id + ", which has no row");
        for (var s : snapshots.values())
            if (!inventory.snapshots().contains(s.id())
                    && s.status() == SnapshotStatus.AVAILABLE
                    && !busy.contains(s.id())) found.add(host + " has no data of snapshot " + s.id());
    }
}
