package cloud.yun.blockstorage.agent;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.blockstorage.agent.Command.Capabilities;
import cloud.yun.blockstorage.agent.Command.Done;
import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.driver.VolumeDriver.Inventory;
import cloud.yun.kernel.bus.Bus;
import java.time.Duration;

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
