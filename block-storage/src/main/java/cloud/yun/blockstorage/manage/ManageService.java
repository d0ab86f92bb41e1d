package cloud.yun.blockstorage.manage;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.service.ServiceStore;
import cloud.yun.blockstorage.service.StorageService;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotService;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.type.TypeService;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The rules of managing.
public final class ManageService {
    /// @param host `HOST@BACKEND#POOL`, or `HOST@BACKEND`
    record Wanted(
            String host,
            String reference,
            Optional<String> name,
            Optional<String> description,
            Optional<String> type,
            Optional<String> zone,
            Map<String, String> metadata,
            boolean bootable) {}

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final VolumeService volumes;
    private final TypeService types;
    private final Backends backends;
    private final VolumeQuota quota;
    private final ManageExisting manage;
    private final Unmanage unmanage;

    public ManageService(
            Database db,
            Policy policy,
            Clock clock,
            Supplier<UUID> ids,
            VolumeService volumes,
            TypeService types,
            Backends backends,
            VolumeQuota quota,
            ManageExisting manage,
            Unmanage unmanage) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
        this.volumes = volumes;
        this.types = types;
        this.backends = backends;
        this.quota = quota;
        this.manage = manage;
        this.unmanage = unmanage;
    }

    private StorageService service(String host) {
        return db.read(tx -> new ServiceStore(tx)
                .volumeServices().stream()
                        .filter(s -> s.pool().equals(host) || s.host().equals(host))
                        .findFirst()
                        .orElseThrow(() -> new Unavailable("Host '" + host + "' not found", "no such pool", null)));
    }

    private int sizeGib(String pool, String reference) {
        var size = backends.unmanaged(pool).get(reference);
        if (size == null)
            throw new Invalid("Invalid input received: Manage existing volume failed due to invalid backend reference {"
                    + "'source-name': '" + reference + "'}: the back end has nothing of that name to manage.");
        return size;
    }

    /// @return what the back end could give us: name to GiB; volumes when their name says so, else snapshots
    Map<String, Integer> manageable(String host) {
        return backends.unmanaged(service(host).pool());
    }

    /// @return the volume in `managing`; it ends in `available` or in `error_managing`
    /// @throws Invalid the back end has nothing of that name
    Volume manage(Caller caller, Wanted wanted) {
        var service = service(wanted.host());
        int sizeGib = sizeGib(service.pool(), wanted.reference());
        var id = ids.get().toString();
        return db.transaction(tx -> {
            var type = wanted.type().filter(t -> !t.isEmpty()).isPresent()
                    ? types.require(tx, caller, wanted.type().get())
                    : types.defaultType(tx, caller.project().map(Caller.Project::id));
            var v = new Volume(
                    id,
                    caller.projectId(),
                    caller.userId(),
                    wanted.name(),
                    wanted.description(),
                    sizeGib,
                    0,
                    VolumeStatus.MANAGING,
                    type.id(),
                    wanted.zone().orElse(service.zone()),
                    Optional.of(service.pool()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    wanted.bootable(),
                    type.multiattach(),
                    true,
                    clock.instant(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            quota.takeVolume(tx, v.projectId(), type, sizeGib);
            new VolumeStore(tx).insert(v);
            new VolumeStore(tx).putMetadata(id, Scope.USER, wanted.metadata());
            manage.begin(
                    tx, caller, new ManageExisting.Params(id, Optional.empty(), service.pool(), wanted.reference()));
            return v;
        });
    }

    /// @throws Invalid its status, a snapshot or a group forbids it
    void unmanage(Caller caller, String id) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, "volume_extension:volume_unmanage");
            boolean free = v.status() == VolumeStatus.AVAILABLE || v.status() == VolumeStatus.ERROR;
            if (!free || v.host().isEmpty() || v.groupId().isPresent() || new SnapshotStore(tx).existOfVolume(id))
                throw new Invalid("Invalid volume: Volume status must be available or error and must not be migrating,"
                        + " attached, belong to a group, have snapshots or be disassociated from snapshots after volume"
                        + " transfer.");
            unmanage.begin(tx, caller, v);
        });
    }

    /// @return the snapshot in `creating`; it ends in `available` or in `error`
    /// @throws Invalid the back end has nothing of that name
    Snapshot manageSnapshot(
            Caller caller,
            String volumeId,
            String reference,
            Optional<String> name,
            Optional<String> description,
            Map<String, String> metadata) {
        var seen = db.read(tx -> VolumeService.visible(tx, caller, volumeId));
        policy.require(caller, "snapshot_extension:snapshot_manage", Target.project(seen.projectId()));
        int sizeGib = sizeGib(seen.host().orElse(""), reference);
        var id = ids.get().toString();
        return db.transaction(tx -> {
            var v = volumes.require(tx, caller, volumeId, "snapshot_extension:snapshot_manage");
            var type = new TypeStore(tx).find(v.typeId()).orElseThrow(() -> new NotFound("Volume type", v.typeId()));
            var s = new Snapshot(
                    id,
                    volumeId,
                    caller.projectId(),
                    caller.userId(),
                    name,
                    description,
                    sizeGib,
                    SnapshotStatus.CREATING,
                    "0%",
                    v.typeId(),
                    metadata,
                    clock.instant(),
                    Optional.empty(),
                    Optional.empty());
            quota.takeSnapshot(tx, s.projectId(), type, sizeGib);
            new SnapshotStore(tx).insert(s);
            manage.begin(
                    tx,
                    caller,
                    new ManageExisting.Params(
                            volumeId, Optional.of(id), v.host().orElse(""), reference));
            return s;
        });
    }

    /// @throws Invalid its status or a group forbids it
    void unmanageSnapshot(Caller caller, String id) {
        db.write(tx -> {
            var s = SnapshotService.visible(tx, caller, id);
            policy.require(caller, "snapshot_extension:snapshot_unmanage", Target.project(s.projectId()));
            if ((s.status() != SnapshotStatus.AVAILABLE && s.status() != SnapshotStatus.ERROR)
                    || s.groupSnapshotId().isPresent())
                throw new Invalid(
                        "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.");
            var pool = new VolumeStore(tx).find(s.volumeId()).flatMap(Volume::host);
            unmanage.begin(tx, caller, s, pool.orElse(""));
        });
    }
}
