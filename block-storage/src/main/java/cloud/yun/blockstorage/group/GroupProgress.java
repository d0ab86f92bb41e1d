package cloud.yun.blockstorage.group;

import cloud.yun.blockstorage.group.GroupStatus.Event;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.db.Tx;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Gives a group the status that follows from its members', in the transaction in which a member's work ended. The
/// last member of a group that is being deleted takes the group with it.
public final class GroupProgress {
    private static final Set<VolumeStatus> BEING_MADE =
            Set.of(VolumeStatus.CREATING, VolumeStatus.DOWNLOADING, VolumeStatus.RESTORING_BACKUP);

    private GroupProgress() {}

    /// A volume of the group was made, removed, or failed at that.
    public static void volumes(Tx tx, Optional<String> groupId, VolumeQuota quota, Instant now) {
        if (groupId.isEmpty()) return;
        var store = new GroupStore(tx);
        var found = store.lock(groupId.get());
        if (found.isEmpty()) return;
        var group = found.get();
        var members = new VolumeStore(tx).ofGroup(group.id());
        switch (group.status()) {
            case CREATING -> {
                if (members.stream().anyMatch(v -> BEING_MADE.contains(v.status()))) return;
                boolean failed = members.stream().anyMatch(v -> v.status() == VolumeStatus.ERROR);
                store.move(group, failed ? Event.CREATE_FAILED : Event.CREATED, now);
            }
            case DELETING -> {
                if (members.isEmpty()) {
                    quota.giveGroup(tx, group.projectId());
                    store.delete(group.id());
                } else if (members.stream().anyMatch(v -> v.status() == VolumeStatus.ERROR_DELETING)) {
                    store.move(group, Event.DELETE_FAILED, now);
                }
            }
            default -> {}
        }
    }

    /// A snapshot of the group snapshot was made, removed, or failed at that.
    public static void snapshots(Tx tx, Optional<String> groupSnapshotId, Instant now) {
        if (groupSnapshotId.isEmpty()) return;
        var store = new GroupSnapshotStore(tx);
        var found = store.lock(groupSnapshotId.get());
        if (found.isEmpty()) return;
        var group = found.get();
        var members = new SnapshotStore(tx).ofGroupSnapshot(group.id());
        switch (group.status()) {
            case CREATING -> {
                if (members.stream().anyMatch(s -> s.status() == SnapshotStatus.CREATING)) return;
                boolean failed = members.stream().anyMatch(s -> s.status() == SnapshotStatus.ERROR);
                store.move(group, failed ? Event.CREATE_FAILED : Event.CREATED, now);
            }
            case DELETING -> {
                if (members.isEmpty()) store.delete(group.id());
                else if (members.stream().anyMatch(s -> s.status() == SnapshotStatus.ERROR_DELETING))
                    store.move(group, Event.DELETE_FAILED, now);
            }
            default -> {}
        }
    }
}
