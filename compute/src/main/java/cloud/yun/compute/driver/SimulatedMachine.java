package cloud.yun.compute.driver;

import cloud.yun.compute.driver.HypervisorDriver.Diagnostics;
import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One guest of a simulated host: its power, its devices and what it says.
final class SimulatedMachine {
    private final Map<String, Disk> volumes = new LinkedHashMap<>();
    private final Map<String, Long> sizesBytes = new HashMap<>();
    private final Map<String, Nic> nics = new LinkedHashMap<>();
    private final Map<String, String> passwords = new HashMap<>();
    private final StringBuilder console = new StringBuilder();
    private final Instant since;
    private Guest guest;
    private PowerState state = PowerState.SHUTDOWN;
    private boolean ignoresShutdown;
    private Optional<String> rescueImage = Optional.empty();

    /// It is off.
    SimulatedMachine(Guest guest, Instant since) {
        this.guest = guest;
        this.since = since;
        guest.volumes().forEach(d -> volumes.put(d.volumeId(), d));
        guest.nics().forEach(n -> nics.put(n.portId(), n));
    }

    synchronized void define(Guest now) {
        guest = now;
    }

    /// What a small guest says: a client that asks for some lines of it gets them.
    synchronized void boot(Guest now) {
        guest = now;
        state = PowerState.RUNNING;
        console.append("[    0.000000] simulated guest ")
                .append(guest.serverId())
                .append("\n[    0.000000] cpus: ")
                .append(guest.vcpus())
                .append("\n[    0.000000] memory: ")
                .append(guest.memoryMib())
                .append(" MiB\n[    0.000000] nics: ")
                .append(guest.nics().size())
                .append("\n\n")
                .append(guest.domainName())
                .append(" login: \n");
    }

    synchronized void turn(PowerState to) {
        state = to;
    }

    synchronized PowerState state() {
        return state;
    }

    synchronized Guest guest() {
        return guest;
    }

    synchronized void ignoreShutdown() {
        ignoresShutdown = true;
    }

    synchronized boolean ignoresShutdown() {
        return ignoresShutdown;
    }

    synchronized void rescuedWith(Optional<String> imageId) {
        rescueImage = imageId;
    }

    synchronized Optional<String> rescueImage() {
        return rescueImage;
    }

    synchronized void attach(Disk disk) {
        volumes.put(disk.volumeId(), disk);
    }

    synchronized void detach(Disk disk) {
        volumes.remove(disk.volumeId());
    }

    synchronized void resize(Disk disk, long sizeBytes) {
        if (!volumes.containsKey(disk.volumeId()))
            throw new Conflict("Volume " + disk.volumeId() + " is not attached to " + guest.serverId() + ".");
        sizesBytes.put(disk.volumeId(), sizeBytes);
    }

    synchronized Set<String> volumes() {
        return Set.copyOf(volumes.keySet());
    }

    synchronized Optional<Long> sizeOf(String volumeId) {
        return Optional.ofNullable(sizesBytes.get(volumeId));
    }

    synchronized void attach(Nic nic) {
        nics.put(nic.portId(), nic);
    }

    synchronized void detach(Nic nic) {
        nics.remove(nic.portId());
    }

    synchronized Set<String> nics() {
        return Set.copyOf(nics.keySet());
    }

    synchronized void say(String line) {
        console.append(line).append('\n');
    }

    /// @return the end of what it said
    synchronized String console(long bytesMax) {
        var all = console.toString().getBytes(StandardCharsets.UTF_8);
        int from = (int) Math.max(0, all.length - bytesMax);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    /// @throws Conflict it is off, and its agent with it
    synchronized void password(String user, String password) {
        if (state != PowerState.RUNNING) throw new Conflict("QEMU guest agent is not enabled");
        passwords.put(user, password);
    }

    synchronized Optional<String> passwordOf(String user) {
        return Optional.ofNullable(passwords.get(user));
    }

    synchronized Diagnostics diagnostics(Instant now) {
        var seconds = Duration.between(since, now).toSeconds();
        var none = Map.of("read_bytes", 0L, "read_requests", 0L, "write_bytes", 0L, "write_requests", 0L);
        var drives = new LinkedHashMap<String, Map<String, Long>>();
        drives.put("vda", none);
        volumes.values().forEach(d -> drives.put(d.device().replace("/dev/", ""), none));
        var cards = new LinkedHashMap<String, Map<String, Long>>();
        nics.values().forEach(n -> cards.put(n.mac(), Map.of("rx_octets", 0L, "tx_octets", 0L)));
        boolean there = state == PowerState.RUNNING || state == PowerState.PAUSED;
        return new Diagnostics(
                state,
                "libvirt", // clients refuse a driver that they do not know; Nova's fake one says so too
                "simulated",
                seconds * 1_000_000_000L,
                seconds,
                guest.memoryMib(),
                there ? guest.memoryMib() : 0,
                drives,
                cards);
    }
}
