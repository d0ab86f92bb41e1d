package cloud.yun.blockstorage.agent;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.blockstorage.agent.Command.Capabilities;
import cloud.yun.blockstorage.agent.Command.Counted;
import cloud.yun.blockstorage.agent.Command.Done;
import cloud.yun.blockstorage.agent.Command.Piece;
import cloud.yun.blockstorage.agent.Command.Sizes;
import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.agent.Command.Text;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.blockstorage.driver.VolumeDriver.Inventory;
import cloud.yun.kernel.bus.Bus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The storage hosts as the control plane calls them. `pool` is `HOST@BACKEND#POOL` everywhere.
///
/// Every call can be repeated, and throws [cloud.yun.kernel.error.CloudException.Unavailable] when the host does
/// not answer.
public final class Backends {
    /// Copying a volume takes long.
    private static final Duration COPY_MAX = Duration.ofHours(2);

    private static final Duration CALL_MAX = Duration.ofMinutes(2);
    private static final Duration ASK_MAX = Duration.ofSeconds(20);

    private final Bus bus;

    public Backends(Bus bus) {
        this.bus = bus;
    }

    static String topic(String host) {
        return "volume." + host;
    }

    /// @return `HOST@BACKEND` of `HOST@BACKEND#POOL`
    public static String serviceHost(String pool) {
        int hash = pool.indexOf('#');
        return hash < 0 ? pool : pool.substring(0, hash);
    }

    public void createVolume(String pool, String volumeId, int sizeGib, Source source) {
        call(pool, new Command.CreateVolume(volumeId, sizeGib, source), Done.class, COPY_MAX);
    }

    public void deleteVolume(String pool, String volumeId) {
        call(pool, new Command.DeleteVolume(volumeId), Done.class, COPY_MAX);
    }

    public void extendVolume(String pool, String volumeId, int newSizeGib) {
        call(pool, new Command.ExtendVolume(volumeId, newSizeGib), Done.class, CALL_MAX);
    }

    public void createSnapshot(String pool, String snapshotId, String volumeId) {
        call(pool, new Command.CreateSnapshot(snapshotId, volumeId), Done.class, COPY_MAX);
    }

    public void deleteSnapshot(String pool, String snapshotId, String volumeId) {
        call(pool, new Command.DeleteSnapshot(snapshotId, volumeId), Done.class, COPY_MAX);
    }

    public void copyVolumeToImage(String pool, String volumeId, String imageId) {
        call(pool, new Command.CopyVolumeToImage(volumeId, imageId), Done.class, COPY_MAX);
    }

    /// @return number of objects
    public int backupVolume(String pool, Command.BackupVolume what) {
        return call(pool, what, Counted.class, COPY_MAX).count();
    }

    /// @param chain the full backup first
    /// @param blank whether the volume is new
    public void restoreBackup(String pool, String volumeId, List<Key> chain, boolean blank) {
        call(pool, new Command.RestoreBackup(volumeId, chain, blank), Done.class, COPY_MAX);
    }

    /// @return the volume's metadata that the backup keeps
    public String verifyBackup(String pool, Key key) {
        return call(pool, new Command.VerifyBackup(key), Text.class, CALL_MAX).text();
    }

    public void deleteBackup(String pool, Key key) {
        call(pool, new Command.DeleteBackup(key), Done.class, COPY_MAX);
    }

    /// @return what the back end holds under names of its own: name to GiB
    public Map<String, Integer> unmanaged(String pool) {
        return call(pool, new Command.GetUnmanaged(), Sizes.class, CALL_MAX).gib();
    }

    /// @param snapshotId empty for a volume
    public void manage(String pool, String volumeId, Optional<String> snapshotId, String name) {
        call(pool, new Command.Manage(volumeId, snapshotId, name), Done.class, CALL_MAX);
    }

    /// @param snapshotId empty for a volume
    public void unmanage(String pool, String volumeId, Optional<String> snapshotId, String name) {
        call(pool, new Command.Unmanage(volumeId, snapshotId, name), Done.class, CALL_MAX);
    }

    public void revertToSnapshot(String pool, String volumeId, String snapshotId) {
        call(pool, new Command.RevertToSnapshot(volumeId, snapshotId), Done.class, COPY_MAX);
    }

    public void copyImageToVolume(String pool, String volumeId, String imageId, String format) {
        call(pool, new Command.CopyImageToVolume(volumeId, imageId, format), Done.class, COPY_MAX);
    }

    /// Fills the volume of that id in `pool` with what it holds in `sourcePool`.
    public void copyVolume(String pool, String volumeId, String sourcePool) {
        call(pool, new Command.CopyVolume(volumeId, sourcePool), Done.class, COPY_MAX);
    }

    Piece readVolume(String pool, String volumeId, long offset, int length) {
        return call(pool, new Command.ReadVolume(volumeId, offset, length), Piece.class, CALL_MAX);
    }

    public Connection initializeConnection(String pool, String volumeId, String host) {
        return call(pool, new Command.InitializeConnection(volumeId, host), Connection.class, CALL_MAX);
    }

    public void terminateConnection(String pool, String volumeId, String host) {
        call(pool, new Command.TerminateConnection(volumeId, host), Done.class, CALL_MAX);
    }

    public Capabilities capabilities(String serviceHost) {
        return call(serviceHost, new Command.GetCapabilities(), Capabilities.class, ASK_MAX);
    }

    public Inventory inventory(String serviceHost) {
        return call(serviceHost, new Command.GetInventory(), Inventory.class, ASK_MAX);
    }

    private <R> R call(String pool, Command command, Class<R> reply, Duration timeout) {
        return bus.call(topic(serviceHost(pool)), command, reply, timeout);
    }
}
