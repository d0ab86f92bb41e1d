package cloud.yun.host.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.host.RealHost;
import cloud.yun.host.net.HostNetwork;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("host")
class MetadataProxyTest {
    private final Commands commands = Commands.system();
    private final HostNetwork root = HostNetwork.root(commands);
    private final String router = RealHost.unique("ym");
    private final String guest = router + "c";
    private final UUID id = UUID.randomUUID();
    private final LinkedBlockingQueue<String> requests = new LinkedBlockingQueue<>();

    private Path directory;
    private MetadataProxy proxy;
    private ServerSocketChannel backend;

    @BeforeEach
    void prepare() throws Exception {
        RealHost.assumeRoot();
        RealHost.assumeInstalled("haproxy", "busybox", "ip", "nsenter");
        directory = Files.createTempDirectory(Path.of("/tmp"), "ym");
        proxy = new MetadataProxy(directory.resolve("p"));
        root.createNamespace(guest);
        var here = root.createNamespace(router);
        here.createVeth("qr", "eth0", Optional.of(guest));
        here.addAddress("qr", "10.9.0.1/24");
        here.up("qr");
        root.in(guest).addAddress("eth0", "10.9.0.5/24");
        root.in(guest).up("eth0");
        backend = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        backend.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
        Thread.startVirtualThread(this::serve);
    }

    private void serve() {
        try {
            while (true) {
                try (var channel = backend.accept()) {
                    var buffer = ByteBuffer.allocate(8192);
                    channel.read(buffer);
                    requests.add(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
                    channel.write(ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes"
                            .getBytes(StandardCharsets.US_ASCII)));
                }
            }
        } catch (IOException e) {
            // The test is over.
            return;
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (directory == null) return;
        proxy.remove(id);
        if (backend != null) backend.close();
        root.deleteNamespace(guest);
        root.deleteNamespace(router);
        commands.run(Command.of("rm", "-rf", directory.toString()));
    }

    @Test
    void request_reachesTheSocket_withAddressAndOwner_andNoForgedHeaders() throws Exception {
        var listener = new MetadataProxy.Listener(
                MetadataProxy.Owner.ROUTER, id, router, "0.0.0.0", 9697, directory.resolve("s"));
        proxy.apply(listener);
        var pid = Files.readString(directory.resolve("p/" + id + "/pid"));
        proxy.apply(listener);
        assertThat(Files.readString(directory.resolve("p/" + id + "/pid"))).isEqualTo(pid);
        String answer = commands.output(Command.of(
                        "busybox",
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        "--header",
                        "X-Forwarded-For: 10.9.0.99",
                        "--header",
                        "X-Neutron-Network-ID: forged",
                        "--header",
                        "X-Neutron-Router-ID: forged",
                        "http://10.9.0.1:9697/openstack")
                .in(guest));
        assertThat(answer).isEqualTo("yes");
        String request = requests.poll(10, TimeUnit.SECONDS);
        assertThat(request.toLowerCase(java.util.Locale.ROOT))
                .startsWith("get /openstack ")
                .contains("x-forwarded-for: 10.9.0.5\r\n")
                .contains("x-neutron-router-id: " + id + "\r\n")
                .doesNotContain("forged")
                .doesNotContain("10.9.0.99");
        assertThat(proxy.owners()).containsExactly(id);
        for (int i = 0; i < 2; i++) proxy.remove(id);
        assertThat(proxy.running(id)).isFalse();
        assertThat(proxy.owners()).isEmpty();
    }
}
