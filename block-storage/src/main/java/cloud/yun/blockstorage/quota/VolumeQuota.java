package cloud.yun.blockstorage.quota;

import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.quota.Quotas;
import java.util.LinkedHashMap;
import java.util.Map;

/// Counts volumes, snapshots and gigabytes of projects, over all and by volume type, in the transaction of the row.
///
/// By type the use is kept under the type's id, so that renaming a type moves nothing; the API shows its name.
/// A snapshot counts with its size, as Cinder does unless `no_snapshot_gb_quota` is set.
public final class VolumeQuota {
    static final String VOLUMES = "volumes";
    static final String GIGABYTES = "gigabytes";
    static final String SNAPSHOTS = "snapshots";
    static final String BACKUPS = "backups";
    static final String BACKUP_GIGABYTES = "backup_gigabytes";
    static final String GROUPS = "groups";
    static final String PER_VOLUME = "per_volume_gigabytes";

    private final Quotas quotas;

    /// @param defaults by resource name, in the order in which Cinder shows them
    public VolumeQuota(Map<String, Long> defaults) {
        this.quotas = new Quotas("block-storage", defaults);
    }

    Quotas quotas() {
        return quotas;
    }

    /// @throws OverQuota in Cinder's words; nothing is counted once the transaction rolls back
    public void takeVolume(Tx tx, String projectId, VolumeType type, int sizeGib) {
        checkSize(tx, projectId, sizeGib);
        quotas.take(tx, projectId, volume(type.id(), sizeGib), (r, n, used, limit) -> refusal(type, r, n, used, limit));
    }

    public void giveVolume(Tx tx, String projectId, String typeId, int sizeGib) {
        quotas.give(tx, projectId, volume(typeId, sizeGib));
    }

    /// @throws OverQuota in Cinder's words
    public void takeGigabytes(Tx tx, String projectId, VolumeType type, int moreGib, int newSizeGib) {
        checkSize(tx, projectId, newSizeGib);
        quotas.take(
                tx, projectId, gigabytes(type.id(), moreGib), (r, n, used, limit) -> refusal(type, r, n, used, limit));
    }

    public void giveGigabytes(Tx tx, String projectId, String typeId, int gib) {
        quotas.give(tx, projectId, gigabytes(typeId, gib));
    }

    /// @throws OverQuota in Cinder's words
    public void takeSnapshot(Tx tx, String projectId, VolumeType type, int sizeGib) {
        quotas.take(
                tx, projectId, snapshot(type.id(), sizeGib), (r, n, used, limit) -> refusal(type, r, n, used, limit));
    }

    public void giveSnapshot(Tx tx, String projectId, String typeId, int sizeGib) {
        quotas.give(tx, projectId, snapshot(typeId, sizeGib));
    }

    /// @throws OverQuota in Cinder's words
    public void takeBackup(Tx tx, String projectId, int sizeGib) {
        quotas.take(tx, projectId, backup(sizeGib), (resource, requested, used, limit) -> {
            var detail = resource + " " + used + "+" + requested + "/" + limit;
            return resource.equals(BACKUPS)
                    ? new OverQuota(
                            "BackupLimitExceeded: Maximum number of backups allowed (" + limit + ") exceeded",
                            "BackupLimitExceeded",
                            detail)
                    : new OverQuota(
                            "VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed Backup gigabytes"
                                    + " quota. Requested " + requested + "G, quota is " + limit + "G and " + used
                                    + "G has been consumed.",
                            "VolumeBackupSizeExceedsAvailableQuota",
                            detail);
        });
    }

    public void giveBackup(Tx tx, String projectId, int sizeGib) {
        quotas.give(tx, projectId, backup(sizeGib));
    }

    /// What a backup counts as.
    public static Map<String, Long> backup(int sizeGib) {
        return Map.of(BACKUPS, 1L, BACKUP_GIGABYTES, (long) sizeGib);
    }

    /// @throws OverQuota in Cinder's words
    public void takeGroup(Tx tx, String projectId) {
        quotas.take(
                tx,
                projectId,
                Map.of(GROUPS, 1L),
                (_, _, used, limit) -> new OverQuota(
                        "GroupLimitExceeded: Maximum number of groups allowed (" + limit + ") exceeded",
                        "GroupLimitExceeded",
                        GROUPS + " " + used + "/" + limit));
    }

    public void giveGroup(Tx tx, String projectId) {
        quotas.give(tx, projectId, Map.of(GROUPS, 1L));
    }

    /// Only what a volume counts as by its type, for one that is about to change it.
    ///
    /// @throws OverQuota in Cinder's words
    public void takeOfType(Tx tx, String projectId, VolumeType type, int sizeGib) {
        quotas.take(tx, projectId, ofType(type.id(), sizeGib), (r, n, used, limit) -> refusal(type, r, n, used, limit));
    }

    public void giveOfType(Tx tx, String projectId, String typeId, int sizeGib) {
        quotas.give(tx, projectId, ofType(typeId, sizeGib));
    }

    /// What a volume counts as by its type.
    public static Map<String, Long> ofType(String typeId, int sizeGib) {
        return Map.of(GIGABYTES + "_" + typeId, (long) sizeGib, VOLUMES + "_" + typeId, 1L);
    }

    /// @return project to resource to what it uses, for the invariant check
    public Map<String, Map<String, Long>> allUsage(Tx tx) {
        return quotas.allUsage(tx);
    }

    /// What a volume counts as.
    public static Map<String, Long> volume(String typeId, int sizeGib) {
        var amounts = new LinkedHashMap<>(gigabytes(typeId, sizeGib));
        amounts.put(VOLUMES, 1L);
        amounts.put(VOLUMES + "_" + typeId, 1L);
        return amounts;
    }

    /// What a snapshot counts as.
    public static Map<String, Long> snapshot(String typeId, int sizeGib) {
        var amounts = new LinkedHashMap<>(gigabytes(typeId, sizeGib));
        amounts.put(SNAPSHOTS, 1L);
        amounts.put(SNAPSHOTS + "_" + typeId, 1L);
        return amounts;
    }

    private static Map<String, Long> gigabytes(String typeId, int gib) {
        return Map.of(GIGABYTES, (long) gib, GIGABYTES + "_" + typeId, (long) gib);
    }

    private void checkSize(Tx tx, String projectId, int sizeGib) {
        long limit = quotas.limits(tx, projectId).getOrDefault(PER_VOLUME, Quotas.UNLIMITED);
        if (limit != Quotas.UNLIMITED && sizeGib > limit)
            throw new OverQuota(
                    "VolumeSizeExceedsLimit: Requested volume size " + sizeGib
                            + "G is larger than maximum allowed limit " + limit + "G.",
                    "VolumeSizeExceedsLimit",
                    "");
    }

    private static OverQuota refusal(VolumeType type, String resource, long requested, long used, long limit) {
        var shown = resource.endsWith("_" + type.id())
                ? resource.substring(0, resource.length() - type.id().length()) + type.name()
                : resource;
        var detail = resource + " " + used + "+" + requested + "/" + limit;
        if (resource.startsWith(GIGABYTES))
            return new OverQuota(
                    "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed " + shown
                            + " quota. Requested " + requested + "G, quota is " + limit + "G and " + used
                            + "G has been consumed.",
                    "VolumeSizeExceedsAvailableQuota",
                    detail);
        if (resource.startsWith(SNAPSHOTS))
            return new OverQuota(
                    "SnapshotLimitExceeded: Maximum number of snapshots allowed (" + limit + ") exceeded",
                    "SnapshotLimitExceeded",
                    detail);
        return new OverQuota(
                "VolumeLimitExceeded: Maximum number of volumes allowed (" + limit + ") exceeded for quota '" + shown
                        + "'.",
                "VolumeLimitExceeded",
                detail);
    }
}
