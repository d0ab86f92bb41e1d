package cloud.yun.compute.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.agent.ComputeAgent;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.FakeServers;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.libvirt.LibvirtHypervisor;
import cloud.yun.compute.driver.libvirt.LibvirtOptions;
import cloud.yun.host.daemons.LibvirtDaemons;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import cloud.yun.host.process.Programs;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.testing.Requirement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A real guest's screen in a real browser.
@Tag("host")
class RealConsoleTest {
    private static final Path NOVNC = Path.of("/usr/share/novnc/core/rfb.js");
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /// The page's own bar, in pixels from the top.
    private static final int BAR = 80;
    /// Pixels of a blinking cursor, at the most.
    private static final int CURSOR = 60;

    private final Commands commands = Commands.system();

    private static Path guestImage() throws Exception {
        var script = Path.of("../guest-image/build.sh").toAbsolutePath();
        var image = Path.of("target/yunos.raw").toAbsolutePath();
        if (!Files.exists(image) || Files.getLastModifiedTime(image).compareTo(Files.getLastModifiedTime(script)) < 0)
            Commands.system()
                    .run(Command.of("bash", script.toString(), image.toString()).deadline(Duration.ofMinutes(3)));
        return image;
    }

    @Requirement("S3.62")
    @Test
    void url_openedInABrowser_showsTheGuestsScreen() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: not root");
        for (var program : List.of("libvirtd", "qemu-system-x86_64", "chromium"))
            assumeTrue(Programs.installed(program), "skipped: " + program + " is not installed");
        assumeTrue(Files.exists(NOVNC), "skipped: novnc is not installed");
        var directory = Files.createTempDirectory(Path.of("/tmp"), "yr");
        var daemons = LibvirtDaemons.isolated(directory.resolve("v"));
        var options = new ArrayList<Option<?>>(ConsoleRoutes.options());
        options.addAll(ConsoleProxy.options());
        options.addAll(Agents.options());
        options.addAll(LibvirtOptions.options());
        var config = Config.parse(options, "[libvirt]\nvirt_type = qemu\n");
        var id = UUID.randomUUID().toString();
        try (var driver = new LibvirtHypervisor(
                LibvirtOptions.of(config, directory.resolve("compute"), commands),
                daemons::start,
                commands,
                Clock.systemUTC())) {
            try {
                boot(driver, id);
                show(driver, id, config, directory);
            } finally {
                driver.destroy(id);
            }
        } finally {
            daemons.stop();
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
            }
        }
    }

    private static void boot(LibvirtHypervisor driver, String id) throws Exception {
        var guest = new Guest(
                id,
                "instance-console",
                "console",
                "p",
                "u",
                1,
                192,
                1,
                0,
                0,
                Optional.of(new Image("image", guestImage(), "raw")),
                "/dev/vda",
                List.of(),
                List.of(),
                Map.of("openstack/latest/meta_data.json", "{\"uuid\": \"" + id + "\", \"hostname\": \"seen\"}"),
                Map.of());
        driver.createDisks(guest);
        driver.start(guest);
        await().atMost(PATIENCE).until(() -> driver.consoleLog(id, 100_000).contains("login:"));
    }

    private void show(LibvirtHypervisor driver, String id, Config config, Path directory) throws Exception {
        var servers = new FakeServers();
        servers.all.add(FakeServers.server(
                id,
                ComputeApi.DEMO_PROJECT,
                Optional.of("cmp1"),
                Clock.systemUTC().instant()));
        var bus = new InProcessBus();
        var proxy = new ConsoleProxy[1];
        try (var agent = new ComputeAgent(bus, "cmp1", driver, 0);
                var api = new ComputeApi(ComputeApi.sqlite(), (db, policy) -> {
                    var consoles =
                            new ConsoleService(db, Clock.systemUTC(), policy, servers, new Agents(bus, config), config);
                    proxy[0] = new ConsoleProxy(consoles, config);
                    return List.of(new ConsoleRoutes(consoles, config));
                });
                var gateway = new Gateway(
                        new Gateway.Listen("127.0.0.1", 0, false), List.of(), Map.of(ConsoleProxy.MOUNT, proxy[0]))) {
            agent.start();
            gateway.start();
            var url = api.post(
                            "demo",
                            "2.6",
                            "/v2.1/servers/" + id + "/remote-consoles",
                            "{'remote_console':{'protocol':'vnc','type':'novnc'}}")
                    .body()
                    .path("remote_console")
                    .path("url")
                    .asString();
            var there = url.replace(api.url().replace("/compute", ""), "http://127.0.0.1:" + gateway.port());
            var picture = Path.of("target/console.png");
            try (var browser = new Browser(directory.resolve("chromium"), there)) {
                await().atMost(PATIENCE)
                        .until(() -> browser.value("document.getElementById('status').textContent")
                                .equals("Connected"));
                assertThat(browser.value("document.title")).contains("instance-console");
                // The guest's own login prompt is on the screen and stays; then what is typed into it. What is lit may
                // become less by it: a full screen scrolls.
                var rest = new AtomicReference<>(screen(browser, picture));
                await().atMost(PATIENCE).until(() -> {
                    var now = screen(browser, picture);
                    return lit(now) > 500 && changed(rest.getAndSet(now), now) <= CURSOR;
                });
                browser.type("someone");
                await().atMost(PATIENCE).until(() -> changed(rest.get(), screen(browser, picture)) > 2 * CURSOR);
            }
        }
    }

    private static BufferedImage screen(Browser browser, Path picture) throws IOException {
        Files.write(picture, browser.screenshot());
        return ImageIO.read(picture.toFile());
    }

    /// Bright pixels below the page's own bar: what the guest has written on its screen.
    private static int lit(BufferedImage image) {
        int lit = 0;
        for (int y = BAR; y < image.getHeight(); y++)
            for (int x = 0; x < image.getWidth(); x++) if (bright(image.getRGB(x, y))) lit++;
        return lit;
    }

    /// Pixels below the page's own bar that went on or off.
    private static int changed(BufferedImage before, BufferedImage after) {
        int changed = 0;
        for (int y = BAR; y < after.getHeight(); y++)
            for (int x = 0; x < after.getWidth(); x++)
                if (bright(before.getRGB(x, y)) != bright(after.getRGB(x, y))) changed++;
        return changed;
    }

    private static boolean bright(int rgb) {
        return (rgb >> 16 & 0xff) > 120 && (rgb >> 8 & 0xff) > 120 && (rgb & 0xff) > 120;
    }
}
