package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.service.ServiceStore;
import cloud.yun.blockstorage.service.StorageService;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.type.EncryptionStore;
import cloud.yun.blockstorage.type.TypeService;
import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/// The rules by which a volume's type, place or whole content changes.
public final class ChangeService {
    /// The long work.
    public record Works(RetypeVolume retype, MigrateVolume migrate, RevertVolume revert, ReimageVolume reimage) {}

    private static final Set<String> AT_REST = Set.of("deleting", "error", "success");

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final VolumeService volumes;
    private final TypeService types;
    private final Images images;
    private final Duration downTime;
    private final Works works;

    /// @param downTime a back end that did not report for so long is down
    public ChangeService(
            Database db,
            Policy policy,
            Clock clock,
            VolumeService volumes,
            TypeService types,
            Images images,
            Duration downTime,
            Works works) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.volumes = volumes;
        this.types = types;
        this.images = images;
        this.downTime = downTime;
        this.works = works;
    }

    /// @param onDemand whether the volume may go to another pool for it
    /// @throws Invalid in Cinder's words
    void retype(Caller caller, String id, String typeIdOrName, boolean onDemand) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, "volume:retype");
            var type = types.require(tx, caller, typeIdOrName);
            boolean free = v.status() == VolumeStatus.AVAILABLE || v.status() == VolumeStatus.IN_USE;
            if (!free || !atRest(v) || v.groupId().isPresent() || type.id().equals(v.typeId()))
                throw new Invalid("Invalid volume: Retype needs volume to be in available or in-use state, not be part"
                        + " of an active migration or a consistency group, requested type has to be different that the"
                        + " one from the volume, and for in-use volumes front-end qos specs cannot change.");
            if (new EncryptionStore(tx).encrypts(type.id()))
                throw new Invalid("Invalid input received: volumes of type " + type.name()
                        + " are to be encrypted; no back end of this cloud encrypts.");
            if (type.multiattach() != v.multiattach() && v.status() == VolumeStatus.IN_USE)
                throw new Invalid("Invalid input received: Changing multiattach of a volume needs it to be available.");
            if (type.multiattach() && !v.multiattach())
                policy.require(caller, "volume:multiattach", Target.project(v.projectId()));
            works.retype().begin(tx, caller, v, type, onDemand);
        });
    }

    private static boolean atRest(Volume v) {
        return v.migrationStatus().filter(s -> !AT_REST.contains(s)).isEmpty();
    }

    /// @param target the pool, or the back end, which then is its pool
    void migrate(Caller caller, String id, String target) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, "volume_extension:volume_admin_actions:migrate_volume");
            var now = clock.instant();
            var service = new ServiceStore(tx)
                    .volumeServices().stream()
                            .filter(s -> s.pool().equals(target) || s.host().equals(target))
                            .filter(s -> !s.disabled() && s.up(now, downTime))
                            .findFirst()
                            .map(StorageService::pool)
                            .orElseThrow(
                                    () -> new Invalid("Invalid host: No available service named '" + target + "'"));
            // One in use would have to be copied by its hypervisor: ours does not.
            if (v.status() != VolumeStatus.AVAILABLE
                    || !atRest(v)
                    || v.groupId().isPresent()
                    || v.host().equals(Optional.of(service))
                    || new SnapshotStore(tx).existOfVolume(id))
                throw new Invalid("Invalid volume: Volume " + id + " status must be available or in-use, must not be"
                        + " migrating, have snapshots, be replicated, be part of a group and destination host/cluster"
                        + " must be different than the current one");
            works.migrate().begin(tx, caller, v, service);
        });
    }

    /// @throws Invalid the snapshot is not the volume's latest, or the volume has grown since
    /// @throws Conflict one of them is not available
    void revert(Caller caller, String id, String snapshotId) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, "volume:revert_to_snapshot");
            var latest = new SnapshotStore(tx)
                    .ofVolume(id).stream()
                            .max(Comparator.comparing(s -> s.createdAt()))
                            .orElseThrow(() -> new Invalid("Volume " + id + " doesn't have any snapshots."));
            if (!latest.id().equals(snapshotId))
                throw new Invalid(
                        "Specified snapshot " + snapshotId + " is None or not the latest one of volume " + id + ".");
            if (v.sizeGib() != latest.sizeGib())
                throw new Invalid("Can't revert volume " + id + " to its latest snapshot " + snapshotId
                        + ". The volume size must be equal to the snapshot size.");
            var text = "Can't revert volume " + id + " to its latest snapshot " + snapshotId + ". ";
            if (v.status() != VolumeStatus.AVAILABLE)
                throw new Conflict("Invalid volume: " + text + "Volume's status must be 'available'.");
            if (latest.status() != SnapshotStatus.AVAILABLE)
                throw new Conflict("Invalid snapshot: " + text + "Snapshot's status must be 'available'.");
            works.revert().begin(tx, caller, v, latest);
        });
    }

    /// @param reserved whether a volume that a server holds may be written too
    void reimage(Caller caller, String id, String imageId, boolean reserved) {
        db.write(tx -> {
            var seen = VolumeService.visible(tx, caller, id);
            var rule = seen.status() == VolumeStatus.RESERVED ? "volume:reimage_reserved" : "volume:reimage";
            var v = volumes.require(tx, caller, id, rule);
            boolean allowed = v.status() == VolumeStatus.AVAILABLE
                    || v.status() == VolumeStatus.ERROR
                    || (reserved && v.status() == VolumeStatus.RESERVED);
            if (!allowed || v.host().isEmpty())
                throw new Conflict("Invalid volume: Volume " + id + " status must be available or error"
                        + (reserved ? " or reserved" : "") + " to reimage, but the current status is "
                        + v.status().wire() + ".");
            var image = image(tx, caller, imageId);
            NewVolumes.checkImage(image, v.sizeGib());
            works.reimage().begin(tx, caller, v, image.id(), image.diskFormat(), NewVolumes.imageMetadata(image));
        });
    }

    private Images.Image image(Tx tx, Caller caller, String id) {
        return images.find(tx, caller, id)
                .orElseThrow(() -> new Invalid("Invalid image identifier or unable to access requested image."));
    }

    /// Compute answers this when it has copied a disk; ours never copies one that it has open.
    void completeMigration(Caller caller, String id) {
        db.write(tx -> {
            volumes.require(tx, caller, id, "volume_extension:volume_admin_actions:migrate_volume_completion");
            throw new Invalid("Invalid volume: Source volume not mid-migration.");
        });
    }

    /// Compute answers this when a disk has grown; our extension tells compute and is complete by itself.
    void completeExtension(Caller caller, String id) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, "volume_extension:volume_admin_actions:extend_volume_completion");
            throw new Invalid("Invalid volume: Volume " + id + " is "
                    + v.status().wire() + " and waits for no completion of an extension.");
        });
    }
}
