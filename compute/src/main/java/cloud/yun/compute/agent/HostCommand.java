package cloud.yun.compute.agent;

import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.driver.HypervisorDriver.Quiesce;
import cloud.yun.compute.driver.HypervisorDriver.Rescue;
import cloud.yun.compute.driver.HypervisorDriver.Vnc;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the control plane asks of a host, topic `compute.HOST`. Idempotent, as the driver's calls are.
public sealed interface HostCommand {
    record CacheImage(Image image) implements HostCommand {}

    record CreateDisks(Guest guest) implements HostCommand {}

    record DeleteDisks(String serverId) implements HostCommand {}

    record KeepDisks(String serverId) implements HostCommand {}

    record CopyKeptDisks(Guest guest) implements HostCommand {}

    record RestoreKeptDisks(String serverId) implements HostCommand {}

    record DropKeptDisks(String serverId) implements HostCommand {}

    record Define(Guest guest) implements HostCommand {}

    record Start(Guest guest) implements HostCommand {}

    record Stop(String serverId, long timeoutMillis, long retryMillis) implements HostCommand {}

    record Destroy(String serverId) implements HostCommand {}

    record RebootSoft(Guest guest, long timeoutMillis) implements HostCommand {}

    record RebootHard(Guest guest) implements HostCommand {}

    record Pause(String serverId) implements HostCommand {}

    record Unpause(String serverId) implements HostCommand {}

    record Suspend(String serverId) implements HostCommand {}

    record Resume(Guest guest) implements HostCommand {}

    record Snapshot(String serverId, String snapshotId, Quiesce quiesce) implements HostCommand {}

    record DeleteSnapshot(String serverId, String snapshotId) implements HostCommand {}

    record RescueGuest(Guest guest, Rescue rescue) implements HostCommand {}

    record Unrescue(Guest guest) implements HostCommand {}

    record AttachVolume(String serverId, Disk disk) implements HostCommand {}

    record DetachVolume(String serverId, Disk disk) implements HostCommand {}

    record ResizeVolume(String serverId, Disk disk, long sizeBytes) implements HostCommand {}

    record AttachNic(String serverId, Nic nic) implements HostCommand {}

    record DetachNic(String serverId, Nic nic) implements HostCommand {}

    record ConsoleLog(String serverId, long bytesMax) implements HostCommand {}

    record VncAddress(String serverId) implements HostCommand {}

    record State(String serverId) implements HostCommand {}

    record Guests() implements HostCommand {}

    record Diagnose(String serverId) implements HostCommand {}

    record SetAdminPassword(String serverId, String user, String password) implements HostCommand {
        @Override
        public String toString() {
            return "SetAdminPassword[" + serverId + "]"; // holds a password
        }
    }

    record InjectNmi(String serverId) implements HostCommand {}

    record Facts() implements HostCommand {}

    /// It is as wanted.
    record Done() {}

    record SnapshotTaken(Image file) {}

    record LogText(String text) {}

    record VncFound(Optional<Vnc> vnc) {}

    record StateFound(Optional<PowerState> state) {}

    /// @param withFiles servers that have disks or other files on the host
    /// @param kept servers whose disks are put aside on the host
    record GuestsFound(Map<String, PowerState> states, Set<String> withFiles, Set<String> kept) {}

    /// An agent lives, topic `conductor`.
    ///
    /// @param facts of the hypervisor
    record HostReport(String host, cloud.yun.compute.driver.HypervisorDriver.Host facts) {}

    /// A guest changed its state by itself, topic `conductor`.
    record GuestChanged(String host, String serverId, PowerState state) {}
}
