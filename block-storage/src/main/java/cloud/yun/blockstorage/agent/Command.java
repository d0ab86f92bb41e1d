package cloud.yun.blockstorage.agent;

import cloud.yun.blockstorage.driver.BackupRepository.Header;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the control plane asks of a storage host. Records that JSON can carry; the agent may live on another host.
public sealed interface Command {
    /// Where the first bytes of a volume come from.
    ///
    /// @param kind `raw`, `image`, `snap`, `vol`, `backup`: Cinder's words
    /// @param id of the image, snapshot, volume or backup; empty for `raw`
    /// @param volumeId the snapshot's volume; empty for others
    /// @param format of the image; empty for others
    record Source(String kind, String id, String volumeId, String format) {
        public static final Source RAW = new Source("raw", "", "", "");
    }

    record CreateVolume(String volumeId, int sizeGib, Source source) implements Command {}

    record DeleteVolume(String volumeId) implements Command {}

    record ExtendVolume(String volumeId, int newSizeGib) implements Command {}

    record CreateSnapshot(String snapshotId, String volumeId) implements Command {}

    record DeleteSnapshot(String snapshotId, String volumeId) implements Command {}

    record CopyVolumeToImage(String volumeId, String imageId) implements Command {}

    record InitializeConnection(String volumeId, String host) implements Command {}

    record TerminateConnection(String volumeId, String host) implements Command {}

    /// @param snapshotId what to read; empty for the volume itself
    record BackupVolume(String volumeId, Optional<String> snapshotId, Key key, Header header) implements Command {}

    /// @param blank whether the volume is new
    record RestoreBackup(String volumeId, List<Key> chain, boolean blank) implements Command {}

    record VerifyBackup(Key key) implements Command {}

    record DeleteBackup(Key key) implements Command {}

    record GetUnmanaged() implements Command {}

    /// @param snapshotId empty for a volume
    record Manage(String volumeId, Optional<String> snapshotId, String name) implements Command {}

    /// @param snapshotId empty for a volume
    record Unmanage(String volumeId, Optional<String> snapshotId, String name) implements Command {}

    record RevertToSnapshot(String volumeId, String snapshotId) implements Command {}

    record CopyImageToVolume(String volumeId, String imageId, String format) implements Command {}

    /// Fills a volume of this host from one that has the same id in another pool.
    record CopyVolume(String volumeId, String sourcePool) implements Command {}

    record ReadVolume(String volumeId, long offset, int length) implements Command {}

    record GetCapabilities() implements Command {}

    record GetInventory() implements Command {}

    /// @param data empty where all of it is zeros
    /// @param length of the piece; 0 behind the end
    record Piece(byte[] data, int length) {}

    record Counted(int count) {}

    record Sizes(Map<String, Integer> gib) {}

    record Text(String text) {}

    /// It is done; there is nothing more to say.
    record Done() {}

    /// @param multiattach whether several servers may open one volume at once
    record Capabilities(double totalGib, double freeGib, String protocol, boolean multiattach) {}
}
