package cloud.yun.blockstorage.driver;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a storage back end must be able to do. All calls block, are idempotent and bounded in time. A driver knows
/// no project, quota, policy or database of ours.
///
/// What cannot be done is a [cloud.yun.kernel.error.CloudException]: Invalid when it never will (an image that
/// does not fit), Unavailable when another attempt may pass (a full disk).
public interface VolumeDriver {
    /// A new volume reads as zeros, whatever its blocks held before.
    ///
    /// @param sizeGib capacity in GiB, at least 1
    void create(String volumeId, int sizeGib);

    /// Fills a volume that [#create] made with an image's file, converted to the volume's format.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Invalid the image is not what it says or does not fit
    void copyImage(String volumeId, Path image, String imageFormat);

    /// Zeroes the data where the back end would show it to the next owner, then removes it. Succeeds when already
    /// gone.
    void delete(String volumeId);

    /// Also while a server has it; the hypervisor is told by compute. Never shrinks.
    void extend(String volumeId, int newSizeGib);

    /// Holds what the volume holds now. Of a volume in use it is what a power cut would leave.
    void createSnapshot(String snapshotId, String volumeId);

    /// Succeeds when already gone.
    void deleteSnapshot(String snapshotId, String volumeId);

    /// @param sizeGib at least the snapshot's size
    void createFromSnapshot(String volumeId, String snapshotId, String sourceVolumeId, int sizeGib);

    /// @param sizeGib at least the source's size
    void createFromVolume(String volumeId, String sourceVolumeId, int sizeGib);

    /// The volume's bytes as a raw disk, for an image made from it. The caller closes it.
    InputStream read(String volumeId);

    /// The volume's bytes, to copy from or into. The caller closes it.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.NotFound there is no such volume
    Content open(String volumeId);

    /// The snapshot's bytes. The caller closes it and does not write.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.NotFound there is no such snapshot
    Content openSnapshot(String snapshotId, String volumeId);

    /// The volume holds what the snapshot holds, and keeps its size if that is larger; behind the snapshot's end it
    /// reads as zeros. The snapshot stays.
    void revertToSnapshot(String volumeId, String snapshotId);

    /// Lets the host open the volume.
    Connection connect(String volumeId, String host);

    /// Succeeds when it already could not.
    void disconnect(String volumeId, String host);

    /// @return what the back end holds under names of its own, which are no volumes or snapshots of ours: name to GiB,
    ///     rounded up
    Map<String, Integer> unmanaged();

    /// What the back end holds under that name becomes the volume, or the snapshot if one is named. Succeeds when it
    /// already is.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.NotFound there is nothing of that name
    void manage(String volumeId, Optional<String> snapshotId, String name);

    /// The way back: the data stays, under that name. Succeeds when it already is there.
    void unmanage(String volumeId, Optional<String> snapshotId, String name);

    Capacity capacity();

    /// @return ids of the volumes and snapshots on the back end, unfinished ones too, for the invariant check
    Inventory inventory();

    /// @return `file`, `iscsi`, `nfs`, `ceph`, `simulated`: Cinder's storage_protocol
    String protocol();

    /// An ability of drivers whose back end forgets with the process: told at start what it holds.
    interface Forgetful {
        /// @param volumes id to size in GiB
        /// @param snapshots id to size in GiB
        void remember(Map<String, Integer> volumes, Map<String, Integer> snapshots);
    }

    record Capacity(double totalGib, double freeGib) {}

    record Inventory(Set<String> volumes, Set<String> snapshots) {}
}
