package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.host.libvirt.Domain;
import cloud.yun.host.libvirt.DomainState;
import cloud.yun.host.libvirt.Libvirt;
import cloud.yun.host.libvirt.LibvirtError;
import cloud.yun.host.libvirt.LibvirtException;
import cloud.yun.host.process.Commands;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Guests of QEMU through libvirt.
public final class LibvirtHypervisor implements HypervisorDriver, AutoCloseable {
    private final LibvirtOptions options;
    private final Domains domains;
    private final ImageCache cache;
    private final GuestFiles files;
    private final KeptFiles kept;
    private final GuestXml xml;
    private final PowerWatch watch;
    private final HostView hostView;
    private final GuestDiagnostics diagnosed;
    private final RootCopies copies;
    private final GuestDevices devices;

    /// @param uri says where libvirt is and may start it; asked whenever there is no connection
    public LibvirtHypervisor(LibvirtOptions options, Supplier<String> uri, Commands commands, Clock clock) {
        this(
                options,
                uri,
                commands,
                clock,
                work -> Thread.ofVirtual().name("power-watch").start(work));
    }

    LibvirtHypervisor(LibvirtOptions options, Supplier<String> uri, Commands commands, Clock clock, Executor aside) {
        this.options = options;
        this.watch = new PowerWatch(this::state, this::guests, aside);
        this.domains = new Domains(uri, options.instances(), watch::received);
        this.cache = new ImageCache(options.cache(), options.forceRaw(), commands);
        this.files = new GuestFiles(options.instances(), cache, commands);
        this.kept = new KeptFiles(options.instances(), files, commands);
        this.xml = new GuestXml(options, files, clock);
        this.hostView = new HostView(options);
        this.diagnosed = new GuestDiagnostics(options.virtType().name().toLowerCase(Locale.ROOT));
        this.copies = new RootCopies(files, commands);
        this.devices = new GuestDevices(domains, options.detachAttempts(), options.detachWait());
    }

    // ---------------------------------------------------------------- files

    @Override
    public void cacheImage(Image image) {
        OnDisk.run(() -> cache.ensure(image));
    }

    @Override
    public void createDisks(Guest guest) {
        OnDisk.run(() -> {
            if (!files.hasRoot(guest.serverId())) guest.image().ifPresent(cache::ensure);
            files.create(guest);
        });
    }

    @Override
    public void deleteDisks(String serverId) {
        requireOff(serverId);
        OnDisk.run(() -> files.delete(serverId));
    }

    @Override
    public void keepDisks(String serverId) {
        requireOff(serverId);
        OnDisk.run(() -> kept.keep(serverId));
    }

    @Override
    public void copyKeptDisks(Guest guest) {
        OnDisk.run(() -> {
            kept.copy(guest);
            files.create(guest);
        });
    }

    @Override
    public void restoreKeptDisks(String serverId) {
        requireOff(serverId);
        OnDisk.run(() -> kept.restore(serverId));
    }

    @Override
    public void dropKeptDisks(String serverId) {
        OnDisk.run(() -> kept.drop(serverId));
    }

    @Override
    public Set<String> serversWithKeptDisks() {
        return kept.servers();
    }

    private void requireOff(String serverId) {
        if (domains.find(serverId).map(d -> d.state().active()).orElse(false))
            throw new Conflict("Guest " + serverId + " still has its disks open.");
    }

    @Override
    public Set<String> serversWithFiles() {
        return files.servers();
    }

    @Override
    public String consoleLog(String serverId, long bytesMax) {
        return files.console(serverId, bytesMax);
    }

    // ---------------------------------------------------------------- life

    /// Every change of a guest goes through here, so that the watch knows it was ordered.
    private void command(String serverId, Consumer<Libvirt> work) {
        watch.commanded(serverId);
        boolean answers = true;
        try {
            domains.call(libvirt -> {
                work.accept(libvirt);
                return true;
            });
        } catch (Unavailable e) {
            answers = false; // to ask a libvirt that hangs once more takes its whole deadline again
            throw e;
        } finally {
            watch.settled(serverId, answers ? stateIfKnown(serverId) : Optional.empty());
        }
    }

    private Optional<PowerState> stateIfKnown(String serverId) {
        try {
            return state(serverId);
        } catch (CloudException | LibvirtException e) {
            // The command's own failure says more; without an expectation the watch keeps still.
            return Optional.empty();
        }
    }

    @Override
    public void define(Guest guest) {
        command(guest.serverId(), libvirt -> {
            var found = domains.find(guest.serverId());
            if (found.isEmpty() || !found.get().state().active()) define(libvirt, guest);
        });
    }

    @Override
    public void start(Guest guest) {
        command(guest.serverId(), libvirt -> {
            var found = domains.find(guest.serverId());
            if (found.isPresent() && found.get().state().active()) return;
            define(libvirt, guest).ensureStarted();
        });
    }

    /// The definition is written anew each time: what the database says wins over what was.
    private Domain define(Libvirt libvirt, Guest guest) {
        return define(libvirt, guest, Optional.empty());
    }

    private Domain define(Libvirt libvirt, Guest guest, Optional<Rescue> rescue) {
        var id = UUID.fromString(guest.serverId());
        libvirt.find(id).filter(d -> !domains.ours(d)).ifPresent(d -> {
            throw new Conflict("The host has a guest of somebody else with the id " + id + ".");
        });
        domains.forget(guest.serverId());
        var name = libvirt.find(guest.domainName())
                        .filter(d -> !d.uuid().equals(id))
                        .isEmpty()
                ? guest.domainName()
                // Somebody else's cloud on this machine counts its instances up as well.
                : guest.domainName() + "-" + guest.serverId().substring(0, 8);
        var text = xml.of(guest, rescue, name, domains.mark());
        OnDisk.run(() -> files.writeXml(guest.serverId(), text));
        return libvirt.define(text);
    }

    @Override
    public void stop(String serverId, Duration timeout, Duration retry) {
        command(serverId, libvirt -> {
            var found = domains.find(serverId);
            if (found.isEmpty()) return;
            var domain = found.get();
            // A guest that does not run hears no button.
            boolean hears = domain.state() == DomainState.RUNNING || domain.state() == DomainState.BLOCKED;
            if (hears && !timeout.isZero() && GuestButtons.shutDown(libvirt, domain, timeout, retry)) return;
            domain.ensureDestroyed();
        });
    }

    @Override
    public void destroy(String serverId) {
        command(
                serverId,
                libvirt -> domains.find(serverId).ifPresent(domain -> {
                    domain.ensureDestroyed();
                    domain.undefine();
                    domains.forget(serverId);
                }));
    }

    @Override
    public void rebootSoft(Guest guest, Duration timeout) {
        command(guest.serverId(), libvirt -> {
            var domain = domains.require(guest.serverId());
            boolean runs = domain.state() == DomainState.RUNNING || domain.state() == DomainState.BLOCKED;
            if (!runs || timeout.isZero() || !GuestButtons.restarted(libvirt, domain, timeout)) replace(libvirt, guest);
        });
    }

    @Override
    public void rebootHard(Guest guest) {
        command(guest.serverId(), libvirt -> replace(libvirt, guest));
    }

    private void replace(Libvirt libvirt, Guest guest) {
        off(domains.find(guest.serverId()));
        createDisks(guest);
        define(libvirt, guest).ensureStarted();
    }

    @Override
    public void pause(String serverId) {
        command(serverId, libvirt -> {
            var domain = domains.require(serverId);
            if (domain.state() != DomainState.PAUSED) domain.suspend();
        });
    }

    @Override
    public void unpause(String serverId) {
        command(serverId, libvirt -> {
            var domain = domains.require(serverId);
            if (domain.state() == DomainState.PAUSED) domain.resume();
        });
    }

    @Override
    public void suspend(String serverId) {
        command(serverId, libvirt -> {
            var domain = domains.require(serverId);
            if (domain.state().active()) domain.managedSave();
            else if (!domain.hasManagedSave())
                throw new Conflict("The guest is off: there is no memory that could be saved.");
        });
    }

    @Override
    public void resume(Guest guest) {
        command(guest.serverId(), libvirt -> {
            var found = domains.find(guest.serverId());
            // The saved memory belongs to the definition it was saved with; that one must stay.
            if (found.isPresent() && found.get().hasManagedSave()) found.get().ensureStarted();
            else if (found.isEmpty() || !found.get().state().active())
                define(libvirt, guest).ensureStarted();
            if (domains.require(guest.serverId()).state() == DomainState.PAUSED)
                domains.require(guest.serverId()).resume();
        });
    }

    // ---------------------------------------------------------------- aside

    /// Not one of the commands that the watch is told of: the guest goes on as it is.
    @Override
    public Image snapshot(String serverId, String snapshotId, Quiesce quiesce) {
        return domains.call(libvirt ->
                OnDisk.call(() -> copies.make(libvirt, domains.find(serverId), serverId, snapshotId, quiesce)));
    }

    @Override
    public void deleteSnapshot(String serverId, String snapshotId) {
        OnDisk.run(() -> files.deleteCopy(serverId, snapshotId));
    }

    @Override
    public void rescue(Guest guest, Rescue rescue) {
        command(guest.serverId(), libvirt -> {
            var found = domains.find(guest.serverId());
            if (found.isPresent() && found.get().state().active() && rescued(found.get(), guest.serverId())) return;
            off(found);
            OnDisk.run(() -> {
                cache.ensure(rescue.image());
                files.createRescue(guest, rescue.image());
            });
            define(libvirt, guest, Optional.of(rescue)).ensureStarted();
        });
    }

    @Override
    public void unrescue(Guest guest) {
        command(guest.serverId(), libvirt -> {
            var found = domains.find(guest.serverId());
            boolean own = found.isPresent() && found.get().state().active() && !rescued(found.get(), guest.serverId());
            if (!own) replace(libvirt, guest);
            OnDisk.run(() -> files.deleteRescue(guest.serverId()));
        });
    }

    private boolean rescued(Domain domain, String serverId) {
        var disk = files.rescue(serverId).toString();
        return domain.view().disks().stream().anyMatch(d -> d.source().equals(Optional.of(disk)));
    }

    private static void off(Optional<Domain> domain) {
        domain.ifPresent(d -> {
            d.ensureDestroyed();
            if (d.hasManagedSave()) d.removeManagedSave();
        });
    }

    // ---------------------------------------------------------------- devices

    @Override
    public void attachVolume(String serverId, Disk disk) {
        command(serverId, _ -> devices.attach(disk, serverId));
    }

    @Override
    public void detachVolume(String serverId, Disk disk) {
        command(serverId, _ -> devices.detach(disk, serverId));
    }

    @Override
    public void attachNic(String serverId, Nic nic) {
        command(serverId, _ -> devices.attach(nic, serverId));
    }

    @Override
    public void detachNic(String serverId, Nic nic) {
        command(serverId, _ -> devices.detach(nic, serverId));
    }

    @Override
    public void resizeVolume(String serverId, Disk disk, long sizeBytes) {
        command(serverId, _ -> devices.resize(disk, serverId, sizeBytes));
    }

    // ---------------------------------------------------------------- looks

    @Override
    public Optional<Vnc> vnc(String serverId) {
        return domains.call(_ -> domains.find(serverId)
                .filter(d -> d.state().active())
                .flatMap(d -> d.view().vncPort())
                .map(port -> new Vnc(address(options.vncListen()), port)));
    }

    /// Where to connect to what listens everywhere.
    private String address(String listen) {
        return listen.equals("0.0.0.0") || listen.equals("::") ? options.hostIp() : listen;
    }

    @Override
    public Optional<PowerState> state(String serverId) {
        return domains.call(_ -> domains.find(serverId).flatMap(LibvirtHypervisor::power));
    }

    @Override
    public Map<String, PowerState> guests() {
        return domains.call(_ -> {
            var found = new HashMap<String, PowerState>();
            for (var domain : domains.all())
                power(domain).ifPresent(state -> found.put(domain.uuid().toString(), state));
            return found;
        });
    }

    private static Optional<PowerState> power(Domain domain) {
        try {
            return Optional.of(
                    switch (domain.state()) {
                        case NOSTATE -> PowerState.NOSTATE;
                        // SHUTDOWN is the way to SHUTOFF, and of a soft reboot: the guest still runs.
                        case RUNNING, BLOCKED, SHUTDOWN -> PowerState.RUNNING;
                        case PAUSED -> PowerState.PAUSED;
                        case SHUTOFF -> PowerState.SHUTDOWN;
                        case CRASHED -> PowerState.CRASHED;
                        case PMSUSPENDED -> PowerState.SUSPENDED;
                    });
        } catch (LibvirtException e) {
            if (e.is(LibvirtError.NO_DOMAIN)) return Optional.empty();
            throw e;
        }
    }

    @Override
    public void setAdminPassword(String serverId, String user, String password) {
        domains.call(_ -> {
            try {
                domains.require(serverId).agent().setPassword(user, password);
            } catch (LibvirtException e) {
                if (!e.connectionLost()) throw new Conflict("QEMU guest agent is not enabled");
                throw e;
            }
            return serverId;
        });
    }

    @Override
    public void injectNmi(String serverId) {
        domains.call(_ -> {
            domains.require(serverId).injectNmi();
            return serverId;
        });
    }

    @Override
    public Diagnostics diagnostics(String serverId) {
        return domains.call(_ -> {
            var domain = domains.require(serverId);
            return diagnosed.of(
                    domain,
                    power(domain).orElse(PowerState.NOSTATE),
                    hostView.uptimeSeconds(files.xml(serverId), domain.state().active()));
        });
    }

    @Override
    public Host host() {
        return domains.call(hostView::of);
    }

    @Override
    public void onStateChange(BiConsumer<String, PowerState> listener) {
        watch.listener(listener);
    }

    /// The connection ends; guests go on.
    @Override
    public void close() {
        domains.close();
    }
}
