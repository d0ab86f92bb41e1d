package cloud.yun.blockstorage.agent;

/// What the control plane asks of a storage host. Records that JSON can carry; the agent may live on another host.
public sealed interface Command {
    /// Where the first bytes of a volume come from.
    ///
    /// @param kind `raw`, `image`, `snap`, `vol`: Cinder's words
    /// @param id of the image, snapshot or volume; empty for `raw`
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

    record GetCapabilities() implements Command {}

    record GetInventory() implements Command {}

    /// It is done; there is nothing more to say.
    record Done() {}

    /// @param multiattach whether several servers may open one volume at once
    record Capabilities(double totalGib, double freeGib, String protocol, boolean multiattach) {}
}
