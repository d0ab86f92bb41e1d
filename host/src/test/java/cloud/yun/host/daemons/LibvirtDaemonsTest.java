package cloud.yun.host.daemons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.host.GuestImage;
import cloud.yun.host.RealHost;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.libvirt.Disk;
import cloud.yun.host.libvirt.DomainState;
import cloud.yun.host.libvirt.DomainXml;
import cloud.yun.host.libvirt.Libvirt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("host")
class LibvirtDaemonsTest {
    private Path directory;

    @BeforeEach
    void prepare() throws Exception {
        RealHost.assumeRoot();
        RealHost.assumeInstalled("libvirtd", "virtlogd", "qemu-system-x86_64", "unshare");
        directory = Files.createTempDirectory(Path.of("/tmp"), "yt");
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (directory == null) return;
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    @Test
    void isolated_twoOfThem_knowNothingOfEachOther() {
        var one = LibvirtDaemons.isolated(directory.resolve("a"));
        var two = LibvirtDaemons.isolated(directory.resolve("b"));
        try (var first = Libvirt.connect(one.start());
                var second = Libvirt.connect(two.start())) {
            assertThat(one.start()).isEqualTo(one.uri());
            var uuid = UUID.randomUUID();
            first.define(
                    DomainXml.of("d-" + uuid, uuid, DomainXml.VirtType.QEMU).toXml());
            assertThat(first.find(uuid)).isPresent();
            assertThat(second.find(uuid)).isEmpty();
            assertThat(second.define(DomainXml.of("d-" + uuid, uuid, DomainXml.VirtType.QEMU)
                                    .toXml())
                            .state())
                    .isEqualTo(DomainState.SHUTOFF);
        } finally {
            for (int i = 0; i < 2; i++) {
                one.stop();
                two.stop();
            }
        }
        assertThat(one.started()).isFalse();
        assertThat(two.started()).isFalse();
    }

    /// Takes the machine's one libvirtd, so it runs only when asked for: `-Dyun.host.shared-libvirtd=true`.
    @Test
    void shared_runsAGuestAsRoot_atThePlacesEverybodyKnows() throws Exception {
        assumeTrue(
                Boolean.getBoolean("yun.host.shared-libvirtd"),
                "skipped: -Dyun.host.shared-libvirtd=true is needed to use the machine's own libvirtd");
        assumeTrue(LibvirtDaemons.running().isEmpty(), "skipped: the machine's libvirtd is in use");
        var daemons = LibvirtDaemons.shared(directory.resolve("s"));
        var uuid = UUID.randomUUID();
        var disk = Files.copy(GuestImage.raw(), directory.resolve("disk.raw"));
        var log = directory.resolve("console.log");
        try (var libvirt = Libvirt.connect(daemons.start())) {
            assertThat(LibvirtDaemons.running()).contains("qemu:///system");
            var domain = libvirt.define(DomainXml.of("d-" + uuid, uuid, DomainXml.VirtType.QEMU)
                    .memoryMib(192)
                    .disk(Disk.file(disk, ImageFormat.RAW, "vda"))
                    .serialLog(log)
                    .toXml());
            try {
                domain.start();
                await().atMost(Duration.ofSeconds(120))
                        .until(() -> Files.exists(log)
                                && Files.readString(log, java.nio.charset.StandardCharsets.ISO_8859_1)
                                        .contains("login:"));
                assertThat(Files.getOwner(disk).getName()).isEqualTo("root");
                assertThat(daemons.guests()).containsExactly("d-" + uuid);
            } finally {
                domain.ensureDestroyed();
                domain.undefine();
            }
        } finally {
            daemons.stop();
        }
        assertThat(LibvirtDaemons.running()).isEmpty();
    }
}
