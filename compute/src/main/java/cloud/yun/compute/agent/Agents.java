package cloud.yun.compute.agent;

import cloud.yun.compute.agent.HostCommand.Done;
import cloud.yun.compute.agent.HostCommand.GuestsFound;
import cloud.yun.compute.agent.HostCommand.LogText;
import cloud.yun.compute.agent.HostCommand.StateFound;
import cloud.yun.compute.agent.HostCommand.VncFound;
import cloud.yun.compute.driver.HypervisorDriver.Diagnostics;
import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Host;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.driver.HypervisorDriver.Quiesce;
import cloud.yun.compute.driver.HypervisorDriver.Rescue;
import cloud.yun.compute.driver.HypervisorDriver.Vnc;
import cloud.yun.kernel.bus.Bus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The control plane's side of the agents: one method for each command.
///
/// Each throws what the driver threw, or `Unavailable` when the host did not answer in time.
public final class Agents {
    private static final Option<Duration> SHORT =
            Option.seconds("DEFAULT", "rpc_response_timeout", 60, "How long to wait for a host's answer, in seconds.");
    private static final Option<Duration> LONG = Option.seconds(
            "DEFAULT",
            "long_rpc_timeout",
            1800,
            "How long to wait for a host that copies images or makes disks, in seconds.");

    private final Bus bus;
    private final Duration brief;
    private final Duration patient;

    public Agents(Bus bus, Config config) {
        this.bus = bus;
        this.brief = config.get(SHORT);
        this.patient = config.get(LONG);
    }

    public static List<Option<?>> options() {
        return List.of(SHORT, LONG);
    }

    public void cacheImage(String host, Image image) {
        call(host, new HostCommand.CacheImage(image), Done.class, patient);
    }

    public void createDisks(String host, Guest guest) {
        call(host, new HostCommand.CreateDisks(guest), Done.class, patient);
    }

    public void deleteDisks(String host, String serverId) {
        call(host, new HostCommand.DeleteDisks(serverId), Done.class, patient);
    }

    public void keepDisks(String host, String serverId) {
        call(host, new HostCommand.KeepDisks(serverId), Done.class, patient);
    }

    public void copyKeptDisks(String host, Guest guest) {
        call(host, new HostCommand.CopyKeptDisks(guest), Done.class, patient);
    }

    public void restoreKeptDisks(String host, String serverId) {
        call(host, new HostCommand.RestoreKeptDisks(serverId), Done.class, patient);
    }

    public void dropKeptDisks(String host, String serverId) {
        call(host, new HostCommand.DropKeptDisks(serverId), Done.class, patient);
    }

    public void define(String host, Guest guest) {
        call(host, new HostCommand.Define(guest), Done.class, brief);
    }

    public void start(String host, Guest guest) {
        call(host, new HostCommand.Start(guest), Done.class, patient);
    }

    public void stop(String host, String serverId, Duration timeout, Duration retry) {
        call(
                host,
                new HostCommand.Stop(serverId, timeout.toMillis(), retry.toMillis()),
                Done.class,
                timeout.plus(brief));
    }

    public void destroy(String host, String serverId) {
        call(host, new HostCommand.Destroy(serverId), Done.class, patient);
    }

    public void rebootSoft(String host, Guest guest, Duration timeout) {
        call(host, new HostCommand.RebootSoft(guest, timeout.toMillis()), Done.class, timeout.plus(brief));
    }

    public void rebootHard(String host, Guest guest) {
        call(host, new HostCommand.RebootHard(guest), Done.class, patient);
    }

    public void pause(String host, String serverId) {
        call(host, new HostCommand.Pause(serverId), Done.class, brief);
    }

    public void unpause(String host, String serverId) {
        call(host, new HostCommand.Unpause(serverId), Done.class, brief);
    }

    public void suspend(String host, String serverId) {
        call(host, new HostCommand.Suspend(serverId), Done.class, patient);
    }

    public void resume(String host, Guest guest) {
        call(host, new HostCommand.Resume(guest), Done.class, patient);
    }

    /// @return the copy, a file on the host
    public Image snapshot(String host, String serverId, String snapshotId, Quiesce quiesce) {
        return call(
                        host,
                        new HostCommand.Snapshot(serverId, snapshotId, quiesce),
                        HostCommand.SnapshotTaken.class,
                        patient)
                .file();
    }

    public void deleteSnapshot(String host, String serverId, String snapshotId) {
        call(host, new HostCommand.DeleteSnapshot(serverId, snapshotId), Done.class, brief);
    }

    public void rescue(String host, Guest guest, Rescue rescue) {
        call(host, new HostCommand.RescueGuest(guest, rescue), Done.class, patient);
    }

    public void unrescue(String host, Guest guest) {
        call(host, new HostCommand.Unrescue(guest), Done.class, patient);
    }

    public void attachVolume(String host, String serverId, Disk disk) {
        call(host, new HostCommand.AttachVolume(serverId, disk), Done.class, patient);
    }

    public void detachVolume(String host, String serverId, Disk disk) {
        call(host, new HostCommand.DetachVolume(serverId, disk), Done.class, patient);
    }

    public void resizeVolume(String host, String serverId, Disk disk, long sizeBytes) {
        call(host, new HostCommand.ResizeVolume(serverId, disk, sizeBytes), Done.class, brief);
    }

    public void attachNic(String host, String serverId, Nic nic) {
        call(host, new HostCommand.AttachNic(serverId, nic), Done.class, patient);
    }

    public void detachNic(String host, String serverId, Nic nic) {
        call(host, new HostCommand.DetachNic(serverId, nic), Done.class, patient);
    }

    /// @return the last `bytesMax` bytes of the serial log
    public String consoleLog(String host, String serverId, long bytesMax) {
        return call(host, new HostCommand.ConsoleLog(serverId, bytesMax), LogText.class, brief)
                .text();
    }

    public Optional<Vnc> vnc(String host, String serverId) {
        return call(host, new HostCommand.VncAddress(serverId), VncFound.class, brief)
                .vnc();
    }

    public Optional<PowerState> state(String host, String serverId) {
        return call(host, new HostCommand.State(serverId), StateFound.class, brief)
                .state();
    }

    public GuestsFound guests(String host) {
        return call(host, new HostCommand.Guests(), GuestsFound.class, brief);
    }

    public Diagnostics diagnostics(String host, String serverId) {
        return call(host, new HostCommand.Diagnose(serverId), Diagnostics.class, brief);
    }

    public void setAdminPassword(String host, String serverId, String user, String password) {
        call(host, new HostCommand.SetAdminPassword(serverId, user, password), Done.class, brief);
    }

    public void injectNmi(String host, String serverId) {
        call(host, new HostCommand.InjectNmi(serverId), Done.class, brief);
    }

    public Host facts(String host) {
        return call(host, new HostCommand.Facts(), Host.class, brief);
    }

    private <R> R call(String host, HostCommand command, Class<R> reply, Duration timeout) {
        return bus.call(ComputeAgent.topic(host), command, reply, timeout);
    }
}
