package cloud.yun.blockstorage.driver;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import java.nio.file.Path;

/// What a storage back end must be able to do. All calls block, are idempotent and bounded in time. A driver
/// knows no
/// project, quota, policy or database of ours.
public interface VolumeDriver {
    /// @param sizeGib capacity in GiB, at least 1
    void create(String volumeId, int sizeGib);

    /// Fills a volume that [#create] made with an image's file, converted to the volume's format.
    void copyImage(String volumeId, Path image, String imageFormat);

    /// Zeroes the data where the back end would show it to the next owner, then removes it. Succeeds when already
    /// gone.
    void delete(String volumeId);

    /// Also while a server has it; the hypervisor is told by compute.
    void extend(String volumeId, int newSizeGib);

    void createSnapshot(String snapshotId, String volumeId);

    /// Succeeds when already gone.
    void deleteSnapshot(String snapshotId, String volumeId);

    /// @param sizeGib at least the snapshot's size
    void createFromSnapshot(String volumeId, String snapshotId, String sourceVolumeId, int sizeGib);

    void createFromVolume(String volumeId, String sourceVolumeId, int sizeGib);

    /// Lets the host open the volume.
    Connection connect(String volumeId, String host);

    /// Succeeds when it already could not.
    void disconnect(String volumeId, String host);

    Capacity capacity();

    /// @return ids of the volumes and snapshots on the back end, for the invariant check
    Inventory inventory();

    record Capacity(double totalGib, double freeGib) {}

    record Inventory(java.util.Set<String> volumes, java.util.Set<String> snapshots) {}
}
