package cloud.yun.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.yun.host.GuestImage;
import cloud.yun.host.RealHost;
import cloud.yun.host.daemons.LibvirtDaemons;
import cloud.yun.host.disk.ConfigDrive;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.process.Commands;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A guest on a libvirtd of our own: what drivers rely on, seen inside the guest.
@Tag("host")
class RealGuestTest {
    private static final Duration BOOT = Duration.ofSeconds(120);
    private static final long MIB = 1 << 20;

    private final Commands commands = Commands.system();
    private final HostNetwork network = HostNetwork.root(commands);
    private final UUID uuid = UUID.randomUUID();
    private final String tap = RealHost.unique("ytap");
    private final List<DomainEvent> events = new CopyOnWriteArrayList<>();

    private Path directory;
    private LibvirtDaemons daemons;
    private Libvirt libvirt;

    @BeforeEach
    void prepare() throws Exception {
        RealHost.assumeRoot();
        RealHost.assumeInstalled("libvirtd", "virtlogd", "qemu-system-x86_64", "qemu-img", "ip", "unshare");
        directory = Files.createTempDirectory(Path.of("/tmp"), "yt");
        daemons = LibvirtDaemons.isolated(directory.resolve("v"));
        libvirt = Libvirt.connect(daemons.start());
        libvirt.onEvent(events::add);
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (directory == null) return;
        if (libvirt != null) {
            for (var domain : libvirt.domains()) {
                domain.ensureDestroyed();
                domain.undefine();
            }
            libvirt.close();
        }
        daemons.stop();
        network.deleteLink(tap);
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private String console() throws Exception {
        var log = directory.resolve("console.log");
        return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1) : "";
    }

    private void awaitConsole(String text) {
        await("console to say " + text)
                .atMost(BOOT)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> console().contains(text));
    }

    private DomainXml guest() throws Exception {
        var images = new QemuImg(commands);
        var root = directory.resolve("disk");
        images.createOverlay(root, GuestImage.raw(), ImageFormat.RAW, Optional.of(128 * MIB));
        var drive = directory.resolve("disk.config");
        String userData = "#!/bin/sh\necho user-data ran on $(hostname)\n";
        String metaData = "{\"uuid\": \"" + uuid + "\", \"hostname\": \"web-1.novalocal\"}";
        new ConfigDrive(commands)
                .write(
                        drive,
                        Map.of(
                                "openstack/latest/meta_data.json", metaData.getBytes(StandardCharsets.UTF_8),
                                "openstack/latest/user_data", userData.getBytes(StandardCharsets.UTF_8)));
        return DomainXml.of("g-" + uuid, uuid, DomainXml.VirtType.QEMU)
                .memoryMib(192)
                .vcpus(1)
                .translationCacheMib(32)
                .disk(Disk.file(root, ImageFormat.QCOW2, "vda")
                        .serial(uuid.toString().substring(0, 20)))
                .disk(Disk.configDrive(drive, "vdb"))
                .serialLog(directory.resolve("console.log"))
                .metadata(new NovaMetadata(
                        "<web & \"1\">",
                        Instant.EPOCH,
                        "m1.nano",
                        192,
                        1,
                        0,
                        0,
                        1,
                        "u",
                        "ann",
                        "p",
                        "<demo>",
                        Optional.of("i")));
    }

    @Test
    void guest_boots_takesAndLosesDevices_shutsDown_andLeavesNothing() throws Exception {
        var domain = libvirt.define(guest().toXml());
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        domain.start();
        awaitConsole("web-1 login:");
        assertThat(console())
                .contains("=== datasource: configdrive /dev/vdb ===")
                .contains("user-data ran on web-1")
                .contains("Platform: Yun OpenStack Nova")
                .contains("serial=" + uuid.toString().substring(0, 20));
        assertThat(domain.xml()).contains("&lt;web &amp; \"1\"&gt;").contains(NovaMetadata.NAMESPACE);

        observe(domain);
        hotPlugDisk(domain);
        hotPlugNic(domain);
        saveAndContinue(domain);

        domain.shutdown();
        await().atMost(BOOT)
                .until(() -> events.stream()
                        .anyMatch(e -> e instanceof DomainEvent.Lifecycle l
                                && l.uuid().equals(uuid)
                                && l.kind() == DomainEvent.Lifecycle.Kind.STOPPED
                                && l.detail() == 0));
        assertThat(console()).contains("=== yunos: shutting down");
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        for (int i = 0; i < 2; i++) domain.undefine();
        assertThat(libvirt.find(uuid)).isEmpty();
        assertThat(daemons.guests()).isEmpty();
    }

    private void observe(Domain domain) {
        assertThat(domain.info().cpuTime()).isPositive();
        assertThat(domain.memoryStats().residentKib())
                .hasValueSatisfying(r -> assertThat(r).isGreaterThan(50_000));
        assertThat(domain.vcpus()).hasSize(1);
        assertThat(domain.blockStats("vda").readBytes()).isGreaterThan(MIB);
        assertThat(domain.screenshot()).startsWith(0x89, 'P', 'N', 'G');
        var view = domain.view();
        assertThat(view.vncPort()).hasValueSatisfying(p -> assertThat(p).isBetween(5900, 65535));
        assertThat(view.webSocketPort()).isPresent();
        assertThat(view.serialPty()).hasValueSatisfying(p -> assertThat(p).startsWith("/dev/pts/"));
        domain.setMetadata("<note text='1 &lt; 2'/>", "y", "urn:y", Affect.LIVE_AND_CONFIG);
        assertThat(domain.xml()).contains("<y:note xmlns:y=\"urn:y\" text=\"1 &lt; 2\"/>");
        domain.setMemory(160 * 1024, Affect.LIVE);
        await().atMost(BOOT).until(() -> domain.info().memoryKib() == 160 * 1024);
        domain.setMemory(192 * 1024, Affect.LIVE);
        domain.setVcpus(1, Affect.CONFIG);
        domain.suspend();
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
        domain.resume();
        assertThat(daemons.guests()).containsExactly("g-" + uuid);
    }

    private void hotPlugDisk(Domain domain) throws Exception {
        var file = directory.resolve("volume.raw");
        new DiskFiles(commands).allocate(file, 16 * MIB);
        var disk = Disk.file(file, ImageFormat.RAW, "vdc").serial("vol-1").alias("ua-" + uuid);
        domain.attachDevice(disk.toXml(), Affect.LIVE_AND_CONFIG);
        awaitConsole("hotplug: disk vdc add");
        assertThat(domain.view().diskWithAlias("ua-" + uuid)).isPresent();
        assertThatThrownBy(() -> domain.attachDevice(disk.toXml(), Affect.LIVE)).isInstanceOf(LibvirtException.class);

        new DiskFiles(commands).allocate(file, 32 * MIB);
        domain.blockResize("vdc", 32 * MIB);
        awaitConsole("hotplug: disk vdc resized to 65536 sectors");

        assertThat(domain.detach().andWait(disk.toXml(), "ua-" + uuid, 5, Duration.ofSeconds(10)))
                .isTrue();
        awaitConsole("hotplug: disk vdc remove");
        assertThat(events).contains(new DomainEvent.DeviceRemoved(uuid, "g-" + uuid, "ua-" + uuid));
        assertThat(domain.detach().andWait(disk.toXml(), "ua-" + uuid, 1, Duration.ofSeconds(10)))
                .isTrue();
        domain.detachDevice(disk.toXml(), Affect.CONFIG);
        assertThatThrownBy(() -> domain.detachDevice(disk.toXml(), Affect.CONFIG))
                .isInstanceOfSatisfying(
                        LibvirtException.class, e -> assertThat(e.error()).isEqualTo(LibvirtError.DEVICE_MISSING));
        assertThat(DomainView.parse(domain.inactiveXml()).disks()).hasSize(2);
    }

    private void hotPlugNic(Domain domain) {
        network.createTap(tap, false);
        network.up(tap);
        var nic = Interface.tap(tap, "fa:16:3e:00:00:01", 1450).alias("ua-nic-1");
        domain.attachDevice(nic.toXml(), Affect.LIVE);
        awaitConsole("hotplug: net eth0 added");
        assertThat(domain.view().nic("fa:16:3e:00:00:01").flatMap(DomainView.InterfaceView::device))
                .contains(tap);
        assertThat(domain.detach().andWait(nic.toXml(), "ua-nic-1", 5, Duration.ofSeconds(10)))
                .isTrue();
        // managed='no': the tap is ours and outlives the guest's interface.
        assertThat(network.link(tap)).isPresent();
    }

    private void saveAndContinue(Domain domain) {
        domain.managedSave();
        assertThat(domain.hasManagedSave()).isTrue();
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        domain.start();
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        assertThat(domain.hasManagedSave()).isFalse();
    }

    @Test
    void daemonRestart_keepsTheGuest_andTheConnectionComesBack() throws Exception {
        var domain = libvirt.define(guest().toXml());
        domain.start();
        daemons.stop();
        assertThat(daemons.started()).isFalse();
        assertThat(daemons.guests()).hasSize(1);
        assertThatThrownBy(domain::state)
                .isInstanceOfSatisfying(
                        LibvirtException.class,
                        e -> assertThat(e.connectionLost()).isTrue());
        daemons.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> events.contains(new DomainEvent.ConnectionRestored()));
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        awaitConsole("web-1 login:");
        domain.destroy();
        await().until(() -> events.stream()
                .anyMatch(e -> e instanceof DomainEvent.Lifecycle l
                        && l.kind() == DomainEvent.Lifecycle.Kind.STOPPED
                        && l.detail() == 1));
    }

    @Test
    void snapshotOfARunningGuest_isMergedBack_intoItsOwnFileOnly() throws Exception {
        var domain = libvirt.define(guest().toXml());
        domain.start();
        awaitConsole("web-1 login:");
        var base = GuestImage.raw();
        var baseTime = Files.getLastModifiedTime(base);
        var root = directory.resolve("disk");
        var overlay = directory.resolve("disk.delta");
        new QemuImg(commands).createOverlay(overlay, root, ImageFormat.QCOW2, Optional.empty());
        domain.blockJobs()
                .snapshotDisks(
                        "<domainsnapshot><disks><disk name='vda' snapshot='external'><source file='" + overlay
                                + "'/></disk><disk name='vdb' snapshot='no'/></disks></domainsnapshot>",
                        false);
        assertThat(domain.view().disk("vda").flatMap(DomainView.DiskView::source))
                .contains(overlay.toString());
        domain.blockJobs().commitActive("vda", root.toString());
        await().atMost(BOOT)
                .until(() -> events.contains(
                        new DomainEvent.BlockJob(uuid, "g-" + uuid, "vda", DomainEvent.BlockJob.Status.READY)));
        assertThat(domain.blockJobs().progress("vda"))
                .hasValueSatisfying(p -> assertThat(p.complete()).isTrue());
        domain.blockJobs().pivot("vda");
        await().atMost(BOOT)
                .until(() -> domain.view()
                        .disk("vda")
                        .flatMap(DomainView.DiskView::source)
                        .equals(Optional.of(root.toString())));
        assertThat(domain.blockJobs().progress("vda")).isEmpty();
        assertThat(Files.getLastModifiedTime(base)).isEqualTo(baseTime);
    }

    @Test
    void migration_toAnotherLibvirt_movesTheRunningGuest() throws Exception {
        var there = LibvirtDaemons.isolated(directory.resolve("w"));
        try (var other = Libvirt.connect(there.start())) {
            var domain = libvirt.define(guest().toXml());
            domain.start();
            awaitConsole("web-1 login:");
            domain.migration()
                    .to(
                            there.uri(),
                            EnumSet.of(
                                    Migration.Flag.LIVE,
                                    Migration.Flag.PEER2PEER,
                                    Migration.Flag.PERSIST_DEST,
                                    Migration.Flag.UNDEFINE_SOURCE,
                                    Migration.Flag.UNSAFE),
                            Map.of("migrate_uri", "tcp://127.0.0.1"),
                            List.of(),
                            Duration.ofMinutes(2));
            assertThat(libvirt.find(uuid)).isEmpty();
            var moved = other.domain(uuid);
            assertThat(moved.state()).isEqualTo(DomainState.RUNNING);
            assertThat(moved.persistent()).isTrue();
            await().until(() ->
                    events.stream().anyMatch(e -> e instanceof DomainEvent.Lifecycle l && l.migratedAway()));
            moved.destroy();
            moved.undefine();
        } finally {
            there.stop();
        }
    }

    @Test
    void agent_answers_whenTheGuestHasOne() throws Exception {
        RealHost.assumeInstalled("qemu-ga");
        var root = directory.resolve("agent");
        new QemuImg(commands).createOverlay(root, GuestImage.rawWithAgent(), ImageFormat.RAW, Optional.empty());
        var domain = libvirt.define(DomainXml.of("g-" + uuid, uuid, DomainXml.VirtType.QEMU)
                .memoryMib(192)
                .disk(Disk.file(root, ImageFormat.QCOW2, "vda"))
                .serialLog(directory.resolve("console.log"))
                .toXml());
        domain.start();
        assertThatThrownBy(() -> domain.agent().freeze())
                .isInstanceOfSatisfying(
                        LibvirtException.class, e -> assertThat(e.error()).isEqualTo(LibvirtError.AGENT_UNRESPONSIVE));
        await().atMost(BOOT).until(() -> events.contains(new DomainEvent.AgentConnection(uuid, "g-" + uuid, true)));
        awaitConsole("login:");
        assertThat(domain.agent().command("{\"execute\":\"guest-info\"}")).contains("guest-set-user-password");
        assertThat(domain.agent().freeze()).isPositive();
        assertThat(domain.agent().thaw()).isPositive();
        domain.agent().setPassword("cloud", "other-password");
        domain.shutdownByAgent();
        await().atMost(BOOT).until(() -> !domain.state().active());
    }

    @Test
    void uefiGuest_boots_andLeavesNoNvram() throws Exception {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/usr/share/OVMF/OVMF_CODE_4M.fd")), "skipped: ovmf is not installed");
        var domain = libvirt.define(
                guest().firmware(DomainXml.Firmware.UEFI).memoryMib(256).toXml());
        domain.start();
        awaitConsole("web-1 login:");
        domain.reboot();
        await("second boot").atMost(BOOT).until(() -> console().split("=== yunos: current=", -1).length == 3);
        domain.destroy();
        domain.undefine();
        assertThat(libvirt.find(uuid)).isEmpty();
        assertThat(directory.resolve("v/lib/qemu/nvram")).isEmptyDirectory();
    }

    @Test
    void define_takesEveryKindOfDevice() {
        var hosts = List.of(new Disk.Host("192.0.2.1", 3260));
        var xml = DomainXml.of("g-" + uuid, uuid, DomainXml.VirtType.QEMU)
                .vcpus(2)
                .cpu(new DomainXml.Cpu.Maximum())
                .nic(Interface.bridge("br-none", tap, "fa:16:3e:00:00:02", 1500));
        int letter = 'b';
        for (var source : List.of(
                new Disk.Source.BlockDevice(Path.of("/dev/zero")),
                new Disk.Source.Network("iscsi", "iqn.2010-10.org.openstack:v/1", hosts, Optional.empty()),
                new Disk.Source.Network(
                        "rbd", "volumes/v", hosts, Optional.of(new Disk.Login("cinder", "ceph", UUID.randomUUID()))),
                new Disk.Source.Network("nfs", "/export/v", List.of(new Disk.Host("192.0.2.1", 0)), Optional.empty()),
                new Disk.Source.Network("nbd", "v", hosts, Optional.empty()))) {
            xml.disk(new Disk(
                    source,
                    "vd" + (char) letter++,
                    Disk.Bus.VIRTIO,
                    Optional.empty(),
                    Optional.empty(),
                    "none",
                    false,
                    true,
                    Optional.empty()));
        }
        assertThat(libvirt.define(xml.toXml()).view().disks()).hasSize(5);
        libvirt.domain(uuid).undefine();
        assertThat(libvirt.define(xml.machine("pc").toXml()).view().interfaces())
                .hasSize(1);
    }

    @Test
    void secrets_areSetAndRemoved() {
        var secret = UUID.randomUUID();
        for (int i = 0; i < 2; i++) {
            libvirt.secrets().set(secret, Secrets.Usage.ISCSI, "iqn.2010-10.org.openstack:<v>", new byte[] {1, 2});
        }
        assertThat(libvirt.secrets().exists(secret)).isTrue();
        for (int i = 0; i < 2; i++) libvirt.secrets().remove(secret);
        assertThat(libvirt.secrets().exists(secret)).isFalse();
    }

    @Test
    void host_tellsWhatItCan() {
        assertThat(libvirt.domainCapabilities("x86_64", "q35", "qemu")).contains("<domain>qemu</domain>");
        assertThat(libvirt.hypervisorVersion()).isGreaterThan(5_000_000);
    }
}
