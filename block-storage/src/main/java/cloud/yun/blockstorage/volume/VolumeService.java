package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.service.ServiceStore;
import cloud.yun.blockstorage.service.StorageService;
import cloud.yun.blockstorage.type.TypeService;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.blockstorage.volume.VolumeStore.Summary;
import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The rules of volumes: who may see and do what, and when. Somebody else's volume is one that does not exist.
public final class VolumeService {
    /// The long work.
    public record Works(CreateVolume create, DeleteVolume delete, ExtendVolume extend, UploadVolume upload) {}

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final Works works;
    private final NewVolumes newVolumes;

    public VolumeService(
            Database db,
            Policy policy,
            Clock clock,
            Supplier<UUID> ids,
            Images images,
            TypeService types,
            Works works,
            String standardZone) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
        this.works = works;
        this.newVolumes = new NewVolumes(images, types, clock, standardZone);
    }

    /// @return the volume in `creating`; it ends in `available` or in `error`
    public Volume create(Tx tx, Caller caller, VolumeRequest wanted) {
        var params = newVolumes.read(tx, caller, wanted);
        if (wanted.imageId().isPresent()) policy.require(caller, "volume:create_from_image");
        if (params.volume().multiattach()) policy.require(caller, "volume:multiattach");
        works.create().begin(tx, caller, params);
        return params.volume();
    }

    /// The volume's contents were replaced by an image's.
    public void reimaged(Tx tx, Caller caller, String volumeId, String imageId) {
        newVolumes.imageMetadata(tx, caller, imageId).ifPresent(metadata -> {
            var store = new VolumeStore(tx);
            store.replaceMetadata(volumeId, Scope.IMAGE, metadata);
            store.bootable(volumeId, true, clock.instant());
        });
    }

    String newId() {
        return ids.get().toString();
    }

    VolumeDetail create(Caller caller, VolumeRequest wanted) {
        return db.transaction(tx -> {
            var v = create(tx, caller, wanted);
            return detail(tx, v);
        });
    }

    /// @throws NotFound there is none that the caller may see
    public static Volume visible(Tx tx, Caller caller, String id) {
        return new VolumeStore(tx)
                .find(id)
                .filter(v -> caller.admin()
                        || caller.project()
                                .filter(p -> p.id().equals(v.projectId()))
                                .isPresent())
                .orElseThrow(() -> new NotFound("Volume", id));
    }

    /// Locks a volume that the caller may change.
    ///
    /// @throws NotFound there is none that the caller may see
    /// @throws cloud.yun.kernel.error.CloudException.Forbidden the rule does not hold
    public Volume require(Tx tx, Caller caller, String id, String rule) {
        visible(tx, caller, id);
        var v = new VolumeStore(tx).lock(id).orElseThrow(() -> new NotFound("Volume", id));
        policy.require(caller, rule, Target.project(v.projectId()).with("user_id", v.userId()));
        return v;
    }

    VolumeDetail get(Caller caller, String id) {
        return db.read(tx -> {
            var v = visible(tx, caller, id);
            policy.require(caller, "volume:get", Target.project(v.projectId()));
            return detail(tx, v);
        });
    }

    record Page(List<VolumeDetail> volumes, boolean more, Optional<Long> count) {}

    Page list(VolumeQuery query) {
        return db.read(tx -> {
            if (query.nothing())
                return new Page(List.of(), false, query.countWanted() ? Optional.of(0L) : Optional.empty());
            var rows = new VolumeStore(tx).list(query.select(tx));
            boolean full = !rows.isEmpty() && rows.size() == query.limit();
            Optional<Long> count =
                    query.countWanted() ? Optional.of(query.filters().count(tx)) : Optional.empty();
            return new Page(details(tx, rows), full, count);
        });
    }

    VolumeDetail update(
            Caller caller,
            String id,
            Optional<Optional<String>> name,
            Optional<Optional<String>> description,
            Optional<Map<String, String>> metadata) {
        return db.transaction(tx -> {
            var v = require(tx, caller, id, "volume:update");
            var store = new VolumeStore(tx);
            store.describe(id, name.orElse(v.name()), description.orElse(v.description()), clock.instant());
            metadata.ifPresent(m -> store.replaceMetadata(id, Scope.USER, m));
            return detail(tx, store.find(id).orElse(v));
        });
    }

    void delete(Caller caller, String id, boolean force, boolean cascade) {
        db.write(tx -> {
            var v = require(tx, caller, id, "volume:delete");
            if (force) policy.require(caller, "volume:force_delete", Target.project(v.projectId()));
            works.delete().begin(tx, caller, v, force, cascade);
        });
    }

    void forceDelete(Caller caller, String id) {
        db.write(tx -> {
            var v = require(tx, caller, id, "volume_extension:volume_admin_actions:force_delete");
            works.delete().begin(tx, caller, v, true, false);
        });
    }

    /// @param microversionAllows whether the request's microversion can extend a volume in use
    void extend(Caller caller, String id, int newSizeGib, boolean microversionAllows) {
        db.write(tx -> {
            var v = require(tx, caller, id, "volume:extend");
            boolean attached = microversionAllows && v.status() == VolumeStatus.IN_USE;
            if (attached) policy.require(caller, "volume:extend_attached_volume", Target.project(v.projectId()));
            works.extend().begin(tx, caller, v, newSizeGib, attached);
        });
    }

    /// @param attached false: nobody has it, whatever its attachments say; those go
    /// @param migration `none` for never
    void resetStatus(
            Caller caller,
            String id,
            Optional<VolumeStatus> status,
            Optional<Boolean> attached,
            Optional<String> migration) {
        db.write(tx -> {
            require(tx, caller, id, "volume_extension:volume_admin_actions:reset_status");
            var store = new VolumeStore(tx);
            status.ifPresent(s -> store.reset(id, s, clock.instant()));
            migration.ifPresent(m -> store.migrating(id, Optional.of(m).filter(w -> !w.equals("none"))));
            if (attached.filter(a -> !a).isPresent()) {
                var attachments = new AttachmentStore(tx);
                attachments.ofVolume(id).forEach(a -> attachments.forget(a.id()));
                store.attachedMode(id, "", Optional.empty());
            }
        });
    }

    /// What GET volumes/ID/encryption shows: nothing is encrypted here.
    void checkEncryption(Caller caller, String id) {
        db.read(tx -> {
            var v = visible(tx, caller, id);
            policy.require(caller, "volume_extension:volume_encryption_metadata", Target.project(v.projectId()));
            return true;
        });
    }

    void setBootable(Caller caller, String id, boolean bootable) {
        db.write(tx -> {
            require(tx, caller, id, "volume:update");
            new VolumeStore(tx).bootable(id, bootable, clock.instant());
        });
    }

    void setReadonly(Caller caller, String id, boolean readonly) {
        db.write(tx -> {
            var v = require(tx, caller, id, "volume:update_readonly_flag");
            if (v.status() != VolumeStatus.AVAILABLE)
                throw new Invalid("Invalid volume: Volume " + id
                        + " status must be available to update readonly flag, but current status is: "
                        + v.status().wire() + ".");
            new VolumeStore(tx).putMetadata(id, Scope.ADMIN, Map.of("readonly", readonly ? "True" : "False"));
        });
    }

    record Upload(Volume volume, VolumeType type, String imageId) {}

    Upload upload(Caller caller, String id, String imageName, String visibility, boolean force) {
        var imageId = newId();
        return db.transaction(tx -> {
            var v = require(tx, caller, id, "volume_extension:volume_actions:upload_image");
            if (visibility.equals("public")) policy.require(caller, "volume_extension:volume_actions:upload_public");
            works.upload().begin(tx, caller, v, imageId, imageName, visibility, force);
            var type = new TypeStore(tx).find(v.typeId()).orElseThrow(() -> new NotFound("Volume type", v.typeId()));
            return new Upload(new VolumeStore(tx).find(id).orElse(v), type, imageId);
        });
    }

    Map<String, String> metadata(Caller caller, String id, Scope scope, String rule) {
        return db.read(tx -> {
            var v = visible(tx, caller, id);
            policy.require(caller, rule, Target.project(v.projectId()));
            return new VolumeStore(tx).metadata(id, scope);
        });
    }

    /// @param replace whether what is not named goes away
    Map<String, String> putMetadata(
            Caller caller, String id, Scope scope, Map<String, String> metadata, boolean replace, String rule) {
        return db.transaction(tx -> {
            require(tx, caller, id, rule);
            var store = new VolumeStore(tx);
            if (replace) store.replaceMetadata(id, scope, metadata);
            else store.putMetadata(id, scope, metadata);
            return store.metadata(id, scope);
        });
    }

    void deleteMetadata(Caller caller, String id, Scope scope, String key, String rule) {
        db.write(tx -> {
            require(tx, caller, id, rule);
            if (!new VolumeStore(tx).deleteMetadata(id, scope, key))
                throw new NotFound("Volume " + id + " has no metadata with key " + key + ".");
        });
    }

    record Total(Summary summary, Map<String, List<String>> metadata) {}

    Total summary(Optional<String> projectId) {
        return db.read(tx -> {
            var store = new VolumeStore(tx);
            return new Total(store.summary(projectId), store.summaryMetadata(projectId));
        });
    }

    private static VolumeDetail detail(Tx tx, Volume v) {
        return details(tx, List.of(v)).getFirst();
    }

    private static List<VolumeDetail> details(Tx tx, List<Volume> volumes) {
        if (volumes.isEmpty()) return List.of();
        var ids = volumes.stream().map(Volume::id).toList();
        var metadata = new VolumeStore(tx).metadata(ids);
        var attachments = new AttachmentStore(tx).ofVolumes(ids);
        var types = new TypeStore(tx).all().stream().collect(Collectors.toMap(VolumeType::id, VolumeType::name));
        var services = new HashMap<String, String>();
        for (StorageService s : new ServiceStore(tx).volumeServices()) services.put(s.pool(), s.id());
        return volumes.stream()
                .map(v -> {
                    var own = metadata.getOrDefault(v.id(), Map.of());
                    var shown = new LinkedHashMap<>(own.getOrDefault(Scope.USER, Map.of()));
                    shown.putAll(own.getOrDefault(Scope.ADMIN, Map.of()));
                    return new VolumeDetail(
                            v,
                            shown,
                            own.getOrDefault(Scope.IMAGE, Map.of()),
                            attachments.getOrDefault(v.id(), List.of()),
                            types.getOrDefault(v.typeId(), ""),
                            v.host().map(services::get));
                })
                .toList();
    }
}
