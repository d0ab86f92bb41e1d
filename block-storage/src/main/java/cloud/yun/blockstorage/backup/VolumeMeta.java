package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.time.Instant;
import java.util.Optional;

/// What of a volume's rows goes into its backup and comes back with it, in Cinder's format, version 2.
public final class VolumeMeta {
    private static final String BASE = "volume-base-metadata";
    private static final String USER = "volume-metadata";
    private static final String IMAGE = "volume-glance-metadata";
    /// A volume that was made for a restore and that nobody gave a name.
    static final String UNNAMED = "restore_backup_";

    private VolumeMeta() {}

    static String of(Tx tx, Volume v) {
        var store = new VolumeStore(tx);
        var all = Json.object().put("version", 2);
        all.putObject(BASE)
                .put("id", v.id())
                .put("display_name", v.name().orElse(null))
                .put("display_description", v.description().orElse(null))
                .put("size", v.sizeGib())
                .put("volume_type_id", v.typeId())
                .put("availability_zone", v.zone())
                .put("bootable", v.bootable())
                .put("project_id", v.projectId())
                .put("user_id", v.userId());
        all.set(USER, ListQuery.texts(store.metadata(v.id(), Scope.USER)));
        var image = store.metadata(v.id(), Scope.IMAGE);
        if (!image.isEmpty()) all.set(IMAGE, ListQuery.texts(image));
        return all.toString();
    }

    /// Gives the volume what the backup kept. A name that somebody chose stays.
    public static void restore(Tx tx, String volumeId, Backup backup, Instant now) {
        var store = new VolumeStore(tx);
        var text = backup.volumeMeta().orElse("");
        var found = store.lock(volumeId);
        if (text.isEmpty() || found.isEmpty()) return;
        var v = found.get();
        var meta = Json.storedObject(text);
        var name = Bodies.text(meta.path(BASE), "display_name").filter(n -> !n.isEmpty());
        if (name.isPresent() && v.name().filter(n -> !n.startsWith(UNNAMED)).isEmpty()) {
            Optional<String> description = Bodies.text(meta.path(BASE), "display_description");
            store.describe(volumeId, name, description, now);
        }
        if (meta.path(USER).isObject()) store.replaceMetadata(volumeId, Scope.USER, Bodies.texts(meta.path(USER)));
        if (!meta.path(IMAGE).isObject()) return;
        store.replaceMetadata(volumeId, Scope.IMAGE, Bodies.texts(meta.path(IMAGE)));
        store.bootable(volumeId, true, now);
    }
}
