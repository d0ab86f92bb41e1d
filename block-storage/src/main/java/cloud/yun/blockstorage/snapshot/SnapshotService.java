package cloud.yun.blockstorage.snapshot;

import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.volume.Volume;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The rules of snapshots.
public final class SnapshotService {
    /// @param allowInUse whether a volume in use may be taken as it is: forced, or microversion 3.66
    record Wanted(
            String volumeId,
            Optional<String> name,
            Optional<String> description,
            Map<String, String> metadata,
            boolean allowInUse) {}

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final VolumeService volumes;
    private final CreateSnapshot create;
    private final DeleteSnapshot delete;

    public SnapshotService(
            Database db,
            Policy policy,
            Clock clock,
            Supplier<UUID> ids,
            VolumeService volumes,
            CreateSnapshot create,
            DeleteSnapshot delete) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
        this.volumes = volumes;
        this.create = create;
        this.delete = delete;
    }

    /// @return the snapshot in `creating`; it ends in `available` or in `error`
    /// @throws Invalid the volume's status forbids it
    Snapshot create(Caller caller, Wanted wanted) {
        var id = ids.get().toString();
        return db.transaction(tx -> create(tx, caller, id, wanted));
    }

    private Snapshot create(Tx tx, Caller caller, String id, Wanted wanted) {
        var v = volumes.require(tx, caller, wanted.volumeId(), "volume:create_snapshot");
        check(v, wanted.allowInUse());
        var type = new TypeStore(tx).find(v.typeId()).orElseThrow(() -> new NotFound("Volume type", v.typeId()));
        var snapshot = new Snapshot(
                id,
                v.id(),
                caller.projectId(),
                caller.userId(),
                wanted.name(),
                wanted.description(),
                v.sizeGib(),
                SnapshotStatus.CREATING,
                "0%",
                v.typeId(),
                wanted.metadata(),
                clock.instant(),
                Optional.empty(),
                Optional.empty());
        create.begin(tx, caller, snapshot, type, v.host().orElse(""));
        return snapshot;
    }

    /// For compute: a snapshot of a volume in use.
    ///
    /// @throws Invalid the volume's status forbids it
    public void create(Tx tx, Caller caller, String id, String volumeId, String name) {
        create(tx, caller, id, new Wanted(volumeId, Optional.of(name), Optional.empty(), Map.of(), true));
    }

    /// For compute: succeeds when it is gone already or going.
    ///
    /// @throws Invalid it is still being made, or a volume is being made of it
    public void delete(Tx tx, Caller caller, String id) {
        var s = new SnapshotStore(tx).lock(id);
        if (s.isEmpty() || s.get().status() == SnapshotStatus.DELETING) return;
        var pool = new VolumeStore(tx).find(s.get().volumeId()).flatMap(Volume::host);
        delete.begin(tx, caller, s.get(), pool.orElse(""), false);
    }

    private static void check(Volume v, boolean allowInUse) {
        if (v.host().isEmpty())
            throw new Invalid("Invalid volume: The snapshot cannot be created because volume has not been scheduled to"
                    + " any host.");
        if (v.status() == VolumeStatus.ERROR)
            throw new Invalid("Invalid volume: The snapshot cannot be created when the volume is in error status.");
        if (v.status() == VolumeStatus.AVAILABLE || (allowInUse && v.status() == VolumeStatus.IN_USE)) return;
        throw new Invalid("Invalid volume: Volume " + v.id() + " status must be "
                + (allowInUse ? "available, in-use" : "available") + ", but current status is: "
                + v.status().wire() + ".");
    }

    Snapshot get(Caller caller, String id) {
        return db.read(tx -> {
            var s = visible(tx, caller, id);
            policy.require(caller, "volume:get_snapshot", Target.project(s.projectId()));
            return s;
        });
    }

    /// @throws NotFound there is none that the caller may see
    public static Snapshot visible(Tx tx, Caller caller, String id) {
        return new SnapshotStore(tx)
                .find(id)
                .filter(s -> caller.admin()
                        || caller.project()
                                .filter(p -> p.id().equals(s.projectId()))
                                .isPresent())
                .orElseThrow(() -> new NotFound("Snapshot", id));
    }

    private Snapshot require(Tx tx, Caller caller, String id, String rule) {
        var seen = visible(tx, caller, id);
        policy.require(caller, rule, Target.project(seen.projectId()).with("user_id", seen.userId()));
        new VolumeStore(tx).lock(seen.volumeId());
        return new SnapshotStore(tx).lock(id).orElseThrow(() -> new NotFound("Snapshot", id));
    }

    record Page(List<Snapshot> snapshots, boolean full, long count) {}

    /// @param filters adds the filters of the address
    Page list(ListQuery query, java.util.function.UnaryOperator<Select> filters) {
        return db.read(tx -> {
            var marker = query.marker().orElse("");
            var select = filters.apply(Select.of(SnapshotStore.COLUMNS, "snapshot"));
            var rows = new SnapshotStore(tx).list(query.page(tx, select, () -> new NotFound("Snapshot", marker)));
            long count =
                    filters.apply(Select.of(SnapshotStore.COLUMNS, "snapshot")).count(tx);
            return new Page(rows, rows.size() == query.limit(), count);
        });
    }

    Snapshot update(Caller caller, String id, Optional<Optional<String>> name, Optional<Optional<String>> description) {
        return db.transaction(tx -> {
            var s = require(tx, caller, id, "volume:update_snapshot");
            var store = new SnapshotStore(tx);
            store.describe(id, name.orElse(s.name()), description.orElse(s.description()), clock.instant());
            return store.find(id).orElse(s);
        });
    }

    void delete(Caller caller, String id, boolean force) {
        db.write(tx -> {
            var rule = force ? "volume_extension:snapshot_admin_actions:force_delete" : "volume:delete_snapshot";
            var s = require(tx, caller, id, rule);
            var pool = new VolumeStore(tx).find(s.volumeId()).flatMap(Volume::host);
            delete.begin(tx, caller, s, pool.orElse(""), force);
        });
    }

    void resetStatus(Caller caller, String id, SnapshotStatus status) {
        db.write(tx -> {
            require(tx, caller, id, "volume_extension:snapshot_admin_actions:reset_status");
            new SnapshotStore(tx).reset(id, status, clock.instant());
        });
    }

    private static final Map<SnapshotStatus, List<SnapshotStatus>> TOLD = Map.of(
            SnapshotStatus.CREATING,
            List.of(SnapshotStatus.CREATING, SnapshotStatus.AVAILABLE, SnapshotStatus.ERROR),
            SnapshotStatus.DELETING,
            List.of(SnapshotStatus.DELETING, SnapshotStatus.ERROR_DELETING));

    /// Whoever takes a snapshot for the owner tells how far it is.
    ///
    /// @throws Invalid nobody is at work on the snapshot, or it cannot get there
    void updateStatus(Caller caller, String id, String wire, Optional<String> progress) {
        db.write(tx -> {
            var s = require(tx, caller, id, "volume_extension:snapshot_actions:update_snapshot_status");
            var allowed = TOLD.getOrDefault(s.status(), List.of());
            if (allowed.isEmpty())
                throw new Invalid("Snapshot status " + s.status().wire() + " not allowed for update_snapshot_status");
            var status = SnapshotStatus.of(wire)
                    .filter(allowed::contains)
                    .orElseThrow(() ->
                            new Invalid("Provided snapshot status " + wire + " not allowed for snapshot with status "
                                    + s.status().wire() + "."));
            new SnapshotStore(tx).reset(id, status, clock.instant());
            progress.ifPresent(p -> new SnapshotStore(tx).progress(id, p));
        });
    }

    Map<String, String> metadata(Caller caller, String id) {
        return db.read(tx -> {
            var s = visible(tx, caller, id);
            policy.require(caller, "volume:get_snapshot_metadata", Target.project(s.projectId()));
            return s.metadata();
        });
    }

    Map<String, String> putMetadata(Caller caller, String id, Map<String, String> metadata, boolean replace) {
        return db.transaction(tx -> {
            var s = require(tx, caller, id, "volume:update_snapshot_metadata");
            var store = new SnapshotStore(tx);
            if (replace) store.replaceMetadata(id, metadata);
            else store.putMetadata(id, metadata);
            return store.find(id).orElse(s).metadata();
        });
    }

    void deleteMetadata(Caller caller, String id, String key) {
        db.write(tx -> {
            require(tx, caller, id, "volume:delete_snapshot_metadata");
            if (!new SnapshotStore(tx).deleteMetadata(id, key)) throw noMetadata(id, key);
        });
    }

    static NotFound noMetadata(String id, String key) {
        return new NotFound("Snapshot " + id + " has no metadata with key " + key + ".");
    }
}
