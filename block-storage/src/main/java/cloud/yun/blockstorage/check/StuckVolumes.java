package cloud.yun.blockstorage.check;

import cloud.yun.blockstorage.backup.BackupStatus;
import cloud.yun.blockstorage.backup.BackupStore;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Volumes and snapshots on which nobody works although their status says so: their flow is stuck, or an operator
/// reset the status. They go to the error of their work, so that their owner sees it and can delete them.
public final class StuckVolumes implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(StuckVolumes.class);
    private static final Duration PERIOD = Duration.ofSeconds(60);
    /// An operator who resets a status means it: nobody is quicker than that.
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final Database db;
    private final Flows flows;
    private final Clock clock;

    public StuckVolumes(Database db, Flows flows, Clock clock) {
        this.db = db;
        this.flows = flows;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "volumes-stuck";
    }

    @Override
    public Duration period() {
        return PERIOD;
    }

    @Override
    public void reconcile() {
        var volumes = db.read(tx -> new VolumeStore(tx).all());
        for (var v : volumes) if (VolumeStatus.IN_FLIGHT.contains(v.status())) db.write(tx -> free(tx, v.id()));
        var backups = db.read(tx -> new BackupStore(tx).all());
        for (var b : backups) if (BackupStatus.IN_FLIGHT.contains(b.status())) db.write(tx -> freeBackup(tx, b.id()));
        var snapshots = db.read(tx -> new SnapshotStore(tx).all());
        for (var s : snapshots)
            if (SnapshotStatus.IN_FLIGHT.contains(s.status())) db.write(tx -> freeSnapshot(tx, s.id()));
    }

    private void free(Tx tx, String id) {
        var store = new VolumeStore(tx);
        var v = store.lock(id);
        if (v.isEmpty() || !VolumeStatus.IN_FLIGHT.contains(v.get().status()) || flows.busy(tx, id)) return;
        if (fresh(v.get().updatedAt().orElse(v.get().createdAt()))) return;
        var event = failure(v.get());
        if (store.move(v.get(), event, clock.instant()).isPresent())
            LOG.warn(
                    "volume {} was {} and nobody worked on it: {}",
                    id,
                    v.get().status().wire(),
                    event);
    }

    private boolean fresh(Instant changed) {
        return changed.plus(GRACE).isAfter(clock.instant());
    }

    private static Event failure(Volume v) {
        return switch (v.status()) {
            case DELETING -> Event.DELETE_FAILED;
            case EXTENDING -> Event.EXTEND_FAILED;
            case UPLOADING, BACKING_UP, RETYPING -> Event.FREED;
            case RESTORING_BACKUP -> Event.RESTORE_FAILED;
            case REVERTING -> Event.REVERT_FAILED;
            case MANAGING -> Event.MANAGE_FAILED;
            default -> Event.CREATE_FAILED;
        };
    }

    private void freeBackup(Tx tx, String id) {
        var store = new BackupStore(tx);
        var b = store.lock(id);
        if (b.isEmpty() || flows.busy(tx, id)) return;
        if (fresh(b.get().updatedAt().orElse(b.get().createdAt()))) return;
        // A new volume is made of it: that flow works on it under the volume's id.
        if (b.get().restoreVolumeId().filter(v -> flows.busy(tx, v)).isPresent()) return;
        var event = switch (b.get().status()) {
            case DELETING -> BackupStatus.Event.DELETE_FAILED;
            case RESTORING -> BackupStatus.Event.RESTORED;
            default -> BackupStatus.Event.CREATE_FAILED;
        };
        if (store.move(b.get(), event, clock.instant()).isPresent())
            LOG.warn(
                    "backup {} was {} and nobody worked on it",
                    id,
                    b.get().status().wire());
    }

    private void freeSnapshot(Tx tx, String id) {
        var store = new SnapshotStore(tx);
        var s = store.lock(id);
        if (s.isEmpty() || flows.busy(tx, id)) return;
        if (fresh(s.get().updatedAt().orElse(s.get().createdAt()))) return;
        // Deleted together with its volume: that flow works on it under the volume's id.
        if (flows.busy(tx, s.get().volumeId())) return;
        var event = switch (s.get().status()) {
            case DELETING -> SnapshotStatus.Event.DELETE_FAILED;
            case BACKING_UP, RESTORING -> SnapshotStatus.Event.FREED;
            default -> SnapshotStatus.Event.CREATE_FAILED;
        };
        if (store.move(s.get(), event, clock.instant()).isPresent())
            LOG.warn(
                    "snapshot {} was {} and nobody worked on it",
                    id,
                    s.get().status().wire());
    }
}
