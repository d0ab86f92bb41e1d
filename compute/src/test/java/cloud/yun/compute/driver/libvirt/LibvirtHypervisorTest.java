package cloud.yun.compute.driver.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.compute.driver.HypervisorContract;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.driver.HypervisorDriver.Quiesce;
import cloud.yun.compute.driver.HypervisorDriver.Rescue;
import cloud.yun.host.daemons.LibvirtDaemons;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.libvirt.DomainXml;
import cloud.yun.host.libvirt.Libvirt;
import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import cloud.yun.host.process.Programs;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The contract with real guests, and what only real guests show.
@Tag("host")
class LibvirtHypervisorTest extends HypervisorContract {
    private static final long MIB = 1 << 20;

    private final Commands commands = Commands.system();
    private final HostNetwork network = HostNetwork.root(commands);
    private final String tap = "yc" + Long.toString(System.nanoTime() & 0xffffff, 36);
    private Path directory;
    private LibvirtDaemons daemons;
    private LibvirtHypervisor driver;

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: not root");
        for (var program : List.of("libvirtd", "virtlogd", "qemu-system-x86_64", "qemu-img", "ip"))
            assumeTrue(Programs.installed(program), "skipped: " + program + " is not installed");
        directory = Files.createTempDirectory(Path.of("/tmp"), "yc");
        daemons = LibvirtDaemons.isolated(directory.resolve("v"));
        daemons.start();
        driver = new LibvirtHypervisor(options(""), daemons::uri, commands, Clock.systemUTC());
    }

    private LibvirtOptions options(String more) {
        var config = Config.parse(LibvirtOptions.options(), more + "[libvirt]\nvirt_type=qemu\n");
        return LibvirtOptions.of(config, directory.resolve("compute"), commands);
    }

    @AfterEach
    void cleanUp() throws IOException {
        if (directory == null) return;
        daemons.start();
        try (var libvirt = Libvirt.connect(daemons.uri())) {
            for (var domain : libvirt.domains()) {
                domain.ensureDestroyed();
                domain.undefine();
            }
        }
        driver.close();
        daemons.stop();
        network.deleteLink(tap);
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    @Override
    protected HypervisorDriver driver() {
        return driver;
    }

    @Override
    protected String hypervisor() {
        return "qemu";
    }

    /// The tiny guest image, built once.
    private static synchronized Path imageFile() throws IOException {
        var script = Path.of("../guest-image/build.sh").toAbsolutePath();
        var image = Path.of("target/yunos.raw").toAbsolutePath();
        if (!Files.exists(image) || Files.getLastModifiedTime(image).compareTo(Files.getLastModifiedTime(script)) < 0)
            Commands.system()
                    .run(Command.of("bash", script.toString(), image.toString()).deadline(Duration.ofMinutes(3)));
        return image;
    }

    @Override
    protected Image image() throws IOException {
        return new Image("11111111-aaaa-bbbb-cccc-222222222222", imageFile(), "raw");
    }

    @Override
    protected Disk volume() {
        var file = directory.resolve("volume.raw");
        new DiskFiles(commands).allocate(file, 16 * MIB);
        var connection = new Connection("file", Map.of("path", file.toString(), "format", "raw"));
        return new Disk(UUID.randomUUID().toString(), "/dev/vdb", connection, -1);
    }

    @Override
    protected Nic nic() {
        network.createTap(tap, false);
        network.up(tap);
        return new Nic(UUID.randomUUID().toString(), "fa:16:3e:00:00:01", tap, 1450);
    }

    private Path folder(String id) {
        return directory.resolve("compute/instances").resolve(id);
    }

    @Requirement({"S3.80", "S3.79", "S3.83"})
    @Test
    void files_areWhereNovasOperatorsLookForThem() throws Exception {
        var guest = guest();
        make(guest);
        var id = guest.serverId();
        assertThat(folder(id).resolve("disk")).exists();
        assertThat(driver.vnc(id)).hasValueSatisfying(v -> assertThat(v.port()).isGreaterThanOrEqualTo(5900));
        var bases = directory.resolve("compute/instances/_base");
        var info = new QemuImg(commands).info(folder(id).resolve("disk"), ImageFormat.QCOW2);
        assertThat(info.backingFile())
                .hasValueSatisfying(b -> assertThat(Path.of(b).getParent()).isEqualTo(bases));
        assertThat(info.backingFormat()).contains("raw");
        assertThat(info.virtualBytes()).isEqualTo(1L << 30);
        try (var libvirt = Libvirt.connect(daemons.uri())) {
            // What libvirt says of it when defined from our file again is what it says now.
            var defined = libvirt.domain(UUID.fromString(id)).inactiveXml();
            var again = libvirt.define(Files.readString(folder(id).resolve("libvirt.xml")));
            assertThat(again.inactiveXml()).isEqualTo(defined);
        }
        remove(id);
        assertThat(folder(id)).doesNotExist();
    }

    private static Guest withRoot(Guest g, int rootGib) {
        return new Guest(
                g.serverId(),
                g.domainName(),
                g.displayName(),
                g.projectId(),
                g.userId(),
                g.vcpus(),
                g.memoryMib(),
                rootGib,
                g.ephemeralGib(),
                g.swapMib(),
                g.image(),
                g.rootDevice(),
                g.nics(),
                g.volumes(),
                g.configDrive(),
                g.properties());
    }

    private void write(Path disk) {
        commands.run(Command.of("qemu-io", "-f", "qcow2", "-c", "write -P 0xab 900M 64k", disk.toString()));
    }

    /// A resize: the root disk grows with all that is on it, and the old one is there for the way back.
    @Test
    void copyKeptDisks_whenTheFlavorIsLarger_growsTheRootDiskAndBootsFromIt() throws Exception {
        var images = new QemuImg(commands);
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        driver.destroy(id);
        write(folder(id).resolve("disk"));
        driver.keepDisks(id);
        var kept = folder(id).resolveSibling(id + "_resize").resolve("disk");
        var larger = withRoot(guest, 2);
        driver.copyKeptDisks(larger);
        var disk = folder(id).resolve("disk");
        assertThat(images.info(disk, ImageFormat.QCOW2).virtualBytes()).isEqualTo(2L << 30);
        assertThat(images.info(kept, ImageFormat.QCOW2).virtualBytes()).isEqualTo(1L << 30);
        assertThat(images.same(disk, ImageFormat.QCOW2, kept, ImageFormat.QCOW2))
                .as("what the guest wrote, and nothing behind it")
                .isTrue();
        driver.start(larger);
        awaitBooted(id);
        driver.destroy(id);
        driver.restoreKeptDisks(id);
        assertThat(kept).doesNotExist();
        assertThat(images.info(disk, ImageFormat.QCOW2).virtualBytes()).isEqualTo(1L << 30);
        remove(id);
    }

    /// A rebuild: the disks go and are made from the image again.
    @Requirement("S3.108")
    @Test
    void createDisks_afterTheOldOnesWereDeleted_haveNothingOfThem() throws Exception {
        var images = new QemuImg(commands);
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        driver.destroy(id);
        var disk = folder(id).resolve("disk");
        write(disk);
        assertThat(images.same(disk, ImageFormat.QCOW2, imageFile(), ImageFormat.RAW))
                .isFalse();
        driver.deleteDisks(id);
        driver.createDisks(guest);
        assertThat(images.same(disk, ImageFormat.QCOW2, imageFile(), ImageFormat.RAW))
                .isTrue();
        driver.start(guest);
        assertThat(driver.state(id)).contains(PowerState.RUNNING);
        remove(id);
    }

    @Requirement({"S3.74", "S3.75"})
    @Test
    void cacheImage_when50GuestsWantItAtOnce_isMadeOnce_andRaw() throws Exception {
        var qcow2 = directory.resolve("image.qcow2");
        new QemuImg(commands).convert(imageFile(), ImageFormat.RAW, qcow2, ImageFormat.QCOW2);
        var image = new Image(UUID.randomUUID().toString(), qcow2, "qcow2");
        var counting = new CopyOnWriteArrayList<String>();
        Commands watched = command -> {
            if (command.toString().contains("convert")) counting.add(command.toString());
            return commands.run(command);
        };
        var cache = new ImageCache(directory.resolve("base"), true, watched);
        try (var all = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var done = IntStream.range(0, 50)
                    .mapToObj(_ -> all.submit(() -> cache.ensure(image)))
                    .toList();
            for (var one : done) one.get();
        }
        assertThat(counting).hasSize(1);
        var base = cache.of(image);
        assertThat(base.format()).isEqualTo(ImageFormat.RAW);
        assertThat(ImageFormat.detect(base.file())).isEqualTo(ImageFormat.RAW);
        assertThat(new QemuImg(commands).same(base.file(), ImageFormat.RAW, imageFile(), ImageFormat.RAW))
                .isTrue();
        assertThat(Files.getPosixFilePermissions(base.file())).hasSize(3);
    }

    @Requirement("S3.76")
    @Test
    void cacheImage_whenItNamesAnotherFile_isRefused() throws Exception {
        var evil = directory.resolve("evil.qcow2");
        commands.run(Command.of(
                "qemu-img", "create", "-q", "-f", "qcow2", "-b", "/etc/shadow", "-F", "raw", evil.toString()));
        assertThatThrownBy(() -> driver.cacheImage(new Image(UUID.randomUUID().toString(), evil, "qcow2")))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("backing file");
        assertThatThrownBy(() -> driver.cacheImage(new Image(UUID.randomUUID().toString(), evil, "raw")))
                .isInstanceOf(Invalid.class);
        var base = directory.resolve("compute/instances/_base");
        if (Files.exists(base)) assertThat(base).isEmptyDirectory();
    }

    @Test
    void strangersDomains_areNotSeenAndNotTouched() throws Exception {
        try (var libvirt = Libvirt.connect(daemons.uri())) {
            var guest = guest();
            var stranger = libvirt.define(DomainXml.of(guest.domainName(), UUID.randomUUID(), DomainXml.VirtType.QEMU)
                    .memoryMib(64)
                    .toXml());
            var other = libvirt.define(DomainXml.of("other", UUID.fromString(guest.serverId()), DomainXml.VirtType.QEMU)
                    .memoryMib(64)
                    .toXml());
            assertThat(driver.guests()).isEmpty();
            assertThat(driver.state(guest.serverId())).isEmpty();
            driver.destroy(guest.serverId());
            assertThat(other.exists()).isTrue();
            driver.createDisks(guest);
            assertThatThrownBy(() -> driver.start(guest)).isInstanceOf(Conflict.class);
            other.undefine();
            driver.start(guest); // its name is the stranger's: it takes another one
            assertThat(driver.guests()).containsOnlyKeys(guest.serverId());
            remove(guest.serverId());
            assertThat(stranger.exists()).isTrue();
        }
    }

    @Requirement({"S2.4", "S3.88"})
    @Test
    void stop_whenGuestIgnoresTheButton_asksAgainAndThenPullsThePlug() throws Exception {
        // Without anything to boot, the firmware hears no power button.
        var id = UUID.randomUUID().toString();
        var deaf = new Guest(
                id,
                "instance-deaf",
                "deaf",
                "p",
                "u",
                1,
                64,
                0,
                1,
                0,
                Optional.empty(),
                "/dev/vda",
                List.of(),
                List.of(),
                Map.of(),
                Map.of());
        make(deaf);
        var before = System.nanoTime();
        driver.stop(id, Duration.ofSeconds(5), Duration.ofSeconds(2));
        var took = Duration.ofNanos(System.nanoTime() - before);
        assertThat(driver.state(id)).contains(PowerState.SHUTDOWN);
        assertThat(took).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
        remove(id);
    }

    @Test
    void guestThatPowersOffByItself_isToldOnce_andOurOwnStopIsNot() throws Exception {
        var told = new CopyOnWriteArrayList<String>();
        driver.onStateChange((server, state) -> told.add(server + " " + state));
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        awaitBooted(id);
        driver.stop(id, Duration.ZERO, Duration.ofSeconds(1));
        driver.start(guest);
        try (var libvirt = Libvirt.connect(daemons.uri())) {
            libvirt.domain(UUID.fromString(id)).destroy();
        }
        await().atMost(PATIENCE).until(() -> !told.isEmpty());
        assertThat(told).containsExactly(id + " SHUTDOWN");
        remove(id);
    }

    @Requirement("S2.5")
    @Test
    void libvirtDown_isSaidClearly_guestsGoOn_andItRecovers() throws Exception {
        var guest = guest();
        make(guest);
        awaitBooted(guest.serverId());
        daemons.stop();
        assertThatThrownBy(() -> driver.pause(guest.serverId()))
                .isInstanceOf(Unavailable.class)
                .hasMessage("The hypervisor of the host does not answer. Please try again later.");
        assertThatThrownBy(() -> driver.host()).isInstanceOf(Unavailable.class);
        assertThat(daemons.guests()).hasSize(1);
        daemons.start();
        driver.pause(guest.serverId());
        assertThat(driver.state(guest.serverId())).contains(PowerState.PAUSED);
        driver.unpause(guest.serverId());
        remove(guest.serverId());
    }

    @Test
    void detachVolume_whenPausedGuestCannotLetGo_isRefusedAndBothSidesKeepIt() throws Exception {
        driver.close();
        driver = new LibvirtHypervisor(
                options("[libvirt]\ndevice_detach_attempts=2\ndevice_detach_timeout=1\n"),
                daemons::uri,
                commands,
                Clock.systemUTC());
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        awaitBooted(id);
        var volume = volume();
        driver.attachVolume(id, volume);
        driver.pause(id);
        assertThatThrownBy(() -> driver.detachVolume(id, volume)).isInstanceOf(Conflict.class);
        assertThat(driver.diagnostics(id).disks()).containsKey("vdb");
        driver.unpause(id);
        driver.detachVolume(id, volume);
        assertThat(driver.diagnostics(id).disks()).doesNotContainKey("vdb");
        remove(id);
    }

    /// The driver's part of the figure "POST /servers to QEMU running against define and start of the same XML".
    @Test
    void makingAGuest_whenImageIsCached_takesAtMostTwiceWhatLibvirtAloneTakes() throws Exception {
        driver.cacheImage(image());
        var ours = new java.util.ArrayList<Long>();
        var bare = new java.util.ArrayList<Long>();
        for (int i = 0; i < 5; i++) {
            var guest = guest();
            var id = guest.serverId();
            long before = System.nanoTime();
            driver.cacheImage(image());
            driver.createDisks(guest);
            driver.start(guest);
            ours.add(System.nanoTime() - before);
            driver.destroy(id);
            try (var libvirt = Libvirt.connect(daemons.uri())) {
                var xml = Files.readString(folder(id).resolve("libvirt.xml"));
                before = System.nanoTime();
                var domain = libvirt.define(xml);
                domain.start();
                bare.add(System.nanoTime() - before);
                domain.destroy();
                domain.undefine();
            }
            driver.deleteDisks(id);
        }
        ours.sort(null);
        bare.sort(null);
        double ratio = (double) ours.get(2) / bare.get(2);
        System.out.printf(
                "guest made in %d ms, libvirt alone %d ms: ratio %.2f%n",
                ours.get(2) / 1_000_000, bare.get(2) / 1_000_000, ratio);
        assertThat(ratio).isLessThanOrEqualTo(2.0);
    }

    @Requirement("S3.107")
    @Test
    void snapshot_ofARunningGuest_standsAloneAndBoots() throws Exception {
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        awaitBooted(id);
        var copy = UUID.randomUUID().toString();
        var file = driver.snapshot(id, copy, Quiesce.TRY); // the tiny guest has no agent
        assertThat(file.format()).isEqualTo("qcow2");
        assertThat(file.file()).hasParent(folder(id));
        var info = new QemuImg(commands).inspect(file.file(), Optional.of(ImageFormat.QCOW2));
        assertThat(info.virtualBytes()).isEqualTo(1L << 30);
        assertThat(driver.state(id)).contains(PowerState.RUNNING);
        var away = directory.resolve("copy.qcow2");
        Files.move(file.file(), away);
        remove(id);

        var second = UUID.randomUUID().toString();
        var again = new Guest(
                second,
                "instance-again",
                "again",
                "p",
                "u",
                1,
                192,
                1,
                0,
                0,
                Optional.of(new Image(copy, away, "qcow2")),
                "/dev/vda",
                List.of(),
                List.of(),
                Map.of(),
                Map.of());
        make(again);
        awaitBooted(second);
        remove(second);
    }

    @Requirement({"S3.105", "S3.106"})
    @Test
    void rescue_putsTheRootBeside_orLeavesItInItsPlace() throws Exception {
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        var root = folder(id).resolve("disk").toString();
        var rescueDisk = folder(id).resolve("disk.rescue");
        driver.rescue(guest, new Rescue(image(), Map.of()));
        try (var libvirt = Libvirt.connect(daemons.uri())) {
            var domain = libvirt.domain(UUID.fromString(id));
            assertThat(domain.view().disk("vda").orElseThrow().source()).contains(rescueDisk.toString());
            assertThat(domain.view().disk("vdb").orElseThrow().source()).contains(root);
            driver.unrescue(guest);
            assertThat(rescueDisk).doesNotExist();
            assertThat(domain.view().disk("vda").orElseThrow().source()).contains(root);
            assertThat(domain.view().disk("vdb")).isEmpty();

            driver.rescue(guest, new Rescue(image(), Map.of("hw_rescue_bus", "virtio")));
            assertThat(domain.view().disk("vda").orElseThrow().source()).contains(root);
            assertThat(domain.view().disk("vdw").orElseThrow().source()).contains(rescueDisk.toString());
            for (var disk : domain.xml().split("</disk>"))
                if (disk.contains("disk.rescue")) assertThat(disk).contains("<boot order='1'/>");
                else if (disk.contains("'" + root + "'")) assertThat(disk).contains("<boot order='2'/>");
        }
        awaitBooted(id);
        remove(id);
        assertThat(folder(id)).doesNotExist();
    }
}
