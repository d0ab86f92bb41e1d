package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.in;
import static cloud.yun.network.linuxbridge.Lab.port;
import static cloud.yun.network.linuxbridge.Lab.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Daemon;
import cloud.yun.host.process.Programs;
import cloud.yun.network.MetadataSource;
import cloud.yun.network.driver.NetworkDriver.Dhcp;
import cloud.yun.network.driver.NetworkDriver.DhcpHost;
import cloud.yun.network.driver.NetworkDriver.DhcpSubnet;
import cloud.yun.network.driver.NetworkDriver.ExternalGateway;
import cloud.yun.network.driver.NetworkDriver.FixedIp;
import cloud.yun.network.driver.NetworkDriver.FloatingIp;
import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.network.driver.NetworkDriver.Router;
import cloud.yun.network.driver.NetworkDriver.RouterPort;
import cloud.yun.network.metadata.MetadataServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A virtual machine on a tap of ours: it gets its address and its key, and is reached by its floating IP.
@Tag("host")
class GuestOnTapTest {
    private static final Path IMAGE = Path.of("target", "guest.raw").toAbsolutePath();
    private static final Path BUILD = Path.of("../guest-image/build.sh").toAbsolutePath();

    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host host;
    private Daemon qemu;

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
        for (String program : List.of("qemu-system-x86_64", "qemu-img", "ssh", "ssh-keygen")) {
            assumeTrue(Programs.installed(program), "skipped: " + program + " is not installed");
        }
        host = lab.host();
        qemu = new Daemon(
                "guest",
                directory.resolve("qemu.pid"),
                directory.resolve("disk.qcow2").toString(),
                directory.resolve("qemu.log"));
    }

    @AfterEach
    void cleanUp() {
        qemu.stop(Duration.ZERO);
        lab.close();
    }

    private static void run(String... words) {
        Lab.COMMANDS.run(
                Command.of(words[0], List.of(words).subList(1, words.length).toArray(String[]::new))
                        .deadline(Duration.ofMinutes(3)));
    }

    private void boot(Port port) {
        if (!Files.exists(IMAGE)) run("bash", BUILD.toString(), IMAGE.toString());
        String disk = directory.resolve("disk.qcow2").toString();
        run("qemu-img", "create", "-q", "-f", "qcow2", "-b", IMAGE.toString(), "-F", "raw", disk);
        qemu.start(
                Command.of(
                                "qemu-system-x86_64",
                                "-machine",
                                "q35,accel=tcg",
                                "-m",
                                "128",
                                "-display",
                                "none",
                                "-nodefaults")
                        .with("-drive", "file=" + disk + ",if=virtio")
                        .with("-netdev", "tap,id=n0,ifname=" + port.tap() + ",script=no,downscript=no")
                        .with("-device", "virtio-net-pci,netdev=n0,mac=" + port.mac())
                        .with("-serial", "file:" + directory.resolve("console"))
                        .in(host.name()),
                qemu::running);
    }

    private String ssh(String command) {
        var ssh = Command.of("ssh", "-i", directory.resolve("key").toString())
                .with("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes")
                .with("-o", "ConnectTimeout=2", "-o", "LogLevel=ERROR", "cloud@203.0.113.50", command)
                .in(host.name())
                .accept(0, 255);
        return Lab.COMMANDS.output(ssh).strip();
    }

    @Test
    void guest_getsItsAddressAndMetadata_andIsReachedByItsFloatingIp() throws IOException {
        run(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                directory.resolve("key").toString());
        var segment = Lab.vxlan(Lab.id(), 77);
        var port = port(segment, "10.3.0.11", in("tcp", 22));
        host.driver()
                .applyRouter(new Router(
                        Lab.id(),
                        true,
                        List.of(new RouterPort(Lab.id(), Lab.mac(), segment, List.of("10.3.0.1/24"), List.of())),
                        Optional.of(new ExternalGateway(
                                new RouterPort(
                                        Lab.id(),
                                        Lab.mac(),
                                        Lab.external(Lab.id()),
                                        List.of("203.0.113.10/24"),
                                        List.of()),
                                List.of("203.0.113.1"),
                                true)),
                        List.of(new FloatingIp(Lab.id(), "203.0.113.50", "10.3.0.11")),
                        List.of()));
        host.driver()
                .applyDhcp(new Dhcp(
                        segment.networkId(),
                        segment,
                        Lab.id(),
                        Lab.mac(),
                        List.of(new FixedIp("10.3.0.2", "subnet-a", "10.3.0.0/24")),
                        List.of(new DhcpSubnet(
                                "subnet-a", "10.3.0.0/24", Optional.of("10.3.0.1"), List.of(), List.of(), 600)),
                        List.of(new DhcpHost(port.id(), port.mac(), "10.3.0.11", "guest", List.of())),
                        "example",
                        false));
        host.driver().plug(port);
        var documents = Map.of(
                "/2009-04-04/meta-data/instance-id", "i-0000002a",
                "/2009-04-04/meta-data/local-hostname", "real-guest.example",
                "/2009-04-04/meta-data/public-keys/0/openssh-key", Files.readString(directory.resolve("key.pub")));
        MetadataSource source = (_, path) -> Optional.ofNullable(documents.get(path))
                .map(text -> new MetadataSource.Document("text/plain", text.getBytes(StandardCharsets.UTF_8)));
        try (var _ =
                MetadataServer.start(host.config().metadataSocket(), (_, _, address) -> Optional.of(address), source)) {
            boot(port);
            Awaitility.await("SSH by the floating IP")
                    .atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> ssh("hostname").startsWith("real-guest"));
            assertThat(ssh("ip -4 addr show dev eth0")).contains("10.3.0.11/24", "mtu 1450");
            assertThat(ssh("wget -q -O - http://169.254.169.254/2009-04-04/meta-data/instance-id"))
                    .isEqualTo("i-0000002a");
            assertThat(Files.readString(directory.resolve("console"), StandardCharsets.ISO_8859_1))
                    .contains("iid=i-0000002a");
            // While a guest holds the tap, plugging again changes nothing for it; a rule that goes cuts it off.
            host.restarted().plug(port);
            assertThat(ssh("hostname")).startsWith("real-guest");
            host.driver().update(with(port));
            assertThat(ssh("hostname")).isEmpty();
            // Nothing that the guest does by itself looks like spoofing.
            assertThat(host.driver().spoofedFrames(port.tap())).contains(0L);
        }
    }
}
