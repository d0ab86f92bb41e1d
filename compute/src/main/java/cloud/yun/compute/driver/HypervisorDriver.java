package cloud.yun.compute.driver;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One host's guests. All calls block, are idempotent and bounded in time; a call for a guest that is already as
/// wanted succeeds. A driver knows no project, quota, policy or database of ours.
public interface HypervisorDriver {
    /// libvirt's words with Nova's numbers: `power_state` in the API.
    enum PowerState {
        NOSTATE(0),
        RUNNING(1),
        PAUSED(3),
        SHUTDOWN(4),
        CRASHED(6),
        SUSPENDED(7);

        private final int number;

        PowerState(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /// @param rootGib size of the root disk; 0 means the image's own size
    /// @param image file of the root disk's image on this host and its format; empty when the guest boots from a
    ///     volume
    /// @param rootDevice for example `/dev/vda`
    /// @param configDrive texts of the config drive's files by path, empty: none; behind a path that ends in
    ///     `;base64` stands the base64 of bytes that are no text
    /// @param properties image properties and flavor extra specs that the driver understands, `hw_...`
    record Guest(
            String serverId,
            String domainName,
            String displayName,
            String projectId,
            String userId,
            int vcpus,
            int memoryMib,
            int rootGib,
            int ephemeralGib,
            int swapMib,
            Optional<Image> image,
            String rootDevice,
            List<Nic> nics,
            List<Disk> volumes,
            Map<String, String> configDrive,
            Map<String, String> properties) {}

    record Image(String id, Path file, String format) {}

    /// @param tap device that the network room has made on this host
    record Nic(String portId, String mac, String tap, int mtu) {}

    /// @param device for example `/dev/vdb`
    /// @param bootIndex 0 for the disk to boot from, -1 for none
    record Disk(String volumeId, String device, Connection connection, int bootIndex) {}

    /// Whether the guest is asked to bring its file systems to rest while its disk is copied.
    enum Quiesce {
        NO,
        /// If it can.
        TRY,
        /// Or there is no copy.
        REQUIRE
    }

    /// What a guest runs from while it is rescued.
    ///
    /// @param properties of the image; with `hw_rescue_device` or `hw_rescue_bus` the guest's own disks keep their
    ///     places
    record Rescue(Image image, Map<String, String> properties) {}

    /// @param host the address on which the VNC server listens
    record Vnc(String host, int port) {}

    /// @param version of the hypervisor as Nova writes it, for example 7002000
    record Host(
            String hostname,
            String type,
            int version,
            String cpuInfo,
            String hostIp,
            int vcpus,
            int memoryMib,
            int diskGib,
            int freeDiskGib,
            long uptimeSeconds) {}

    /// @param driver one of the names that clients know, for example `libvirt`
    /// @param hypervisor what runs the guest, for example `kvm`
    /// @param memoryMib what the guest may have
    /// @param memoryUsedMib what it has now
    record Diagnostics(
            PowerState state,
            String driver,
            String hypervisor,
            long cpuTimeNanos,
            long uptimeSeconds,
            int memoryMib,
            int memoryUsedMib,
            Map<String, Map<String, Long>> disks,
            Map<String, Map<String, Long>> nics) {}

    /// An ability: a driver that only pretends to be a host can pretend to be many.
    interface CanPretend {
        /// @return another host of the same size
        HypervisorDriver sibling(String name);
    }

    /// The image of the guest is in this host's cache.
    void cacheImage(Image image);

    /// Root, ephemeral and swap disks and the config drive.
    void createDisks(Guest guest);

    /// Succeeds when already gone.
    void deleteDisks(String serverId);

    /// The disks and files are put aside, with the guest off and unknown, until they are restored or dropped.
    /// Succeeds when they were put aside already.
    void keepDisks(String serverId);

    /// Makes the guest's disks from those put aside, as large as `guest` says: root and ephemeral disks grow, the
    /// swap disk is made anew. Those put aside stay.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Unavailable nothing was put aside that this host can read
    void copyKeptDisks(Guest guest);

    /// What was put aside is the guest's again, and what was made from it is gone. Succeeds when nothing is aside.
    void restoreKeptDisks(String serverId);

    /// Succeeds when nothing is aside.
    void dropKeptDisks(String serverId);

    /// @return server ids whose disks are put aside on this host
    java.util.Set<String> serversWithKeptDisks();

    /// The hypervisor knows the guest, which stays off. One that runs goes on.
    void define(Guest guest);

    /// The domain is defined and running.
    void start(Guest guest);

    /// Asks the guest to shut down, again every `retry`, and pulls the plug after `timeout`; `timeout` zero pulls
    /// at once.
    void stop(String serverId, Duration timeout, Duration retry);

    /// Stopped at once and no longer known to the hypervisor. Succeeds when already gone.
    void destroy(String serverId);

    /// The guest reboots by itself; if it does not within `timeout`, hard.
    void rebootSoft(Guest guest, Duration timeout);

    void rebootHard(Guest guest);

    void pause(String serverId);

    void unpause(String serverId);

    /// Memory to disk.
    void suspend(String serverId);

    void resume(Guest guest);

    /// Copies the root disk as it is at one moment into a file of its own, whole, without a base. A guest that runs
    /// goes
    /// on meanwhile. Called again it answers with the copy that is there.
    Image snapshot(String serverId, String snapshotId, Quiesce quiesce);

    /// The copy is gone. Succeeds when it already was.
    void deleteSnapshot(String serverId, String snapshotId);

    /// The guest runs from the rescue image; its own root disk is beside that.
    void rescue(Guest guest, Rescue rescue);

    /// The guest runs from its own disks, and nothing of the rescue is left. Succeeds when it already does.
    void unrescue(Guest guest);

    /// Returns when the guest has it.
    void attachVolume(String serverId, Disk disk);

    /// Returns when the guest has let go of it. Succeeds when it was not attached.
    void detachVolume(String serverId, Disk disk);

    void resizeVolume(String serverId, Disk disk, long sizeBytes);

    void attachNic(String serverId, Nic nic);

    void detachNic(String serverId, Nic nic);

    /// @return the last `bytesMax` bytes of the serial log
    String consoleLog(String serverId, long bytesMax);

    Optional<Vnc> vnc(String serverId);

    Optional<PowerState> state(String serverId);

    /// @return all guests of ours on this host, with their states
    Map<String, PowerState> guests();

    /// @return server ids that have disks or other files on this host, for the invariant check
    java.util.Set<String> serversWithFiles();

    Diagnostics diagnostics(String serverId);

    /// By the guest's own agent.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Conflict the guest has no agent that answers
    void setAdminPassword(String serverId, String user, String password);

    /// What makes a guest's kernel dump itself, if it is set up so.
    void injectNmi(String serverId);

    Host host();

    /// @param listener is told of a server whose power state changed by itself
    void onStateChange(java.util.function.BiConsumer<String, PowerState> listener);
}
