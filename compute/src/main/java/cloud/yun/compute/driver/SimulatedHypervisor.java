package cloud.yun.compute.driver;

import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A hypervisor in memory: the same life as a real one, with settable delays and faults. Its guests
/// end with the process, and the reconcilers start again what the database says; its files may stay.
///
/// For CI that needs an OpenStack but no guests, and for clouds of thousands of hosts on one machine.
public final class SimulatedHypervisor implements HypervisorDriver, HypervisorDriver.CanPretend {
    /// What a host claims to have.
    ///
    /// @param memoryMib in MiB
    /// @param diskGib in GiB
    public record Size(int vcpus, int memoryMib, int diskGib) {
        /// As large as Nova's fake driver.
        public static final Size LARGE = new Size(1000, 800_000, 600_000);
    }

    private final String hostname;
    private final Size size;
    private final Clock clock;
    private final Instant up;
    private @Nullable SimulatedScreen screen;

    private final Map<String, SimulatedMachine> machines = new ConcurrentHashMap<>();
    private final Optional<Path> directory;
    private final RememberedNames disks;
    private final RememberedNames kept;
    private final RememberedNames images;
    private final SimulatedCopies copies = new SimulatedCopies();
    private final Map<String, RuntimeException> faults = new ConcurrentHashMap<>();
    private volatile Duration delay = Duration.ZERO;
    private volatile BiConsumer<String, PowerState> listener = (_, _) -> {};

    public SimulatedHypervisor(String hostname, Size size, Clock clock) {
        this(hostname, size, clock, Optional.empty());
    }

    /// @param directory where it remembers which disks and images it has; without one it forgets them with the process
    public SimulatedHypervisor(String hostname, Size size, Clock clock, Optional<Path> directory) {
        this.hostname = hostname;
        this.size = size;
        this.clock = clock;
        this.up = clock.instant();
        this.directory = directory;
        this.disks = new RememberedNames(directory.map(d -> d.resolve("disks")));
        this.kept = new RememberedNames(directory.map(d -> d.resolve("kept-disks")));
        this.images = new RememberedNames(directory.map(d -> d.resolve("images")));
    }

    @Override
    public SimulatedHypervisor sibling(String name) {
        var other = new SimulatedHypervisor(
                name, size, clock, directory.map(d -> d.resolveSibling(d.getFileName() + "-" + name)));
        other.delay = delay;
        return other;
    }

    /// Every command takes so long from now on.
    public void delay(Duration each) {
        delay = each;
    }

    /// The named command fails with `fault` until [#heal].
    ///
    /// @param command a method of the driver, for example `start`
    public void fail(String command, RuntimeException fault) {
        faults.put(command, fault);
    }

    /// No command fails any more.
    public void heal() {
        faults.clear();
    }

    /// The guest shuts itself down, as its user may order inside.
    public void guestPowersOff(String serverId) {
        machine(serverId).turn(PowerState.SHUTDOWN);
        listener.accept(serverId, PowerState.SHUTDOWN);
    }

    /// The guest does not answer ACPI.
    public void guestIgnoresShutdown(String serverId) {
        machine(serverId).ignoreShutdown();
    }

    /// The guest writes to its serial console.
    public void guestSays(String serverId, String line) {
        machine(serverId).say(line);
    }

    /// @return ids of the images in this host's cache
    public Set<String> cachedImages() {
        return images.all();
    }

    /// @return volume ids of the guest, in the order in which they came
    public Set<String> volumesOf(String serverId) {
        return Optional.ofNullable(machines.get(serverId))
                .map(SimulatedMachine::volumes)
                .orElse(Set.of());
    }

    /// @return the size in bytes that the guest was told last; empty when it was told none
    public Optional<Long> sizeOf(String serverId, String volumeId) {
        return Optional.ofNullable(machines.get(serverId)).flatMap(m -> m.sizeOf(volumeId));
    }

    /// @return port ids of the guest
    public Set<String> nicsOf(String serverId) {
        return Optional.ofNullable(machines.get(serverId))
                .map(SimulatedMachine::nics)
                .orElse(Set.of());
    }

    @Override
    public void cacheImage(Image image) {
        work("cacheImage");
        images.add(image.id());
    }

    @Override
    public void createDisks(Guest guest) {
        work("createDisks");
        guest.image().ifPresent(i -> {
            if (!images.contains(i.id()))
                throw new Unavailable("The image is not on the host.", i.id() + " is not cached", null);
        });
        disks.add(guest.serverId());
    }

    @Override
    public void deleteDisks(String serverId) {
        work("deleteDisks");
        if (machines.containsKey(serverId)) throw new Conflict("Guest " + serverId + " still has its disks open.");
        disks.remove(serverId);
    }

    @Override
    public void keepDisks(String serverId) {
        work("keepDisks");
        if (machines.containsKey(serverId)) throw new Conflict("Guest " + serverId + " still has its disks open.");
        kept.add(serverId);
        disks.remove(serverId);
    }

    /// Also when this process has forgotten that they were put aside.
    @Override
    public void copyKeptDisks(Guest guest) {
        work("copyKeptDisks");
        disks.add(guest.serverId());
    }

    @Override
    public void restoreKeptDisks(String serverId) {
        work("restoreKeptDisks");
        if (machines.containsKey(serverId)) throw new Conflict("Guest " + serverId + " still has its disks open.");
        kept.remove(serverId);
        disks.add(serverId);
    }

    @Override
    public void dropKeptDisks(String serverId) {
        work("dropKeptDisks");
        kept.remove(serverId);
    }

    @Override
    public Set<String> serversWithKeptDisks() {
        return kept.all();
    }

    @Override
    public void define(Guest guest) {
        work("define");
        if (!disks.contains(guest.serverId()))
            throw new Unavailable("The guest has no disks.", guest.serverId() + " has no disks", null);
        machines.computeIfAbsent(guest.serverId(), _ -> new SimulatedMachine(guest, clock.instant()))
                .define(guest);
    }

    @Override
    public void start(Guest guest) {
        work("start");
        if (!disks.contains(guest.serverId()))
            throw new Unavailable("The guest has no disks.", guest.serverId() + " has no disks", null);
        machines.computeIfAbsent(guest.serverId(), _ -> new SimulatedMachine(guest, clock.instant()))
                .boot(guest);
    }

    @Override
    public void stop(String serverId, Duration timeout, Duration retry) {
        work("stop");
        var machine = machine(serverId);
        if (machine.ignoresShutdown() && !timeout.isZero()) pause(timeout);
        machine.turn(PowerState.SHUTDOWN);
    }

    @Override
    public void destroy(String serverId) {
        work("destroy");
        machines.remove(serverId);
    }

    @Override
    public void rebootSoft(Guest guest, Duration timeout) {
        work("rebootSoft");
        if (machine(guest.serverId()).ignoresShutdown()) pause(timeout);
        start(guest);
    }

    @Override
    public void rebootHard(Guest guest) {
        work("rebootHard");
        start(guest);
    }

    @Override
    public void pause(String serverId) {
        work("pause");
        machine(serverId).turn(PowerState.PAUSED);
    }

    @Override
    public void unpause(String serverId) {
        work("unpause");
        machine(serverId).turn(PowerState.RUNNING);
    }

    @Override
    public void suspend(String serverId) {
        work("suspend");
        machine(serverId).turn(PowerState.SHUTDOWN);
    }

    @Override
    public void resume(Guest guest) {
        work("resume");
        start(guest);
    }

    @Override
    public Image snapshot(String serverId, String snapshotId, Quiesce quiesce) {
        work("snapshot");
        return copies.of(machine(serverId).guest(), snapshotId);
    }

    @Override
    public void deleteSnapshot(String serverId, String snapshotId) {
        work("deleteSnapshot");
        copies.delete(snapshotId);
    }

    /// @return ids of the copies that are still there
    public Set<String> snapshots() {
        return copies.ids();
    }

    @Override
    public void rescue(Guest guest, Rescue rescue) {
        work("rescue");
        cacheImage(rescue.image());
        start(guest);
        machine(guest.serverId()).rescuedWith(Optional.of(rescue.image().id()));
    }

    @Override
    public void unrescue(Guest guest) {
        work("unrescue");
        start(guest);
        machine(guest.serverId()).rescuedWith(Optional.empty());
    }

    /// @return what the guest is rescued with
    public Optional<String> rescueImage(String serverId) {
        return Optional.ofNullable(machines.get(serverId)).flatMap(SimulatedMachine::rescueImage);
    }

    @Override
    public void attachVolume(String serverId, Disk disk) {
        work("attachVolume");
        machine(serverId).attach(disk);
    }

    @Override
    public void detachVolume(String serverId, Disk disk) {
        work("detachVolume");
        var machine = machines.get(serverId);
        if (machine != null) machine.detach(disk);
    }

    @Override
    public void resizeVolume(String serverId, Disk disk, long sizeBytes) {
        work("resizeVolume");
        machine(serverId).resize(disk, sizeBytes);
    }

    @Override
    public void attachNic(String serverId, Nic nic) {
        work("attachNic");
        machine(serverId).attach(nic);
    }

    @Override
    public void detachNic(String serverId, Nic nic) {
        work("detachNic");
        var machine = machines.get(serverId);
        if (machine != null) machine.detach(nic);
    }

    @Override
    public String consoleLog(String serverId, long bytesMax) {
        work("consoleLog");
        return machine(serverId).console(bytesMax);
    }

    /// All guests of a host share one screen, made when somebody first looks.
    private synchronized Vnc screen() {
        var shown = screen;
        if (shown == null) {
            try {
                shown = SimulatedScreen.open();
            } catch (IOException e) {
                throw new Unavailable("The host has no screen.", String.valueOf(e.getMessage()), e);
            }
            screen = shown;
        }
        return new Vnc("127.0.0.1", shown.port());
    }

    @Override
    public Optional<Vnc> vnc(String serverId) {
        return state(serverId)
                .filter(s -> s != PowerState.SHUTDOWN && s != PowerState.SUSPENDED)
                .map(_ -> screen());
    }

    @Override
    public Optional<PowerState> state(String serverId) {
        work("state");
        return Optional.ofNullable(machines.get(serverId)).map(SimulatedMachine::state);
    }

    @Override
    public Map<String, PowerState> guests() {
        work("guests");
        var found = new HashMap<String, PowerState>();
        machines.forEach((id, m) -> found.put(id, m.state()));
        return found;
    }

    @Override
    public Set<String> serversWithFiles() {
        return disks.all();
    }

    /// Every simulated guest has an agent.
    @Override
    public void setAdminPassword(String serverId, String user, String password) {
        work("setAdminPassword");
        machine(serverId).password(user, password);
    }

    /// @return the password that was set last for a user of the guest
    public Optional<String> passwordOf(String serverId, String user) {
        return machine(serverId).passwordOf(user);
    }

    @Override
    public void injectNmi(String serverId) {
        work("injectNmi");
        guestSays(serverId, "NMI received");
    }

    @Override
    public Diagnostics diagnostics(String serverId) {
        work("diagnostics");
        return machine(serverId).diagnostics(clock.instant());
    }

    @Override
    public Host host() {
        work("host");
        int used = machines.values().stream().mapToInt(m -> m.guest().rootGib()).sum();
        return new Host(
                hostname,
                "simulated",
                1_000,
                "{\"arch\": \"x86_64\", \"model\": \"simulated\", \"vendor\": \"Yun\", \"features\": [],"
                        + " \"topology\": {\"cores\": " + size.vcpus() + ", \"threads\": 1, \"sockets\": 1}}",
                "127.0.0.1",
                size.vcpus(),
                size.memoryMib(),
                size.diskGib(),
                Math.max(0, size.diskGib() - used),
                Duration.between(up, clock.instant()).toSeconds());
    }

    @Override
    public void onStateChange(BiConsumer<String, PowerState> newListener) {
        listener = newListener;
    }

    private SimulatedMachine machine(String serverId) {
        var machine = machines.get(serverId);
        if (machine == null)
            throw new Unavailable("The guest is not on its host.", hostname + " has no guest " + serverId, null);
        return machine;
    }

    private void work(String command) {
        var fault = faults.get(command);
        if (fault != null) throw fault;
        if (!delay.isZero()) pause(delay);
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The host is stopping.", "interrupted", e);
        }
    }
}
