package cloud.yun.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A domain by its UUID. Each call looks it up anew, so an object outlives reconnects and restarts of the
/// daemon.
///
/// Every call throws a `LibvirtException`, with `NO_DOMAIN` when the domain is gone and `OPERATION_INVALID` when
/// its state does not allow the call. Calls named `ensure...` take "already so" for success.
public final class Domain {
    private static final int UUID_TEXT = 37;
    private static final Duration SAVE_DEADLINE = Duration.ofMinutes(30);

    private final Libvirt libvirt;
    private final UUID uuid;

    Domain(Libvirt libvirt, UUID uuid) {
        this.libvirt = libvirt;
        this.uuid = uuid;
    }

    static UUID uuidOf(MemorySegment domain) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(UUID_TEXT);
            Native.check(Native.callInt("virDomainGetUUIDString", domain, buffer));
            return UUID.fromString(buffer.getString(0));
        }
    }

    static String nameOf(MemorySegment domain) {
        String name = Native.text(Native.callPointer("virDomainGetName", domain));
        return name == null ? "" : name;
    }

    public UUID uuid() {
        return uuid;
    }

    public String name() {
        return with(Domain::nameOf);
    }

    // ---------------------------------------------------------------- life

    public DomainState state() {
        return with(d -> {
            try (var arena = Arena.ofConfined()) {
                var state = arena.allocate(JAVA_INT);
                var reason = arena.allocate(JAVA_INT);
                Native.check(Native.callInt("virDomainGetState", d, state, reason, 0));
                return DomainState.of(state.get(JAVA_INT, 0));
            }
        });
    }

    /// Starts it, from its managed save if there is one.
    public void start() {
        simply("virDomainCreateWithFlags", 0);
    }

    public void startPaused() {
        simply("virDomainCreateWithFlags", 1);
    }

    /// Starts it unless it is active.
    public void ensureStarted() {
        already(this::start, DomainState::active);
    }

    /// Asks the guest to shut down (ACPI power button); it may take its time or ignore it. See
    /// `DomainEvent.Lifecycle`.
    public void shutdown() {
        simply("virDomainShutdownFlags", 1);
    }

    /// Asks the guest agent to shut down.
    public void shutdownByAgent() {
        simply("virDomainShutdownFlags", 2);
    }

    /// Asks the guest to restart (ACPI): QEMU stays the same process.
    public void reboot() {
        simply("virDomainReboot", 1);
    }

    /// Presses the reset button.
    public void reset() {
        simply("virDomainReset", 0);
    }

    /// Pauses the CPUs; the guest stays in memory.
    public void suspend() {
        simply("virDomainSuspend");
    }

    public void resume() {
        simply("virDomainResume");
    }

    /// Writes the guest's memory to disk and ends QEMU; the next start continues there.
    public void managedSave() {
        with(SAVE_DEADLINE, d -> Native.check(Native.callInt("virDomainManagedSave", d, 0)));
    }

    public boolean hasManagedSave() {
        return with(d -> Native.check(Native.callInt("virDomainHasManagedSaveImage", d, 0))) == 1;
    }

    public void removeManagedSave() {
        simply("virDomainManagedSaveRemove", 0);
    }

    /// Pulls the plug.
    public void destroy() {
        simply("virDomainDestroyFlags", 0);
    }

    /// Pulls the plug unless it is off or gone.
    public void ensureDestroyed() {
        try {
            already(this::destroy, state -> !state.active());
        } catch (LibvirtException e) {
            if (!e.is(LibvirtError.NO_DOMAIN)) throw e;
        }
    }

    /// Removes the definition and all libvirt keeps with it: managed save, NVRAM, snapshot and checkpoint
    /// metadata. A running domain goes on and is gone when it ends. Succeeds when it is not defined.
    public void undefine() {
        int everything = 1 | 2 | 4 | 16;
        try {
            simply("virDomainUndefineFlags", everything);
        } catch (LibvirtException e) {
            // A transient domain has no definition.
            if (!e.is(LibvirtError.NO_DOMAIN) && !(e.is(LibvirtError.OPERATION_INVALID) && !persistent())) throw e;
        }
    }

    public boolean exists() {
        return libvirt.find(uuid).isPresent();
    }

    public boolean persistent() {
        return with(d -> Native.check(Native.callInt("virDomainIsPersistent", d))) == 1;
    }

    /// Sends a non-maskable interrupt (the API's `trigger_crash_dump`).
    public void injectNmi() {
        simply("virDomainInjectNMI", 0);
    }

    // ---------------------------------------------------------------- what it is

    /// @return the live XML of a running domain, the definition of one that is off; without passwords
    public String xml() {
        return with(d -> Native.take(Native.check(Native.callPointer("virDomainGetXMLDesc", d, 0))));
    }

    /// @return the definition the next start takes
    public String inactiveXml() {
        return with(d -> Native.take(Native.check(Native.callPointer("virDomainGetXMLDesc", d, 2))));
    }

    /// @return the devices of the running domain, or of the definition when it is off
    public DomainView view() {
        return DomainView.parse(xml());
    }

    public DomainInfo info() {
        return with(d -> {
            try (var arena = Arena.ofConfined()) {
                // struct { uchar state; ulong maxMem, memory; ushort nrVirtCpu; ulonglong cpuTime; }
                var info = arena.allocate(40, 8);
                Native.check(Native.callInt("virDomainGetInfo", d, info));
                return new DomainInfo(
                        DomainState.of(info.get(JAVA_BYTE, 0)),
                        info.get(JAVA_LONG, 8),
                        info.get(JAVA_LONG, 16),
                        info.get(JAVA_SHORT, 24),
                        Duration.ofNanos(info.get(JAVA_LONG, 32)));
            }
        });
    }

    public MemoryStats memoryStats() {
        return with(d -> {
            try (var arena = Arena.ofConfined()) {
                int most = 16;
                var stats = arena.allocate(16L * most, 8);
                int count = Native.check(Native.callInt("virDomainMemoryStats", d, stats, most, 0));
                var byTag = new HashMap<Integer, Long>();
                for (int i = 0; i < count; i++) {
                    byTag.put(stats.get(JAVA_INT, 16L * i), stats.get(JAVA_LONG, 16L * i + 8));
                }
                return new MemoryStats(
                        Optional.ofNullable(byTag.get(6)),
                        Optional.ofNullable(byTag.get(4)),
                        Optional.ofNullable(byTag.get(5)),
                        Optional.ofNullable(byTag.get(8)),
                        Optional.ofNullable(byTag.get(7)));
            }
        });
    }

    /// @return the virtual CPUs of a running domain
    public List<Vcpu> vcpus() {
        int most = Math.max(1, info().vcpus());
        return with(d -> {
            try (var arena = Arena.ofConfined()) {
                // struct { unsigned number; int state; ulonglong cpuTime; int cpu; }
                var infos = arena.allocate(24L * most, 8);
                int count = Native.check(Native.callInt("virDomainGetVcpus", d, infos, most, Native.NULL, 0));
                var found = new ArrayList<Vcpu>();
                for (int i = 0; i < count; i++) {
                    var info = infos.asSlice(24L * i, 24);
                    found.add(new Vcpu(
                            info.get(JAVA_INT, 0),
                            info.get(JAVA_INT, 4) == 1,
                            Duration.ofNanos(info.get(JAVA_LONG, 8)),
                            info.get(JAVA_INT, 16)));
                }
                return found;
            }
        });
    }

    /// @param disk its target, `vda`
    public BlockStats blockStats(String disk) {
        long[] v = longs("virDomainBlockStats", disk, 5);
        return new BlockStats(v[0], v[1], v[2], v[3], v[4]);
    }

    /// @param device its target on the host, `tap...`
    public InterfaceStats interfaceStats(String device) {
        long[] v = longs("virDomainInterfaceStats", device, 8);
        return new InterfaceStats(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
    }

    private long[] longs(String function, String device, int count) {
        return with(d -> {
            try (var arena = Arena.ofConfined()) {
                var stats = arena.allocate(JAVA_LONG, count);
                Native.check(Native.callInt(function, d, device, stats, 8L * count));
                return stats.toArray(JAVA_LONG);
            }
        });
    }

    // ---------------------------------------------------------------- changes

    /// Adds a device. For a running guest this is a hot-plug, seen there a moment later.
    public void attachDevice(String deviceXml, Affect affect) {
        with(d -> Native.check(Native.callInt("virDomainAttachDeviceFlags", d, deviceXml, affect.flags())));
    }

    /// Asks for the removal of a device. A running guest must let it go first: see `Detach` for waiting.
    public void detachDevice(String deviceXml, Affect affect) {
        with(d -> Native.check(Native.callInt("virDomainDetachDeviceFlags", d, deviceXml, affect.flags())));
    }

    public void updateDevice(String deviceXml, Affect affect) {
        with(d -> Native.check(Native.callInt("virDomainUpdateDeviceFlags", d, deviceXml, affect.flags())));
    }

    /// Takes a device out of a running guest and waits until the guest has let it go.
    public Detach detach() {
        return new Detach(libvirt, this);
    }

    public BlockJobs blockJobs() {
        return new BlockJobs(this);
    }

    public Migration migration() {
        return new Migration(this);
    }

    public Agent agent() {
        return new Agent(this);
    }

    /// Tells QEMU, and through it the guest, the new size of a disk.
    ///
    /// @param disk its target, `vdb`
    public void blockResize(String disk, long bytes) {
        with(d -> Native.check(Native.callInt("virDomainBlockResize", d, disk, bytes, 1)));
    }

    public void setVcpus(int count, Affect affect) {
        simply("virDomainSetVcpusFlags", count, affect.flags());
    }

    /// @param kib what the guest has (balloon), at most its maximum
    public void setMemory(long kib, Affect affect) {
        simply("virDomainSetMemoryFlags", kib, affect.flags());
    }

    /// Replaces one element under `<metadata>`, in the definition and in the running domain.
    public void setMetadata(String elementXml, String prefix, String namespace, Affect affect) {
        with(d -> Native.check(
                Native.callInt("virDomainSetMetadata", d, 2, elementXml, prefix, namespace, affect.flags())));
    }

    /// @return a picture of the screen; its type is said by its first bytes (PNG, PPM)
    public byte[] screenshot() {
        return libvirt.call(c -> {
            var domain = lookup(c);
            try {
                return Streams.read(c, s -> Native.callPointer("virDomainScreenshot", domain, s, 0, 0));
            } finally {
                Native.callInt("virDomainFree", domain);
            }
        });
    }

    // ---------------------------------------------------------------- inner parts

    <T> T with(Libvirt.Call<T> work) {
        return libvirt.call(c -> onDomain(c, work));
    }

    <T> T with(Duration deadline, Libvirt.Call<T> work) {
        return libvirt.call(deadline, c -> onDomain(c, work));
    }

    private <T> T onDomain(MemorySegment connection, Libvirt.Call<T> work) {
        var domain = lookup(connection);
        try {
            return work.with(domain);
        } finally {
            Native.callInt("virDomainFree", domain);
        }
    }

    private MemorySegment lookup(MemorySegment connection) {
        return Native.check(Native.callPointer("virDomainLookupByUUIDString", connection, uuid.toString()));
    }

    void simply(String function, Object... arguments) {
        with(d -> {
            Object[] all = new Object[arguments.length + 1];
            all[0] = d;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            return Native.check(Native.callInt(function, all));
        });
    }

    private void already(Runnable change, java.util.function.Predicate<DomainState> so) {
        if (so.test(state())) return;
        try {
            change.run();
        } catch (LibvirtException e) {
            if (!e.is(LibvirtError.OPERATION_INVALID) || !so.test(state())) throw e;
        }
    }

    @Override
    public String toString() {
        return "domain " + uuid;
    }
}
