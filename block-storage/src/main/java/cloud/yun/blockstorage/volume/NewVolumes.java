package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.backup.BackupService;
import cloud.yun.blockstorage.group.GroupService;
import cloud.yun.blockstorage.service.ServiceStore;
import cloud.yun.blockstorage.service.StorageService;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.type.EncryptionStore;
import cloud.yun.blockstorage.type.TypeService;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.image.Images;
import cloud.yun.image.Images.Image;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Reads a request for a volume: what its source is, how large it must be, where it may go. Every refusal is in
/// Cinder's words.
final class NewVolumes {
    private static final long GIB = 1L << 30;

    /// Where the first bytes come from, and what the new volume takes from there.
    private record Origin(
            Source source,
            int sizeGib,
            Optional<String> typeId,
            Optional<String> zone,
            Optional<String> pool,
            boolean bootable,
            Map<String, String> imageMetadata) {
        static final Origin NONE =
                new Origin(Source.RAW, 0, Optional.empty(), Optional.empty(), Optional.empty(), false, Map.of());
    }

    private final Images images;
    private final TypeService types;
    private final Clock clock;
    private final String standardZone;

    NewVolumes(Images images, TypeService types, Clock clock, String standardZone) {
        this.images = images;
        this.types = types;
        this.clock = clock;
        this.standardZone = standardZone;
    }

    /// @throws Invalid the request cannot be met
    /// @throws NotFound its source or type is not there, for this caller
    CreateVolume.Params read(Tx tx, Caller caller, VolumeRequest wanted) {
        var origin = origin(tx, caller, wanted);
        int size = size(wanted, origin);
        if (wanted.imageId().isPresent())
            checkImage(image(tx, caller, wanted.imageId().get()), size);
        var type = type(tx, caller, wanted, origin);
        wanted.groupId().ifPresent(g -> GroupService.checkMember(tx, caller, g, type));
        var volume = new Volume(
                wanted.id(),
                caller.projectId(),
                caller.userId(),
                wanted.name(),
                wanted.description(),
                size,
                0,
                VolumeStatus.CREATING,
                type.id(),
                zone(tx, wanted, origin),
                Optional.empty(),
                wanted.snapshotId(),
                wanted.sourceVolumeId(),
                wanted.imageId(),
                origin.bootable(),
                type.multiattach(),
                false,
                clock.instant(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                wanted.groupId(),
                Optional.empty());
        return new CreateVolume.Params(
                volume, wanted.metadata(), origin.imageMetadata(), origin.source(), origin.pool(), caller.requestId());
    }

    private Origin origin(Tx tx, Caller caller, VolumeRequest wanted) {
        int sources = (wanted.imageId().isPresent() ? 1 : 0)
                + (wanted.snapshotId().isPresent() ? 1 : 0)
                + (wanted.sourceVolumeId().isPresent() ? 1 : 0)
                + (wanted.backupId().isPresent() ? 1 : 0);
        if (sources > 1)
            throw new Invalid(
                    "Invalid input received: Only one of snapshot_id, source_volid and imageRef can be given.");
        if (wanted.snapshotId().isPresent())
            return snapshot(tx, caller, wanted.snapshotId().get());
        if (wanted.backupId().isPresent()) {
            var b = BackupService.source(tx, caller, wanted.backupId().get());
            return new Origin(
                    new Source("backup", b.id(), "", ""),
                    b.sizeGib(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    Map.of());
        }
        if (wanted.sourceVolumeId().isPresent())
            return volume(tx, caller, wanted.sourceVolumeId().get());
        if (wanted.imageId().isPresent()) {
            var image = image(tx, caller, wanted.imageId().get());
            return new Origin(
                    new Source("image", image.id(), "", image.diskFormat()),
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    imageMetadata(image));
        }
        return Origin.NONE;
    }

    private static Origin snapshot(Tx tx, Caller caller, String id) {
        var s = new SnapshotStore(tx)
                .find(id)
                .filter(f -> sees(caller, f.projectId()))
                .orElseThrow(() -> new NotFound("Snapshot", id));
        if (s.status() != SnapshotStatus.AVAILABLE)
            throw new Invalid("Invalid snapshot: Originating snapshot status must be one of 'available' values");
        var store = new VolumeStore(tx);
        var v = store.find(s.volumeId()).orElseThrow(() -> new NotFound("Volume", s.volumeId()));
        return new Origin(
                new Source("snap", id, v.id(), ""),
                s.sizeGib(),
                Optional.of(s.typeId()),
                Optional.of(v.zone()),
                v.host(),
                v.bootable(),
                store.metadata(v.id(), Scope.IMAGE));
    }

    private static Origin volume(Tx tx, Caller caller, String id) {
        var store = new VolumeStore(tx);
        var v = store.find(id).filter(f -> sees(caller, f.projectId())).orElseThrow(() -> new NotFound("Volume", id));
        if (v.status() != VolumeStatus.AVAILABLE && v.status() != VolumeStatus.IN_USE)
            throw new Invalid(
                    "Invalid volume: Originating source volume status must be one of 'available, in-use' values");
        return new Origin(
                new Source("vol", id, "", ""),
                v.sizeGib(),
                Optional.of(v.typeId()),
                Optional.of(v.zone()),
                v.host(),
                v.bootable(),
                store.metadata(id, Scope.IMAGE));
    }

    private Image image(Tx tx, Caller caller, String id) {
        return images.find(tx, caller, id)
                .orElseThrow(() -> new Invalid("Invalid image identifier or unable to access requested image."));
    }

    private static int size(VolumeRequest wanted, Origin origin) {
        int size = wanted.sizeGib().orElse(origin.sizeGib());
        if (size == 0 && wanted.sizeGib().isEmpty())
            throw new Invalid(
                    "The server could not comply with the request since it is either malformed or otherwise incorrect.");
        if (size <= 0)
            throw new Invalid(
                    "Invalid input received: Volume size '" + size + "' must be an integer and greater than 0");
        if (size < origin.sizeGib())
            throw new Invalid(
                    wanted.backupId().isPresent()
                            ? "Invalid input received: Volume size " + size
                                    + "GB cannot be smaller than the backup size " + origin.sizeGib()
                                    + "GB. It must be >= backup size."
                            : wanted.snapshotId().isPresent()
                                    ? "Invalid input received: Volume size '" + size
                                            + "'GB cannot be smaller than the snapshot size " + origin.sizeGib()
                                            + "GB. They must be >= original snapshot size."
                                    : "Invalid input received: Volume size '" + size
                                            + "'GB cannot be smaller than original volume size  " + origin.sizeGib()
                                            + "GB. They must be >= original volume size.");
        return size;
    }

    static void checkImage(Image image, int sizeGib) {
        if (!image.status().equals("active"))
            throw new Invalid("Invalid input received: Image " + image.id() + " is not active.");
        long bytes = Math.max(image.sizeBytes(), image.virtualSizeBytes().orElse(0L));
        long imageGib = (bytes + GIB - 1) / GIB;
        if (imageGib > sizeGib)
            throw new Invalid("Invalid input received: Size of specified image " + imageGib
                    + "GB is larger than volume size " + sizeGib + "GB.");
        if (sizeGib < image.minDiskGib())
            throw new Invalid("Invalid input received: Volume size " + sizeGib
                    + "GB cannot be smaller than the image minDisk size " + image.minDiskGib() + "GB.");
    }

    private VolumeType type(Tx tx, Caller caller, VolumeRequest wanted, Origin origin) {
        var asked = wanted.type().filter(t -> !t.isEmpty());
        var type = asked.isPresent()
                ? types.require(tx, caller, asked.get())
                : origin.typeId()
                        .flatMap(new TypeStore(tx)::find)
                        .orElseGet(() -> types.defaultType(tx, caller.project().map(Caller.Project::id)));
        if (new EncryptionStore(tx).encrypts(type.id()))
            throw new Invalid("Invalid input received: volumes of type " + type.name()
                    + " are to be encrypted; no back end of this cloud encrypts.");
        return type;
    }

    private String zone(Tx tx, VolumeRequest wanted, Origin origin) {
        var zone = wanted.zone().or(origin::zone).orElse(standardZone);
        boolean known = zone.equals(standardZone)
                || new ServiceStore(tx)
                        .volumeServices().stream().map(StorageService::zone).anyMatch(zone::equals);
        if (!known) throw new Invalid("Availability zone '" + zone + "' is invalid.");
        if (origin.zone().isPresent() && !origin.zone().get().equals(zone))
            throw new Invalid("Invalid input received: Volume must be in the same availability zone as the "
                    + (wanted.snapshotId().isPresent() ? "snapshot" : "source volume"));
        return zone;
    }

    /// @return what `volume_image_metadata` shows of an image; empty when the caller has no such image
    Optional<Map<String, String>> imageMetadata(Tx tx, Caller caller, String imageId) {
        return images.find(tx, caller, imageId).map(NewVolumes::imageMetadata);
    }

    static Map<String, String> imageMetadata(Image image) {
        var all = new LinkedHashMap<String, String>();
        all.put("signature_verified", "False");
        all.put("image_id", image.id());
        all.put("image_name", image.name());
        image.checksumMd5().ifPresent(c -> all.put("checksum", c));
        all.put("container_format", image.containerFormat());
        all.put("disk_format", image.diskFormat());
        all.put("min_disk", Integer.toString(image.minDiskGib()));
        all.put("min_ram", Integer.toString(image.minRamMib()));
        all.put("size", Long.toString(image.sizeBytes()));
        all.putAll(image.properties());
        return all;
    }

    private static boolean sees(Caller caller, String projectId) {
        return caller.admin()
                || caller.project().filter(p -> p.id().equals(projectId)).isPresent();
    }
}
