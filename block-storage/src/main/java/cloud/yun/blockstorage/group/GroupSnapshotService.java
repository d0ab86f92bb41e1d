package cloud.yun.blockstorage.group;

import cloud.yun.blockstorage.group.GroupStatus.Event;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.snapshot.CreateSnapshot;
import cloud.yun.blockstorage.snapshot.DeleteSnapshot;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The rules of group snapshots. Each volume's is a snapshot of its own, with its own flow.
public final class GroupSnapshotService {
    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final CreateSnapshot createSnapshot;
    private final DeleteSnapshot deleteSnapshot;

    public GroupSnapshotService(
            Database db,
            Policy policy,
            Clock clock,
            Supplier<UUID> ids,
            CreateSnapshot createSnapshot,
            DeleteSnapshot deleteSnapshot) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
        this.createSnapshot = createSnapshot;
        this.deleteSnapshot = deleteSnapshot;
    }

    /// @return the group snapshot in `creating`; it ends in `available` or in `error`
    /// @throws Invalid the group has no volume, or one of them is at work
    GroupSnapshot create(Caller caller, String groupId, Optional<String> name, Optional<String> description) {
        var id = ids.get().toString();
        return db.transaction(tx -> {
            var g = GroupService.visible(tx, caller, groupId);
            policy.require(caller, "group:create_group_snapshot", Target.project(g.projectId()));
            var members = new VolumeStore(tx).ofGroup(groupId);
            if (members.isEmpty())
                throw new Invalid("Invalid group: The source group has no volume to take a snapshot of.");
            var made = new GroupSnapshot(
                    id,
                    groupId,
                    g.typeId(),
                    caller.projectId(),
                    caller.userId(),
                    name,
                    description,
                    GroupStatus.CREATING,
                    clock.instant());
            new GroupSnapshotStore(tx).insert(made);
            for (var v : members) take(tx, caller, made, v);
            return made;
        });
    }

    private void take(Tx tx, Caller caller, GroupSnapshot of, Volume v) {
        if (v.status() != VolumeStatus.AVAILABLE && v.status() != VolumeStatus.IN_USE)
            throw new Invalid("Invalid volume: The snapshot cannot be created when the volume is in "
                    + v.status().wire() + " status.");
        var type = new TypeStore(tx).find(v.typeId()).orElseThrow(() -> new NotFound("Volume type", v.typeId()));
        createSnapshot.begin(
                tx,
                caller,
                new Snapshot(
                        ids.get().toString(),
                        v.id(),
                        of.projectId(),
                        of.userId(),
                        of.name(),
                        of.description(),
                        v.sizeGib(),
                        SnapshotStatus.CREATING,
                        "0%",
                        v.typeId(),
                        Map.of(),
                        clock.instant(),
                        Optional.empty(),
                        Optional.of(of.id())),
                type,
                v.host().orElse(""));
    }

    static GroupSnapshot visible(Tx tx, Caller caller, String id) {
        return new GroupSnapshotStore(tx)
                .find(id)
                .filter(s -> caller.admin()
                        || caller.project()
                                .filter(p -> p.id().equals(s.projectId()))
                                .isPresent())
                .orElseThrow(() -> new NotFound("GroupSnapshot", id));
    }

    private GroupSnapshot require(Tx tx, Caller caller, String id, String rule) {
        var seen = visible(tx, caller, id);
        policy.require(caller, rule, Target.project(seen.projectId()).with("user_id", seen.userId()));
        return new GroupSnapshotStore(tx).lock(id).orElseThrow(() -> new NotFound("GroupSnapshot", id));
    }

    GroupSnapshot get(Caller caller, String id) {
        return db.read(tx -> {
            var s = visible(tx, caller, id);
            policy.require(caller, "group:get_group_snapshot", Target.project(s.projectId()));
            return s;
        });
    }

    List<GroupSnapshot> list(ListQuery query, UnaryOperator<Select> filters) {
        return db.read(tx -> {
            var select = filters.apply(Select.of(GroupSnapshotStore.COLUMNS, "group_snapshot"));
            var marker = query.marker().orElse("");
            return query.cut(new GroupSnapshotStore(tx)
                    .list(query.page(tx, select, () -> new NotFound("GroupSnapshot", marker))));
        });
    }

    /// Its snapshots go first, each in its own flow; the last one takes it along.
    void delete(Caller caller, String id) {
        db.write(tx -> {
            var s = require(tx, caller, id, "group:delete_group_snapshot");
            if (new GroupStore(tx).madeOf(id)
                    || (s.status() != GroupStatus.AVAILABLE && s.status() != GroupStatus.ERROR))
                throw new Invalid("Invalid group snapshot: GroupSnapshot status must be available or error, and no"
                        + " Group can be currently using it as source for its creation.");
            new GroupSnapshotStore(tx).move(s, Event.DELETE, clock.instant());
            for (var member : new SnapshotStore(tx).ofGroupSnapshot(id)) {
                var pool = new VolumeStore(tx).find(member.volumeId()).flatMap(Volume::host);
                deleteSnapshot.beginOfGroup(tx, caller, member, pool.orElse(""));
            }
            GroupProgress.snapshots(tx, Optional.of(id), clock.instant());
        });
    }

    void resetStatus(Caller caller, String id, GroupStatus status) {
        db.write(tx -> {
            require(tx, caller, id, "group:reset_group_snapshot_status");
            new GroupSnapshotStore(tx).reset(id, status, clock.instant());
        });
    }
}
