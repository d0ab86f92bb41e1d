package cloud.yun.blockstorage.group;

import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.group.GroupStatus.Event;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.type.TypeService;
import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.blockstorage.volume.DeleteVolume;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeRequest;
import cloud.yun.blockstorage.volume.VolumeService;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The rules of groups.
public final class GroupService {
    private static final Set<VolumeStatus> CHANGEABLE = Set.of(VolumeStatus.AVAILABLE, VolumeStatus.IN_USE);
    private static final Set<VolumeStatus> REMOVABLE =
            Set.of(VolumeStatus.AVAILABLE, VolumeStatus.IN_USE, VolumeStatus.ERROR, VolumeStatus.ERROR_DELETING);

    /// @param volumes ids of its volumes
    record Shown(Group group, List<String> volumes) {}

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final TypeService types;
    private final VolumeService volumes;
    private final DeleteVolume deleteVolume;
    private final VolumeQuota quota;
    private final String standardZone;

    public GroupService(
            Database db,
            Policy policy,
            Clock clock,
            Supplier<UUID> ids,
            TypeService types,
            VolumeService volumes,
            DeleteVolume deleteVolume,
            VolumeQuota quota,
            String standardZone) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
        this.types = types;
        this.volumes = volumes;
        this.deleteVolume = deleteVolume;
        this.quota = quota;
        this.standardZone = standardZone;
    }

    /// @param typeName id or name of the group's type
    /// @param volumeTypes ids or names
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words
    Group create(
            Caller caller,
            Optional<String> name,
            Optional<String> description,
            String typeName,
            List<String> volumeTypes,
            Optional<String> zone) {
        var id = ids.get().toString();
        return db.transaction(tx -> {
            policy.require(caller, "group:create", Target.project(caller.projectId()));
            var type = GroupTypeService.named(tx, typeName);
            GroupTypeService.checkReserved(type);
            var ofVolumes = volumeTypes.stream()
                    .map(t -> types.require(tx, caller, t).id())
                    .distinct()
                    .toList();
            // No back end takes snapshots of several volumes at one moment: as in Cinder such a group has no host.
            var status = type.consistent() ? GroupStatus.ERROR : GroupStatus.AVAILABLE;
            var made = new Group(
                    id,
                    caller.projectId(),
                    caller.userId(),
                    name,
                    description,
                    status,
                    type.id(),
                    zone.orElse(standardZone),
                    Optional.empty(),
                    Optional.empty(),
                    ofVolumes,
                    clock.instant());
            quota.takeGroup(tx, made.projectId());
            new GroupStore(tx).insert(made);
            return made;
        });
    }

    /// A copy of a group, or of a group snapshot. It is available when its last volume is.
    ///
    /// @throws Invalid not exactly one source, or it has no volumes
    Group createFrom(
            Caller caller,
            Optional<String> name,
            Optional<String> description,
            Optional<String> snapshotId,
            Optional<String> sourceId) {
        if (snapshotId.isPresent() == sourceId.isPresent())
            throw new Invalid("Invalid input received: Either 'group_snapshot_id' or 'source_group_id' must be"
                    + " provided, and not both.");
        var id = ids.get().toString();
        return db.transaction(tx -> {
            policy.require(caller, "group:create", Target.project(caller.projectId()));
            var source = snapshotId.isPresent()
                    ? visible(
                            tx,
                            caller,
                            GroupSnapshotService.visible(tx, caller, snapshotId.get())
                                    .groupId())
                    : visible(tx, caller, sourceId.get());
            var members = members(tx, source, snapshotId);
            if (members.isEmpty())
                throw new Invalid("Invalid group: the source has no volume, so that no group can be made of it.");
            var made = new Group(
                    id,
                    caller.projectId(),
                    caller.userId(),
                    name,
                    description,
                    GroupStatus.CREATING,
                    source.typeId(),
                    source.zone(),
                    snapshotId,
                    sourceId,
                    source.volumeTypes(),
                    clock.instant());
            quota.takeGroup(tx, made.projectId());
            new GroupStore(tx).insert(made);
            for (var member : members) volumes.create(tx, caller, copy(member, id));
            return made;
        });
    }

    private record Member(Volume volume, Optional<String> snapshotId) {}

    private static List<Member> members(Tx tx, Group source, Optional<String> snapshotId) {
        if (snapshotId.isEmpty())
            return new VolumeStore(tx)
                    .ofGroup(source.id()).stream()
                            .map(v -> new Member(v, Optional.empty()))
                            .toList();
        var found = new ArrayList<Member>();
        for (var s : new SnapshotStore(tx).ofGroupSnapshot(snapshotId.get()))
            new VolumeStore(tx).find(s.volumeId()).ifPresent(v -> found.add(new Member(v, Optional.of(s.id()))));
        return found;
    }

    private VolumeRequest copy(Member member, String groupId) {
        var v = member.volume();
        return new VolumeRequest(
                ids.get().toString(),
                v.name(),
                v.description(),
                Optional.empty(),
                Optional.empty(),
                member.snapshotId(),
                member.snapshotId().isPresent() ? Optional.empty() : Optional.of(v.id()),
                Optional.of(v.typeId()),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.of(groupId));
    }

    /// A volume is about to be made in a group.
    ///
    /// @throws NotFound there is none that the caller may see
    /// @throws Invalid its volumes are not of that type
    public static void checkMember(Tx tx, Caller caller, String groupId, VolumeType type) {
        var group = visible(tx, caller, groupId);
        if (group.status() != GroupStatus.AVAILABLE && group.status() != GroupStatus.CREATING)
            throw new Invalid("Invalid group: Group status must be available, but current status is: "
                    + group.status().wire());
        if (!group.volumeTypes().contains(type.id()))
            throw new Invalid("Invalid input received: Invalid volume_type " + type.id()
                    + " provided: volume type must be supported by group " + groupId + ".");
    }

    Shown get(Caller caller, String id) {
        return db.read(tx -> {
            var g = visible(tx, caller, id);
            policy.require(caller, "group:get", Target.project(g.projectId()));
            return shown(tx, g);
        });
    }

    static Group visible(Tx tx, Caller caller, String id) {
        return new GroupStore(tx)
                .find(id)
                .filter(g -> caller.admin()
                        || caller.project()
                                .filter(p -> p.id().equals(g.projectId()))
                                .isPresent())
                .orElseThrow(() -> new NotFound("Group", id));
    }

    private static Shown shown(Tx tx, Group g) {
        return new Shown(
                g, new VolumeStore(tx).ofGroup(g.id()).stream().map(Volume::id).toList());
    }

    private Group require(Tx tx, Caller caller, String id, String rule) {
        var seen = visible(tx, caller, id);
        policy.require(caller, rule, Target.project(seen.projectId()).with("user_id", seen.userId()));
        return new GroupStore(tx).lock(id).orElseThrow(() -> new NotFound("Group", id));
    }

    List<Shown> list(ListQuery query, UnaryOperator<Select> filters) {
        return db.read(tx -> {
            var select = filters.apply(Select.of(GroupStore.COLUMNS, "volume_group"));
            var marker = query.marker().orElse("");
            return query
                    .cut(new GroupStore(tx).list(query.page(tx, select, () -> new NotFound("Group", marker))))
                    .stream()
                    .map(g -> shown(tx, g))
                    .toList();
        });
    }

    void update(
            Caller caller,
            String id,
            Optional<String> name,
            Optional<String> description,
            List<String> add,
            List<String> remove) {
        db.write(tx -> {
            var g = require(tx, caller, id, "group:update");
            if (g.status() != GroupStatus.AVAILABLE)
                throw new Invalid("Invalid group: Group status must be available or in-use, but current status is: "
                        + g.status().wire() + ".");
            for (var volume : add)
                if (remove.contains(volume))
                    throw new Invalid("Invalid volume: UUID " + volume + " is in both add and remove volume list.");
            if (name.isEmpty() && description.isEmpty() && add.isEmpty() && remove.isEmpty())
                throw new Invalid("Invalid group: Cannot update group " + id
                        + " because no valid name, description, add_volumes, or remove_volumes were provided.");
            for (var volume : add) add(tx, g, volume);
            for (var volume : remove) remove(tx, g, volume);
            new GroupStore(tx).describe(id, name.or(g::name), description.or(g::description), clock.instant());
        });
    }

    private void add(Tx tx, Group g, String volumeId) {
        var cannot = "Invalid volume: Cannot add volume " + volumeId + " to group " + g.id();
        var v = new VolumeStore(tx)
                .lock(volumeId)
                .orElseThrow(() -> new Invalid(cannot + " because volume cannot be found."));
        if (v.groupId().equals(Optional.of(g.id()))) return;
        if (v.groupId().isPresent())
            throw new Invalid(
                    cannot + " because it is already in group " + v.groupId().get() + ".");
        if (!v.projectId().equals(g.projectId())) throw new Invalid(cannot + " as they belong to different projects.");
        if (!g.volumeTypes().contains(v.typeId()))
            throw new Invalid(cannot + " because volume type " + v.typeId() + " is not supported by the group.");
        if (!CHANGEABLE.contains(v.status()))
            throw new Invalid(cannot + " because volume is in an invalid state: "
                    + v.status().wire() + ". Valid states are: ('available', 'in-use').");
        new VolumeStore(tx).group(volumeId, Optional.of(g.id()), clock.instant());
    }

    private void remove(Tx tx, Group g, String volumeId) {
        var cannot = "Invalid volume: Cannot remove volume " + volumeId + " from group " + g.id();
        var v = new VolumeStore(tx)
                .lock(volumeId)
                .filter(f -> f.groupId().equals(Optional.of(g.id())))
                .orElseThrow(() -> new Invalid(cannot + " because it is not in the group."));
        if (!REMOVABLE.contains(v.status()))
            throw new Invalid(cannot + " because volume is in an invalid state: "
                    + v.status().wire()
                    + ". Valid states are: ('available', 'in-use', 'error', 'error_deleting').");
        new VolumeStore(tx).group(volumeId, Optional.empty(), clock.instant());
    }

    /// Its volumes go first, each in its own flow; the last one takes the group with it.
    ///
    /// @param withVolumes whether they may go
    void delete(Caller caller, String id, boolean withVolumes) {
        db.write(tx -> {
            var g = require(tx, caller, id, "group:delete");
            if (!withVolumes && g.status() != GroupStatus.AVAILABLE && g.status() != GroupStatus.ERROR)
                throw new Invalid("Invalid group: Group status must be available or error, but current status is: "
                        + g.status().wire());
            if (new GroupSnapshotStore(tx).existOfGroup(id))
                throw new Invalid("Invalid group: Group has existing snapshots.");
            var members = new VolumeStore(tx).ofGroup(id);
            if (!members.isEmpty() && !withVolumes)
                throw new Invalid("Invalid group: Group " + id
                        + " still contains volumes. The delete-volumes flag is required to delete it.");
            for (var v : members) {
                if (!new AttachmentStore(tx).ofVolume(v.id()).isEmpty())
                    throw new Invalid("Invalid group: Volume in group " + id + " is attached. Need to detach first.");
                if (new SnapshotStore(tx).existOfVolume(v.id()))
                    throw new Invalid("Invalid group: Volume in group still has dependent snapshots.");
            }
            if (new GroupStore(tx).move(g, Event.DELETE, clock.instant()).isEmpty())
                throw new Invalid("Invalid group: the group is being deleted.");
            for (var v : members) deleteVolume.beginOfGroup(tx, caller, v);
            GroupProgress.volumes(tx, Optional.of(id), quota, clock.instant());
        });
    }

    void resetStatus(Caller caller, String id, GroupStatus status) {
        db.write(tx -> {
            require(tx, caller, id, "group:reset_status");
            new GroupStore(tx).reset(id, status, clock.instant());
        });
    }

    /// No back end of ours replicates.
    void replicate(Caller caller, String id, String action) {
        db.write(tx -> {
            var g = require(tx, caller, id, "group:" + action);
            throw new Invalid("Invalid group type: The group type " + g.typeId() + " of group " + id
                    + " is not one of replicated volumes.");
        });
    }
}
