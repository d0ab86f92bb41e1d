package cloud.yun.blockstorage.driver;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Volumes in memory, with a delay and faults that can be set: for CI, and for thousands of hosts.
///
/// What a volume holds is a short text in place of its bytes; an image's is `image` and its file name.
public final class SimulatedVolumeDriver implements VolumeDriver, VolumeDriver.Forgetful {
    private record Disk(int sizeGib, String content) {}

    private final double totalGib;
    private final Map<String, Disk> volumes = new HashMap<>();
    private final Map<String, Disk> snapshots = new HashMap<>();
    private final Map<String, Disk> foreign = new HashMap<>();
    private final Set<String> connections = new HashSet<>();
    private volatile Duration delay = Duration.ZERO;
    private volatile Predicate<String> faults = _ -> false;

    public SimulatedVolumeDriver(double totalGib) {
        this.totalGib = totalGib;
    }

    @Override
    public synchronized void remember(Map<String, Integer> known, Map<String, Integer> knownSnapshots) {
        known.forEach((id, gib) -> volumes.putIfAbsent(id, new Disk(gib, "")));
        knownSnapshots.forEach((id, gib) -> snapshots.putIfAbsent(id, new Disk(gib, "")));
    }

    /// Every call takes so long.
    public void delay(Duration time) {
        delay = time;
    }

    /// @param calls the names of the calls that fail from now on, as in this interface
    public void faults(Predicate<String> calls) {
        faults = calls;
    }

    /// What a guest would do.
    public synchronized void write(String volumeId, String content) {
        volumes.put(volumeId, new Disk(disk(volumes, volumeId).sizeGib(), content));
    }

    public synchronized String content(String volumeId) {
        return disk(volumes, volumeId).content();
    }

    public synchronized int sizeGib(String volumeId) {
        return disk(volumes, volumeId).sizeGib();
    }

    /// @return `VOLUME HOST` of every connection that is open
    public synchronized Set<String> connections() {
        return Set.copyOf(connections);
    }

    @Override
    public void create(String volumeId, int sizeGib) {
        begin("create");
        synchronized (this) {
            volumes.putIfAbsent(volumeId, new Disk(sizeGib, ""));
        }
    }

    @Override
    public void copyImage(String volumeId, Path image, String imageFormat) {
        begin("copyImage");
        write(volumeId, "image " + image.getFileName());
    }

    @Override
    public void delete(String volumeId) {
        begin("delete");
        synchronized (this) {
            volumes.remove(volumeId);
        }
    }

    @Override
    public void extend(String volumeId, int newSizeGib) {
        begin("extend");
        synchronized (this) {
            var disk = disk(volumes, volumeId);
            volumes.put(volumeId, new Disk(Math.max(newSizeGib, disk.sizeGib()), disk.content()));
        }
    }

    @Override
    public void createSnapshot(String snapshotId, String volumeId) {
        begin("createSnapshot");
        synchronized (this) {
            snapshots.putIfAbsent(snapshotId, disk(volumes, volumeId));
        }
    }

    @Override
    public void deleteSnapshot(String snapshotId, String volumeId) {
        begin("deleteSnapshot");
        synchronized (this) {
            snapshots.remove(snapshotId);
        }
    }

    @Override
    public void createFromSnapshot(String volumeId, String snapshotId, String sourceVolumeId, int sizeGib) {
        begin("createFromSnapshot");
        synchronized (this) {
            volumes.putIfAbsent(
                    volumeId, new Disk(sizeGib, disk(snapshots, snapshotId).content()));
        }
    }

    @Override
    public void createFromVolume(String volumeId, String sourceVolumeId, int sizeGib) {
        begin("createFromVolume");
        synchronized (this) {
            volumes.putIfAbsent(
                    volumeId, new Disk(sizeGib, disk(volumes, sourceVolumeId).content()));
        }
    }

    @Override
    public Content open(String volumeId) {
        begin("open");
        return new SimulatedContent(content(volumeId), text -> write(volumeId, text));
    }

    @Override
    public synchronized Content openSnapshot(String snapshotId, String volumeId) {
        return new SimulatedContent(disk(snapshots, snapshotId).content(), _ -> {});
    }

    @Override
    public void revertToSnapshot(String volumeId, String snapshotId) {
        begin("revertToSnapshot");
        synchronized (this) {
            write(volumeId, disk(snapshots, snapshotId).content());
        }
    }

    @Override
    public InputStream read(String volumeId) {
        begin("read");
        return new ByteArrayInputStream(content(volumeId).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Connection connect(String volumeId, String host) {
        begin("connect");
        synchronized (this) {
            disk(volumes, volumeId);
            connections.add(volumeId + " " + host);
        }
        return new Connection("simulated", Map.of("volume_id", volumeId));
    }

    @Override
    public void disconnect(String volumeId, String host) {
        begin("disconnect");
        synchronized (this) {
            connections.remove(volumeId + " " + host);
        }
    }

    @Override
    public synchronized Map<String, Integer> unmanaged() {
        var found = new HashMap<String, Integer>();
        foreign.forEach((name, disk) -> found.put(name, disk.sizeGib()));
        return found;
    }

    @Override
    public void manage(String volumeId, Optional<String> snapshotId, String name) {
        begin("manage");
        synchronized (this) {
            var target = snapshotId.isPresent() ? snapshots : volumes;
            var id = snapshotId.orElse(volumeId);
            if (target.containsKey(id)) return;
            target.put(id, disk(foreign, name));
            foreign.remove(name);
        }
    }

    @Override
    public void unmanage(String volumeId, Optional<String> snapshotId, String name) {
        begin("unmanage");
        synchronized (this) {
            var disk = (snapshotId.isPresent() ? snapshots : volumes).remove(snapshotId.orElse(volumeId));
            if (disk != null) foreign.put(name, disk);
        }
    }

    @Override
    public synchronized Capacity capacity() {
        int held = volumes.values().stream().mapToInt(Disk::sizeGib).sum()
                + snapshots.values().stream().mapToInt(Disk::sizeGib).sum();
        return new Capacity(totalGib, Math.max(0, totalGib - held));
    }

    @Override
    public synchronized Inventory inventory() {
        return new Inventory(new TreeSet<>(volumes.keySet()), new TreeSet<>(snapshots.keySet()));
    }

    @Override
    public String protocol() {
        return "simulated";
    }

    private static Disk disk(Map<String, Disk> disks, String id) {
        var found = disks.get(id);
        if (found == null) throw new NotFound("The storage back end has no " + id + ".");
        return found;
    }

    private void begin(String call) {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The storage back end is stopping.", "interrupted", e);
        }
        if (faults.test(call))
            throw new Unavailable("The storage back end failed.", "simulated fault in " + call, null);
    }
}
